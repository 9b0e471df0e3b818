"""Bootstrap intervals: the metrics of `measure.scores_of` over resamples of whole articles.

Sentences of one article resemble each other, so articles are drawn, not sentences (cluster bootstrap: Davison and
Hinkley 1997, section 3.8). Two models scored with the same `Resamples` meet the same articles in each draw: the
interval of their difference is paired.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.scoring import levels_of
from training.measure import bins_of, probability_of

METRICS = ("spearman", "kappa", "macro_f1", "accuracy", "mae", "ece", "log_loss")
LOWER_IS_BETTER = frozenset(("mae", "ece", "log_loss"))
_LEVELS = 5
Draws = dict[str, NDArray[np.float64]]


class Bootstrap(NamedTuple):
    """How intervals are made: number of draws, their seed, and the share of draws between the bounds."""

    draws: int
    seed: int
    confidence: float = 0.95


class Interval(NamedTuple):
    """A number on the whole sample and the bounds between which resamples fall; NaN where it is not defined."""

    value: float
    low: float
    high: float

    def as_list(self) -> list[float | None]:
        """Rounded, for cards and JSON, which know no NaN."""
        return [None if np.isnan(number) else round(float(number), 4) for number in self]


class Resamples:
    """Draws of whole articles with replacement; draw 0 is the sample itself.

    ``group`` (n,) numbers the article of each row.
    """

    def __init__(self, group: NDArray[np.int_], bootstrap: Bootstrap) -> None:
        self._confidence = bootstrap.confidence
        self._article = np.unique(group, return_inverse=True)[1]
        articles = int(self._article.max()) + 1
        rng = np.random.default_rng(bootstrap.seed)
        drawn = rng.multinomial(articles, np.full(articles, 1 / articles), size=bootstrap.draws)
        self._counts = np.vstack([np.ones(articles), drawn]).astype(np.float64)

    def interval(self, draws: NDArray[np.float64]) -> Interval:
        """Percentile interval of the draws after the first, which is the value itself."""
        if np.isnan(draws[0]) or np.isnan(draws[1:]).all():
            return Interval(float(draws[0]), float("nan"), float("nan"))
        share = self._confidence
        low, high = np.nanquantile(draws[1:], [(1 - share) / 2, (1 + share) / 2])
        return Interval(float(draws[0]), float(low), float(high))

    def mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean of a number a row in each draw, shape (draws + 1,)."""
        summed = self._sums(np.column_stack([values, np.ones(len(values))]))
        return _ratio(summed[:, 0], summed[:, 1])

    def metrics(self, y: NDArray[np.int_], at_least: NDArray[np.float64], mean_vote: NDArray[np.float64]) -> Draws:
        """Each of `METRICS` in each draw, shape (draws + 1,), of P(level ≥ k) (n, 4) against levels (n,)."""
        expected, predicted = at_least.sum(axis=1), levels_of(at_least)
        pairs = self._sums(np.eye(_LEVELS**2)[y * _LEVELS + predicted]).reshape(-1, _LEVELS, _LEVELS)
        by_k = [self.calibration_error(y >= k, at_least[:, k - 1]) for k in range(1, _LEVELS)]
        return {
            "spearman": self._spearman(mean_vote, expected),
            "kappa": _kappa(pairs),
            "macro_f1": _macro_f1(pairs),
            "accuracy": _ratio(np.trace(pairs, axis1=1, axis2=2), pairs.sum(axis=(1, 2))),
            "mae": self.mean(np.abs(expected - y)),
            "ece": np.max(by_k, axis=0),
            "log_loss": self.mean(-np.log(probability_of(y, at_least))),
        }

    def calibration_error(self, outcome: NDArray[np.bool_], probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Expected calibration error over ten equal-width bins in each draw, shape (draws + 1,)."""
        place = np.eye(10)[bins_of(probability)]
        apart = self._sums(place * (outcome - probability)[:, None])
        return _ratio(np.abs(apart).sum(axis=1), self._sums(place).sum(axis=1))

    def _sums(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of rows (n, m) in each draw, shape (draws + 1, m)."""
        by_article = np.zeros((self._counts.shape[1], rows.shape[1]))
        np.add.at(by_article, self._article, rows)
        return np.asarray(self._counts @ by_article)

    def _spearman(self, one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
        codes = [np.unique(values, return_inverse=True)[1] for values in (one, other)]
        found = np.full(len(self._counts), np.nan)
        for draw, counts in enumerate(self._counts):
            weights = counts[self._article]
            if not weights.any():
                continue
            x, y = (_centred_ranks(code, weights) for code in codes)
            spread = np.sqrt((weights @ x**2) * (weights @ y**2))
            if spread > 1e-9:
                found[draw] = (weights @ (x * y)) / spread
        return found


def verdict(metric: str, difference: Interval) -> str:
    """``better``, ``worse`` or ``no clear difference``: what an interval of a paired difference says of the first."""
    if not difference.low > 0 and not difference.high < 0:
        return "no clear difference"
    return "better" if (difference.low > 0) != (metric in LOWER_IS_BETTER) else "worse"


def _centred_ranks(codes: NDArray[np.int_], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean ranks of values repeated ``weights`` times, around their mean."""
    times = np.bincount(codes, weights)
    ranks = (np.cumsum(times) - times / 2)[codes]
    return np.asarray(ranks - np.average(ranks, weights=weights))


def _kappa(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cohen's kappa with quadratic weights of confusion matrices (draws, 5, 5)."""
    apart = (np.arange(_LEVELS)[:, None] - np.arange(_LEVELS)) ** 2
    total = pairs.sum(axis=(1, 2))
    chance = pairs.sum(axis=2)[:, :, None] * pairs.sum(axis=1)[:, None, :]
    return np.asarray(1 - _ratio((pairs * apart).sum(axis=(1, 2)) * total, (chance * apart).sum(axis=(1, 2))))


def _macro_f1(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 of each level that has labels, averaged."""
    hits, labelled, predicted = np.diagonal(pairs, axis1=1, axis2=2), pairs.sum(axis=2), pairs.sum(axis=1)
    f1 = np.where(labelled > 0, 2 * hits / np.maximum(labelled + predicted, 1), 0)
    return _ratio(f1.sum(axis=1), (labelled > 0).sum(axis=1).astype(float))


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))
