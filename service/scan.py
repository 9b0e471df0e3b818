"""The tokens of a document, and the verb groups and cue hits that stand at them.

Everything works on folded text (lower case, straight apostrophes, composed accents); `Scan.original` maps offsets back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from operator import attrgetter, itemgetter
from typing import Final

from service.entries import TOKEN
from service.entry import CueEntry
from service.text import Document, fold
from service.verbs import VerbTable

# Before a form that may be verb or noun: what only a noun can follow, and what makes "le", "la", "les" a pronoun.
_NOUN_MARKERS: Final = frozenset(
    "un une des du au aux ce cet cette ces son sa ses leurs mon ma mes notre votre nos vos de d' à par sur avec "
    "sans premiers premières derniers dernières nouveaux nouvelles grands grandes petits petites bons bonnes "
    "mauvais mauvaise seuls seules courte longue forte faible haute basse vives toutes tous - chaque aucun "
    "aucune même mêmes autre autres quel quelle première premier dernière dernier nouvelle nouveau grande grand "
    "petite petit telle tel telles tels certaines certains dix simple "
    "seule seul bonne bon deux trois plusieurs quelques toute vive".split()
)
# Those that stand for somebody as well: "certains affirment", "d'autres jurent".
_ALONE: Final = frozenset(
    "certains certaines plusieurs autres tous toutes deux trois dix aucun aucune premiers seuls mêmes".split()
)
# Noun markers that float between an auxiliary and its participle: "a même cédé", "ont tous deux disparu".
_FLOATING: Final = frozenset("même tous toutes deux trois nouveau".split())
_DETERMINERS: Final = frozenset("le la les l' un une ces ses leurs nos vos mes du au aux son sa leur".split())
_PARTICIPLE_WITHIN: Final = 4  # tokens: "a lui-même fermé", "sont partiellement ou totalement fermées"
_SUBJECTS: Final = frozenset(
    "il elle on ils elles je j' tu nous vous qui ne n' me te se lui leur y en - ça cela".split()
)
_FIRST: Final = attrgetter("first")
_SPLIT: Final = re.compile(f"({TOKEN.pattern})")
_IS_CAPITAL: Final = bytes(chr(code).isupper() for code in range(256))
_BEYOND: Final = re.compile("[^\x00-\xff]")
_KEPT_LENGTH, _KEPT_STRETCHES = 30, 20_000


# Made by the hundred and never changed: slots are three times cheaper to fill and read than a named tuple.
# Their own `__init__`, as the generated one cannot be compiled (``make compile``).
@dataclass(slots=True, eq=False, init=False)
class VerbGroup:
    """A verb with its auxiliary: tokens ``first``…``last``, possible ``moods`` of the finite part, voice, negation."""

    first: int
    last: int
    lemma: str
    moods: frozenset[str]
    voice: str  # active | passive | pronominal | bare (a participle without auxiliary)
    negated: bool
    compound: bool = False

    def __init__(
        self,
        first: int,
        last: int,
        lemma: str,
        moods: frozenset[str],
        voice: str,
        negated: bool,
        compound: bool = False,
    ) -> None:
        self.first = first
        self.last = last
        self.lemma = lemma
        self.moods = moods
        self.voice = voice
        self.negated = negated
        self.compound = compound


@dataclass(slots=True, eq=False, init=False)
class Hit:
    """A cue entry found at tokens ``first``…``last``, offsets ``start``…``end`` in the folded text."""

    entry: CueEntry
    sentence: int
    first: int
    last: int
    start: int
    end: int
    group: VerbGroup | None = None

    def __init__(
        self,
        entry: CueEntry,
        sentence: int,
        first: int,
        last: int,
        start: int,
        end: int,
        group: VerbGroup | None = None,
    ) -> None:
        self.entry = entry
        self.sentence = sentence
        self.first = first
        self.last = last
        self.start = start
        self.end = end
        self.group = group


@dataclass(slots=True)
class Scan:
    """The tokens of a document and what the lexicon found in them.

    ``forms``, ``starts``, ``ends``, ``capitals`` are parallel, one entry a token; ``bounds[i]`` is the half-open token
    range of sentence ``i``, ``spans[i]`` its offsets in the folded text. ``cased`` is the text with its capitals,
    offset by offset.
    """

    document: Document
    verbs: VerbTable
    text: str
    cased: str
    offsets: Sequence[int] | None
    forms: list[str]
    starts: list[int]
    ends: list[int]
    initials: str  # first character of every token, as written
    capitals: list[bool] = field(default_factory=list)  # whether the token begins with a capital as written
    bounds: list[tuple[int, int]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    hits: list[list[Hit]] = field(default_factory=list)  # one list a sentence, in reading order

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the document's text of a span of the folded text."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end]

    def hit_from(self, index: int, token: int) -> int:
        """Place among the hits of sentence ``index`` of the first that begins at ``token`` or after it."""
        return bisect_left(self.hits[index], token, key=_FIRST)

    def is_noun_here(self, token: int) -> bool:
        """Whether a form that may be a verb stands where only a noun can: "la demande", "à la même table"."""
        if token == 0:
            return False
        before = self.forms[token - 1]
        if before in _NOUN_MARKERS:
            if before in _ALONE and self.verbs.is_finite_unambiguous(self.forms[token]):
                return False  # "Certains affirment que…"
            return not self._ends_a_subject(token - 1)
        if before.isdigit() and self.forms[token].endswith("s"):
            return not self.verbs.is_finite_unambiguous(self.forms[token])  # "près de 90 000 demandes"
        if before not in ("le", "la", "les", "l'") or self.verbs.is_finite_unambiguous(self.forms[token]):
            return False
        return token == 1 or self.forms[token - 2] not in _SUBJECTS

    def participle_after(self, auxiliary: int, end: int) -> int:
        """Token of the past participle that goes with the auxiliary, -1 if none does: "a", but "est en partie"."""
        forms = self.forms
        for token in range(auxiliary + 1, min(auxiliary + 1 + _PARTICIPLE_WITHIN, end)):
            if not self.verbs.is_past_participle(forms[token]):
                continue
            before = forms[token - 1]
            floats = before in _FLOATING and forms[token - 2] not in _DETERMINERS
            if before != "en" and (floats or not self.is_noun_here(token)):
                return token
        return -1

    def _ends_a_subject(self, token: int) -> bool:
        """Whether what looks like an adjective is the end of a subject: "Ce dernier affirme", "Lise Petit affirme"."""
        if token == 0:
            return False
        before = self.forms[token - 1]
        if before in ("ce", "cette", "ces"):
            return self.forms[token].startswith("derni")
        return self.capitals[token] and (before == "-" or (self.capitals[token - 1] and before[0].isalpha()))

    def word(self, token: int) -> str:
        """The token as written."""
        return self.cased[self.starts[token] : self.ends[token]]


def tokenize(document: Document, verbs: VerbTable) -> Scan:
    """The tokens of a document, sentence by sentence; nothing is looked up yet."""
    text, offsets = fold(document.text)
    cased = document.text if offsets is None else _cased(document.text, offsets)
    pieces = _pieces(text)
    edges = list(accumulate(map(len, pieces)))
    starts = edges[:-1:2]
    initials = "".join(itemgetter(*starts)(cased)) if starts else ""
    result = Scan(document, verbs, text, cased, offsets, pieces[1::2], starts, edges[1::2], initials)
    result.capitals = _capitals(initials)
    for sentence in document.sentences:
        start, end = sentence.start, sentence.end
        if offsets is not None:
            start, end = bisect_left(offsets, start), bisect_left(offsets, end)
        result.bounds.append((bisect_left(starts, start), bisect_left(starts, end)))
        result.spans.append((start, end))
    return result


def _capitals(initials: str) -> list[bool]:
    """Whether each is a capital; those of Latin-1 are looked up all at once."""
    flags = list(initials.encode("latin-1", "replace").translate(_IS_CAPITAL))
    for match in _BEYOND.finditer(initials):
        flags[match.start()] = match[0].isupper()
    return [flag > 0 for flag in flags]


def _pieces(text: str) -> list[str]:
    """Between, token, between, token, … between: all of the text in order."""
    pieces: list[str] = []
    between = ""
    for line in text.split("\n"):
        body = line.strip()
        if not body:
            between += line + "\n"
            continue
        try:
            found = list(chain.from_iterable(map(_STRETCHES.__getitem__, body.split(" "))))
        except _UnevenError:
            found = _SPLIT.split(body)[:-1]
        start = line.index(body)
        found[0] = between + line[:start]
        pieces += found
        between = line[start + len(body) :] + "\n"
    pieces.append(between[:-1])
    return pieces


class _UnevenError(ValueError):
    """What stands between two spaces is empty, or begins or ends with other white space."""


class _Stretches(dict[str, tuple[str, ...]]):
    """The pieces of what stands between two spaces: " ", "l'", "", "agence", "", ",".

    Words come again, in a text and in the next: short stretches are kept, and forgotten when they are too many.
    """

    def __missing__(self, stretch: str) -> tuple[str, ...]:
        if stretch.strip() != stretch or not stretch:
            raise _UnevenError
        pieces = (" ", *_SPLIT.split(stretch)[1:-1])
        if len(stretch) <= _KEPT_LENGTH:
            if len(self) >= _KEPT_STRETCHES:
                self.clear()
            self[stretch] = pieces
        return pieces


_STRETCHES: Final = _Stretches()


def _cased(text: str, offsets: Sequence[int]) -> str:
    """``text`` with its capitals, one character an entry of ``offsets`` (composed as `fold` composed it)."""
    pieces = (unicodedata.normalize("NFC", text[a:b])[:1] or " " for a, b in pairwise(offsets))
    return "".join(pieces)
