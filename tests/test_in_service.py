"""`shadow` on the command line, and what `compare --shadow` makes of the records of services."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from service.lexicon import Lexicon
from service.scoring import Scorer
from service.shadow import ALL, Records, ShadowError, Tally
from service.sources import analyse
from service.text import from_text
from tests.conftest import ARTICLE
from tests.versions import break_file, copy_version, lower, small_recipe
from training import in_service
from training.__main__ import cli

SENTENCES = (
    "Selon la mairie de Sète, le pont a fermé mardi.",
    "Une source proche du dossier évoque un incendie.",
    "Le budget atteindra 12 millions d'euros.",
    "Le pont aurait été endommagé.",
)


lexicon = functools.cache(Lexicon.load)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for name in ("old", "low"):
        card = copy_version(folder, name, lower if name == "low" else lambda folded: None) / "card.json"
        card.write_text(json.dumps(json.loads(card.read_text()) | {"lexicon": lexicon().version}))
    (folder / "champion").write_text("old\n")
    small_recipe(folder)
    return folder


@pytest.fixture
def models(made: Path, tmp_path: Path) -> Path:
    """To be changed by the test."""
    return Path(shutil.copytree(made, tmp_path / "models"))


def run(models: Path, command: str, *arguments: str) -> Result:
    recipe = ["--recipe", str(models / "small.toml")] if command == "compare" else []
    return CliRunner().invoke(cli, [command, *arguments, "--models", str(models), *recipe])


def record(models: Path, data: Path, texts: tuple[str, ...], *, dropped: int = 0) -> list[float]:
    """What a service with this data folder would leave; the differences of score that it adds up."""
    old, low = (Scorer.load_version(models / name) for name in ("old", "low"))
    records, moves = Records(data / "shadow"), []
    tally = records.open(old, low)
    tally.dropped += dropped
    for text in texts:
        article = analyse(from_text(text), lexicon())
        before, after = old.assess(article), low.assess(article)
        tally.add(article, before, after, (old.review_at, low.review_at))
        moves += [new.score - was.score for was, new in zip(before, after, strict=True) if was.score is not None]
    records.save()
    return moves


# --- shadow -----------------------------------------------------------------------------------------------------------


def test_the_challenger_is_set_shown_and_taken_away(models: Path) -> None:
    assert run(models, "shadow").output == "no version is set\n"
    done = run(models, "shadow", "low", "--share", "0.2")
    assert done.exit_code == 0 and done.output == "low scores 0.2 of requests: running services follow within seconds\n"
    assert json.loads((models / "challenger").read_text()) == {"version": "low", "share": 0.2}
    assert "low scores 0.2 of requests: beside old" in run(models, "shadow", "--status").output
    assert json.loads(run(models, "shadow", "--json").output) == {"version": "low", "share": 0.2}
    assert "* old" in run(models, "list").output, "the pointer is not taken for a version"
    (models / "champion").write_text("low\n")
    assert "in service itself by now" in run(models, "shadow").output
    assert run(models, "shadow", "--stop").output == "stopped\n"
    assert run(models, "shadow", "--stop").output == "no version was set\n"
    assert not (models / "challenger").exists()


def test_a_version_that_no_service_could_load_is_not_set(models: Path) -> None:
    for arguments, code, words in (
        (["low", "--stop"], 2, "one of them"),
        (["low", "--share", "0"], 2, "--share"),
        (["low", "--share", "nan"], 4, "the share is nan"),
        (["old"], 4, "old is in service itself"),
        (["nothing"], 4, "nothing: no such version"),
        (["../low"], 4, "is not the name of a version"),
    ):
        done = run(models, "shadow", *arguments)
        assert done.exit_code == code and words in done.output, done.output
    card = models / "low" / "card.json"
    whole = card.read_text()
    card.write_text(json.dumps(json.loads(whole) | {"lexicon": "0123456789ab"}))
    done = run(models, "shadow", "low")
    assert done.exit_code == 4 and "low: trained with lexicon 0123456789ab, this code has" in done.output
    card.write_text(whole)
    break_file(models / "low" / "folded.joblib")
    assert run(models, "shadow", "low").exit_code == 4
    assert not (models / "challenger").exists()
    (models / "challenger").write_text("low")
    done = run(models, "shadow", "--status")
    assert done.exit_code == 4 and "challenger: names no challenger" in done.output
    assert run(models, "shadow", "--stop").exit_code == 0


# --- compare ----------------------------------------------------------------------------------------------------------


def test_compare_adds_up_what_several_servers_recorded(models: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    moves = record(models, one, (ARTICLE, *SENTENCES)) + record(models, one, (ARTICLE,), dropped=4)
    moves += record(models, two, SENTENCES * 15)
    page = tmp_path / "page.html"
    done = run(models, "compare", "low", "--shadow", str(one), "--shadow", str(two), "--json", "--html", str(page))
    assert done.exit_code == 3, done.output
    found = json.loads(done.stdout)["in_service"]
    assert (found["files"], found["requests"], found["dropped"], found["failed"]) == (3, 66, 4, 0)
    whole = found["slices"][0]
    assert (whole["dimension"], whole["value"], whole["sentences"]) == ("all", "all", len(moves))
    value, low, high = whole["difference"]
    assert value == pytest.approx(np.mean(moves), abs=1e-4) and low < value < high < 0
    assert whole["absolute"] == pytest.approx(np.abs(moves).mean(), abs=1e-4)
    assert whole["spread"] == pytest.approx(np.std(moves), abs=1e-4)
    assert sum(whole["histogram"]) == len(moves) and len(whole["histogram"]) == len(found["edges"]) - 1
    assert whole["crossing"] == pytest.approx((whole["flagged_anew"] + whole["no_longer"]) / len(moves), abs=1e-4)
    assert whole["level_down"] > 0 == whole["level_up"]
    dimensions = [each["dimension"] for each in found["slices"]]
    assert list(dict.fromkeys(dimensions)) == ["all", "kind", "level", "length", "cue", "source"]
    for dimension in ("kind", "level", "length"):
        assert sum(each["sentences"] for each in found["slices"] if each["dimension"] == dimension) == len(moves)

    twice = in_service.read([one, two, one], models, "low", "old")  # a folder named twice counts once
    text, (value, low, high) = twice.as_markdown(50), twice.slices[ALL].difference  # not yet rounded
    share = f"{whole['crossing']:.1%} (+{whole['flagged_anew']} −{whole['no_longer']})"
    assert "in service: low beside old, 66 requests, 4 dropped, 0 failed" in text
    assert f"| all | {len(moves)} | {value:.3f} [{low:.3f}, {high:.3f}] |" in text and share in text
    content = page.read_text(encoding="utf-8")
    section = content.split("<h2>En service</h2>")[1].split("<h2>")[0]
    assert f"{value:.3f}".replace(".", ",").replace("-", "−") in section and "longueur : 1 à 12 mots" in section
    assert f"{len(moves)} phrases de 66 demandes" in section and "type : affirmation" in section


def test_the_interval_is_that_of_independent_sentences_when_each_request_has_one(models: Path, tmp_path: Path) -> None:
    moves = record(models, tmp_path, SENTENCES * 5)
    assert len(moves) == 20
    part = in_service.read([tmp_path], models, "low", "old").slices[ALL]
    apart = 1.959964 * np.std(moves, ddof=1) / len(moves) ** 0.5
    assert part.difference.low == pytest.approx(np.mean(moves) - apart, abs=1e-9)
    assert part.difference.high == pytest.approx(np.mean(moves) + apart, abs=1e-9)


def test_requests_are_drawn_not_sentences(models: Path, tmp_path: Path) -> None:
    """The interval is that of a bootstrap over whole requests, which is another one than that over sentences."""
    texts = [text for text in SENTENCES for _ in range(5)] + ["\n\n".join([text] * 6) for text in SENTENCES * 3]
    by_request = [record(models, tmp_path, (text,)) for text in texts]
    part = in_service.read([tmp_path], models, "low", "old").slices[ALL]
    width = part.difference.high - part.difference.low
    sums, sizes = np.array([[sum(moves), len(moves)] for moves in by_request]).T
    drawn = np.random.default_rng(0).integers(len(texts), size=(4000, len(texts)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [0.025, 0.975])
    assert width == pytest.approx(high - low, rel=0.15)
    alone = 2 * 1.96 * np.std(np.concatenate(by_request)) / sizes.sum() ** 0.5
    assert width > 1.5 * alone


def test_nothing_recorded_is_said(models: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run(models, "compare", "low", "--shadow", str(tmp_path / "data"), "--html", str(page))
    assert done.exit_code == 3
    assert "in service: nothing recorded of low beside old; python -m training shadow low" in done.output
    assert "Rien d'enregistré : low" in page.read_text(encoding="utf-8")
    record(models, tmp_path / "data", SENTENCES)
    # Trained again under its old name: it is another model.
    shutil.rmtree(models / "low")
    copy_version(models, "low", lambda folded: folded.update(thresholds=folded["thresholds"] - 0.2))
    found = in_service.read([tmp_path / "data"], models, "low", "old")
    assert (found.files, found.left_out, found.slices) == (0, 1, {})
    assert "1 files are of other models of these names: left out" in found.as_markdown(50)


def test_a_file_that_is_no_record_is_named(models: Path, tmp_path: Path) -> None:
    record(models, tmp_path, SENTENCES)
    (path,) = (tmp_path / "shadow").iterdir()
    whole = json.loads(path.read_text())
    assert Tally.from_file(path).requests == 4
    first = whole["slices"][0]
    for broken in (
        "",
        "[]",
        json.dumps(whole | {"format": 2}),
        json.dumps(whole | {"requests": "4"}),
        json.dumps(whole | {"slices": [first | {"difference": float("nan")}]}),
        json.dumps(whole | {"slices": [first | {"histogram": [1]}]}),
        json.dumps(whole | {"slices": [first | {"dimension": "weather"}]}),
        json.dumps(whole | {"slices": [first | {"sentences": 0}]}),
    ):
        path.write_text(broken)
        with pytest.raises(ShadowError, match=r"\.json: not a record of the service \(.+\); remove it"):
            in_service.read([tmp_path], models, "low", "old")
    done = run(models, "compare", "low", "--shadow", str(tmp_path))
    assert done.exit_code == 1 and f"{path}: not a record of the service" in done.output
