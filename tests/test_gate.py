"""The gate: honest labels pass, shuffled ones do not, and a version that has seen the test part proves nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from service.lexicon import Lexicon
from service.scoring import Scorer
from tests.versions import copy_version
from training import dataset
from training.__main__ import cli
from training.comparison import Comparison, compare
from training.fitting import fit
from training.recipe import Recipe
from training.registry import Registry


def fitted(models: Path, name: str, recipe: Recipe, table: dataset.Table, rows: NDArray[np.int_] | None = None) -> None:
    """A version fitted on rows of the table as `train` does it, without its report."""
    estimator = fit(recipe, table, 1.0, rows)
    copy_version(models, name, lambda folded: folded.update(weights=estimator.coef_, thresholds=estimator.thresholds_))


def shuffled(table: dataset.Table) -> dataset.Table:
    rows, levels, weights = table.voted
    return replace(table, voted=(rows, np.random.default_rng(1).permutation(levels), weights))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Recipe]:
    """Versions: "less" was fitted on a third of the articles for training, "more" on all, "shuffled" on dealt labels."""
    models = tmp_path_factory.mktemp("models")
    recipe = Recipe.load()
    recipe = replace(recipe, report=replace(recipe.report, resamples=200))
    known = [article for article in dataset.read() if recipe.split.part(article["id"]) != "test"]
    table = dataset.table(dataset.analyse_all(known, Lexicon.load()))
    some = np.flatnonzero(np.random.default_rng(2).random(table.group.max() + 1)[table.group] < 1 / 3)
    fitted(models, "less", recipe, table, some)
    fitted(models, "more", recipe, table)
    fitted(models, "shuffled", recipe, shuffled(table))
    return models, recipe


@pytest.fixture(scope="module")
def honest(trained: tuple[Path, Recipe]) -> Comparison:
    models, recipe = trained
    return compare(models, "more", "less", recipe)


@pytest.fixture(scope="module")
def bad(trained: tuple[Path, Recipe]) -> Comparison:
    models, recipe = trained
    return compare(models, "shuffled", "less", recipe)


def test_more_honest_labels_pass(honest: Comparison, trained: tuple[Path, Recipe]) -> None:
    assert honest.refusals(trained[1].gate, "davantage d'étiquettes") == []
    assert honest.sentences > 800 and honest.seen_by_challenger == honest.seen_by_champion == 0
    assert len(honest.changed) == 50 and len(honest.golden) > 15


def test_shuffled_labels_are_refused_by_metric_and_by_slice(bad: Comparison, trained: tuple[Path, Recipe]) -> None:
    models, recipe = trained
    refused = bad.refusals(recipe.gate, "essai")
    assert any(line.words.startswith("spearman is significantly worse") for line in refused)
    assert any("where genre is" in line.words for line in refused)
    (models / "champion").write_text("less\n")
    done = CliRunner().invoke(cli, ["promote", "shuffled", "--models", str(models), "--explain", "essai"])
    assert done.exit_code == 3 and "spearman is significantly worse" in done.output
    assert Registry(models).champion() == "less" and Registry(models).entries() == []


def test_the_numbers_are_those_of_the_versions(honest: Comparison, trained: tuple[Path, Recipe]) -> None:
    models, recipe = trained
    articles = [article for article in dataset.read() if recipe.split.part(article["id"]) == "test"]
    rows = dataset.table(dataset.analyse_all(articles, Lexicon.load()))
    ours, theirs = (Scorer.load_version(models / name) for name in ("more", "less"))
    errors = [np.abs(scorer.at_least(rows.X).sum(axis=1) - rows.y).mean() for scorer in (ours, theirs)]
    difference = honest.metrics["mae"].difference
    assert difference.value == pytest.approx(errors[0] - errors[1]) and difference.low < difference.value
    flags = [
        1 - scorer.at_least(rows.X)[:, 1] >= scorer.card["review"]["fragile_probability"] for scorer in (ours, theirs)
    ]
    assert honest.review is not None
    assert honest.review == (flags[0].sum(), flags[1].sum(), (flags[0] & ~flags[1]).sum(), (flags[1] & ~flags[0]).sum())
    moved = [abs(change.challenger - change.champion) for change in honest.changed]
    assert moved == pytest.approx(np.sort(np.abs(honest.scores[:, 0] - honest.scores[:, 1]))[:-51:-1], abs=2e-4)


def test_a_version_that_saw_the_test_part_is_refused(trained: tuple[Path, Recipe]) -> None:
    models, recipe = trained
    copy_version(models, "seen")
    path = models / "seen" / "card.json"
    card = json.loads(path.read_text())
    del card["data"]["fitted_on"]  # as older cards: fitted on all there was
    path.write_text(json.dumps(card))
    found = compare(models, "seen", "less", recipe)
    assert found.seen_by_challenger == found.articles
    assert any("its numbers prove nothing" in line.words for line in found.refusals(recipe.gate, "essai"))


def test_bounds_of_calibration_and_of_slices_are_the_recipes(
    honest: Comparison, bad: Comparison, trained: tuple[Path, Recipe]
) -> None:
    recipe = trained[1]
    (refused, *_) = honest.refusals(replace(recipe.gate, ece=0.001), "essai")
    assert "calibration error" in refused.words and "is over 0.001" in refused.words
    sizes = [n for n, _ in bad.slices.values()]
    lines = bad.refusals(replace(recipe.gate, slice_n=max(sizes) + 1), "essai")
    assert not any(" where " in line.words for line in lines), "no slice is large enough"
    assert bad.refusals(replace(recipe.gate, metrics=("mae",), slice_n=10**6, ece=1), "essai") != []


def test_a_difference_within_the_margin_is_not_held_against_a_version(
    bad: Comparison, trained: tuple[Path, Recipe]
) -> None:
    def worse(margin: float) -> list[str]:
        found = bad.refusals(replace(trained[1].gate, margin=margin), "essai")
        return [refusal.words for refusal in found if "significantly worse" in refusal.words]

    loss = bad.metrics["mae"].difference.value
    assert any(line.startswith("mae is significantly worse:") for line in worse(loss - 0.01))
    assert not any(line.startswith("mae is significantly worse:") for line in worse(loss + 0.01))
    assert len(worse(0)) > len(worse(0.2)) > 0


def test_moved_golden_sentences_need_an_explanation(bad: Comparison, trained: tuple[Path, Recipe]) -> None:
    gate = trained[1].gate
    assert bad.moved_golden()
    assert any("golden" in line.words for line in bad.refusals(gate))
    assert not any("golden" in line.words for line in bad.refusals(gate, "essai"))


def test_a_champion_that_this_code_cannot_load_is_named(trained: tuple[Path, Recipe]) -> None:
    models, recipe = trained
    found = compare(models, "more", "nothing", recipe)
    assert found.metrics == {} and found.champion is None
    (refused,) = found.refusals(recipe.gate)
    assert "nothing to compare with" in refused.words and "card.json" in refused.words
