"""A challenger that scores beside the champion: what is recorded, what never is, and that no answer suffers by it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from service import challenger
from service.api import create_app
from service.challenger import Pointer
from service.config import Settings
from service.lexicon import Lexicon
from service.scoring import Scorer
from service.shadow import ALL, DIMENSIONS, EDGES, REQUEST_SUMS, SUMS, Records, Tally
from service.sources import analyse
from service.text import from_text
from tests.conftest import ARTICLE
from tests.servers import serving
from tests.versions import break_file, copy_version, lower
from training.__main__ import cli

TEXTS = (
    ARTICLE,
    "Un incendie aurait détruit un entrepôt à Sète, selon une source anonyme. C'est honteux.",
    "Le budget atteindra 12 millions d'euros en 2027, prévoit la mairie. Plusieurs familles partent.",
    # Sentences between two levels, several so that some change sides whatever the model in service.
    "La grue a été livrée à Sète. Le quai est fermé depuis lundi. Des ouvriers évoquent une panne. La grange a brûlé. "
    "Le maire promet un abri. D'après un pêcheur, le port est vide. La rue semble calme. Le pont a rouvert mardi.",
)
MOST = 60  # seconds until something has to have happened


def version(models: Path, name: str, change: Callable[[dict[str, Any]], None] = lambda folded: None) -> None:
    """A copy of the champion as if it was trained with the lexicon of this code, which a retrained one will be."""
    card = copy_version(models, name, change) / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"lexicon": Lexicon.load().version}))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service") / "models"
    folder.mkdir()
    version(folder, "old")
    version(folder, "new", lower)
    (folder / "champion").write_text("old\n")
    return folder


@pytest.fixture(scope="module")
def application(models: Path) -> Iterator[Flask]:
    """The service, which looks at the pointer and saves all the time."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LOOK_EVERY", "TRY_AGAIN_AFTER", "SAVE_EVERY"):
            patch.setattr(challenger, name, 0.01)
        yield create_app(Settings(models=models, data=models.parent / "data"))


@pytest.fixture
def client(application: Flask, models: Path) -> Iterator[FlaskClient]:
    client = application.test_client()
    yield client
    stop(client, models)
    shutil.rmtree(models.parent / "data", ignore_errors=True)


def set_challenger(models: Path, name: str = "new", share: float = 1) -> None:
    set_pointer(models, Pointer(name, share).as_json())


def set_pointer(models: Path, content: bytes) -> None:
    (models / ".challenger").write_bytes(content)
    (models / ".challenger").replace(models / "challenger")


def stop(client: FlaskClient, models: Path) -> None:
    """Take the pointer away and wait until the thread has ended, which forgets its problems."""
    (models / "challenger").unlink(missing_ok=True)
    until(lambda: ready(client)["shadow"] is None and ready(client)["shadow_problem"] is None)


def staff(models: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        cli, [*arguments, "--models", str(models)], env={"SOURCIER_RECIPE": str(models / "small.toml")}
    )


def until(holds: Callable[[], bool], words: str = "") -> None:
    deadline = time.monotonic() + MOST
    while not holds():
        assert time.monotonic() < deadline, words
        time.sleep(0.02)


