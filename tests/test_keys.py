"""Keys: made once and kept as digests, needed where they are needed, revoked within seconds, never in the way of scoring."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from service.api import create_app
from service.config import ConfigError, Settings
from service.keeper import Keeper
from service.keyring import TTL_SECONDS, Keyring
from service.problems import Problem
from service.reviews.schemas import KeySchema
from service.reviews.views import ENDPOINTS
from service.store import articles, keys, people
from service.store.engine import Store
from service.store.terms import SCOPES
from tests.conftest import ARTICLE
from tests.test_cli import run

PASSWORD = "quatre chevaux bleus"
PUBLIC = {"/healthz", "/readyz", "/openapi.json", "/docs", "/v1/score", "/v1/labels", "/v1/model"}
NOBODYS = "sourcier_" + 43 * "x"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{data}/sourcier.db")
    people.add(opened, "Nadia", "moderator", PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def client(data: Path) -> FlaskClient:
    return create_app(Settings(data=data)).test_client()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def score(client: FlaskClient, token: str | None = None, **request: Any) -> TestResponse:
    return client.post("/v1/score", json={"text": ARTICLE, **request}, headers=bearer(token) if token else {})


def is_refused(response: TestResponse, status: int, code: str) -> bool:
    assert (response.status_code, response.get_json(force=True)["code"]) == (status, code), response.get_data(True)
    return response.headers["WWW-Authenticate"].startswith("Bearer ")


# --- which address needs what -----------------------------------------------------------------------------------------


def test_every_address_but_the_public_ones_wants_a_key_for_its_scope(client: FlaskClient, store: Store) -> None:
    scopes = {(each.method, each.rule): each.scope for each in ENDPOINTS}
    others = {
        "review": keys.make(store, "not review", {*SCOPES} - {"review"}),
        "feedback": keys.make(store, "not feedback", {*SCOPES} - {"feedback"}, user="Nadia"),
    }
    seen = set()
    for rule in client.application.url_map.iter_rules():
        if rule.rule in PUBLIC:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            seen.add((method, rule.rule))
            path = re.sub(r"<.*?>", "1", rule.rule)
            assert is_refused(client.open(path, method=method), 401, "key_missing"), (method, path)
            assert is_refused(client.open(path, method=method, headers=bearer(NOBODYS)), 401, "key_wrong")
            scope = scopes[method, rule.rule]
            if scope is not None:
                refused = client.open(path, method=method, headers=bearer(others[scope]))
                assert is_refused(refused, 403, "scope_missing"), (method, path)
                assert scope in refused.get_json()["detail"] and scope in refused.headers["WWW-Authenticate"]
    assert seen == set(scopes) and len(seen) == 9


def test_a_key_says_what_it_may_do(client: FlaskClient, store: Store) -> None:
    token = keys.make(store, "cms", ["store", "feedback"], outlet="Le Quotidien", stores=True)
    response = client.get("/v1/key", headers=bearer(token))
    assert KeySchema().validate(response.get_json()) == {}
    assert response.get_json() | {"created_at": None} == {
        "name": "cms", "may": ["score", "store", "feedback"], "outlet": "Le Quotidien", "user": None, "stores": True,
        "created_at": None,
    }  # fmt: skip
    desk = keys.make(store, "desk", ["review"], user="Nadia")
    assert client.get("/v1/key", headers=bearer(desk)).get_json()["user"] == "Nadia"


# --- scoring ----------------------------------------------------------------------------------------------------------


def test_scoring_is_open_but_a_wrong_key_is_told(client: FlaskClient, store: Store) -> None:
    token = keys.make(store, "cms", ["feedback"])
    assert score(client).status_code == 200
    assert score(client, token).status_code == 200, "anybody may score here, so this key may"
    assert is_refused(score(client, NOBODYS), 401, "key_wrong")
    assert is_refused(score(client, "x"), 401, "key_wrong")


def test_a_password_for_the_proxy_is_not_taken_for_a_key(client: FlaskClient, data: Path) -> None:
    response = client.post("/v1/score", json={"text": ARTICLE}, headers={"Authorization": "Basic bmFkaWE6cw=="})
    assert response.status_code == 200 and not data.exists()


def test_where_keys_are_required_scoring_needs_one(data: Path) -> None:
    client = create_app(Settings(data=data, keys="required")).test_client()
    assert is_refused(score(client), 401, "key_missing")
    assert is_refused(client.post("/v1/score"), 401, "key_missing"), "before anything is read"
    assert not data.exists(), "the store is not opened for who has no key"
    assert client.get("/v1/labels").status_code == client.get("/readyz").status_code == 200
    security = client.get("/openapi.json").get_json()["paths"]["/v1/score"]["post"]["security"]
    assert security == [{"key": []}]
    store = Store.open(f"sqlite:///{data}/sourcier.db")
    assert score(client, keys.make(store, "a", ["score"])).status_code == 200
    assert is_refused(score(client, keys.make(store, "b", ["feedback"])), 403, "scope_missing")
    store.close()


def test_what_cannot_be_a_key_is_refused_without_opening_the_store(client: FlaskClient, data: Path) -> None:
    for wrong in ("x", "sourcier_court", NOBODYS + "x", "sourcier_" + 43 * "é", ""):
        header = {"Authorization": f"Bearer {wrong}".encode().decode("latin-1")}
        response = client.post("/v1/score", json={"text": ARTICLE}, headers=header)
        assert is_refused(response, 401, "key_wrong")
    assert not data.exists()


def test_a_store_that_is_away_is_a_503_for_who_sends_a_key(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, where a folder should be")
    client = create_app(Settings(data=tmp_path / "data")).test_client()
    response = score(client, NOBODYS)
    assert response.status_code == 503 and response.headers["Retry-After"]
    assert response.get_json()["code"] == "store_unavailable"
    assert score(client).status_code == 200


# --- storing ----------------------------------------------------------------------------------------------------------


def test_from_the_first_key_on_only_keys_store(client: FlaskClient, store: Store) -> None:
    assert score(client, store=True).status_code == 200
    token = keys.make(store, "cms", ["store"], outlet="Le Quotidien")
    assert is_refused(score(client, store=True), 401, "key_missing")
    assert score(client).status_code == 200
    assert is_refused(score(client, keys.make(store, "b", ["score"]), store=True), 403, "scope_missing")
    kept = score(client, token, store=True).get_json()["document"]["stored"]["id"]
    found = articles.load(store, kept)
    assert found is not None and found.outlet == "Le Quotidien"
    assert "stored" not in score(client, token).get_json()["document"]
    for name in ("cms", "b"):
        keys.revoke(store, name)
    fresh = create_app(Settings(data=Path(store.where.removeprefix("sqlite:///")).parent)).test_client()
    assert is_refused(score(fresh, store=True), 401, "key_missing"), "revoking the last key opens nothing"


def test_a_key_may_store_without_being_asked(client: FlaskClient, data: Path, store: Store) -> None:
    token = keys.make(store, "cms", ["store"], stores=True)
    assert "stored" in score(client, token).get_json()["document"]
    assert "stored" not in score(client, token, store=False).get_json()["document"], "who says no is heard"
    closed = create_app(Settings(data=data, store=False)).test_client()
    response = score(closed, token)
    assert response.status_code == 200 and "stored" not in response.get_json()["document"]


def test_the_outlet_is_that_of_the_last_key_and_no_other_caller_removes_it(client: FlaskClient, store: Store) -> None:
    number = score(client, store=True).get_json()["document"]["stored"]["id"]
    for name, expected in (("Le Quotidien", "Le Quotidien"), (None, "Le Quotidien"), ("Sud", "Sud")):
        token = keys.make(store, f"key {name}", ["store"], outlet=name)
        assert score(client, token, store=True).get_json()["document"]["stored"]["id"] == number
        found = articles.load(store, number)
        assert found is not None and found.outlet == expected


# --- the ring ---------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_key_is_looked_up_once_in_five_seconds_and_a_revoked_one_ends_then(data: Path, store: Store) -> None:
    keeper, clock = Keeper(Settings(data=data)), Clock()
    ring = Keyring(keeper, clock)
    statements: list[str] = []
    event.listen(keeper.store._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    header = f"Bearer {keys.make(store, 'cms', ['feedback'])}"
    for _ in range(1000):
        assert ring.needed(header, "feedback").name == "cms"
    assert [statement.split()[0] for statement in statements] == ["BEGIN", "SELECT"]
    keys.revoke(store, "cms")
    clock.now += TTL_SECONDS - 0.1
    assert ring.needed(header, "feedback").name == "cms"
    clock.now += 0.1
    for _ in range(2):
        with pytest.raises(Problem) as caught:
            ring.needed(header, "feedback")
        assert (caught.value.status, caught.value.code) == (401, "key_wrong")
    assert ring._found == {}, "what is wrong is not remembered"
    assert ring.key_of(f"bearer  {keys.make(store, 'other', ['feedback'])} ") is not None, "a new key works at once"


def test_a_token_is_nowhere_in_the_store(data: Path, store: Store) -> None:
    token = keys.make(store, "cms", ["feedback"])
    assert len({token, *(keys.make(store, f"k{n}", ["feedback"]) for n in range(5))}) == 6
    secret = token.removeprefix("sourcier_")
    for file in data.iterdir():
        assert secret.encode() not in file.read_bytes(), file.name
    with store.reading() as session:
        digests = list(session.scalars(text("SELECT digest FROM key")))
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": ""}, "1 to 80"), ({"name": "x" * 81}, "1 to 80"), ({"name": "a\tb"}, "printable"),
        ({"name": "cms"}, "already"), ({"may": []}, "for something"), ({"may": ["fly"]}, "cannot be for fly"),
        ({"may": ["review"]}, "name the user"), ({"user": "Nadia"}, "leave review out"),
        ({"may": ["review"], "user": "Zoé"}, "no user Zoé"), ({"outlet": ""}, "outlet"), ({"stores": True}, "add store"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_made_is_told_why(store: Store, given: dict[str, Any], says: str) -> None:
    keys.make(store, "cms", ["feedback"])
    values = {"name": "other", "may": ["feedback"], **given}
    with pytest.raises(keys.KeyFault, match=says):
        keys.make(store, values.pop("name"), values.pop("may"), **values)
    assert [key.name for key in keys.listed(store)] == ["cms"]


def test_no_key_reaches_a_log(data: Path, store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    client = create_app(Settings(data=data)).test_client()
    token = keys.make(store, "cms", ["feedback"])
    score(client, token)
    score(client, NOBODYS)
    client.get("/v1/key", headers=bearer(token))
    out, err = capfd.readouterr()
    assert '"route": "/v1/key"' in err
    assert token[9:] not in out + err and NOBODYS not in out + err


# --- commands and settings --------------------------------------------------------------------------------------------


def test_keys_are_made_listed_and_revoked_on_the_command_line(client: FlaskClient, data: Path, store: Store) -> None:
    there = {"SOURCIER_DATA": str(data)}
    made = run("keys", "add", "cms", "--may", "store, feedback", "--outlet", "Le Quotidien", "--store-always", **there)
    token = made.stdout.decode().strip()
    assert made.returncode == 0 and keys.is_token(token) and token not in made.stderr.decode(), made.stderr
    assert "stored" in score(client, token).get_json()["document"]
    assert run("keys", "add", "desk", "--may", "review", "--user", "Nadia", **there).returncode == 0
    lines = run("keys", "list", **there).stdout.decode().splitlines()
    assert lines == ["cms\tscore,store,feedback,always\tLe Quotidien\t-\tlive", "desk\treview\t-\tNadia\tlive"]
    assert run("keys", "revoke", "cms", **there).returncode == 0
    assert run("keys", "list", **there).stdout.decode().splitlines()[0].endswith("\trevoked")
    for arguments, says in (
        (("revoke", "cms"), b"already"), (("revoke", "x"), b"no key x"), (("add", "desk", "--may", "score"), b"another name"),
    ):  # fmt: skip
        done = run("keys", *arguments, **there)
        assert done.returncode == 2 and says in done.stderr and b"Traceback" not in done.stderr


def test_the_setting_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_KEYS", "required")
    assert Settings.from_environment().keys == "required"
    monkeypatch.setenv("SOURCIER_KEYS", "always")
    with pytest.raises(ConfigError, match="SOURCIER_KEYS"):
        Settings.from_environment()


def test_an_application_lists_the_addresses_it_has(app: Flask) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules()} == PUBLIC | {each.rule for each in ENDPOINTS}
