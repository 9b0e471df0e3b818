"""The scikit-learn side of the model: articles → features, and ordinal logistic regression with signed coefficients.

Training uses it; the service reads the folded arithmetic only, so that no worker carries scikit-learn in memory.
``monotone`` bounds the sign of each coefficient, which makes the guideline's promises hold by construction (cumulative
logits: McCullagh 1980; without proportional odds: Peterson and Harrell 1990; L-BFGS-B with bounds). Contributions stay
additive on the scale of each log-odds.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from service.article import Article
from service.columns import FEATURES, NAMES
from service.features import sentence_features


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
    """Cumulative logits with sign constraints and an L2 penalty, one set of coefficients for every threshold.

    P(level ≥ k) = σ(x·w_k − t_k). One w for all k (proportional odds) is too stiff here: an anonymous source pulls a
    sentence below 2 and hardly ever below 1. A probability is never higher than the one of the level below it.

    Parameters: ``monotone``, a sequence of -1, 0, +1, one a feature (None: all free); ``alpha`` ≥ 0, the penalty on the
    coefficients (thresholds are not penalised); ``max_iter``; ``shared``, one set of coefficients for all thresholds
    (proportional odds, fitted on all thresholds at once: Rennie and Srebro 2005), then the rows of ``coef_`` are equal.

    Attributes after `fit`: ``coef_`` (n_classes - 1, n_features), ``thresholds_`` (n_classes - 1,), ``classes_``.
    """

    def __init__(
        self, monotone: ArrayLike | None = None, alpha: float = 1.0, max_iter: int = 2000, shared: bool = False
    ) -> None:
        self.monotone = monotone
        self.alpha = alpha
        self.max_iter = max_iter
        self.shared = shared

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MonotoneOrdinal:
        """Fit on X (n, n_features) and ordered integer classes y (n,)."""
        if self.alpha < 0:
            raise ValueError(f"alpha is {self.alpha}; a penalty is at least 0")
        features, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"need at least two levels to learn from, found only {self.classes_.tolist()}")
        weights = _check_sample_weight(sample_weight, features)
        width = features.shape[1]
        signs = np.zeros(width, dtype=int) if self.monotone is None else np.asarray(self.monotone, dtype=int)
        if len(signs) != width:
            raise ValueError(f"monotone has {len(signs)} entries for {width} features")
        if not np.isin(signs, (-1, 0, 1)).all():
            raise ValueError("monotone holds -1, 0 and +1 only")
        reached = labels[:, None] >= self.classes_[1:]
        parts = [reached] if self.shared else [reached[:, [k]] for k in range(reached.shape[1])]
        bounds = [(0 if s > 0 else None, 0 if s < 0 else None) for s in signs]
        found = [
            minimize(
                _loss,
                np.zeros(width + part.shape[1]),
                args=(features, part, weights, self.alpha),
                jac=True,
                method="L-BFGS-B",
                bounds=bounds + [(None, None)] * part.shape[1],
                options={"maxiter": self.max_iter, "ftol": 1e-12, "gtol": 1e-7},
            )
            for part in parts
        ]
        if not all(result.success for result in found):
            warnings.warn(f"no convergence within {self.max_iter} iterations", ConvergenceWarning, stacklevel=2)
        rows = len(self.classes_) - 1 if self.shared else 1
        self.coef_ = np.vstack([np.tile(result.x[:width], (rows, 1)) for result in found])
        self.thresholds_ = np.concatenate([result.x[width:] for result in found])
        self.n_iter_ = max(int(result.nit) for result in found)
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Log-odds x·w_k − t_k, shape (n, n_classes - 1)."""
        check_is_fitted(self)
        return np.asarray(validate_data(self, X, reset=False, dtype=np.float64) @ self.coef_.T - self.thresholds_)

    def predict_at_least(self, X: ArrayLike) -> NDArray[np.float64]:
        """P(level ≥ k) for every class but the lowest, shape (n, n_classes - 1)."""
        return np.asarray(np.minimum.accumulate(expit(self.decision_function(X)), axis=1))

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """P(level = k), shape (n, n_classes); rows sum to 1."""
        at_least = self.predict_at_least(X)
        ones, zeros = np.ones((len(at_least), 1)), np.zeros((len(at_least), 1))
        return np.asarray(np.hstack([ones, at_least]) - np.hstack([at_least, zeros]))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The median class, shape (n,): the highest that is at least as likely as not to be reached.

        The service cuts elsewhere: `service.scoring.LEVEL_CUTS`.
        """
        return np.asarray(self.classes_[(self.predict_at_least(X) >= 0.5).sum(axis=1)])


def expit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def _loss(
    parameters: NDArray[np.float64],
    features: NDArray[np.float64],
    reached: NDArray[np.bool_],
    weights: NDArray[np.float64],
    alpha: float,
) -> tuple[float, NDArray[np.float64]]:
    """Penalised negative log-likelihood of one or more thresholds with the same coefficients, and its gradient.

    ``parameters`` are the coefficients, then the thresholds; ``reached`` has a column a threshold.
    """
    width = features.shape[1]
    coefficients, thresholds = parameters[:width], parameters[width:]
    eta = (features @ coefficients)[:, None] - thresholds
    loss = float(weights @ np.logaddexp(0, np.where(reached, -eta, eta)).sum(axis=1))
    slope = weights[:, None] * (expit(eta) - reached)
    gradient = np.concatenate([features.T @ slope.sum(axis=1) + alpha * coefficients, -slope.sum(axis=0)])
    return loss + 0.5 * alpha * float(coefficients @ coefficients), gradient