def ready(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/readyz")
    assert response.status_code == 200
    found: dict[str, Any] = response.get_json()
    return found


def says(client: FlaskClient, words: str) -> Callable[[], bool]:
    """Whether the service tells its problem in these words."""
    return lambda: words in (ready(client)["shadow_problem"] or "")


def post(client: FlaskClient, text: str, **more: object) -> dict[str, Any]:
    """An answer that was sent to its end, as a server does it."""
    response = client.post("/v1/score", json={"text": text, **more}, buffered=True)
    assert response.status_code == 200
    found: dict[str, Any] = response.get_json()
    return found


def tallies(models: Path) -> list[Tally]:
    return [Tally.from_file(path) for path in sorted((models.parent / "data" / "shadow").glob("*.json"))]


def counted(models: Path) -> int:
    return sum(tally.requests for tally in tallies(models))


def chosen(models: Path) -> int:
    return sum(tally.requests + tally.dropped for tally in tallies(models))


# --- what is recorded -------------------------------------------------------------------------------------------------


def directly(models: Path) -> dict[tuple[str, str], list[list[tuple[Any, Any]]]]:
    """Both assessments of every scored sentence by both versions, by slice and text, without the service."""
    lexicon, old, new = Lexicon.load(), Scorer.load_version(models / "old"), Scorer.load_version(models / "new")
    found: dict[tuple[str, str], list[list[tuple[Any, Any]]]] = {}
    for text in TEXTS:
        article = analyse(from_text(text), lexicon)
        by_slice: dict[tuple[str, str], list[tuple[Any, Any]]] = {}
        for index, pair in enumerate(zip(old.assess(article), new.assess(article), strict=True)):
            if pair[0].score is None:
                continue
            cues = article.by_sentence[index]
            words = len(article.document.sentences[index].text.split())
            keys = {ALL, ("kind", pair[0].kind), ("level", str(pair[0].level))}
            keys.add(("length", "1–12 words" if words <= 12 else "13–24 words" if words <= 24 else "25 words and more"))
            keys |= {("cue", cue.category) for cue in cues} or {("cue", "none")}
            keys |= {("source", cue.source_kind or "") for cue in cues if cue.source_kind} or {("source", "none")}
            for key in keys:
                by_slice.setdefault(key, []).append(pair)
        for key, pairs in by_slice.items():
            found.setdefault(key, []).append(pairs)
    return found


def test_the_record_holds_the_differences_of_direct_scoring_by_slice(client: FlaskClient, models: Path) -> None:
    set_challenger(models)
    until(lambda: ready(client)["shadow"] == "new")
    for text in TEXTS:
        assert post(client, text)["model"]["version"] == "old", "the champion answers"
    until(lambda: counted(models) == len(TEXTS))
    (tally,) = tallies(models)
    old, new = Scorer.load_version(models / "old"), Scorer.load_version(models / "new")
    expected = directly(models)
    assert set(tally.sums) == set(expected) and {key[0] for key in expected} == set(DIMENSIONS)
    assert tally.dropped == tally.failed == 0
    for key, requests in expected.items():
        found = dict(zip((*SUMS, *REQUEST_SUMS), tally.sums[key].tolist(), strict=False))
        pairs = [pair for request in requests for pair in request]
        moves = [after.score - before.score for before, after in pairs]
        sums = [sum(after.score - before.score for before, after in request) for request in requests]
        sizes = [len(request) for request in requests]
        assert found["sentences"] == len(pairs) and found["requests"] == len(requests)
        assert found["difference"] == pytest.approx(sum(moves), abs=1e-12)
        assert found["absolute"] == pytest.approx(sum(map(abs, moves)), abs=1e-12)
        assert found["squared"] == pytest.approx(sum(move**2 for move in moves), abs=1e-12)
        assert found["s_squared"] == pytest.approx(sum(s * s for s in sums), abs=1e-12)
        assert found["s_times_n"] == pytest.approx(sum(s * n for s, n in zip(sums, sizes, strict=True)), abs=1e-12)
        assert found["n_squared"] == sum(n * n for n in sizes)
        assert found["level_up"] == sum(after.level > before.level for before, after in pairs)
        assert found["level_down"] == sum(after.level < before.level for before, after in pairs)
        assert found["flagged_anew"] == sum(after.review and not before.review for before, after in pairs)
        assert found["no_longer_flagged"] == sum(before.review and not after.review for before, after in pairs)
        for name, at in (("champion", old.review_at), ("challenger", new.review_at)):
            flags = [[sum(each.probabilities[:2]) >= at for each in pair] for pair in pairs]
            assert found[f"flagged_anew_at_{name}_threshold"] == flags.count([False, True])
            assert found[f"no_longer_flagged_at_{name}_threshold"] == flags.count([True, False])
        histogram = np.histogram(moves, bins=EDGES)[0]
        assert tally.sums[key][-len(histogram) :].tolist() == histogram.tolist()
    assert found_any(tally, "level_down") and found_any(tally, "flagged_anew"), "or nothing was tested"


def found_any(tally: Tally, name: str) -> bool:
    return bool(tally.sums[ALL][SUMS.index(name)])


def test_thresholds_of_both_versions_are_counted_apart(models: Path) -> None:
    """The same scores and another review threshold: only the flags of "each by its own" move."""
    article = analyse(from_text(ARTICLE), Lexicon.load())
    scorer = Scorer.load_version(models / "old")
    tally = Records(models).open(scorer, scorer)
    assessments = scorer.assess(article)
    tally.add(article, assessments, assessments, (0.9999, 0.0))
    found = dict(zip(SUMS, tally.sums[ALL].tolist(), strict=False))
    assert found["flagged_anew"] == found["sentences"] > 0
    assert found["flagged_anew_at_champion_threshold"] == found["flagged_anew_at_challenger_threshold"] == 0


def test_the_record_holds_nothing_of_the_article_nor_of_the_request(client: FlaskClient, models: Path) -> None:
    set_challenger(models)
    until(lambda: ready(client)["shadow"] == "new")
    answers = [post(client, text, id="dépêche-xylophone") for text in TEXTS]
    until(lambda: counted(models) == len(TEXTS))
    (path,) = (models.parent / "data" / "shadow").iterdir()
    content = path.name + path.read_text(encoding="utf-8")
    content = re.sub(r"[0-9a-f]{64}|\d+\.\d+", "", content)  # digits of a digest or a sum are nobody's year
    words = {word for text in TEXTS for word in re.findall(r"\w{4,}", text.casefold())} - {"source"}
    assert len(words) > 30 and [word for word in words if word in content.casefold()] == []
    hashes = [sentence["hash"] for answer in answers for sentence in answer["sentences"]]
    assert [each for each in (*hashes, "xylophone") if each in content] == []
    value = json.loads(path.read_bytes())
    top = {"format", "champion", "challenger", "requests", "dropped", "failed", "edges", "slices"}
    assert set(value) == top
    for each in value["slices"]:
        assert set(each) == {"dimension", "value", "histogram", *SUMS, *REQUEST_SUMS}
    assert set(value["champion"]) == set(value["challenger"]) == {"version", "sha256"}
    for folder in (path.parent, path.parent.parent):
        assert folder.stat().st_mode & 0o077 == 0, "for the service's user alone"


def test_only_the_share_is_scored_whatever_the_text(client: FlaskClient, models: Path) -> None:
    set_challenger(models, share=0.3)
    until(lambda: ready(client)["shadow"] == "new")
    for _ in range(200):
        post(client, "Le pont a fermé mardi.")
        time.sleep(0.001)  # lets the thread take what waits
    (models / "challenger").unlink()
    until(lambda: ready(client)["shadow"] is None)
    until(lambda: counted(models) > 0)
    assert 20 < chosen(models) < 110, "200 draws at 0.3: six standard deviations either way"


# --- the pointer ------------------------------------------------------------------------------------------------------


def test_stop_and_another_share_need_no_restart(client: FlaskClient, models: Path) -> None:
    post(client, ARTICLE)
    assert ready(client)["shadow"] is None and ready(client)["shadow_problem"] is None
    assert staff(models, "shadow", "new", "--share", "1").exit_code == 0
    until(lambda: ready(client)["shadow"] == "new")
    post(client, ARTICLE)
    until(lambda: counted(models) == 1)
    assert staff(models, "shadow", "--stop").exit_code == 0
    until(lambda: ready(client)["shadow"] is None)
    post(client, ARTICLE)
    assert staff(models, "shadow", "new", "--share", "1").exit_code == 0
    until(lambda: ready(client)["shadow"] == "new")
    post(client, ARTICLE)
    until(lambda: counted(models) == 2)
    assert counted(models) == 2, "what was scored while it was stopped is not recorded, what was recorded stays"


def test_a_promoted_challenger_has_nothing_to_be_compared_with(client: FlaskClient, models: Path) -> None:
    set_challenger(models, "old")
    until(lambda: ready(client)["shadow"] == "old")
    post(client, ARTICLE)
    until(says(client, "old is in service itself"))
    set_challenger(models)
    until(lambda: ready(client)["shadow"] == "new" and ready(client)["shadow_problem"] is None)
    post(client, ARTICLE)
    until(lambda: counted(models) == 1)


def other_lexicon(models: Path) -> None:
    card = models / "new" / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"lexicon": "0123456789ab"}))


