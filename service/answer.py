"""The wire answer as plain dictionaries: marshmallow would be slow here; a test holds it to the schema."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from service import messages
from service.article import IDENTIFIABLE, Article, Cue
from service.columns import FEATURES
from service.scoring import Assessment
from service.text import Block, Utf16Offsets

INCLUDES = ("cues", "contributions", "features")
OFFSET_UNITS = ("utf-16", "code-point")
FEATURE_WORDS = {feature.name: {"fr": feature.fr, "en": feature.en} for feature in FEATURES}
_REVERSE = {"contests": "contested_by", "corroborates": "corroborated_by"}


@dataclass(frozen=True, slots=True)
class Options:
    """How the caller wants the answer."""

    offset_unit: str = "utf-16"
    include: Collection[str] = ("cues",)
    language: str = "fr"  # of the messages
    id: str | None = None
    only: frozenset[str] | None = None  # segments whose sentences are wanted


@dataclass(frozen=True, slots=True)
class Served:
    """What is in service: named in every answer."""

    name: str
    version: str
    lexicon: str


def build(article: Article, assessments: Sequence[Assessment], options: Options, served: Served) -> dict[str, Any]:
    """The answer to one scored document. Offsets are in the caller's unit, half-open, in the text exactly as sent."""
    document = article.document
    places = _Places(article, options.offset_unit)
    place = places.of
    links = _links(article)
    language = options.language
    with_cues = "cues" in options.include
    with_contributions = "contributions" in options.include
    with_features = "features" in options.include
    sentences = []
    for sentence, assessment in zip(document.sentences, assessments, strict=True):
        block = document.blocks[sentence.block]
        if options.only is not None and block.segment not in options.only:
            continue
        index = sentence.index
        score, probabilities = assessment.score, assessment.probabilities
        base = 0 if block.segment is None else places.base(block)
        item: dict[str, Any] = {
            "index": index,
            "segment": block.segment,
            **place(sentence.start, sentence.end, base),
            "text": sentence.text,
            "kind": assessment.kind,
            "score": None if score is None else round(score, 4),
            "level": assessment.level,
            # Rounded without a call: there are five a sentence.
            "level_probabilities": probabilities and [int(p * 10_000 + 0.5) / 10_000 for p in probabilities],
            "review": assessment.review,
            "sources": list(article.speakers[index]),
            "links": links.get(index, []),
            "hash": sentence_hash(sentence.text),
        }
        if with_cues:
            cues = article.by_sentence[index]
            item["cues"] = [_cue(cue, place(cue.start, cue.end, base), language) for cue in cues]
        if with_contributions:
            item["contributions"] = [
                {
                    "feature": part.feature,
                    "effect": round(part.effect, 4),
                    "message": FEATURE_WORDS[part.feature][language],
                    "words": [
                        {**place(start, end, base), "text": document.text[start:end]} for start, end in part.words
                    ],
                }
                for part in assessment.contributions
            ]
        if with_features:
            item["features"] = assessment.features
        sentences.append(item)
    return {
        "model": {"name": served.name, "version": served.version},
        "lexicon": served.lexicon,
        "language": "fr",
        "offset_unit": options.offset_unit,
        "document": _document(article, assessments, options),
        "sentences": sentences,
    }


def sentence_hash(text: str) -> str:
    """First 16 hexadecimal digits of the SHA-256 of the sentence, white space collapsed, NFC."""
    collapsed = unicodedata.normalize("NFC", " ".join(text.split()))
    return hashlib.sha256(collapsed.encode("utf-8", "surrogatepass")).digest()[:8].hex()


