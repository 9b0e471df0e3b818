"""Candidates and the fit of the recipe's own model: what they may see, what they must keep, what noise must do."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from threadpoolctl import threadpool_limits

from service.columns import FEATURES, NAMES
from service.features import sentence_features
from service.lexicon import Lexicon
from service.scoring import MODELS, Scorer
from training import dataset
from training.candidates import Sentences, predictions, sentences
from training.fitting import best_penalty, calibrate, choose, fit, ordered
from training.intervals import Bootstrap, Resamples
from training.measure import log_loss, scores_of
from training.recipe import CANDIDATES, Recipe
from training.slices import slices


class Parts(NamedTuple):
    recipe: Recipe
    labelled: list[dataset.Labelled]
    known: Sentences
    new: Sentences


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As a training run has it; boosting is slow with more threads than free cores."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="module")
def parts() -> Parts:
    """Half of the corpus, with a recipe that tries few penalties."""
    recipe = Recipe.load()
    recipe = replace(recipe, model=replace(recipe.model, alphas=(1.0, 10.0), folds=3))
    labelled = dataset.analyse_all(dataset.read()[::2], Lexicon.load())
    known = [item for item in labelled if recipe.split.part(item.id) == "train"]
    new = [item for item in labelled if recipe.split.part(item.id) == "validation"]
    return Parts(recipe, labelled, sentences(known), sentences(new))


def with_levels(part: Sentences, order: np.ndarray) -> Sentences:
    """The same sentences with one another's votes."""
    rows, levels, weights = part.table.voted
    starts = np.searchsorted(rows, np.arange(len(part.table.y)))
    counts = np.bincount(rows)
    taken = np.concatenate([np.arange(starts[row], starts[row] + counts[row]) for row in order])
    voted = (np.repeat(np.arange(len(order)), counts[order]), levels[taken], weights[taken])
    shuffled = replace(part.table, y=part.table.y[order], mean=part.table.mean[order], voted=voted)
    return replace(part, table=shuffled)


def test_labels_dealt_at_random_teach_nothing(parts: Parts) -> None:
    y, mean = parts.new.table.y, parts.new.table.mean
    shares = log_loss(y, predictions("majority", parts.recipe, parts.known, parts.new))
    noises = [
        with_levels(parts.known, np.random.default_rng(seed).permutation(len(parts.known.table.y))) for seed in range(4)
    ]
    assert all(sorted(noise.table.y) == sorted(parts.known.table.y) for noise in noises)
    for name in ("cumulative-logits", "splines"):
        honest = scores_of(y, predictions(name, parts.recipe, parts.known, parts.new), mean)
        found_in_noise = [predictions(name, parts.recipe, noise, parts.new) for noise in noises]
        random = [scores_of(y, at_least, mean) for at_least in found_in_noise]
        medians = [(at_least >= 0.5).sum(axis=1) for at_least in found_in_noise]
        assert honest.spearman > 0.5 and honest.kappa > 0.4 and honest.log_loss < shares - 0.2
        # One deal of so few articles may agree with the truth by chance; the mean of several may not.
        kappas = [cohen_kappa_score(y, median, weights="quadratic") for median in medians]
        assert abs(np.mean(kappas)) < 0.1 and max(map(abs, kappas)) < 0.2
        # The cuts are near the shares of the levels, where the signs still sort some sentences.
        assert max(abs(found.kappa) for found in random) < honest.kappa / 2
        assert min(found.log_loss for found in random) > shares - 0.05
        # Signs alone put sentences in some order, whatever the labels: only without them is Spearman lost in noise.
        assert abs(np.mean([found.spearman for found in random])) < 0.2 or name == "cumulative-logits"


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate_gives_ordered_probabilities_and_learns(parts: Parts, name: str) -> None:
    at_least = predictions(name, parts.recipe, parts.known, parts.new)
    assert at_least.shape == (len(parts.new.table.y), 4)
    assert (at_least >= 0).all() and (at_least <= 1).all() and (np.diff(at_least, axis=1) <= 0).all()
    chance = predictions("majority", parts.recipe, parts.known, parts.new)
    ours, shares = (log_loss(parts.new.table.y, found) for found in (at_least, chance))
    assert ours < shares - 0.01 or name == "majority"


def test_the_majority_is_the_shares_of_the_levels_it_has_seen(parts: Parts) -> None:
    at_least = predictions("majority", parts.recipe, parts.known, parts.new)
    assert np.ptp(at_least, axis=0) == pytest.approx(np.zeros(4))
    known = [item for item in parts.labelled if parts.recipe.split.part(item.id) == "train"]
    votes = [dataset.vote_levels(label) for item in known for label in item.labels if label["level"] is not None]
    for k in range(1, 5):
        assert at_least[0, k - 1] == pytest.approx(np.mean([np.mean(np.array(given) >= k) for given in votes]))


