"""What the scan reads of the lexicon: cue entries, the conditions on what surrounds them, and what starts at a token.

Data alone, read at nearly every token: in a module of its own it can be compiled (``make compile``), which what reads
and checks the files cannot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple


class ContextCheck(NamedTuple):
    """A condition on the surroundings: on the words just before or after a match, or (near) anywhere in the window."""

    pattern: re.Pattern[str]
    is_before: bool
    is_near: bool
    is_negative: bool
    window: int
    # Of a check right beside the match that only lists words: the tokens one of which must stand there.
    tokens: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()  # those of ``tokens`` that are all there is to match


@dataclass(frozen=True, slots=True)
class CueEntry:
    """One ``[[cue]]`` table. Fields left out of the file take these defaults; `docs/adding-a-cue.md` explains each."""

    id: str
    category: str
    also: tuple[str, ...] = ()  # further categories of the same span ("a démenti": denial, also attribution)
    lemmas: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    forms_file: str = ""  # a text file beside the cue files with more forms, one a line
    inflect: str = ""  # the forms are given once each: "adjective" or "noun" adds gender and number
    pattern: str = ""
    at: tuple[str, ...] = ()  # words at which `pattern` may start; "#" is any number
    cased: bool = False  # capitals must be as in the forms; `pattern` sees capitals
    mood: tuple[str, ...] = ()
    negated: bool | None = None
    tense: str = ""  # "simple" or "compound" (with an auxiliary)
    voice: tuple[str, ...] = ()
    before: str = ""  # must match right before the span
    after: str = ""  # must match right after it
    near_before: str = ""  # must be found in the window before
    near_after: str = ""
    unless_before: str = ""
    unless_after: str = ""
    unless_near_before: str = ""
    unless_near_after: str = ""
    pseudo: bool = False  # looks like a cue and is none: it silences the cues of `blocks` that it overlaps
    blocks: tuple[str, ...] = ()
    then: tuple[str, ...] = ()  # the span goes on to the first of these words just after: "a fait savoir"
    direction: str = "forward"
    weight: float = 1.0
    frames: tuple[str, ...] = ()  # attribution: how the reported content may follow
    subject: tuple[str, ...] = ()  # attribution verbs: kinds of source one of which the subject must be
    unmarked: bool = False  # attribution: finds who speaks, but its words link no source to a claim ("joint par")
    party: str = ""  # a preposition's: "any" noun phrase is a source after it, "named": only one with a name
    source_kind: str = ""
    kind: str = ""  # what a sentence does whose main frame this is: opinion, prediction or claim
    fires_on: tuple[str, ...] = ()
    silent_on: tuple[str, ...] = ()
    note: str = ""
    file: str = ""
    categories: tuple[str, ...] = field(default=(), compare=False, repr=False)  # `category` and `also`
    compiled: re.Pattern[str] | None = field(default=None, compare=False, repr=False)  # `pattern`
    context: tuple[ContextCheck, ...] = field(default=(), compare=False, repr=False)  # what surrounds it


# Folded tokens; the tokens as written, for forms that mind their capitals; the cue.
Phrase = tuple[tuple[str, ...], tuple[str, ...], CueEntry]


class VerbTrigger(NamedTuple):
    """A form read as one verb: its moods alone, whether it may be a participle, and the cues that could still fire."""

    lemma: str
    moods: frozenset[str]
    is_participle: bool
    entries: tuple[CueEntry, ...]


@dataclass(slots=True)
class Starter:
    """What may begin at a token: forms of one token, verbs, patterns, forms of several tokens."""

    words: list[Phrase] = field(default_factory=list)
    verbs: list[VerbTrigger] = field(default_factory=list)
    patterns: list[CueEntry] = field(default_factory=list)
    phrases: dict[str, dict[str, list[Phrase]]] = field(default_factory=dict)  # by second, then third token ("": any)
