"""What a run compares on the validation part: candidates, families of columns, calibration.

Every model here is fitted on the training part alone. Differences are paired, by resamples of whole articles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from service.columns import FEATURES
from training.candidates import Array, Sentences, predictions
from training.fitting import calibrate, choose, fit
from training.intervals import METRICS, Draws, Interval, Resamples
from training.progress import SILENT, Progress
from training.recipe import CALIBRATIONS, FAMILIES, Recipe


@dataclass(frozen=True, slots=True)
class Rival:
    """One way of doing it: its scores, and what they are away from those of the recipe's model."""

    scores: dict[str, Interval]
    apart: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Study:
    """Rivals by name; the recipe's own model comes first among the candidates, with differences of zero."""

    candidates: dict[str, Rival]
    families: dict[str, Rival]
    calibration: dict[str, Rival]


def study(recipe: Recipe, known: Sentences, new: Sentences, progress: Progress = SILENT) -> Study:
    """Fit every rival on ``known`` and score it on ``new``; each is a phase of progress."""
    resamples = Resamples(new.table.group, recipe.bootstrap)

    def draws(at_least: Array) -> Draws:
        return resamples.metrics(new.table.y, at_least, new.table.mean)

    def rival(at_least: Array, against: Draws) -> Rival:
        found = draws(at_least)
        return Rival(
            {name: resamples.interval(found[name]) for name in METRICS},
            {name: resamples.interval(found[name] - against[name]) for name in METRICS},
        )

    progress.phase(f"candidate: {recipe.model.name}")
    chosen = choose(recipe, known.table, progress)

    def variant(calibration: str, features: tuple[str, ...] = recipe.features) -> Array:
        fitted = fit(recipe, known.table, chosen.alpha, features=features)
        return np.asarray(calibrate(fitted, calibration, chosen, known.table).predict_at_least(new.table.X))

    own = variant(recipe.calibration)
    candidates = {recipe.model.name: rival(own, draws(own))}
    for name in recipe.report.candidates:
        if name not in candidates:
            progress.phase(f"candidate: {name}")
            candidates[name] = rival(predictions(name, recipe, known, new, progress), draws(own))
    progress.phase("families of columns, calibration")
    progress.expect(len(FAMILIES) + len(CALIBRATIONS))
    plain = draws(variant("none"))  # a family is left out of the model before its calibration
    families = {}
    for family in FAMILIES:
        left = tuple(f.name for f in FEATURES if f.name in recipe.features and f.family != family)
        if 0 < len(left) < len(recipe.features):
            families[family] = rival(variant("none", left), plain)
        progress.step()
    calibration = {}
    for method in CALIBRATIONS:
        calibration[method] = rival(variant(method), draws(own))
        progress.step()
    return Study(candidates, families, calibration)
