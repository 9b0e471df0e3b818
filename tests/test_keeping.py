"""`store: true` over HTTP, and the commands that look after what was kept."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.api import create_app
from service.config import Settings
from service.keeper import Keeper
from service.schemas import ScoreAnswerSchema
from service.store import articles
from service.store.engine import Store
from tests.conftest import ARTICLE
from tests.test_cli import run

PASSWORD = b"quatre chevaux bleus\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def keeping(data: Path) -> FlaskClient:
    return create_app(Settings(data=data)).test_client()


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{data}/sourcier.db")
    yield opened
    opened.close()


def test_nothing_is_made_until_something_is_kept(keeping: FlaskClient, data: Path) -> None:
    assert "stored" not in keeping.post("/v1/score", json={"text": ARTICLE}).get_json()["document"]
    assert not data.exists()
    assert keeping.post("/v1/score", json={"text": ARTICLE, "store": True}).status_code == 200
    assert sorted(path.name for path in data.iterdir())[0] == "sourcier.db"


@pytest.mark.parametrize(
    "body", [{"text": ARTICLE}, {"html": "<h1>Pont</h1><p>Selon la mairie, il ferme.</p>"},
             {"segments": [{"id": "a", "kind": "title", "text": "Pont"}, {"id": "b", "text": "Il ferme."}], "only": ["b"]}],
)  # fmt: skip
def test_a_kept_article_is_the_one_that_was_sent(keeping: FlaskClient, store: Store, body: dict[str, Any]) -> None:
    answer = keeping.post("/v1/score", json={**body, "store": True, "id": "cms-7"}).get_json()
    assert ScoreAnswerSchema().validate(answer) == {}
    found = articles.load(store, answer["document"]["stored"]["id"])
    assert found is not None and found.external_id == "cms-7"
    expected = body.get("text") or answer["document"].get("text") or "Pont\n\nIl ferme."
    assert found.text == expected
    by_position = {sentence.position: sentence for sentence in found.sentences}
    for sentence in answer["sentences"]:
        kept = by_position[sentence["index"]]
        assert found.text[kept.start : kept.end] == sentence["text"]
        assert (kept.kind, kept.level, kept.review) == (sentence["kind"], sentence["level"], sentence["review"])
        assert [cue.text for cue in kept.cues] == [cue["text"] for cue in sentence["cues"]]


def test_a_server_may_refuse_to_keep(data: Path) -> None:
    client = create_app(Settings(data=data, store=False)).test_client()
    response = client.post("/v1/score", json={"text": ARTICLE, "store": True})
    assert response.status_code == 422 and response.get_json()["errors"][0]["pointer"] == "/store"
    schema = client.get("/openapi.json").get_json()["components"]["schemas"]["ScoreRequest"]
    assert schema["properties"]["store"]["const"] is False and not data.exists()


def test_an_article_that_cannot_be_kept_is_no_success(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").write_text("a file, where a folder should be")
    client = create_app(Settings(data=tmp_path / "data")).test_client()
    response = client.post("/v1/score", json={"text": ARTICLE, "store": True})
    assert response.status_code == 503 and response.headers["Retry-After"]
    assert response.get_json()["code"] == "store_unavailable"
    assert client.post("/v1/score", json={"text": ARTICLE}).status_code == 200
    assert "Jean Roux" not in capfd.readouterr().err


def test_a_worker_that_only_scores_never_opens_the_store() -> None:
    code = (
        "import sys; from service.api import create_app; c = create_app().test_client();"
        "assert c.post('/v1/score', json={'text': 'Il pleut.'}).status_code == 200;"
        "print([m for m in ('sqlalchemy', 'alembic', 'argon2', 'flask_wtf') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=os.environ)
    assert done.stdout.strip() == b"[]"


def test_the_secret_is_made_once_and_is_the_owners(data: Path) -> None:
    first = Keeper(Settings(data=data)).secret()
    assert len(first) >= 32 and Keeper(Settings(data=data)).secret() == first
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["secret-key"]
    assert Keeper(Settings(data=data, secret_key="k" * 32)).secret() == "k" * 32


def test_a_service_in_use_purges_by_itself(data: Path, store: Store) -> None:
    keeper = Keeper(Settings(data=data, retention_days=30))
    client = create_app(Settings(data=data, retention_days=30)).test_client()
    number = client.post("/v1/score", json={"text": ARTICLE, "store": True}).get_json()["document"]["stored"]["id"]
    with store.writing() as session:
        session.connection().exec_driver_sql("UPDATE article SET stored_at = stored_at - 31 * 86400")
    assert articles.load(keeper.store, number) is None


def test_users_are_made_on_the_command_line(data: Path) -> None:
    there = {"SOURCIER_DATA": str(data)}
    done = run("users", "add", "Nadia", "--role", "moderator", stdin=PASSWORD, **there)
    assert done.returncode == 0 and b"sourcier.db" in done.stdout, done.stderr
    assert run("users", "list", **there).stdout == b"Nadia\tmoderator\n"
    again = run("users", "add", "Nadia", "--role", "lead", stdin=PASSWORD, **there)
    assert again.returncode == 2 and b"already" in again.stderr and b"Traceback" not in again.stderr
    short = run("users", "add", "Zed", "--role", "lead", stdin=b"court\n", **there)
    assert short.returncode == 2 and b"10 to 200" in short.stderr
    assert run("users", "password", "Nadia", stdin=b"un tout autre secret\n", **there).returncode == 0
    assert run("users", "password", "Zed", stdin=PASSWORD, **there).returncode == 2


def test_backup_restore_and_purge_on_the_command_line(keeping: FlaskClient, data: Path, tmp_path: Path) -> None:
    keeping.post("/v1/score", json={"text": ARTICLE, "store": True})
    file, there = str(tmp_path / "b.gz"), {"SOURCIER_DATA": str(data)}
    assert run("backup", file, **there).returncode == 0
    assert run("backup", file, **there).returncode == 2
    assert run("restore", file, **there).returncode == 2, "the store is not empty"
    elsewhere = {"SOURCIER_DATA": str(tmp_path / "other")}
    assert run("restore", file, **elsewhere).returncode == 0
    assert b"0 article(s) older than 90 days" in run("purge", **elsewhere).stdout
    wrong = run("purge", RETENTION_DAYS="soon", **there)
    assert wrong.returncode == 2 and b"RETENTION_DAYS" in wrong.stderr and b"Traceback" not in wrong.stderr


def test_export_of_nothing_is_nothing(data: Path) -> None:
    done = run("export", SOURCIER_DATA=str(data))
    assert (done.returncode, done.stdout) == (0, b"") and b"0 decided" in done.stderr
