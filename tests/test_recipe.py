"""The recipe: every fault is named with file, field and fix; what it says is what is trained."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from service.columns import FEATURES, NAMES
from training import dataset
from training.recipe import DEFAULT, Recipe, RecipeError


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_recipe_is_what_a_field_left_out_means(tmp_path: Path) -> None:
    default, empty = Recipe.load().as_dict(), Recipe.load(written(tmp_path, "")).as_dict()
    for key in ("file", "sha256"):
        default.pop(key), empty.pop(key)
    assert empty.pop("report")["candidates"][0] == "cumulative-logits"
    assert default.pop("report")["candidates"][0] == "proportional-odds"
    assert default == empty


def test_the_default_recipe_names_the_whole_corpus_and_all_columns() -> None:
    recipe = Recipe.load()
    assert set(recipe.corpus) == set(dataset.CORPUS.glob("*.jsonl")) and recipe.features == NAMES
    assert recipe.sha256 == hashlib.sha256(DEFAULT.read_bytes()).hexdigest()
    assert "test" not in recipe.model.fitted_on


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[model]\nname = 'forest'", "model.name: 'forest' is not one of cumulative-logits, proportional-odds"),
        ("[model]\nalphas = [1.0, -2.0]", "model.alphas.1: -2.0 is out of range; write a number from 0 to"),
        ("[model]\nalphas = []", "model.alphas: an empty list; name at least one"),
        ("[model]\nfitted_on = ['test']", 'model.fitted_on: "train" is missing'),
        (
            "[model]\nfitted_on = ['train', 'golden']",
            "model.fitted_on.1: 'golden' is not one of train, validation, test",
        ),
        ("[model]\nalpha = 1", "model.alpha: no such field; the fields are those of recipes/default.toml"),
        ("[modle]\nname = 'x'", "modle: no such field"),
        ("model = 3", "model: not a table; write its name in brackets"),
        ("[split]\ntest = 95", "split.test: 95 is out of range; write a whole number from 1 to 80"),
        ("[split]\ntest = 'a'", "split.test: not a whole number; write one from 1 to 80"),
        ("[split]\ntest = 50\nvalidation = 60", "leave too little to train on; let them be 90 per cent"),
        ("[features]\nuse = ['sources']", "features.use.0: 'sources' is neither a family (source, commitment,"),
        ("[calibration]\nmethod = 'isotonic'", "calibration.method: 'isotonic' is not one of none, platt"),
        ("[report]\ncandidates = ['bert']", "report.candidates.0: 'bert' is not one of"),
        ("[gate]\nmetrics = ['f1']", "gate.metrics.0: 'f1' is not one of spearman"),
        ("[gate]\nece = true", "gate.ece: not a number; write one from 0.001 to 1"),
        ("[data]\ncorpus = ['nowhere']", "data.corpus: 'nowhere' holds no labelled file"),
        ("[data", "not TOML"),
    ],
)
def test_a_fault_names_file_field_and_fix(tmp_path: Path, text: str, fault: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(RecipeError) as caught:
        Recipe.load(path)
    (line,) = str(caught.value).split("\n")
    assert line.startswith(f"{path}: ") and fault in line


def test_all_faults_come_at_once_on_the_command_line(tmp_path: Path) -> None:
    path = written(tmp_path, "[split]\ntest = 0\n[gate]\nslice_n = 2\n[review]\nrecall = 2\n")
    command = [sys.executable, "-m", "training", "train", "--recipe", str(path), "--version", "x", "--models", tmp_path]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for field in ("split.test", "gate.slice_n", "review.recall"):
        assert f"mine.toml: {field}: " in done.stderr
    assert not (tmp_path / "x").exists()


def test_families_and_columns_are_taken_in_the_order_of_the_service(tmp_path: Path) -> None:
    recipe = Recipe.load(written(tmp_path, "[features]\nuse = ['hedge', 'dispute']"))
    wanted = [feature.name for feature in FEATURES if feature.name == "hedge" or feature.family == "dispute"]
    assert list(recipe.features) == wanted and 2 < len(wanted) < 10


def test_the_corpus_is_found_beside_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    for name in ("labels/b.jsonl", "labels/a.jsonl", "labels/notes.txt", "one.jsonl"):
        (tmp_path / name).write_text("")
    recipe = Recipe.load(written(tmp_path, "[data]\ncorpus = ['labels', 'one.jsonl']"))
    assert [path.name for path in recipe.corpus] == ["a.jsonl", "b.jsonl", "one.jsonl"]
    assert all(path.is_absolute() for path in recipe.corpus)


def test_the_split_is_fixed_by_the_id_and_its_test_part_is_the_one_of_the_first_release() -> None:
    articles = dataset.read()
    split = dataset.Split()
    for article in articles:
        first = int(hashlib.sha256(article["id"].encode()).hexdigest(), 16) % 100 < 20
        assert (split.part(article["id"]) == "test") == first
    parts = [split.part(article["id"]) for article in articles]
    other = [dataset.Split(seed="b").part(article["id"]) for article in articles]
    wider = [dataset.Split(validation=40).part(article["id"]) for article in articles]
    assert other != parts
    assert [part == "test" for part in wider] == [part == "test" for part in parts]
    assert wider.count("validation") > 1.5 * parts.count("validation")
