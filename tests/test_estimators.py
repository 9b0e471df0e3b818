"""The ordinal classifier: learns, respects signs, never crosses its probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad

from service.estimators import MonotoneOrdinal, _loss


def sample(n: int = 400, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    features = rng.integers(0, 2, size=(n, 4)).astype(float)
    eta = features @ np.array([2.0, -1.5, 0.0, 0.7]) + rng.logistic(size=n)
    return features, np.digitize(eta, [-1.0, 0.0, 1.0, 2.0])


def test_recovers_the_coefficients_it_was_made_with() -> None:
    X, y = sample(20_000)
    model = MonotoneOrdinal(alpha=0.01).fit(X, y)
    for coefficients in model.coef_:
        assert coefficients == pytest.approx([2.0, -1.5, 0.0, 0.7], abs=0.15)
    assert model.thresholds_ == pytest.approx([-1.0, 0.0, 1.0, 2.0], abs=0.15)


def test_each_threshold_has_coefficients_of_its_own() -> None:
    X = np.array([[0.0], [1.0]] * 300)
    y = np.where(X[:, 0] == 1, np.tile([1, 1, 1, 1, 2, 3], 100), np.tile([1, 2, 2, 3, 3, 3], 100))  # never below 1
    y[:6] = 0
    model = MonotoneOrdinal(alpha=0.1).fit(X, y)
    assert abs(model.coef_[0, 0]) < 0.2 and model.coef_[1, 0] < -1


def test_gradient_is_the_derivative_of_the_loss() -> None:
    X, y = sample(60)
    weights = np.linspace(0.5, 2, len(y))
    for levels in ([2], [1, 2, 4]):
        args = (X, y[:, None] >= levels, weights, 0.7)
        point = np.array([0.3, -0.2, 0.1, 0.4, *np.linspace(-0.9, 0.8, len(levels))])
        error = check_grad(lambda p: _loss(p, *args)[0], lambda p: _loss(p, *args)[1], point)  # noqa: B023
        assert error < 1e-3


def test_shared_coefficients_are_one_set_that_recovers_what_it_was_made_with() -> None:
    X, y = sample(20_000)
    model = MonotoneOrdinal(alpha=0.01, shared=True).fit(X, y)
    assert (model.coef_ == model.coef_[0]).all() and model.coef_.shape == (4, 4)
    assert model.coef_[0] == pytest.approx([2.0, -1.5, 0.0, 0.7], abs=0.1)
    assert model.thresholds_ == pytest.approx([-1.0, 0.0, 1.0, 2.0], abs=0.1)
    signed = MonotoneOrdinal(alpha=0.01, shared=True, monotone=[-1, 0, 0, 0]).fit(X, y)
    assert (signed.coef_[:, 0] == 0).all()


def test_a_sign_is_kept_even_against_the_data() -> None:
    X, y = sample()
    model = MonotoneOrdinal(monotone=[-1, 1, 1, -1]).fit(X, y)
    assert (model.coef_[:, 0] <= 0).all() and (model.coef_[:, 1] >= 0).all() and (model.coef_[:, 3] <= 0).all()


def test_probabilities_are_ordered_and_sum_to_one() -> None:
    X, y = sample()
    model = MonotoneOrdinal().fit(X, y)
    at_least = model.predict_at_least(X)
    assert (np.diff(at_least, axis=1) <= 0).all()
    assert model.predict_proba(X).sum(axis=1) == pytest.approx(np.ones(len(X)))
    assert set(model.predict(X)) <= set(range(5))


def test_a_missing_level_is_no_error_but_a_single_one_is() -> None:
    X, y = sample()
    assert MonotoneOrdinal().fit(X[y != 2], y[y != 2]).thresholds_.shape == (3,)
    with pytest.raises(ValueError, match="at least two levels"):
        MonotoneOrdinal().fit(X, np.zeros(len(X), dtype=int))


def test_monotone_must_fit_the_features() -> None:
    X, y = sample()
    with pytest.raises(ValueError, match="monotone has 2 entries for 4 features"):
        MonotoneOrdinal(monotone=[1, 1]).fit(X, y)