@pytest.mark.parametrize(("name", "column"), [("hedge-count", "hedges"), ("source-count", "sources")])
def test_a_counting_baseline_sees_its_count_alone(parts: Parts, name: str, column: str) -> None:
    at_least = predictions(name, parts.recipe, parts.known, parts.new)
    counts = getattr(parts.new, column)
    assert len({row.tobytes() for row in at_least}) == len(set(counts.tolist())) > 1


def test_counts_are_those_of_the_sentence(parts: Parts) -> None:
    known = [item for item in parts.labelled if parts.recipe.split.part(item.id) == "train"]
    group, index = parts.known.table.group[40], parts.known.table.sentence[40]
    assert parts.known.texts[40] == known[group].labels[index]["text"]
    for row in (40, 41, 42, 100):
        item, index = known[parts.known.table.group[row]], int(parts.known.table.sentence[row])
        categories = Counter(cue.category for cue in item.article.by_sentence[index])
        assert parts.known.hedges[row] == categories["hedge"] + categories["conditional"]
        assert parts.known.sources[row] == len(item.article.speakers[index])
        assert (parts.known.table.X[row] == sentence_features(item.article)[index]).all()


def test_boosting_is_monotone_and_additive(parts: Parts) -> None:
    base = np.zeros((1, len(NAMES)))
    rows = {name: base.copy() for name in ("none", "date", "person", "both", "conditional")}
    rows["date"][0, NAMES.index("date")] = rows["both"][0, NAMES.index("date")] = 1
    rows["person"][0, NAMES.index("source_person")] = rows["both"][0, NAMES.index("source_person")] = 1
    rows["conditional"][0, NAMES.index("conditional")] = 1
    X = np.vstack(list(rows.values()))
    new = replace(parts.new, table=replace(parts.new.table, X=X, y=np.zeros(len(X), dtype=int)))
    at_least = dict(zip(rows, predictions("gradient-boosting", parts.recipe, parts.known, new), strict=True))
    assert (at_least["date"] >= at_least["none"]).all() and (at_least["conditional"] <= at_least["none"]).all()
    logit = {name: np.log(found / (1 - found))[1] for name, found in at_least.items()}
    assert logit["both"] - logit["person"] == pytest.approx(logit["date"] - logit["none"], abs=1e-6)


# --- the recipe's own model ------------------------------------------------------------------------------------------


def test_proportional_odds_has_one_set_of_coefficients(parts: Parts) -> None:
    recipe = replace(parts.recipe, model=replace(parts.recipe.model, name="proportional-odds"))
    shared, own = fit(recipe, parts.known.table, 1.0), fit(parts.recipe, parts.known.table, 1.0)
    assert (np.ptp(shared.coef_, axis=0) == 0).all() and (np.ptp(own.coef_, axis=0) > 0.1).any()


def test_the_penalty_chosen_is_the_strongest_that_is_as_good_out_of_fold(parts: Parts) -> None:
    recipe = replace(parts.recipe, model=replace(parts.recipe.model, alphas=(1.0, 1000.0)))
    chosen = choose(recipe, parts.known.table)
    one = chosen.by_alpha[1.0]
    assert chosen.alpha == 1.0 and one.rps < chosen.by_alpha[1000.0].rps
    assert (
        best_penalty({1.0: one, 3.0: replace(one, rps=one.rps * 1.0009), 9.0: replace(one, rps=one.rps * 1.0011)}) == 3
    )
    reached = parts.known.table.y[:, None] >= np.arange(1, 5)
    assert one.rps == pytest.approx(((chosen.at_least - reached) ** 2).sum(axis=1).mean())
    assert log_loss(parts.known.table.y, chosen.at_least) == pytest.approx(chosen.by_alpha[1.0].log_loss)
    resubstituted = fit(recipe, parts.known.table, 1.0).predict_at_least(parts.known.table.X)
    assert log_loss(parts.known.table.y, resubstituted) < chosen.by_alpha[1.0].log_loss - 0.01, "out of fold is harder"


