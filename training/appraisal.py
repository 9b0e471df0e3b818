"""How good P(level ≥ k) is on labelled articles: metrics, slices and reliability, each with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.dataset import Labelled, Table
from training.intervals import Bootstrap, Interval, Resamples
from training.measure import bins_of
from training.progress import SILENT, Progress
from training.slices import Slice, slices

SLICE_METRICS = ("spearman", "kappa", "mae")


class Bin(NamedTuple):
    """Sentences whose probability falls in one tenth: how many, mean probability, share that reached the level."""

    n: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Reliability of P(level ≥ ``k``): its expected calibration error and its bins that are not empty."""

    k: int
    ece: Interval
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Appraisal:
    """All that is measured of one model on one part."""

    articles: int
    sentences: int
    metrics: dict[str, Interval]
    slices: dict[Slice, tuple[int, dict[str, Interval]]]
    reliability: tuple[Curve, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: intervals as [value, low, high], null where a number is not defined."""
        return {
            "articles": self.articles,
            "sentences": self.sentences,
            "metrics": {name: found.as_list() for name, found in self.metrics.items()},
            "slices": [
                {"dimension": dimension, "value": value, "n": n}
                | {name: found.as_list() for name, found in scores.items()}
                for (dimension, value), (n, scores) in self.slices.items()
            ],
            "reliability": [
                {"k": curve.k, "ece": curve.ece.as_list(), "bins": [_rounded(each) for each in curve.bins]}
                for curve in self.reliability
            ],
        }


def appraise(
    labelled: Sequence[Labelled],
    rows: Table,
    at_least: NDArray[np.float64],
    bootstrap: Bootstrap,
    progress: Progress = SILENT,
) -> Appraisal:
    """Appraise P(level ≥ k) (n, 4) of ``rows = table(labelled)``; a step of progress is a resampled slice or curve."""
    whole = Resamples(rows.group, bootstrap)
    by_slice = {}
    members = slices(labelled, rows)
    progress.expect(len(members) + at_least.shape[1] + 1)
    for key, inside in members.items():
        part = Resamples(rows.group[inside], bootstrap)
        found = part.metrics(rows.y[inside], at_least[inside], rows.mean[inside])
        scores = {name: part.interval(found[name]) for name in SLICE_METRICS}
        by_slice[key] = (int(inside.sum()), scores)
        progress.step()
    curves = []
    for k in range(1, at_least.shape[1] + 1):
        outcome, probability = rows.y >= k, at_least[:, k - 1]
        error = whole.interval(whole.calibration_error(outcome, probability))
        place = bins_of(probability)
        bins = tuple(
            Bin(
                int((place == number).sum()),
                float(probability[place == number].mean()),
                float(outcome[place == number].mean()),
            )
            for number in np.unique(place)
        )
        curves.append(Curve(k, error, bins))
        progress.step()
    metrics = whole.metrics(rows.y, at_least, rows.mean)
    progress.step()
    return Appraisal(
        articles=len(set(rows.group.tolist())),
        sentences=len(rows.y),
        metrics={name: whole.interval(found) for name, found in metrics.items()},
        slices=by_slice,
        reliability=tuple(curves),
    )


def _rounded(found: Bin) -> dict[str, float]:
    return {"n": found.n, "predicted": round(found.predicted, 4), "observed": round(found.observed, 4)}
