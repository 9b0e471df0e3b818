"""Slices of a labelled part: rows that share a genre, a region, a length, a cue or a kind of source.

Membership comes from the labels alone, never from what the engine found, so that two versions are compared on the same
rows. A sentence with two cues is in two slices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.shadow import LENGTHS, length_of
from training.dataset import Labelled, Table

DIMENSIONS = ("genre", "region", "length", "cue", "source")
Slice = tuple[str, str]  # dimension, value


def slices(labelled: Sequence[Labelled], rows: Table) -> dict[Slice, NDArray[np.bool_]]:
    """Which rows of ``rows = table(labelled)`` belong to each slice, shape (n,); dimensions in order, values sorted."""
    members: dict[Slice, list[int]] = {}
    for row, (item, index) in enumerate(zip(rows.group.tolist(), rows.sentence.tolist(), strict=True)):
        for key in _of(labelled[item], labelled[item].labels[index]):
            members.setdefault(key, []).append(row)
    found = {}
    for key in sorted(members, key=lambda key: (DIMENSIONS.index(key[0]), place(key[1]), key[1])):
        found[key] = np.zeros(len(rows.y), dtype=bool)
        found[key][members[key]] = True
    return found


def _of(item: Labelled, label: dict[str, Any]) -> Iterator[Slice]:
    yield "genre", item.genre or "not given"
    yield "region", item.region or "not given"
    yield "length", length_of(label["text"])
    for category in {cue["category"] for cue in label["cues"]} or {"none"}:
        yield "cue", category
    for kind in {cue["source_kind"] for cue in label["cues"] if cue["category"] == "source"} or {"none"}:
        yield "source", kind


def place(value: str) -> int:
    """Lengths from short to long, ``none`` last; the rest by name."""
    names = [name for _, name in LENGTHS]
    return names.index(value) if value in names else len(names) + (value == "none")
