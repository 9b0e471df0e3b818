"""Which categories of cue and which kinds of source a sentence has, as one number that an index can hold.

A queue of 100,000 sentences is filtered in the index alone; looked up in a table of its own, sentence by sentence, the
same filter took a fifth of a second. The bits are written in stored rows: a new name gets a new bit, none ever changes.
"""

from __future__ import annotations

from collections.abc import Iterable

CUE_BITS = {
    "source": 1 << 0,
    "attribution": 1 << 1,
    "hedge": 1 << 2,
    "conditional": 1 << 3,
    "denial": 1 << 4,
    "corroboration": 1 << 5,
    "disclaimer": 1 << 6,
    "precision": 1 << 7,
    "vague": 1 << 8,
    "subjective": 1 << 9,
    "quote": 1 << 10,
}
SOURCE_BITS = {
    "person": 1 << 32,
    "institution": 1 << 33,
    "document": 1 << 34,
    "outlet": 1 << 35,
    "role": 1 << 36,
    "anonymous": 1 << 37,
}


def traits(categories: Iterable[str], source_kinds: Iterable[str]) -> int:
    """The number of a sentence that has cues of these categories and sources of these kinds."""
    found = 0
    for category in categories:
        found |= CUE_BITS[category]
    for kind in source_kinds:
        found |= SOURCE_BITS[kind]
    return found