def test_platt_straightens_probabilities_that_are_too_sure_and_keeps_signs(parts: Parts) -> None:
    table = parts.known.table
    chosen = choose(parts.recipe, table)
    sure = replace(chosen, logits=3 * chosen.logits)
    plain = fit(parts.recipe, table, chosen.alpha)
    folded = calibrate(fit(parts.recipe, table, chosen.alpha), "platt", sure, table)
    slopes = np.nanmedian(
        np.where(plain.coef_ != 0, folded.coef_ / np.where(plain.coef_ != 0, plain.coef_, 1), np.nan), 1
    )
    assert (slopes > 0.2).all() and (slopes < 0.45).all()
    signs = np.array([feature.monotone for feature in FEATURES])
    assert (folded.coef_ * signs >= 0).all()
    untouched = calibrate(fit(parts.recipe, table, chosen.alpha), "none", sure, table)
    assert (untouched.coef_ == plain.coef_).all() and (untouched.thresholds_ == plain.thresholds_).all()
    # The line found on the log-odds themselves brings them back.
    logits = sure.logits * slopes / 1 - (folded.thresholds_ - slopes * plain.thresholds_)
    assert log_loss(table.y, ordered(logits)) <= log_loss(table.y, chosen.at_least) + 0.03
    assert log_loss(table.y, ordered(sure.logits)) > log_loss(table.y, chosen.at_least) + 0.1


def test_a_level_that_nobody_gave_is_said_before_anything_is_fitted(parts: Parts) -> None:
    few = np.flatnonzero(parts.known.table.y == 2)[:20]
    with pytest.raises(dataset.DatasetError, match="no sentence of level 0"):
        fit(parts.recipe, parts.known.table, 1.0, few)


def test_folded_arithmetic_equals_scikit_learn_over_the_whole_corpus() -> None:
    version = (MODELS / "champion").read_text().strip()
    estimator, scorer = joblib.load(MODELS / version / "model.joblib"), Scorer.load()
    seen = 0
    for item in dataset.analyse_all(dataset.read(), Lexicon.load()):
        X = sentence_features(item.article)
        expected = estimator.predict_proba(X)
        assert np.abs(scorer.at_least(X) - estimator.predict_at_least(X)).max() < 1e-9
        for row, found in zip(expected, scorer.assess(item.article), strict=True):
            if found.probabilities is not None and found.score is not None:
                assert np.abs(row - found.probabilities).max() < 1e-9
                assert abs(row @ np.arange(5) / 4 - found.score) < 1e-9
                seen += 1
    assert seen > 4000


def test_contributions_of_a_row_sum_to_its_score() -> None:
    scorer = Scorer.load()
    row = np.zeros(len(NAMES))
    row[[NAMES.index("date"), NAMES.index("source_person"), NAMES.index("hedge")]] = 1
    parts_ = scorer.contributions(row)
    score = scorer.at_least(row[None])[0].sum() / 4
    assert sum(part.effect for part in parts_) == pytest.approx(score - scorer.base, abs=1e-9)
    assert {part.feature for part in parts_} <= {"date", "source_person", "hedge"} and parts_


# --- slices ----------------------------------------------------------------------------------------------------------


def test_slices_come_from_the_labels_and_in_a_fixed_order(parts: Parts) -> None:
    rows = dataset.table(parts.labelled)
    found = slices(parts.labelled, rows)
    assert [key for key in found if key[0] == "length"] == [
        ("length", "1–12 words"),
        ("length", "13–24 words"),
        ("length", "25 words and more"),
    ]
    for dimension in ("genre", "region", "length"):
        assert sum(mask.astype(int) for key, mask in found.items() if key[0] == dimension).tolist() == [1] * len(rows.y)
    keys = list(found)
    assert [key[0] for key in keys] == sorted(
        (key[0] for key in keys), key=["genre", "region", "length", "cue", "source"].index
    )
    assert keys[-1] == ("source", "none")
    hedged = found["cue", "hedge"]
    for row in range(0, len(rows.y), 7):
        label = parts.labelled[rows.group[row]].labels[rows.sentence[row]]
        assert hedged[row] == any(cue["category"] == "hedge" for cue in label["cues"])


def test_resamples_of_a_slice_of_one_article_do_not_move() -> None:
    draws = Resamples(np.zeros(5, dtype=int), Bootstrap(20, 1))
    found = draws.interval(draws.mean(np.arange(5.0)))
    assert found == (2.0, 2.0, 2.0)


def test_training_says_what_is_missing_before_it_starts(tmp_path: Path) -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from training.__main__ import cli; cli()"
    command = [sys.executable, "-c", code, "train", "--version", "x", "--models", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "run: make training" in done.stderr and "Traceback" not in done.stderr
    assert "corpus: read" not in done.stderr and not (tmp_path / "x").exists()
