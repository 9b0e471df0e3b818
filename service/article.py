"""The analysed article: what the cue engine and the source resolver found, immutable.

Everything after the analysis (features, kinds, scoring, the wire) reads this and nothing else.  All offsets are
half-open, in code points of ``Article.document.text``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from service.text import Document

CATEGORIES: Final = (
    "source",
    "attribution",
    "hedge",
    "conditional",
    "denial",
    "corroboration",
    "disclaimer",
    "precision",
    "vague",
    "subjective",
    "quote",
)
KINDS: Final = ("claim", "opinion", "prediction", "none")
SOURCE_KINDS: Final = ("person", "institution", "document", "outlet", "role", "anonymous")
IDENTIFIABLE: Final = frozenset({"person", "institution", "document", "outlet"})
LINK_TYPES: Final = ("contests", "corroborates", "same_source")


class Cue(NamedTuple):
    """A span that is evidence for or against traceability.

    ``cue`` is the id of the lexicon entry (or of the rule) that found it; ``source_kind`` and ``source`` (the id of an
    `Source`) are set for category ``source``.  ``role`` tells sources apart: ``speaker`` stands behind the claim,
    ``recipient`` merely received the words ("a déclaré à l'AFP"), ``medium`` carries them ("dans un communiqué").
    ``weight`` in (0, 1]: 1 on the main claim, less in a
    subordinate detail or inside somebody's quotation.
    """

    category: str
    sentence: int
    start: int
    end: int
    text: str
    cue: str
    source_kind: str | None = None
    source: str | None = None
    role: str | None = None
    weight: float = 1.0


class Source(NamedTuple):
    """Who stands behind claims: one entry a distinct source, however often it is mentioned."""

    id: str
    name: str
    kind: str
    sentences: tuple[int, ...]
    group: str = ""  # sources of one group are not independent of each other (a body and its spokesperson)
    relayed: bool = False  # an identifiable outlet relayed this anonymous source


class Link(NamedTuple):
    """A directed link between two sentences, by index; ``type`` is one of `LINK_TYPES`."""

    type: str
    sentence: int
    target: int


class Weighed(NamedTuple):
    """A word that ``column`` of `service.columns` counts by itself, whether or not a cue marks it too.

    ``leaning`` is which way it leans, in hundredths of a level; 0 where the column only counts.
    """

    column: str
    start: int
    end: int
    leaning: int = 0


class Wording(NamedTuple):
    """Counts of words of one sentence.

    ``names`` are words of names that no source or particular holds; ``first_person`` says that "je" or "nous" stands in
    it, whoever says so. The rest are words of the lists of `service.wording`, outside what attributes or hedges: "on",
    public acts and records, general talk, events, and what somebody must have counted.
    ``acts`` says that somebody named or a known body opens the sentence and does what it tells. ``leaning`` is which
    way its common words lean, in levels: above 0 towards what can be checked.
    """

    names: int
    first_person: bool
    on: int
    records: int
    general: int
    events: int
    acts: bool = False
    counts: int = 0
    leaning: float = 0.0


@dataclass(frozen=True, slots=True)
class Article:
    """One analysed article. ``cues`` are in reading order; ``by_sentence[i]`` holds those of sentence ``i``.

    ``speakers[i]`` are the ids of the sources behind sentence ``i``, its own or inherited (a quotation that goes on);
    ``kinds[i]`` is claim, opinion, prediction or none; ``wording[i]`` counts its words where no cue stands, and
    ``weighed[i]`` names them where whoever had the article analysed asked for it.
    """

    document: Document
    cues: tuple[Cue, ...]
    sources: tuple[Source, ...]
    links: tuple[Link, ...]
    speakers: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]
    independent_sources: int
    by_sentence: tuple[tuple[Cue, ...], ...] = field(repr=False)
    wording: tuple[Wording, ...] = ()
    weighed: tuple[tuple[Weighed, ...], ...] = field(default=(), repr=False)
