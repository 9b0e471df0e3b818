"""A text as the engine reads it, and who stands behind its sentences."""

from __future__ import annotations

from service.article import Article
from service.lexicon import Lexicon
from service.sources import analyse
from service.text import from_text

LEXICON = Lexicon.load()


def read(text: str) -> Article:
    return analyse(from_text(text), LEXICON)


def behind(text: str) -> list[tuple[str, str]]:
    """Name and kind of the sources behind the last sentence."""
    article = read(text)
    by_id = {source.id: source for source in article.sources}
    return [(by_id[source].name, by_id[source].kind) for source in article.speakers[-1]]