def _document(article: Article, assessments: Sequence[Assessment], options: Options) -> dict[str, Any]:
    scores = [assessment.score for assessment in assessments if assessment.score is not None]
    summary: dict[str, Any] = {
        "id": options.id,
        "score": round(sum(scores) / len(scores), 4) if scores else None,
        "claims": sum(assessment.kind == "claim" for assessment in assessments),
        "to_review": sum(assessment.review for assessment in assessments),
        "independent_sources": article.independent_sources,
        "sources": [
            {"id": source.id, "name": source.name, "kind": source.kind, "sentences": list(source.sentences)}
            for source in article.sources
        ],
    }
    if article.document.html is not None:
        summary["text"] = article.document.text
    return summary


def _cue(cue: Cue, item: dict[str, Any], language: str) -> dict[str, Any]:
    """A cue, added to its place: one dictionary a cue, since there may be thousands."""
    category, source_kind = cue.category, cue.source_kind
    item["category"] = category
    item["text"] = cue.text
    item["cue"] = cue.cue
    if source_kind is None:
        item["message"] = messages.CATEGORIES[category][language]
    else:
        item["source_kind"] = source_kind
        item["source"] = cue.source
        item["role"] = cue.role
        item["message"] = messages.cue_message(category, source_kind, cue.role, language)
    return item


def _links(article: Article) -> dict[int, list[dict[str, Any]]]:
    """Links by sentence, both directions."""
    found: dict[int, list[dict[str, Any]]] = {}
    for link in article.links:
        found.setdefault(link.sentence, []).append({"type": link.type, "sentence": link.target})
        reverse = _REVERSE.get(link.type)
        if reverse:
            found.setdefault(link.target, []).append({"type": reverse, "sentence": link.sentence})
    return found


class _Places:
    """Offsets as the caller counts: in its unit, from the start of its segment, and in its HTML."""

    def __init__(self, article: Article, unit: str) -> None:
        document = article.document
        self._count = _counter(document.text, unit)
        self._html = document.html
        self._count_source = _counter(document.html.source, unit) if document.html is not None else None

    def base(self, block: Block) -> int:
        """Where a segment of the caller starts: its offsets count from there."""
        return block.start if self._count is None else self._count(block.start)

    def of(self, start: int, end: int, base: int) -> dict[str, Any]:
        """``start`` and ``end`` of a span, and where it stands in the HTML if there is one."""
        count = self._count
        if count is None:
            place: dict[str, Any] = {"start": start - base, "end": end - base}
        else:
            place = {"start": count(start) - base, "end": count(end) - base}
        if self._html is not None:
            source_start, source_end = self._html.to_source(start, end)
            if self._count_source is not None:
                source_start, source_end = self._count_source(source_start), self._count_source(source_end)
            place["source_start"], place["source_end"] = source_start, source_end
        return place


def _counter(text: str, unit: str) -> Callable[[int], int] | None:
    """From code points to the caller's unit; None when both count the same, as in nearly all French text."""
    if unit == "code-point":
        return None
    count = Utf16Offsets(text).of
    return None if count(len(text)) == len(text) else count


def labels(language: str) -> dict[str, Any]:
    """The catalogue of everything an answer can name, with its words."""
    return {
        "language": language,
        "about": messages.ABOUT[language],
        "levels": [
            {"level": level, "name": words[language], "meaning": messages.LEVEL_MEANINGS[level][language]}
            for level, words in messages.LEVELS.items()
        ],
        "kinds": _named(messages.KINDS, language),
        "categories": _named(messages.CATEGORIES, language),
        "source_kinds": [
            {"name": name, "message": words[language], "identifiable": name in IDENTIFIABLE}
            for name, words in messages.SOURCE_KINDS.items()
        ],
        "links": _named(messages.LINKS, language),
        "features": [
            {
                "name": feature.name,
                "family": feature.family,
                "message": FEATURE_WORDS[feature.name][language],
                "low": feature.low,
                "high": feature.high,
                "direction": feature.monotone,
            }
            for feature in FEATURES
        ],
    }


def _named(catalogue: dict[str, dict[str, str]], language: str) -> list[dict[str, str]]:
    return [{"name": name, "message": words[language]} for name, words in catalogue.items()]
