"""The model in service: refused unless whole, folded arithmetic equal to scikit-learn's, the seed's promises."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest

from service.columns import FEATURES
from service.features import sentence_features
from service.lexicon import Lexicon
from service.scoring import MODELS, ModelError, Scorer, levels_of
from service.sources import analyse
from service.text import from_text
from tests.conftest import ARTICLE

VERSION = (MODELS / "champion").read_text().strip()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of the models folder with the champion alone."""
    shutil.copytree(MODELS / VERSION, tmp_path / VERSION)
    shutil.copy(MODELS / "champion", tmp_path / "champion")
    return tmp_path


def test_folded_arithmetic_equals_scikit_learn() -> None:
    article = analyse(from_text(ARTICLE * 5), Lexicon.load())
    estimator = joblib.load(MODELS / VERSION / "model.joblib")
    expected = estimator.predict_proba(sentence_features(article))
    scored = Scorer.load().assess(article)
    assert len(scored) > 10
    for row, assessment in zip(expected, scored, strict=True):
        if assessment.probabilities is not None:
            assert np.allclose(row, assessment.probabilities, atol=1e-9)
            assert assessment.score == pytest.approx(float(row @ np.arange(5)) / 4, abs=1e-9)


def test_the_card_says_what_the_model_is_for() -> None:
    card = Scorer.load().card
    assert "truth" in card["use"]["not"]
    assert card["data"]["synthetic"] is True
    assert card["metrics"]["test"]["n"] > 50


def break_artifact(models: Path, name: str = "model.joblib") -> None:
    artifact = models / VERSION / name
    content = bytearray(artifact.read_bytes())
    content[len(content) // 2] ^= 1
    artifact.write_bytes(bytes(content))


def change_card(models: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    path = models / VERSION / "card.json"
    card = json.loads(path.read_text())
    change(card)
    path.write_text(json.dumps(card))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (break_artifact, r"model\.joblib: SHA-256"),
        (lambda models: break_artifact(models, "folded.joblib"), r"folded\.joblib: SHA-256"),
        (lambda models: (models / "champion").unlink(), "train a model"),
        (lambda models: (models / "champion").write_text("../elsewhere\n"), "not the name of a folder"),
        (lambda models: (models / "champion").write_text("nothing\n"), "card.json"),
        (lambda models: (models / VERSION / "card.json").unlink(), "served with its card only"),
        (lambda models: (models / VERSION / "card.json").write_text("{"), "not a model card"),
        (lambda models: (models / VERSION / "model.joblib").unlink(), "restore the file"),
        (lambda models: change_card(models, lambda card: card["environment"].update({"scikit-learn": "0.1"})), "0.1"),
        (lambda models: change_card(models, lambda card: card["features"].pop()), "features"),
        (lambda models: change_card(models, lambda card: card.pop("review")), "not a model card"),
        (lambda models: change_card(models, lambda card: card.update(version="other")), "the card of 'other'"),
    ],
)
def test_a_model_that_is_not_whole_is_refused(models: Path, damage: Callable[[Path], None], words: str) -> None:
    assert Scorer.load(models).version == VERSION
    damage(models)
    with pytest.raises(ModelError, match=words):
        Scorer.load(models)


def test_the_level_is_the_highest_whose_cut_is_reached_in_service_as_in_the_metrics() -> None:
    rng = np.random.default_rng(6)
    rows = np.array([feature.high for feature in FEATURES]) * (rng.random((300, len(FEATURES))) < 0.15)
    rows[::3] *= [feature.monotone >= 0 for feature in FEATURES]  # well sourced rows, so that every level occurs
    scorer, article = Scorer.load(), analyse(from_text(" ".join(["Le pont a fermé."] * 300)), Lexicon.load())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.scoring.sentence_features", lambda _: rows)
        levels = [assessment.level for assessment in scorer.assess(article)]
    assert levels == levels_of(scorer.at_least(rows)).tolist() and set(levels) == {0, 1, 2, 3, 4}
    for at_least, level in (((0.61, 0.4, 0.2, 0.1), 1), ((0.59, 0.4, 0.2, 0.1), 0), ((0.55, 0.52, 0.1, 0.0), 2)):
        assert levels_of(np.array([at_least])).tolist() == [level]
    assert levels_of(np.array([(1, 0.9, 0.46, 0.34), (1, 0.9, 0.44, 0.35)])).tolist() == [3, 4]


def test_no_contribution_goes_against_its_sign_and_they_sum_to_the_score() -> None:
    # Rows far from any article, so that the logits cross and probabilities hold each other down.
    rng = np.random.default_rng(5)
    scorer, highest = Scorer.load(), np.array([feature.high for feature in FEATURES])
    article = analyse(from_text(" ".join(["Le pont a fermé."] * 300)), Lexicon.load())
    rows = highest * rng.random((300, len(FEATURES))) * (rng.random((300, len(FEATURES))) < 0.2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.scoring.sentence_features", lambda _: rows)
        assessments = scorer.assess(article, contributions=True)
    signs = {feature.name: feature.monotone for feature in FEATURES}
    logits = rows @ scorer._weights.T - scorer._thresholds
    assert (np.diff(logits) > 0).any(axis=1).sum() > 20
    for assessment in assessments:
        assert assessment.score is not None
        total = sum(part.effect for part in assessment.contributions)
        assert total == pytest.approx(assessment.score - scorer.base, abs=1e-9)
        for part in assessment.contributions:
            assert part.effect * signs[part.feature] >= 0 or not signs[part.feature]
            assert abs(part.effect) < 1
