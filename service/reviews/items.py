"""From what is stored to what goes over the wire, in plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from service import messages
from service.answer import FEATURE_WORDS
from service.store.articles import StoredArticle, StoredSentence
from service.store.decided import CueSpan, Recorded
from service.store.feedback import Feedback
from service.store.queue import Holder, Item
from service.text import Utf16Offsets

_NEAR = 3  # sentences of context on either side


def moment(seconds: int) -> str:
    """ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


class Place:
    """A sentence in its article, counting from the sentence's beginning in the caller's unit."""

    def __init__(self, article: StoredArticle, sentence: StoredSentence, unit: str) -> None:
        self.article = article
        self.sentence = sentence
        self.unit = unit
        self.text = article.text[sentence.start : sentence.end]
        self._offsets = Utf16Offsets(self.text)

    def of(self, start: int, end: int) -> dict[str, int]:
        """A span of the article's text, clipped to the sentence."""
        length = len(self.text)
        edges = [min(max(edge - self.sentence.start, 0), length) for edge in (start, end)]
        if self.unit == "utf-16":
            edges = [self._offsets.of(edge) for edge in edges]
        return {"start": edges[0], "end": edges[1]}

    def back(self, offset: int) -> int:
        """An offset of the caller's in the article's text; raises `service.text.TextError` outside the sentence."""
        if self.unit == "utf-16":
            offset = self._offsets.back(offset)
        else:
            self._offsets.of(offset)  # checks the range
        return self.sentence.start + offset


def line(item: Item, *, blind: bool) -> dict[str, Any]:
    """A line of the queue; without what the model and others say of the sentence when ``blind``."""
    found: dict[str, Any] = {
        "sentence": item.sentence_id,
        "hash": item.hash,
        "text": item.text,
        "state": item.state,
        "holder": holder(item.holder) if item.holder else None,
        "article": item.article_id,
        "title": item.title,
        "outlet": item.outlet,
        "stored_at": moment(item.stored_at),
    }
    if not blind:
        found |= {
            "kind": item.kind,
            "level": item.level,
            "uncertainty": round(item.uncertainty, 4),
            "margin": round(item.margin, 4),
            "feedback": item.n_feedback,
        }
    return found


def sentence(place: Place, language: str, *, blind: bool) -> dict[str, Any]:
    """A sentence with its reasons; without what the model says of it when ``blind``."""
    article, found = place.article, place.sentence
    item: dict[str, Any] = {
        "sentence": found.id,
        "hash": found.hash,
        "text": place.text,
        "state": found.state,
        "position": found.position,
        "offset_unit": place.unit,
        "blind": blind,
        "scored": article.scored,
        "article": {
            "id": article.id,
            "external_id": article.external_id,
            "title": article.title,
            "outlet": article.outlet,
            "stored_at": moment(article.stored_at),
            "model": article.model,
            "lexicon": article.lexicon,
            "sentences": len(article.sentences),
        },
        "cues": [_cue(cue, place, language) for cue in found.cues],
        "sources": [
            {name: source[name] for name in ("id", "name", "kind", "sentences")}
            for source in article.sources
            if found.position in source["sentences"]
        ],
        "links": [_link(article, kind, other) for kind, other in article.links_of(found.position)],
        "context": _context(article, found.position),
    }
    if blind:
        return item
    return item | {
        "kind": found.kind,
        "level": found.level,
        "score": found.score if found.score is None else round(found.score, 4),
        "review": found.review,
        "level_probabilities": found.probabilities and [round(p, 4) for p in found.probabilities],
        "contributions": [
            # An older model may have had a feature that has no words now.
            {
                "feature": part.feature,
                "effect": round(part.effect, 4),
                "message": FEATURE_WORDS.get(part.feature, {}).get(language, part.feature),
                "words": [{**place.of(start, end), "text": article.text[start:end]} for start, end in part.words],
            }
            for part in found.contributions
        ],
    }


def holder(found: Holder) -> dict[str, Any]:
    """Who has a sentence open."""
    return {"name": found.name, "until": moment(found.until)}


def decision(made: Recorded, place: Place) -> dict[str, Any]:
    """A decision as it is recorded."""
    return {
        "id": made.id,
        "sentence": made.sentence_id,
        "user": made.user,
        "decided_at": moment(made.decided_at),
        "verdict": made.verdict,
        "kind": made.kind,
        "level": made.level,
        "blind": made.blind,
        "model": made.model,
        "note": made.note,
        "cues": _cue_spans(made.cues, place),
        "wrong_cues": _cue_spans(made.wrong_cues, place),
    }


def feedback(said: Feedback) -> dict[str, Any]:
    """What somebody said of a sentence."""
    return {
        "id": said.id,
        "hash": said.hash,
        "model": said.model,
        "fault": said.fault,
        "comment": said.comment,
        "text": said.text,
        "received_at": moment(said.received_at),
        "key": said.key,
        "outlet": said.outlet,
        "sentences": list(said.sentences),
    }


def _cue(cue: Any, place: Place, language: str) -> dict[str, Any]:
    item = {
        **place.of(cue.start, cue.end),
        "category": cue.category,
        "text": cue.text,
        "cue": cue.cue,
        "message": messages.cue_message(cue.category, cue.source_kind, cue.role, language),
    }
    own = {"source_kind": cue.source_kind, "source": cue.source, "role": cue.role}
    return item | {name: value for name, value in own.items() if value is not None}


def _cue_spans(spans: Iterable[CueSpan], place: Place) -> list[dict[str, Any]]:
    return [
        {"category": span.category, **place.of(span.start, span.end)}
        | ({"source_kind": span.source_kind} if span.source_kind else {})
        for span in spans
    ]


def _link(article: StoredArticle, kind: str, position: int) -> dict[str, Any]:
    other = article.sentences[position]
    return {"type": kind, "sentence": other.id, "position": position, "text": article.text[other.start : other.end]}


def _context(article: StoredArticle, position: int) -> list[dict[str, Any]]:
    near = article.sentences[max(position - _NEAR, 0) : position + _NEAR + 1]
    return [
        {
            "sentence": other.id,
            "position": other.position,
            "block": next((b.kind for b in article.blocks if b.start <= other.start < b.end), "other"),
            "text": article.text[other.start : other.end],
        }
        for other in near
        if other.position != position
    ]
