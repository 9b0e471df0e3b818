"""A text as the engine reads it, and who stands behind its sentences."""

from __future__ import annotations

from service.article import Article
from service.lexicon import Lexicon
from service.sources import analyse
from service.text import from_text

LEXICON = Lexicon.load()


def read(text: str) -> Article:
    return analyse(from_text(text), LEXICON)


def behind(text: str, sentence: int = -1) -> list[tuple[str, str]]:
    """Name and kind of the sources behind a sentence of ``text``, the last one unless told."""
    article = read(text)
    by_id = {source.id: source for source in article.sources}
    return [(by_id[source].name, by_id[source].kind) for source in article.speakers[sentence]]


def speakers(text: str, sentence: int = -1) -> list[str]:
    """Names of the sources behind a sentence of ``text``, the last one unless told."""
    return [name for name, _ in behind(text, sentence)]


def words(text: str, category: str) -> list[str]:
    """Words that are marked as a cue of ``category``."""
    return [cue.text for cue in read(text).cues if cue.category == category]


def attributing(text: str) -> list[str]:
    return words(text, "attribution")