def other_features(models: Path) -> None:
    card = models / "new" / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"features": ["longueur"]}))


def narrow(models: Path) -> None:
    (models / "new" / "card.json").unlink()
    for path in (models / "new").iterdir():
        path.unlink()
    (models / "new").rmdir()
    version(models, "new", lambda folded: folded.update(weights=np.ones((4, 3))))


def leave(models: Path) -> None:
    """The files are whole: it is the pointer that is not."""


def test_a_challenger_that_cannot_be_loaded_leaves_the_service_answering_and_is_named(
    client: FlaskClient, models: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = post(client, ARTICLE)
    files = {path: path.read_bytes() for path in (models / "new").iterdir()}
    good = Pointer("new", 1).as_json()
    cases: list[tuple[Callable[[Path], object], bytes, str]] = [
        (lambda _: break_file(models / "new" / "folded.joblib"), good, "new/folded.joblib: SHA-256"),
        (lambda _: break_file(models / "new" / "model.joblib"), good, "new/model.joblib: SHA-256"),
        (lambda _: (models / "new" / "card.json").unlink(), good, "new/card.json: cannot be read"),
        (other_lexicon, good, "new: trained with lexicon 0123456789ab"),
        (other_features, good, "new/card.json: its features are not those"),
        (narrow, good, "the challenger does not score: ValueError"),
        (leave, b"new", "challenger: names no challenger"),
        (leave, b'{"version": "../new", "share": 0.5}', "challenger: names no challenger"),
        (leave, b'{"version": "new", "share": NaN}', "challenger: names no challenger"),
        (leave, b"[1]", "challenger: names no challenger"),
    ]
    for damage, content, words in cases:
        assert ready(client)["shadow"] is None, "nobody reads the files while they are being damaged"
        capfd.readouterr()
        try:
            damage(models)
            set_pointer(models, content)
            until(says(client, words), words)
            found = ready(client)
            assert found["shadow"] is None and found["model"] == "old" and found["promotion_problem"] is None
            assert str(models) not in found["shadow_problem"]
            assert post(client, ARTICLE) == before
            logged = [line for line in capfd.readouterr().err.splitlines() if "shadow_problem" in line]
            assert [words in line for line in logged] == [True], "said once, not at every request"
        finally:
            for path, whole in files.items():
                path.write_bytes(whole)
        set_challenger(models)
        until(lambda: ready(client)["shadow"] == "new" and ready(client)["shadow_problem"] is None, words)
        stop(client, models)
    assert counted(models) == 0


def test_when_too_many_wait_the_rest_is_dropped_and_counted_and_every_request_is_answered(
    client: FlaskClient, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, add = threading.Event(), threading.Event(), Tally.add

    def slowly(*arguments: Any) -> None:
        begun.set()
        assert go_on.wait(MOST)
        add(*arguments)

    monkeypatch.setattr(Tally, "add", slowly)
    monkeypatch.setattr(challenger, "WAITING", 2)
    set_challenger(models)
    until(lambda: ready(client)["shadow"] == "new")
    post(client, ARTICLE)
    assert begun.wait(MOST)
    for _ in range(5):
        post(client, ARTICLE)  # two wait, three are dropped
    go_on.set()
    until(lambda: counted(models) == 3)
    assert sum(tally.dropped for tally in tallies(models)) == 3


def test_a_failure_while_it_scores_is_counted_and_its_message_told_to_nobody(
    client: FlaskClient, models: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise ValueError("zanzibarette")

    monkeypatch.setattr(Tally, "add", explode)
    set_challenger(models)
    until(lambda: ready(client)["shadow"] == "new")
    post(client, ARTICLE)
    until(lambda: [tally.failed for tally in tallies(models)] == [1])
    assert ready(client)["shadow_problem"] == "new failed on a request: ValueError"
    assert "zanzibarette" not in capfd.readouterr().err


def test_what_cannot_be_written_is_said_and_kept_for_the_next_time(client: FlaskClient, models: Path) -> None:
    data = models.parent / "data"
    data.write_text("a file where the folder should be")
    set_challenger(models)
    until(lambda: ready(client)["shadow"] == "new")
    post(client, ARTICLE)
    until(says(client, "set SOURCIER_DATA to a folder"))
    data.unlink()
    until(lambda: counted(models) == 1 and ready(client)["shadow_problem"] is None)


# --- a real server ----------------------------------------------------------------------------------------------------


def test_workers_add_up_and_a_killed_one_loses_nothing_that_was_saved(models: Path) -> None:
    set_challenger(models)
    folder, server_log = models.parent / "data" / "shadow", models / "server.log"
    environment = {"SOURCIER_MODELS": str(models), "SOURCIER_DATA": str(folder.parent), "WEB_CONCURRENCY": "2"}
    body = json.dumps({"text": ARTICLE}).encode()

    def send(path: str, content: bytes | None = None) -> None:
        request = urllib.request.Request(f"{address}{path}", content, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            response.read()

    def have_loaded(workers: int) -> bool:
        for done in [pool.submit(send, "/healthz") for _ in range(8)]:
            with suppress(OSError):  # a connection to the killed worker
                done.result()
        return server_log.read_text().count('"event": "shadow"') == workers

    with ThreadPoolExecutor(8) as pool, server_log.open("wb") as log, serving(log, **environment) as address:
        until(lambda: have_loaded(2), "two workers load the challenger")
        sent = 0
        while len(list(folder.glob("*.json"))) < 2:
            list(pool.map(lambda _: send("/v1/score", body), range(40)))
            sent += 40
            until(lambda sent=sent: chosen(models) == sent, "all is saved within an interval")
        pids = {int(path.name.rsplit(".", 2)[1].split("-")[0]) for path in folder.glob("*.json")}
        assert len(pids) == 2
        os.kill(min(pids), signal.SIGKILL)
        until(lambda: have_loaded(3), "another worker takes its place")
        assert chosen(models) == sent
        list(pool.map(lambda _: send("/v1/score", body), range(40)))
    assert chosen(models) == sent + 40, "a worker that ends in good order saves what it has"
    assert counted(models) > 40 and sum(tally.failed for tally in tallies(models)) == 0
    assert "préfecture" not in server_log.read_text()
