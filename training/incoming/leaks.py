"""Articles that say the same: a test part that repeats what a model was fitted on flatters it.

Two articles are near-duplicates when they share a good part of their runs of five words (shingles: Broder 1997),
measured against the shorter one, so that a dispatch inside a longer article counts. Only the shingles of what comes in
are kept, and the corpus is read past them: memory does not grow with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

WORDS = 5
SHARED = 0.4  # of the shorter one; one word in ten changed leaves 0.59
_WORD = re.compile(r"\w+")


class Twin(NamedTuple):
    """The place of an incoming article, the id of the one that it repeats, and the share of the shorter one."""

    place: int
    other: str
    share: float


def shingles(text: str) -> frozenset[int]:
    """Hashes of all runs of five words, whatever their case; of the whole text where it is shorter."""
    words = _WORD.findall(text.casefold())
    runs = range(max(len(words) - WORDS + 1, 1))
    return frozenset(hash(tuple(words[start : start + WORDS])) for start in runs)


def twins(incoming: Sequence[dict[str, Any]], corpus: Iterable[dict[str, Any]]) -> list[Twin]:
    """For each incoming article the one that it repeats most: of the corpus, or an earlier one of the incoming."""
    sets = [shingles(article["text"]) for article in incoming]
    holders: dict[int, list[int]] = {}
    for place, found in enumerate(sets):
        for shingle in found:
            holders.setdefault(shingle, []).append(place)
    best: dict[int, Twin] = {}

    def meet(other: str, found: frozenset[int], places: Counter[int]) -> None:
        for place, common in places.items():
            share = common / min(len(found), len(sets[place]))
            if share >= SHARED and (place not in best or share > best[place].share):
                best[place] = Twin(place, other, share)

    for article in corpus:
        found = shingles(article["text"])
        common = Counter(place for shingle in found for place in holders.get(shingle, ()))
        own = {place for place in common if incoming[place]["id"] == article["id"]}
        meet(article["id"], found, Counter({place: n for place, n in common.items() if place not in own}))
    for number, found in enumerate(sets):
        later = Counter(place for shingle in found for place in holders[shingle] if place > number)
        meet(incoming[number]["id"], found, later)
    return [best[place] for place in sorted(best)]
