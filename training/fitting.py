"""Fit the model that a recipe names: its penalty by cross-validation, its columns, its calibration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from service.columns import FEATURES, NAMES
from service.estimators import MonotoneOrdinal, expit
from training.dataset import DatasetError, Table
from training.measure import Scores, scores_of
from training.progress import SILENT, Progress
from training.recipe import Recipe

LEVELS = (0, 1, 2, 3, 4)
_AS_GOOD = 1.001


@dataclass(frozen=True, slots=True)
class Chosen:
    """The penalty (see `best_penalty`), the scores of all, and its out-of-fold log-odds, shape (n, 4)."""

    alpha: float
    by_alpha: dict[float, Scores]
    logits: NDArray[np.float64]

    @property
    def at_least(self) -> NDArray[np.float64]:
        """Out-of-fold P(level ≥ k), shape (n, 4), before any calibration."""
        return ordered(self.logits)


def fit(
    recipe: Recipe,
    table: Table,
    alpha: float,
    rows: NDArray[np.int_] | None = None,
    features: Collection[str] | None = None,
) -> MonotoneOrdinal:
    """The recipe's model fitted on every vote on ``rows`` of a table (default: all).

    A column that is not among ``features`` (default: the recipe's) is held at zero, and so is its coefficient: every
    model has the width that the service reads.
    """
    estimator = MonotoneOrdinal(
        monotone=[feature.monotone for feature in FEATURES],
        alpha=alpha,
        max_iter=recipe.model.max_iter,
        shared=recipe.model.name == "proportional-odds",
    )
    X, y, weights = table.fit_rows(np.arange(len(table.y)) if rows is None else rows)
    if missing := set(LEVELS) - set(y.tolist()):
        raise DatasetError(f"no sentence of level {', '.join(map(str, sorted(missing)))} to fit on: label some more")
    return estimator.fit(X * used_columns(recipe.features if features is None else features), y, weights)


def used_columns(features: Collection[str]) -> NDArray[np.float64]:
    """1 for the columns named, 0 for the others, in the order of the service."""
    return np.array([float(name in features) for name in NAMES])


def choose(recipe: Recipe, table: Table, progress: Progress = SILENT) -> Chosen:
    """The best penalty over folds of whole articles; a step of progress is a fit."""
    folds = GroupKFold(min(recipe.model.folds, len(set(table.group.tolist()))))
    logits: dict[float, NDArray[np.float64]] = {}
    progress.expect(len(recipe.model.alphas) * folds.n_splits)
    for alpha in recipe.model.alphas:
        logits[alpha] = np.zeros((len(table.y), len(LEVELS) - 1))
        for fit_rows, rows in folds.split(table.X, table.y, table.group):
            logits[alpha][rows] = fit(recipe, table, alpha, fit_rows).decision_function(table.X[rows])
            progress.step()
    by_alpha = {alpha: scores_of(table.y, ordered(found), table.mean) for alpha, found in logits.items()}
    alpha = best_penalty(by_alpha)
    return Chosen(alpha, by_alpha, logits[alpha])


def best_penalty(by_alpha: Mapping[float, Scores]) -> float:
    """The strongest penalty whose ranked probability score is as good as the least: within a thousandth of it."""
    least = min(scores.rps for scores in by_alpha.values())
    return max(alpha for alpha, scores in by_alpha.items() if scores.rps <= least * _AS_GOOD)


def calibrate(estimator: MonotoneOrdinal, method: str, chosen: Chosen, table: Table) -> MonotoneOrdinal:
    """Change an estimator's coefficients and thresholds so that its probabilities are calibrated.

    ``none`` leaves them. ``platt`` gives each threshold the slope and shift that fit the out-of-fold log-odds of
    ``table`` best (Platt 1999). A slope is never negative, so that every sign holds; the model stays additive.
    """
    if method == "platt":
        for k in range(len(LEVELS) - 1):
            line = LogisticRegression(C=1e6, max_iter=1000).fit(chosen.logits[:, [k]], table.y > k)
            slope = max(float(line.coef_[0, 0]), 0.0)
            estimator.coef_[k] *= slope
            estimator.thresholds_[k] = slope * estimator.thresholds_[k] - float(line.intercept_[0])
    return estimator


def ordered(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(level ≥ k) from log-odds, shape (n, 4): never higher than that of the level below."""
    return np.asarray(np.minimum.accumulate(expit(logits), axis=1))
