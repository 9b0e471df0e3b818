"""Check the lexicon against the examples that stand beside each cue: run by the tests, so the build fails without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.article import Cue
from service.entry import CueEntry
from service.lexicon import Lexicon
from service.matching import scan
from service.sources import analyse
from service.text import from_text

_MARKED = re.compile(r"\[\[(.*?)\]\]")


def check_examples(lexicon: Lexicon) -> list[str]:
    """Everything that the examples promise and the engine does not do, one line each: file, cue, example, what
    happened.
    """
    return [
        f"{entry.file}: cue {entry.id!r}: {fault}" for entry in lexicon.entries for fault in _faults(lexicon, entry)
    ]


def _faults(lexicon: Lexicon, entry: CueEntry) -> Iterator[str]:
    for example in entry.fires_on:
        text, start, end = _unmarked(example)
        cues = _cues(lexicon, text)
        if entry.pseudo:
            blocked = [cue for cue in cues if cue.category in entry.blocks and cue.start < end and start < cue.end]
            if blocked:
                yield f"{blocked[0].category} {blocked[0].text!r} ({blocked[0].cue}) is not silenced in {example!r}"
        elif entry.unmarked:
            if (start, end) not in _finds(lexicon, entry, text):
                yield f"finds no source by the marked words in {example!r}"
        elif not any(_is_at(cue, entry, start, end) for cue in cues):
            found = [cue.text for cue in cues if cue.cue == entry.id]
            yield f"does not fire at the marker in {example!r}" + (f", but on {found}" if found else "")
    for example in entry.silent_on:
        text = _unmarked(example)[0]
        for cue in _cues(lexicon, text):
            if cue.cue == entry.id:
                yield f"fires on {cue.text!r} in {example!r}, where it should be silent"
        if entry.unmarked and _finds(lexicon, entry, text):
            yield f"finds a source in {example!r}, where it should be silent"


def _finds(lexicon: Lexicon, entry: CueEntry, text: str) -> list[tuple[int, int]]:
    """Where the words of a cue that is not marked itself stand, if the example has a source."""
    if not any(cue.category == "source" for cue in _cues(lexicon, text)):
        return []
    scanned = scan(from_text(text), lexicon)
    return [scanned.original(hit.start, hit.end) for hits in scanned.hits for hit in hits if hit.entry is entry]


def _is_at(cue: Cue, entry: CueEntry, start: int, end: int) -> bool:
    """A source span reaches beyond its head; every other cue is exactly what is marked."""
    if cue.cue != entry.id or cue.category not in (entry.category, *entry.also):
        return False
    if entry.category == "source":
        return cue.start <= start and end <= cue.end
    return (cue.start, cue.end) == (start, end)


def _cues(lexicon: Lexicon, text: str) -> tuple[Cue, ...]:
    return analyse(from_text(text), lexicon).cues


def _unmarked(example: str) -> tuple[str, int, int]:
    """The example without its marks, and the offsets of the marked words (0, 0 without marks)."""
    match = _MARKED.search(example)
    if not match:
        return example, 0, 0
    return _MARKED.sub(r"\1", example), match.start(), match.start() + len(match[1])
