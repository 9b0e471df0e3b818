"""A whole run on a small corpus: the same bytes twice, a report whose numbers are those of the model, evaluation."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import joblib
import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score, f1_score

from service.columns import FEATURES, NAMES
from service.lexicon import Lexicon
from service.scoring import Scorer
from training import dataset
from training.intervals import Interval
from training.measure import span_scores
from training.recipe import Recipe
from training.report import _choice
from training.study import Rival

RECIPE = """
[data]
corpus = ["small.jsonl"]
[split]
test = 30
validation = 20
[features]
use = ["source", "commitment", "precision", "form"]
[model]
alphas = [0.3, 3.0]
folds = 3
[report]
candidates = ["proportional-odds", "majority", "hedge-count"]
resamples = 40
"""
BESIDE_CARD = ("model.joblib", "folded.joblib", "report.md", "reliability.svg", "candidates.svg")


class Runs(NamedTuple):
    """Two runs of the same recipe: one alone, the other with more threads and before a terminal, which ``shows``."""

    folder: Path
    recipe: Path
    one: Path
    other: Path
    shows: str


def run(*arguments: object, threads: int = 1) -> subprocess.CompletedProcess[str]:
    count = str(threads)
    environment = os.environ | {"OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "PYTHONHASHSEED": count}
    command = [sys.executable, "-m", "training", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def before_a_terminal(*arguments: object, threads: int = 1) -> tuple[str, str]:
    """Standard output of a command, and what it shows a person on standard error."""
    count = str(threads)
    environment = os.environ | {"OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "TERM": "xterm"}
    mine, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "training", *map(str, arguments)], stdout=subprocess.PIPE, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how a terminal says that nobody writes to it any more
            while block := os.read(mine, 65536):
                shown += block
        assert process.stdout
        output = process.stdout.read().decode()
    os.close(mine)
    return output, re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", shown.decode())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("runs")
    lines = [json.dumps(article, ensure_ascii=False) for article in dataset.read()[::4]]
    (folder / "small.jsonl").write_text("\n".join(lines), encoding="utf-8")
    recipe = folder / "small.toml"
    recipe.write_text(RECIPE)
    one = run("train", "--recipe", recipe, "--models", folder / "one", "--version", "v")
    assert one.returncode == 0 and one.stderr == "", one.stderr
    other, shows = before_a_terminal(
        "train", "--recipe", recipe, "--models", folder / "other", "--version", "v", threads=2
    )
    assert other.replace("/other/", "/one/") == one.stdout
    return Runs(folder, recipe, folder / "one" / "v", folder / "other" / "v", shows)


class Part(NamedTuple):
    """A part of the small corpus, and what the saved scikit-learn model says of it."""

    labelled: list[dataset.Labelled]
    rows: dataset.Table
    at_least: np.ndarray


@pytest.fixture(scope="module")
def unseen(runs: Runs) -> Part:
    recipe = Recipe.load(runs.recipe)
    articles = [a for a in dataset.read(recipe.corpus) if recipe.split.part(a["id"]) == "test"]
    labelled = dataset.analyse_all(articles, Lexicon.load())
    rows = dataset.table(labelled)
    return Part(labelled, rows, joblib.load(runs.one / "model.joblib").predict_at_least(rows.X))


def card_of(version: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((version / "card.json").read_text(encoding="utf-8"))
    return card


def table_under(report: str, heading: str, number: int = 0) -> dict[str, list[str]]:
    """Rows of the Markdown table after a heading (or paragraph), by their first cell."""
    block = [part for part in report.split(heading, 1)[1].split("\n\n") if part.startswith("|")][number]
    return {
        cells[0]: cells[1:] for cells in ([c.strip() for c in line.strip("|").split("|")] for line in block.split("\n"))
    }


def numbers(cell: str) -> list[float]:
    return [float(found) for found in re.findall(r"[-+]?\d+\.\d+", cell)]


def test_the_same_recipe_gives_the_same_bytes(runs: Runs) -> None:
    for name in BESIDE_CARD:
        assert (runs.one / name).read_bytes() == (runs.other / name).read_bytes(), name
    cards = [card_of(runs.one), card_of(runs.other)]
    for card in cards:
        assert card.pop("created_at")
    assert cards[0] == cards[1]
    assert {path.name for path in runs.one.iterdir()} == {*BESIDE_CARD, "card.json"}


def test_a_person_sees_how_far_a_run_is_and_every_phase_comes_to_its_end(runs: Runs, tmp_path: Path) -> None:
    phases = re.findall(r"^(.+?) [━╸╺]+ +(\d+)/(\d+) ", runs.shows.replace("\r", "\n"), re.MULTILINE)
    ends = {name.strip(): (int(done), int(steps)) for name, done, steps in phases}
    assert ends["penalty"] == ends["candidate: cumulative-logits"] == (6, 6), "two penalties, three folds"
    assert {"corpus: read, analyse", "test part", "candidate: hedge-count", "kinds"} <= set(ends)
    assert all(done == steps for done, steps in ends.values()), ends
    assert len({done for name, done, _ in phases if name.strip() == "penalty"}) > 1, "it was seen to move"
    seen = evaluated(runs)
    assert "…" not in seen.stderr and seen.stderr == ""
    output, shown = before_a_terminal("evaluate", "v", "--models", runs.one.parent, "--recipe", runs.recipe)
    assert output == seen.stdout and "metrics and slices" in shown
    for command in (["evaluate", "v", "--json"], ["compare", "v", "v", "--json"]):
        output, shown = before_a_terminal(*command, "--models", runs.one.parent, "--recipe", runs.recipe)
        assert json.loads(output) and shown == ""


def test_the_card_names_where_the_run_came_from(runs: Runs) -> None:
    card, recipe = card_of(runs.one), Recipe.load(runs.recipe)
    assert card["recipe"] == json.loads(json.dumps(recipe.as_dict())) and card["recipe"]["report"]["seed"] == 7
    assert card["data"]["sha256"] == dataset.digest(dataset.read(recipe.corpus))
    parts = [recipe.split.part(article["id"]) for article in dataset.read(recipe.corpus)]
    assert card["data"]["parts"] == {part: parts.count(part) for part in dataset.PARTS}
    root = Path(__file__).parent.parent
    assert card["code"]["requirements_sha256"] == hashlib.sha256((root / "requirements.txt").read_bytes()).hexdigest()
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    assert card["code"]["git"] == (head.stdout.strip() if head.returncode == 0 else None)


def test_a_family_left_out_weighs_nothing(runs: Runs, unseen: Part) -> None:
    card = card_of(runs.one)
    assert card["features"] == list(NAMES)
    used = dict.fromkeys(("source", "commitment", "precision", "form", "dispute", "context"), 0.0)
    for feature in FEATURES:
        used[feature.family] += sum(map(abs, card["coefficients"][feature.name]))
    assert used["dispute"] == used["context"] == 0 and min(used[f] for f in ("source", "precision", "form")) > 0.5
    other = unseen.rows.X.copy()
    other[:, [feature.family in ("dispute", "context") for feature in FEATURES]] = 1
    assert (joblib.load(runs.one / "model.joblib").predict_at_least(other) == unseen.at_least).all()


def level_by_hand(at_least: np.ndarray) -> int:
    return max((k for k, cut in enumerate((0.6, 0.5, 0.45, 0.35), 1) if at_least[k - 1] >= cut), default=0)


def test_the_report_prints_the_scores_of_the_model_on_the_test_part(runs: Runs, unseen: Part) -> None:
    report = (runs.one / "report.md").read_text(encoding="utf-8")
    y, predicted = unseen.rows.y, np.array([level_by_hand(row) for row in unseen.at_least])
    expected = unseen.at_least.sum(axis=1)
    row = table_under(report, "## Levels")["test"]
    found = [numbers(cell)[0] for cell in row[1:]]
    assert row[0] == str(len(y)) and len(found) == 7
    assert found[0] == pytest.approx(spearmanr(unseen.rows.mean, expected).statistic, abs=6e-4)
    assert found[1] == pytest.approx(cohen_kappa_score(y, predicted, weights="quadratic"), abs=6e-4)
    assert found[2] == pytest.approx(f1_score(y, predicted, average="macro", labels=sorted(set(y))), abs=6e-4)
    assert found[3] == pytest.approx(np.mean(y == predicted), abs=6e-4)
    assert found[4] == pytest.approx(np.abs(expected - y).mean(), abs=6e-4)
    for cell in row[1:]:
        value, low, high = numbers(cell)
        assert low <= high and low - 0.05 <= value <= high + 0.05
    test = card_of(runs.one)["metrics"]["test"]
    assert [test[name] for name in ("spearman", "kappa", "macro_f1", "accuracy", "mae", "ece", "log_loss")] == (
        pytest.approx(found, abs=6e-4)
    )


def test_the_report_prints_the_calibration_of_every_level(runs: Runs, unseen: Part) -> None:
    rows = table_under((runs.one / "report.md").read_text(encoding="utf-8"), "## Calibration")
    for k in range(1, 5):
        probability, reached = unseen.at_least[:, k - 1], unseen.rows.y >= k
        error = 0.0
        for low in np.arange(10) / 10:
            inside = (probability >= low) & (probability < low + 0.1)
            error += abs((reached[inside] - probability[inside]).sum()) / len(reached)
        cells = rows[f"level ≥ {k}"]
        assert numbers(cells[0])[0] == pytest.approx(error, abs=6e-4)
        assert cells[1] == ("yes" if error <= 0.05 else "**no**")


def test_the_report_prints_slices_by_what_labellers_said(runs: Runs, unseen: Part) -> None:
    rows = table_under((runs.one / "report.md").read_text(encoding="utf-8"), "## Slices of the test part")
    lines = (runs.one / "report.md").read_text(encoding="utf-8").split("## Slices of the test part")[1].split("\n")
    found = {
        tuple(c.strip() for c in line.split("|")[1:3]): line.split("|")[3:] for line in lines if line.count("|") == 7
    }
    assert set(rows) >= {"genre", "region", "length", "cue", "source"}
    off = np.abs(unseen.at_least.sum(axis=1) - unseen.rows.y)
    items = [
        (unseen.labelled[group], unseen.labelled[group].labels[index])
        for group, index in zip(unseen.rows.group, unseen.rows.sentence, strict=True)
    ]
    wanted = {
        ("genre", "politics"): [item.genre == "politics" for item, _ in items],
        ("region", "France"): [item.region == "France" for item, _ in items],
        ("length", "1–12 words"): [len(label["text"].split()) <= 12 for _, label in items],
        ("cue", "quote"): [any(c["category"] == "quote" for c in label["cues"]) for _, label in items],
        ("cue", "none"): [not label["cues"] for _, label in items],
        ("source", "person"): [any(c.get("source_kind") == "person" for c in label["cues"]) for _, label in items],
    }
    for key, members in wanted.items():
        inside = np.array(members)
        assert 0 < inside.sum() < len(items)
        n = found[key][0].strip()
        assert n == f"{inside.sum()}" + (" (few)" if inside.sum() < 50 else ""), key
        assert numbers(found[key][3])[0] == pytest.approx(off[inside].mean(), abs=6e-4), key


def test_candidates_are_told_apart_by_paired_differences(runs: Runs) -> None:
    report = (runs.one / "report.md").read_text(encoding="utf-8")
    scores = table_under(report, "## Candidates")
    apart = table_under(report, "Paired differences from cumulative-logits")
    names = ["cumulative-logits", "proportional-odds", "majority", "hedge-count"]
    assert list(scores)[2:] == names and list(apart)[2:] == names[1:]
    for name in names[1:]:
        for column in range(5):
            ours, theirs = numbers(scores[names[0]][column + 1]), numbers(scores[name][column + 1])
            if theirs:
                assert numbers(apart[name][column])[0] == pytest.approx(theirs[0] - ours[0], abs=1.1e-3)
    assert numbers(apart["majority"][1])[2] < 0, "the shares of the levels are worse in kappa, beyond chance"
    assert "**In service: cumulative-logits.**" in report
    for column, metric in ((1, "Spearman"), (2, "quadratic kappa")):
        lowest = numbers(scores["cumulative-logits"][column])[1]
        behind = [
            n for n in ("majority", "hedge-count") if not (cell := numbers(scores[n][column])) or cell[2] < lowest
        ]
        said = re.search(rf"interval of {metric} lies wholly below that of cumulative-logits: (.*?) \(", report)
        assert said and said[1] == (", ".join(behind) or "none") and "majority" in behind
    families = table_under(report, "## Families of columns")
    assert list(families)[2:] == ["source", "commitment", "precision", "form"]
    assert max(numbers(families["precision"][0])) < 0, "without particulars the order is worse, beyond chance"


def rival(kappa: Interval, log_loss: Interval, away_kappa: Interval, away_loss: Interval) -> Rival:
    level = Interval(0, 0, 0)
    same = {"spearman": Interval(0.5, 0.4, 0.6), "macro_f1": level, "ece": level}
    return Rival(
        {**same, "kappa": kappa, "log_loss": log_loss},
        {"spearman": level, "macro_f1": level, "ece": level, "kappa": away_kappa, "log_loss": away_loss},
    )


def test_the_words_of_the_choice_follow_from_the_intervals() -> None:
    level, one = Interval(0, 0, 0), Interval(1, 0.9, 1.1)
    ours = rival(Interval(0.6, 0.5, 0.7), one, level, level)
    others = {
        "splines": rival(Interval(0.7, 0.6, 0.8), one, Interval(0.1, 0.02, 0.2), Interval(0.1, 0.05, 0.2)),
        "gradient-boosting": rival(Interval(0.5, 0.4, 0.6), one, Interval(-0.1, -0.2, 0.01), Interval(-0.1, -0.2, 0)),
        "hedge-count": rival(Interval(0.3, 0.2, 0.49), one, level, level),
        "characters": rival(Interval(0.4, 0.3, 0.51), one, level, level),
    }
    text = "\n".join(_choice("cumulative-logits", others, ours))
    assert "**In service: cumulative-logits.**" in text
    assert "- splines: better in quadratic kappa; worse in log loss than cumulative-logits." in text
    assert "- gradient-boosting: neither better nor worse" in text
    assert "interval of quadratic kappa lies wholly below that of cumulative-logits: hedge-count (1 of 2)." in text
    assert "interval of Spearman lies wholly below that of cumulative-logits: none (0 of 2)." in text


def test_the_report_prints_how_often_kinds_are_right(runs: Runs) -> None:
    recipe = Recipe.load(runs.recipe)
    articles = [a for a in dataset.read(recipe.corpus) if recipe.split.part(a["id"]) == "validation"]
    right = [
        kind == label["kind"]
        for item in dataset.analyse_all(articles, Lexicon.load())
        for kind, label in zip(item.article.kinds, item.labels, strict=True)
    ]
    rows = table_under((runs.one / "report.md").read_text(encoding="utf-8"), "## Kind")
    assert list(rows)[2:] == ["rules", "model", "both"]
    assert numbers(rows["rules"][0])[0] == pytest.approx(np.mean(right), abs=6e-4)
    for name in ("model", "both"):
        ours, theirs = numbers(rows["rules"][0])[0], numbers(rows[name][0])[0]
        assert numbers(rows[name][1])[0] == pytest.approx(theirs - ours, abs=1.1e-3) and theirs > 0.5


def test_the_plots_are_svg_that_the_report_shows(runs: Runs) -> None:
    report = (runs.one / "report.md").read_text(encoding="utf-8")
    for target in re.findall(r"!\[[^]]+\]\(([^)]+)\)", report):
        text = (runs.one / target).read_text(encoding="utf-8")
        assert ElementTree.fromstring(text).tag.endswith("svg") and "<dc:date>" not in text
    assert report.count("![") == 2
    drawn = (runs.one / "reliability.svg").read_text(encoding="utf-8")
    rows = table_under(report, "## Calibration")
    for k in range(1, 5):
        assert f"level ≥ {k}: ECE {numbers(rows[f'level ≥ {k}'][0])[0]:.3f}" in drawn


# --- evaluate --------------------------------------------------------------------------------------------------------


def evaluated(runs: Runs, *arguments: object) -> subprocess.CompletedProcess[str]:
    return run("evaluate", "v", "--models", runs.one.parent, "--recipe", runs.recipe, *arguments)


def test_evaluate_measures_on_the_test_part_what_the_report_says(runs: Runs, unseen: Part, tmp_path: Path) -> None:
    done = evaluated(runs, "--json", "--plot", tmp_path / "curves.svg")
    found = json.loads(done.stdout)
    card = card_of(runs.one)
    assert found["seen_in_training"] == 0 and found["articles"] == card["data"]["parts"]["test"]
    for name, value in card["metrics"]["test"].items():
        if name != "n":
            assert found["metrics"][name][0] == pytest.approx(value, abs=1e-4), name
    assert found["sentences"] == sum(each["n"] for each in found["slices"] if each["dimension"] == "genre")
    assert found["spans"] == json.loads(json.dumps(span_scores(unseen.labelled)))
    assert "## Cue spans" in evaluated(runs).stdout
    assert done.returncode == (0 if found["within_bounds"] else 3)
    assert (tmp_path / "curves.svg").read_bytes() == (runs.one / "reliability.svg").read_bytes()


def test_the_worst_sentences_come_first_with_what_made_them_so(runs: Runs, unseen: Part) -> None:
    worst = json.loads(evaluated(runs, "--json").stdout)["worst"]
    off = np.abs(unseen.at_least.sum(axis=1) - unseen.rows.mean)
    assert len(worst) == 50
    assert [abs(miss["expected"] - miss["mean_vote"]) for miss in worst] == pytest.approx(
        np.sort(off)[::-1][:50], abs=0.011
    )
    scorer, by_id = Scorer.load_version(runs.one), {item.id: item for item in unseen.labelled}
    whole = [miss for miss in worst if len(miss["contributions"]) < 6]
    assert whole
    for miss in worst:
        assert miss["text"] == by_id[miss["article"]].labels[miss["sentence"]]["text"]
    for miss in whole:
        total = sum(part["effect"] for part in miss["contributions"])
        assert total == pytest.approx(miss["expected"] / 4 - scorer.base, abs=2e-3)


def test_evaluate_says_when_it_was_fitted_on_what_it_is_measured_on(runs: Runs, tmp_path: Path) -> None:
    done = evaluated(runs, "--on", "validation")
    n = card_of(runs.one)["data"]["parts"]["validation"]
    assert f"**{n} of these articles belong to parts that it was fitted on" in done.stdout
    assert "fitted on" not in evaluated(runs).stdout
    # Another split of the evaluation does not hide it, and a card that does not say was fitted on everything.
    other = runs.folder / "other.toml"
    other.write_text(RECIPE.replace("[features]", 'seed = "b"\n[features]'))
    found = json.loads(run("evaluate", "v", "--models", runs.one.parent, "--recipe", other, "--json").stdout)
    assert 0 < found["seen_in_training"] < found["articles"]
    shutil.copytree(runs.one, tmp_path / "v")
    card = card_of(runs.one)
    del card["data"]["fitted_on"]
    (tmp_path / "v" / "card.json").write_text(json.dumps(card))
    found = json.loads(run("evaluate", "v", "--models", tmp_path, "--recipe", runs.recipe, "--json").stdout)
    assert found["seen_in_training"] == found["articles"] > 0


def test_evaluate_takes_a_file_and_refuses_a_faulty_one(runs: Runs, tmp_path: Path) -> None:
    article = next(a for a in dataset.read() if a["genre"] == "courts" and dataset.Split().part(a["id"]) == "test")
    file = tmp_path / "new.jsonl"
    file.write_text(json.dumps(article), encoding="utf-8")
    found = json.loads(evaluated(runs, "--on", file, "--json").stdout)
    assert found["on"] == "new.jsonl" and found["articles"] == 1
    assert found["sentences"] == sum(sentence["level"] is not None for sentence in article["sentences"])
    article["sentences"][0]["kind"] = "rumeur"
    file.write_text(json.dumps(article), encoding="utf-8")
    done = evaluated(runs, "--on", file)
    assert done.returncode == 1 and "new.jsonl:1: sentence 0: unknown kind 'rumeur'" in done.stderr
    for sentence in article["sentences"]:
        sentence |= {"kind": "none", "level": None, "cues": [], "links": [], "votes": []}
    file.write_text(json.dumps(article), encoding="utf-8")
    done = evaluated(runs, "--on", file)
    assert done.returncode == 1 and "no sentence has a level" in done.stderr
    done = evaluated(runs, "--on", "tset")
    assert done.returncode == 2 and "neither train, validation, test or all nor a file" in done.stderr


def test_a_scheduler_can_tell_bad_calibration_from_a_bad_version(runs: Runs, tmp_path: Path) -> None:
    strict = runs.folder / "strict.toml"
    strict.write_text(RECIPE + "[gate]\nece = 0.001\n")
    done = run("evaluate", "v", "--models", runs.one.parent, "--recipe", strict)
    assert done.returncode == 3 and "**no**" in done.stdout
    loose = runs.folder / "loose.toml"
    loose.write_text(RECIPE + "[gate]\nece = 0.9\n")
    assert run("evaluate", "v", "--models", runs.one.parent, "--recipe", loose).returncode == 0
    shutil.copytree(runs.one, tmp_path / "v")
    content = bytearray((tmp_path / "v" / "folded.joblib").read_bytes())
    content[-20] ^= 1
    (tmp_path / "v" / "folded.joblib").write_bytes(bytes(content))
    done = run("evaluate", "v", "--models", tmp_path, "--recipe", runs.recipe)
    assert done.returncode == 1 and "folded.joblib: SHA-256" in done.stderr and "Traceback" not in done.stderr
