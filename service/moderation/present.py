"""From what is stored to what a page shows: marks, reasons, bars, links. Knows no Flask."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from service import messages
from service.answer import FEATURE_WORDS
from service.article import Cue, Source
from service.moderation.words import WHY, number, speaker
from service.resolution import independent
from service.store.articles import StoredArticle, StoredSentence

_BARS = 8
_LEAST = 0.005  # of the score: what would be shown as 0.00
_BAR_WIDTH = 100  # units of the drawing for the strongest effect


class Piece(NamedTuple):
    """A stretch of a sentence under the same cues; ``ends`` are the numbers of the cues that end here."""

    text: str
    classes: str
    title: str
    ends: str


class Mark(NamedTuple):
    """A numbered cue in words; ``id`` is `cue_id`."""

    number: int
    id: str
    words: str
    name: str
    why: str


class Bar(NamedTuple):
    """What weighs on the score: ``start`` and ``width`` in a drawing 200 wide whose middle is no effect."""

    name: str
    words: str
    start: float
    width: float
    raises: bool
    behind: list[str]  # the words that count for it


class SourceLine(NamedTuple):
    """A source of the sentence, with the positions of all sentences that are its."""

    name: str
    kind: str
    positions: list[int]


class LinkLine(NamedTuple):
    """A link to another sentence of the article."""

    words: str
    position: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the article with its sentences."""

    kind: str
    sentences: list[StoredSentence]


class Presenter:
    """One article, in one language."""

    def __init__(self, article: StoredArticle, language: str) -> None:
        self.article = article
        self.language = language
        self._say = speaker(language)

    def text(self, sentence: StoredSentence) -> str:
        """The words of a sentence."""
        return self.article.text[sentence.start : sentence.end]

    def pieces(self, sentence: StoredSentence) -> list[Piece]:
        """The sentence cut where any cue begins or ends."""
        cues, text, start = sentence.cues, self.article.text, sentence.start
        edges = sorted({start, sentence.end, *(c.start for c in cues), *(c.end for c in cues)})
        edges = [edge for edge in edges if start <= edge <= sentence.end]
        found = []
        for begin, end in pairwise(edges):
            over = [cue for cue in cues if cue.start <= begin and end <= cue.end]
            names = list(dict.fromkeys(cue.category for cue in over))
            title = " ; ".join(dict.fromkeys(self._name(cue) for cue in over))
            ends = ", ".join(str(n) for n, cue in enumerate(cues, 1) if cue.end == end and cue in over)
            found.append(Piece(text[begin:end], " ".join(f"c-{name}" for name in names), title, ends))
        return found

    def marks(self, sentence: StoredSentence) -> list[Mark]:
        """The cues of a sentence, numbered as in the text."""
        column = 0 if self.language == "fr" else 1
        return [
            Mark(n, cue_id(cue), cue.text, self._name(cue), WHY[cue.category][column])
            for n, cue in enumerate(sentence.cues, 1)
        ]

    def bars(self, sentence: StoredSentence) -> list[Bar]:
        """The strongest contributions, at most eight."""
        shown = [part for part in sentence.contributions if abs(part.effect) >= _LEAST]
        shown = sorted(shown, key=lambda part: -abs(part.effect))[:_BARS]
        greatest = max((abs(part.effect) for part in shown), default=1.0)
        found = []
        for feature, effect, spans in shown:
            width = round(abs(effect) / greatest * _BAR_WIDTH, 1)
            words = self._say("raises" if effect > 0 else "lowers", value=number(abs(effect), self.language))
            # An older model may have had a feature that has no words now.
            name = FEATURE_WORDS.get(feature, {}).get(self.language, feature)
            start = _BAR_WIDTH if effect > 0 else _BAR_WIDTH - width
            quoted = [self.article.text[begin:end] for begin, end in spans]
            found.append(Bar(name, words, start, max(width, 1.0), effect > 0, list(dict.fromkeys(quoted))))
        return found

    def sources(self, sentence: StoredSentence) -> list[SourceLine]:
        """Who stands behind a sentence."""
        return [self._source(source) for source in self.article.sources if sentence.position in source["sentences"]]

    def all_sources(self) -> list[SourceLine]:
        """Who stands behind anything in the article."""
        return [self._source(source) for source in self.article.sources]

    def counts(self) -> dict[str, int]:
        """Of the article: sentences, to review, contested by another sentence, decided; sources, independent ones."""
        sentences, sources = self.article.sentences, self.article.sources
        return {
            "sentences": len(sentences),
            "review": sum(one.review for one in sentences),
            "contested": len({link["target"] for link in self.article.links if link["type"] == "contests"}),
            "decided": sum(one.state == "decided" for one in sentences),
            "sources": len(sources),
            "independent": independent(Source(**source) for source in sources),
        }

    def links(self, sentence: StoredSentence) -> list[LinkLine]:
        """Which sentences contest or back this one, and which it does; both directions."""
        return [
            LinkLine(messages.LINKS[kind][self.language], other, self.text(self.article.sentences[other]))
            for kind, other in self.article.links_of(sentence.position)
        ]

    def paragraphs(self) -> list[Paragraph]:
        """The article, block by block."""
        found = []
        starts = [s.start for s in self.article.sentences]
        for block in self.article.blocks:
            inside = self.article.sentences[bisect_left(starts, block.start) : bisect_left(starts, block.end)]
            if inside:
                found.append(Paragraph(block.kind, inside))
        return found

    def level(self, level: int | None, kind: str | None = None) -> str:
        """ "1 fragile", and the kind where it is not a plain claim."""
        if level is None:
            return messages.KINDS[kind or "none"][self.language]
        words = f"{level} {messages.LEVELS[level][self.language]}"
        return words if kind in (None, "claim") else f"{words}, {messages.KINDS[kind][self.language]}"

    def _source(self, source: dict[str, Any]) -> SourceLine:
        return SourceLine(source["name"], messages.SOURCE_KINDS[source["kind"]][self.language], source["sentences"])

    def _name(self, cue: Cue) -> str:
        return messages.cue_message(cue.category, cue.source_kind, cue.role, self.language)


def find_words(text: str, words: str) -> tuple[int, int] | None:
    """Where words stand in a text, whatever apostrophes, spaces and capitals; "#2 words" is the second time."""
    wanted, nth = words.strip(), 1
    if wanted.startswith("#"):
        head, _, rest = wanted[1:].partition(" ")
        if head.isascii() and head.isdecimal() and len(head) < 3 and rest.strip():
            wanted, nth = rest.strip(), int(head)
    plain, sought = _plain(text), _plain(wanted)
    at = -1
    for _ in range(nth):
        at = plain.find(sought, at + 1)
        if at < 0 or not sought:
            return None
    return at, at + len(sought)


def _plain(text: str) -> str:
    """One character for one: lower case only where that keeps the length."""
    same = str.maketrans({"’": "'", "\u00a0": " ", "\u202f": " ", "\n": " ", "\t": " "})
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).translate(same)


def cue_id(cue: Cue) -> str:
    """What a form calls a cue: a number in a list would be another cue's once the list has changed."""
    return f"{cue.category}:{cue.start}:{cue.end}"
