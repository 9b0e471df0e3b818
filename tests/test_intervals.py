"""Bootstrap: the same numbers as scikit-learn and scipy, articles drawn whole, intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest

from training.intervals import METRICS, Bootstrap, Interval, Resamples, verdict
from training.measure import scores_of


def sample(n: int = 300, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Levels, P(level ≥ k), mean votes and articles of sentences, with ties."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, size=n)
    at_least = np.sort(rng.random((n, 4)), axis=1)[:, ::-1].round(2)
    at_least = np.clip(at_least + (y[:, None] - 2) / 6, 0.01, 0.99).round(2)
    mean = y + rng.choice([-0.5, 0, 0.5], size=n)
    return y, np.minimum.accumulate(at_least, axis=1), mean, rng.integers(0, 40, size=n)


def test_the_sample_itself_scores_as_scikit_learn_does() -> None:
    y, at_least, mean, group = sample()
    found = Resamples(group, Bootstrap(20, 0)).metrics(y, at_least, mean)
    expected = scores_of(y, at_least, mean)
    assert set(found) == set(METRICS)
    for name in METRICS:
        assert found[name][0] == pytest.approx(getattr(expected, name), abs=1e-9), name


def test_each_draw_scores_as_scikit_learn_does_on_its_rows() -> None:
    y, at_least, mean, group = sample()
    draws = Resamples(group, Bootstrap(20, 3))
    found = draws.metrics(y, at_least, mean)
    for draw in (1, 7, 20):
        rows = np.repeat(np.arange(len(y)), draws._counts[draw].astype(int)[draws._article])
        expected = scores_of(y[rows], at_least[rows], mean[rows])
        for name in METRICS:
            assert found[name][draw] == pytest.approx(getattr(expected, name), abs=1e-9), name
        assert draws.mean(y.astype(float))[draw] == pytest.approx(y[rows].mean())


def test_articles_are_drawn_whole_and_as_many_as_there_are() -> None:
    group = np.array([5, 5, 5, 9, 9, 30])
    draws = Resamples(group, Bootstrap(200, 2))
    assert (draws._counts.sum(axis=1) == 3).all() and (draws._counts[0] == 1).all()
    shares = draws.mean((group == 5).astype(float))
    assert shares[0] == 0.5 and set(np.unique(shares[1:]).round(3)) <= {0, 1, 0.5, 0.6, 0.75, 0.857, 0.429, 0.818}
    assert len(np.unique(shares)) > 3


def test_sentences_that_repeat_in_an_article_make_no_interval_narrower() -> None:
    rng = np.random.default_rng(0)
    value, article = rng.integers(0, 2, size=60).astype(float), np.arange(60)
    draws, many = (Resamples(each, Bootstrap(2000, 1)) for each in (article, np.repeat(article, 10)))
    once = draws.interval(draws.mean(value))
    tenfold = many.interval(many.mean(np.repeat(value, 10)))
    assert tenfold == pytest.approx(once)


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    covered = 0
    for round_ in range(200):
        draws = Resamples(np.arange(80), Bootstrap(300, round_, 0.9))
        found = draws.interval(draws.mean(rng.normal(size=80)))
        covered += found.low <= 0 <= found.high
    assert 0.82 <= covered / 200 <= 0.96


def test_a_model_is_no_better_than_itself_and_better_than_noise() -> None:
    y, at_least, mean, group = sample()
    draws = Resamples(group, Bootstrap(200, 5))
    ours = draws.metrics(y, at_least, mean)
    noise = draws.metrics(y, np.random.default_rng(1).permutation(at_least), mean)
    for name in ("spearman", "kappa", "mae", "log_loss"):
        assert verdict(name, draws.interval(ours[name] - ours[name])) == "no clear difference"
        assert verdict(name, draws.interval(ours[name] - noise[name])) == "better", name
        assert verdict(name, draws.interval(noise[name] - ours[name])) == "worse", name


def test_what_is_not_defined_is_none_in_json() -> None:
    y, at_least, mean, group = sample()
    draws = Resamples(group, Bootstrap(20, 0))
    flat = draws.metrics(y, np.full_like(at_least, 0.3), mean)
    assert np.isnan(flat["spearman"]).all() and flat["kappa"] == pytest.approx(np.zeros(21))
    assert draws.interval(flat["spearman"]).as_list() == [None, None, None]
    assert Interval(0.12345, 0.1, 0.2).as_list() == [0.1235, 0.1, 0.2]
