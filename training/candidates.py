"""Other models and baselines that the model in service is compared with, all fitted on the same votes.

A candidate is a function: what it learns from, what it is scored on → P(level ≥ k) (n, 4). Settings are chosen by
cross-validation over whole articles of the training part, never on the rows that are scored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer

from service.columns import FEATURES
from service.estimators import MonotoneOrdinal
from training.dataset import Labelled, Table, table
from training.fitting import LEVELS, calibrate, choose, fit, used_columns
from training.measure import ranked_probability_score
from training.progress import SILENT, Progress
from training.recipe import Recipe

FOLDS = 3  # for the settings of the candidates that are not ours
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sentences:
    """A part of the corpus as candidates see it: its table, and text and cue counts of each row."""

    table: Table
    texts: NDArray[Any]
    hedges: Array
    sources: Array


_Candidate = Callable[[Recipe, Sentences, Sentences, Progress], Array]


def sentences(labelled: Sequence[Labelled]) -> Sentences:
    """Rows of labelled articles for candidates that read more than the columns."""
    rows = table(labelled)
    places = list(zip(rows.group.tolist(), rows.sentence.tolist(), strict=True))
    cues = [[cue.category for cue in labelled[item].article.by_sentence[index]] for item, index in places]
    return Sentences(
        rows,
        np.array([labelled[item].labels[index]["text"] for item, index in places], dtype=object),
        np.array([float(found.count("hedge") + found.count("conditional")) for found in cues]),
        np.array([float(len(labelled[item].article.speakers[index])) for item, index in places]),
    )


def predictions(name: str, recipe: Recipe, known: Sentences, new: Sentences, progress: Progress = SILENT) -> Array:
    """P(level ≥ k) (n, 4) that a candidate of `recipe.CANDIDATES`, fitted on ``known``, gives for ``new``."""
    return _CANDIDATES[name](recipe, known, new, progress)


def _ordinal(name: str) -> _Candidate:
    def predict(recipe: Recipe, known: Sentences, new: Sentences, progress: Progress) -> Array:
        recipe = replace(recipe, model=replace(recipe.model, name=name))
        chosen = choose(recipe, known.table, progress)
        fitted = fit(recipe, known.table, chosen.alpha)
        return np.asarray(calibrate(fitted, recipe.calibration, chosen, known.table).predict_at_least(new.table.X))

    return predict


def _boosting(additive: bool) -> _Candidate:
    """Monotone gradient boosting, one ensemble a threshold; without interactions its log-odds are sums over columns."""

    def predict(recipe: Recipe, known: Sentences, new: Sentences, progress: Progress) -> Array:
        used = used_columns(recipe.features)

        def make(trees: float) -> HistGradientBoostingClassifier:
            return HistGradientBoostingClassifier(
                learning_rate=0.2 if additive else 0.1,
                max_iter=int(trees),
                max_leaf_nodes=4 if additive else 8,  # a column has few values
                l2_regularization=1.0,
                interaction_cst="no_interactions" if additive else None,
                monotonic_cst=[feature.monotone for feature in FEATURES],
                random_state=recipe.report.seed,
            )

        grid = (60, 120, 240) if additive else (30, 60)
        return _tuned(make, grid, known, known.table.X * used, new.table.X * used, progress)

    return predict


def _splines(recipe: Recipe, known: Sentences, new: Sentences, progress: Progress) -> Array:
    """Counts bent by splines, the rest linear; nothing holds the signs."""
    used = used_columns(recipe.features)
    counts = [column for column, feature in enumerate(FEATURES) if feature.high > 1]

    def make(strength: float) -> Any:
        bent = SplineTransformer(n_knots=3, degree=2, include_bias=False)
        return make_pipeline(
            make_column_transformer((bent, counts), remainder="passthrough"),
            LogisticRegression(C=strength, max_iter=2000),
        )

    return _tuned(make, (0.1, 0.3, 1.0, 3.0), known, known.table.X * used, new.table.X * used, progress)


def _characters(recipe: Recipe, known: Sentences, new: Sentences, progress: Progress) -> Array:
    """TF-IDF of character n-grams, logistic regression a threshold: what the words alone give away."""
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3, sublinear_tf=True)

    def make(strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, solver="liblinear", max_iter=1000)

    X, X_new = vectors.fit_transform(known.texts), vectors.transform(new.texts)
    return _tuned(make, (1.0, 3.0, 10.0), known, X, X_new, progress)


def _counted(column: str) -> _Candidate:
    def predict(recipe: Recipe, known: Sentences, new: Sentences, progress: Progress) -> Array:
        rows, levels, weights = known.table.voted
        counts: Array = getattr(known, column)
        fitted = MonotoneOrdinal(alpha=0.01).fit(counts[rows, None], levels, weights)
        return np.asarray(fitted.predict_at_least(getattr(new, column)[:, None]))

    return predict


def _majority(recipe: Recipe, known: Sentences, new: Sentences, progress: Progress) -> Array:
    """The shares of the levels, the same for every sentence."""
    _, levels, weights = known.table.voted
    shares = [np.average(levels >= k, weights=weights) for k in LEVELS[1:]]
    return np.tile(shares, (len(new.table.y), 1))


def _tuned(
    make: Callable[[float], Any], grid: Sequence[float], known: Sentences, X: Any, X_new: Any, progress: Progress
) -> Array:
    """Predictions with the setting of least out-of-fold ranked probability score; one classifier a threshold."""
    y, group = known.table.y, known.table.group
    losses = []
    progress.expect(len(grid) * FOLDS)
    for setting in grid:
        at_least = np.zeros((len(y), len(LEVELS) - 1))
        for rows, left_out in GroupKFold(FOLDS).split(y, groups=group):
            at_least[left_out] = _by_threshold(partial(make, setting), known.table, rows, X, X[left_out])
            progress.step()
        losses.append(ranked_probability_score(y, at_least))
    best = grid[int(np.argmin(losses))]
    return _by_threshold(partial(make, best), known.table, np.arange(len(y)), X, X_new)


def _by_threshold(make: Callable[[], Any], known: Table, rows: NDArray[np.int_], X: Any, X_new: Any) -> Array:
    voted, levels, weights = known.voted
    inside = np.isin(voted, rows)
    columns = []
    for k in LEVELS[1:]:
        classifier = make()
        step = classifier.steps[-1][0] + "__" if hasattr(classifier, "steps") else ""
        classifier.fit(X[voted[inside]], levels[inside] >= k, **{f"{step}sample_weight": weights[inside]})
        columns.append(classifier.predict_proba(X_new)[:, 1])
    return np.asarray(np.minimum.accumulate(np.column_stack(columns), axis=1))


_CANDIDATES: dict[str, _Candidate] = {
    "cumulative-logits": _ordinal("cumulative-logits"),
    "proportional-odds": _ordinal("proportional-odds"),
    "gradient-boosting": _boosting(additive=True),
    "boosted-interactions": _boosting(additive=False),
    "splines": _splines,
    "majority": _majority,
    "hedge-count": _counted("hedges"),
    "source-count": _counted("sources"),
    "characters": _characters,
}
