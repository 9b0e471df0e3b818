"""A running service follows the pointer: under load, with versions that are not whole, and back."""

from __future__ import annotations

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import joblib
import numpy as np
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from service import champion
from service.api import create_app
from service.config import Settings
from tests.conftest import ARTICLE
from tests.servers import serving
from tests.versions import break_file, copy_version, lower, small_recipe
from training.__main__ import cli


@pytest.fixture
def models(tmp_path: Path) -> Path:
    copy_version(tmp_path, "old")
    copy_version(tmp_path, "new", lower)
    (tmp_path / "champion").write_text("old\n")
    return tmp_path


@pytest.fixture
def client(models: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The service, which looks at the pointer on every request."""
    monkeypatch.setattr(champion, "LOOK_EVERY", 0)
    monkeypatch.setattr(champion, "TRY_AGAIN_AFTER", 0)
    return create_app(Settings(models=models)).test_client()


def staff(models: Path, *arguments: str) -> None:
    recipe = {"SOURCIER_RECIPE": str(small_recipe(models))}
    done = CliRunner().invoke(cli, [*arguments, "--models", str(models)], env=recipe)
    assert done.exit_code == 0, done.output


def ask(client: FlaskClient) -> tuple[str, float]:
    response = client.post("/v1/score", json={"text": ARTICLE})
    answer = response.get_json()
    assert response.headers["X-Sourcier-Model"] == answer["model"]["version"]
    return answer["model"]["version"], answer["document"]["score"]


def test_the_service_follows_promotion_and_rollback(client: FlaskClient, models: Path) -> None:
    version, before = ask(client)
    assert version == "old"
    staff(models, "promote", "new", "--force", "--why", "essai")
    version, after = ask(client)
    assert version == "new" and after < before - 0.02
    assert client.get("/v1/model").get_json()["version"] == client.get("/readyz").get_json()["model"] == "new"
    staff(models, "rollback")
    assert ask(client) == ("old", before)


def swap_weights(models: Path) -> None:
    """A version whose digests agree and which cannot score: weights of another width."""
    folder = models / "new"
    folded = joblib.load(folder / "folded.joblib")
    (models / "new" / "card.json").unlink()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    copy_version(models, "new", lambda found: found.update(weights=np.ones((4, 3)), thresholds=folded["thresholds"]))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda models: break_file(models / "new" / "folded.joblib"), "new/folded.joblib: SHA-256"),
        (lambda models: break_file(models / "new" / "model.joblib"), "new/model.joblib: SHA-256"),
        (lambda models: (models / "new" / "card.json").unlink(), "new/card.json: cannot be read"),
        (swap_weights, "the new version does not score: ValueError"),
        (lambda models: None, "champion: '../new' is not the name"),
        (lambda models: None, "champion: cannot be read"),
    ],
)
def test_a_version_that_cannot_be_loaded_leaves_the_old_one_in_service_and_says_why(
    client: FlaskClient, models: Path, damage: Callable[[Path], None], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = ask(client)
    damage(models)
    if "cannot be read" in words and words.startswith("champion"):
        (models / "champion").unlink()
    else:
        (models / "champion").write_text("../new\n" if "../new" in words else "new\n")
    capfd.readouterr()
    assert [ask(client), ask(client)] == [before, before]
    ready = client.get("/readyz")
    assert ready.status_code == 200 and ready.get_json()["model"] == "old"
    problem = ready.get_json()["promotion_problem"]
    assert words in problem and str(models) not in problem
    logged = [json.loads(line) for line in capfd.readouterr().err.splitlines() if "model_not_changed" in line]
    assert [line["problem"] for line in logged] == [problem], "said once, not at every request"
    staff(models, "rollback") if (models / "promotions.jsonl").exists() else (models / "champion").write_text("old\n")
    assert ask(client) == before and client.get("/readyz").get_json()["promotion_problem"] is None


def test_restored_files_are_taken_without_another_promotion(client: FlaskClient, models: Path) -> None:
    whole = (models / "new" / "folded.joblib").read_bytes()
    break_file(models / "new" / "folded.joblib")
    (models / "champion").write_text("new\n")
    assert ask(client)[0] == "old"
    (models / "new" / "folded.joblib").write_bytes(whole)
    assert ask(client)[0] == "new"


# --- a real server ----------------------------------------------------------------------------------------------------


@pytest.fixture
def address(models: Path) -> Iterator[str]:
    with (
        (models / "server.log").open("wb") as log,
        serving(log, SOURCIER_MODELS=str(models), WEB_CONCURRENCY="2") as found,
    ):
        yield found


def test_a_promotion_under_load_drops_no_request_and_both_versions_answer(address: str, models: Path) -> None:
    body = json.dumps({"text": ARTICLE}).encode()
    request = urllib.request.Request(f"{address}/v1/score", body, {"Content-Type": "application/json"})
    settled = Event()
    answers: list[tuple[str, float]] = []  # appended to by all threads, in the order of the answers

    def call() -> None:
        while not settled.is_set():
            with urllib.request.urlopen(request, timeout=30) as response:  # raises for anything but 200
                answer = json.load(response)
            assert response.headers["X-Sourcier-Model"] == answer["model"]["version"]
            answers.append((answer["model"]["version"], answer["document"]["score"]))

    def wait_for(enough: Callable[[], bool], words: str) -> None:
        deadline = time.monotonic() + 60
        while not enough():
            assert time.monotonic() < deadline, words
            time.sleep(0.02)

    with ThreadPoolExecutor(8) as pool:
        callers = [pool.submit(call) for _ in range(8)]
        try:
            wait_for(lambda: len(answers) >= 100, "no answers before the promotion")
            staff(models, "promote", "new", "--force", "--why", "essai")
            wait_for(lambda: [v for v, _ in answers[-100:]] == ["new"] * 100, "the new version does not take over")
            staff(models, "rollback")
            wait_for(lambda: [v for v, _ in answers[-100:]] == ["old"] * 100, "the old version does not come back")
        finally:
            settled.set()
    for caller in callers:
        caller.result()  # raises what the caller met
    assert Counter(version for version, _ in answers)["new"] >= 100 and len(answers) >= 300
    assert len({score for version, score in answers if version == "old"}) == 1
    assert len({score for version, score in answers}) == 2, "each version gives its own score, never a mixture"
    log = (models / "server.log").read_text()
    assert log.count("model_changed") == 4, "each of two workers changed twice"
    assert "préfecture" not in log
