"""Decisions as labels: articles in the JSON lines of ``training/corpus``, which ``python -m training`` reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from service.store import review, tables
from service.store.articles import StoredArticle, StoredSentence, load
from service.store.decided import Recorded, outcome
from service.store.engine import Store


def labelled(store: Store) -> Iterator[dict[str, Any]]:
    """Every article that was ever decided on, as the corpus writes one; sentences not decided have kind and level null.

    Moderators are named by number (``m3``), one vote each; ``settles`` marks the third's, whose verdict is the label of
    what was disputed. Cues are those of the newest vote; links are those shown, since moderators are not asked about
    them. A sentence that is disputed, or waits for a second decision, has no label yet. ``as_of`` is when the article
    was looked up (UTC): of two exports of it the later one holds all that stands, and nothing where everything was
    undone, so that it can take the earlier's place.
    """
    with store.reading() as session:
        ids = list(
            session.scalars(
                select(tables.Sentence.article_id)
                .join(tables.Decision, tables.Decision.sentence_id == tables.Sentence.id)
                .where(tables.Sentence.state != "purged", tables.Decision.verdict.not_in(("skip", "undo")))
                .distinct()
                .order_by(tables.Sentence.article_id)
            )
        )
    for article_id in ids:
        as_of = datetime.fromtimestamp(store.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        article = load(store, article_id)
        if article is not None:  # purged meanwhile
            yield _article(store, article, as_of)


def verdicts(store: Store, article: StoredArticle) -> dict[int, tuple[str, int | None]]:
    """Kind and level of every decided sentence of an article, by position, as `labelled` would write them."""
    found = {}
    for sentence in article.sentences:
        if sentence.state == "decided":
            now = outcome(store, sentence.id)
            if now.state == "decided":  # not undone meanwhile
                kind, level = now.label
                found[sentence.position] = (kind or "none", level)
    return found


def undecided(store: Store) -> int:
    """How many sentences have decisions and no label yet: disputed, or waiting for a second decision."""
    sentence = tables.Sentence
    with store.reading() as session:
        disputed = select(func.count(sentence.id)).where(sentence.state == "disputed")
        waiting = select(func.count(sentence.id)).where(sentence.first_by.is_not(None), sentence.state == "todo")
        return (session.scalar(disputed) or 0) + (session.scalar(waiting) or 0)


def purged(store: Store) -> int:
    """How many decided sentences cannot be exported, because their article's text was removed."""
    with store.reading() as session:
        return (
            session.scalar(
                select(func.count(tables.Decision.sentence_id.distinct()))
                .join(tables.Sentence, tables.Sentence.id == tables.Decision.sentence_id)
                .where(tables.Sentence.state == "purged")
            )
            or 0
        )


def _article(store: Store, article: StoredArticle, as_of: str) -> dict[str, Any]:
    return {
        "id": f"kept-{article.digest[:12]}",
        "as_of": as_of,
        "genre": "moderation",
        "region": "",
        "text": article.text,
        "blocks": [{"kind": block.kind, "start": block.start, "end": block.end} for block in article.blocks],
        "sentences": [_sentence(store, article, sentence) for sentence in article.sentences],
    }


def _sentence(store: Store, article: StoredArticle, sentence: StoredSentence) -> dict[str, Any]:
    text = article.text
    item: dict[str, Any] = {
        "index": sentence.position,
        "start": sentence.start,
        "end": sentence.end,
        "text": text[sentence.start : sentence.end],
        "kind": None,
        "level": None,
        "votes": [],
        "cues": [],
        "links": [],
    }
    if sentence.state != "decided":
        return item
    found = outcome(store, sentence.id)
    if found.state != "decided":  # undone meanwhile
        return item
    item["kind"], item["level"] = found.label
    item["votes"] = [_vote(vote) for vote in found.votes]
    item["cues"] = [
        {"category": category, "start": start, "end": end, "text": text[start:end]}
        | ({"source_kind": kind[0]} if kind else {})
        for category, start, end, *kind in _cues(found.votes[-1])
    ]
    item["links"] = [
        {"type": link["type"], "sentence": link["target"]}
        for link in article.links
        if link["sentence"] == sentence.position
    ]
    return item


def _vote(vote: Recorded) -> dict[str, Any]:
    return {
        "by": f"m{vote.user_id}",
        "kind": vote.kind,
        "level": vote.level,
        "cues": _cues(vote),
        "links": [],
        "blind": vote.blind,
        "model": vote.model,
    } | ({"settles": True} if vote.stage == review.THIRD else {})


def _cues(vote: Recorded) -> list[list[Any]]:
    """``[category, start, end]``, for sources also their kind, in reading order."""
    ordered = sorted(set(vote.cues), key=lambda cue: (cue.start, cue.end, cue.category, cue.source_kind or ""))
    return [[*cue[:3], *filter(None, cue[3:])] for cue in ordered]
