"""Krippendorff's alpha: how far people who judge the same things agree, beyond chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import permutations


def krippendorff_alpha(votes: Sequence[Sequence[int]], levels: int = 5) -> float:
    """Alpha for ordinal levels 0…levels - 1, over units with two votes or more (1: full agreement).

    Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011), with the ordinal metric.
    """
    table = [[0.0] * levels for _ in range(levels)]
    for unit in votes:
        for first, second in permutations(unit, 2):
            table[first][second] += 1 / (len(unit) - 1)
    return _alpha(table, is_ordinal=True)


def alpha_of_pairs(pairs: Mapping[tuple[int, int], int], size: int, *, is_ordinal: bool) -> float:
    """Alpha of units with two votes each, given how often each pair of values 0…size - 1 was voted.

    Nominal unless ``is_ordinal``: any two values that differ then differ alike. NaN where there is no pair.
    """
    table = [[0.0] * size for _ in range(size)]
    for (first, second), count in pairs.items():
        table[first][second] += count
        table[second][first] += count
    return _alpha(table, is_ordinal=is_ordinal)


def _alpha(coincidences: list[list[float]], *, is_ordinal: bool) -> float:
    size = len(coincidences)
    totals = [math.fsum(row) for row in coincidences]
    n = math.fsum(totals)
    if n < 2:
        return math.nan

    def distance(low: int, high: int) -> float:
        if not is_ordinal:
            return 1.0
        return (math.fsum(totals[low : high + 1]) - (totals[low] + totals[high]) / 2) ** 2

    above = [(low, high, distance(low, high)) for low in range(size) for high in range(low + 1, size)]
    # Both tables are symmetric: one half of each stands for the whole.
    observed = math.fsum(coincidences[low][high] * far for low, high, far in above)
    expected = math.fsum(totals[low] * totals[high] * far for low, high, far in above) / (n - 1)
    return 1 - observed / expected if expected else 1.0
