"""The scikit-learn side of the model: articles → features, and ordinal logistic regression with signed coefficients.

Training uses it; the service reads the folded arithmetic only, so that no worker carries scikit-learn in memory.

Proportional odds: P(level ≥ k) = σ(x·w − t_k) with t_1 < t_2 < …, one coefficient a feature for all k, so that the four
probabilities never cross and every contribution is additive on the log-odds scale. ``monotone`` bounds the sign of each
coefficient, which makes the guideline's promises hold by construction (McCullagh 1980; L-BFGS-B with bounds).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from service.article import Article
from service.features import FEATURES, NAMES, sentence_features

_TINY = 1e-12


class ArticleFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Stateless scikit-learn transformer: articles → rows of all their sentences, one under the other.

    >>> ArticleFeatures().get_feature_names_out()[0]
    'source_person'
    """

    def fit(self, articles: Sequence[Article], y: Any = None) -> ArticleFeatures:
        """Nothing to learn."""
        return self

    def transform(self, articles: Iterable[Article]) -> NDArray[np.float64]:
        """Matrix of shape (sentences of all articles, len(FEATURES))."""
        rows = [sentence_features(article) for article in articles]
        return np.vstack(rows) if rows else np.zeros((0, len(FEATURES)))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.str_]:
        """Column names."""
        return np.array(NAMES)

    def __sklearn_is_fitted__(self) -> bool:
        return True


class MonotoneOrdinal(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Cumulative logit with sign constraints and an L2 penalty.

    Parameters: ``monotone``, a sequence of -1, 0, +1, one a feature (None: all free); ``alpha`` ≥ 0, the penalty on the
    coefficients (thresholds are not penalised); ``max_iter``.

    Attributes after `fit`: ``coef_`` (n_features,), ``thresholds_`` (n_classes - 1,) increasing, ``classes_``.
    """

    def __init__(self, monotone: ArrayLike | None = None, alpha: float = 1.0, max_iter: int = 2000) -> None:
        self.monotone = monotone
        self.alpha = alpha
        self.max_iter = max_iter

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MonotoneOrdinal:
        """Fit on X (n, n_features) and ordered integer classes y (n,)."""
        # Imported where it is used: fitting is not done in service, and this import weighs 20 MB.
        from scipy.optimize import minimize

        features, labels = validate_data(self, X, y, dtype=np.float64)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"need at least two levels to learn from, found only {self.classes_.tolist()}")
        weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        count, width = len(self.classes_) - 1, features.shape[1]
        signs = np.zeros(width, dtype=int) if self.monotone is None else np.asarray(self.monotone, dtype=int)
        if len(signs) != width:
            raise ValueError(f"monotone has {len(signs)} entries for {width} features")
        ranks = np.searchsorted(self.classes_, labels)
        above = np.array([np.average(ranks >= k, weights=weights) for k in range(1, count + 1)])
        start_thresholds = -np.log(np.clip(above, 0.01, 0.99) / (1 - np.clip(above, 0.01, 0.99)))
        gaps = np.log(np.maximum(np.diff(start_thresholds), 0.05))
        start = np.concatenate([np.zeros(width), start_thresholds[:1], gaps])
        bounds = (
            [(0 if s > 0 else None, 0 if s < 0 else None) for s in signs] + [(None, None)] + [(-6, 6)] * (count - 1)
        )
        result = minimize(
            _loss,
            start,
            args=(features, ranks, weights, self.alpha),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": self.max_iter, "ftol": 1e-12, "gtol": 1e-7},
        )
        self.coef_ = result.x[:width]
        self.thresholds_ = _thresholds(result.x[width:])
        self.n_iter_ = int(result.nit)
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Log-odds x·w before the thresholds, shape (n,)."""
        check_is_fitted(self)
        return np.asarray(validate_data(self, X, reset=False, dtype=np.float64) @ self.coef_)

    def predict_at_least(self, X: ArrayLike) -> NDArray[np.float64]:
        """P(level ≥ k) for every class but the lowest, shape (n, n_classes - 1)."""
        return np.asarray(expit(self.decision_function(X)[:, None] - self.thresholds_[None, :]))

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """P(level = k), shape (n, n_classes); rows sum to 1."""
        at_least = self.predict_at_least(X)
        ones, zeros = np.ones((len(at_least), 1)), np.zeros((len(at_least), 1))
        return np.asarray(np.hstack([ones, at_least]) - np.hstack([at_least, zeros]))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The median level: the highest that is at least as likely as not to be reached, shape (n,)."""
        return np.asarray(self.classes_[(self.predict_at_least(X) >= 0.5).sum(axis=1)])


def expit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def _thresholds(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
    """Increasing thresholds from the first one and the logarithms of the gaps."""
    return np.asarray(np.concatenate([parameters[:1], parameters[0] + np.cumsum(np.exp(parameters[1:]))]))


def _loss(
    parameters: NDArray[np.float64],
    features: NDArray[np.float64],
    ranks: NDArray[np.int_],
    weights: NDArray[np.float64],
    alpha: float,
) -> tuple[float, NDArray[np.float64]]:
    """Penalised negative log-likelihood and its gradient."""
    width = features.shape[1]
    coefficients, gaps = parameters[:width], np.exp(parameters[width + 1 :])
    thresholds = _thresholds(parameters[width:])
    count = len(thresholds)
    eta = features @ coefficients
    at_least = expit(eta[:, None] - thresholds[None, :])
    padded = np.hstack([np.ones((len(eta), 1)), at_least, np.zeros((len(eta), 1))])
    rows = np.arange(len(eta))
    upper, lower = padded[rows, ranks], padded[rows, ranks + 1]
    probability = np.maximum(upper - lower, _TINY)
    loss = -float(weights @ np.log(probability)) + 0.5 * alpha * float(coefficients @ coefficients)
    slope_upper, slope_lower = upper * (1 - upper), lower * (1 - lower)
    scale = weights / probability
    by_eta = -scale * (slope_upper - slope_lower)
    by_threshold = np.zeros(count)
    for k in range(count):
        by_threshold[k] = (scale * slope_upper)[ranks == k + 1].sum() - (scale * slope_lower)[ranks == k].sum()
    by_gap = np.array([by_threshold[k + 1 :].sum() * gaps[k] for k in range(count - 1)])
    gradient = np.concatenate([features.T @ by_eta + alpha * coefficients, [by_threshold.sum()], by_gap])
    return loss, gradient
