"""Sign-in by an OpenID Connect provider, against a real one over HTTP that also misbehaves."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from service import provider as settings_of_provider
from service.api import create_app
from service.config import ConfigError, Settings
from service.store import people, queue
from service.store.engine import Store
from service.store.queue import Filter
from tests import oidc_provider
from tests.conftest import ARTICLE
from tests.oidc_provider import CLIENT, SECRET, Person, Provider
from tests.test_cli import run
from tests.test_moderation import PASSWORD, Browser

ENVIRONMENT = (
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_CREATE_USERS",
    "OIDC_ROLE_CLAIM",
    "OIDC_ROLES",
)


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with oidc_provider.providing() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.fault, running.claims = "", {}
    running.person = Person(sub="248289761001", preferred_username="nadia@desk")
    return running


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{data}/sourcier.db")
    people.add(opened, "Nadia", "moderator", PASSWORD)
    yield opened
    opened.close()


def app_for(provider: Provider, data: Path, **more: Any) -> Any:
    found = settings_of_provider.Provider(provider.address, CLIENT, SECRET, **more)
    return create_app(Settings(data=data, provider=found))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def follow(address: str) -> str:
    """Where the provider sends the browser, which is signed in there."""
    try:
        urllib.request.build_opener(_Stay).open(address, timeout=10)
    except urllib.error.HTTPError as answer:
        assert answer.code == 302, answer.read()
        return str(answer.headers["Location"])
    raise AssertionError("the provider showed a page")


def go(browser: Browser, then: str | None = None) -> Any:
    """Through the provider and back: the answer to the callback."""
    response = browser.client.get("/moderation/openid", query_string={"then": then} if then else {})
    browser.page = response.get_data(as_text=True)
    if response.status_code != 302:
        return response
    back = follow(response.headers["Location"])
    assert back.startswith("http://localhost/moderation/openid/callback?")
    response = browser.client.get(back.removeprefix("http://localhost"), headers={"Accept-Language": "fr"})
    browser.page = response.get_data(as_text=True)
    return response


def name_of(browser: Browser) -> str | None:
    browser.get("/")
    found = re.search(r"Se déconnecter \(([^)]+)\)", unescape(browser.page))
    return found[1] if found else None


def test_somebody_unknown_is_told_whom_to_ask_and_is_known_once_linked(
    provider: Provider, data: Path, store: Store
) -> None:
    browser = Browser(app_for(provider, data))
    browser.get("/sign-in")
    assert 'href="/moderation/openid"' in browser.page
    assert go(browser).status_code == 403
    assert "users link NOM --subject 248289761001" in browser.page and name_of(browser) is None
    done = run(
        "users",
        "link",
        "Nadia",
        "--subject",
        "248289761001",
        SOURCIER_DATA=str(data),
        OIDC_ISSUER=provider.address,
        OIDC_CLIENT_ID=CLIENT,
        OIDC_CLIENT_SECRET=SECRET,
    )
    assert done.returncode == 0, done.stderr
    provider.person["preferred_username"] = "nadia.martin@desk"
    assert go(browser).headers["Location"] == "/moderation/"
    assert name_of(browser) == "Nadia" and [user.name for user in people.listed(store)] == ["Nadia"]
    again = run(
        "users", "link", "Nadia", "--subject", "248289761001", "--issuer", provider.address, SOURCIER_DATA=str(data)
    )
    assert again.returncode == 2 and b"is Nadia already" in again.stderr
    assert run("users", "link", "Nadia", "--subject", "1", SOURCIER_DATA=str(data)).returncode == 2, "whose?"


def test_users_are_made_on_their_first_sign_in_where_that_is_set(provider: Provider, data: Path, store: Store) -> None:
    provider.person = Person(sub="1", preferred_username="Nadia")
    browser = Browser(app_for(provider, data, creates_users=True))
    for _ in range(2):
        assert go(browser).status_code == 302
    assert name_of(browser) == "Nadia 2", "the name was somebody's"
    provider.person = Person(sub="1\u2028; rm", name="Zoé\u0000 B.")
    other = Browser(app_for(provider, data, creates_users=True))
    go(other)
    assert name_of(other) == "Zoé B."
    assert [(user.name, user.role) for user in people.listed(store)] == [
        (name, "moderator") for name in ("Nadia", "Nadia 2", "Zoé B.")
    ]
    for password in ("", PASSWORD):
        assert people.sign_in(store, "Nadia 2", password, "here") is None


def test_the_provider_decides_on_roles_where_that_is_set(provider: Provider, data: Path, store: Store) -> None:
    roles = (("desk", "moderator"), ("cn=chefs,dc=x", "lead"), ("it", "admin"))
    more = {"creates_users": True, "role_claim": "realm_access.roles", "roles": roles}
    browser = Browser(app_for(provider, data, **more))
    for given, role in (
        (["desk", "cn=chefs,dc=x"], "lead"),
        ("it", "admin"),
        (["other"], "moderator"),
        (None, "moderator"),
    ):
        provider.claims = {"realm_access": {"roles": given}}
        go(browser)
        assert {user.name: user.role for user in people.listed(store)}["nadia@desk"] == role
    with_dots = settings_of_provider.Provider("i", "c", "s", role_claim="https://x.example/roles", roles=roles)
    assert with_dots.role({"https://x.example/roles": ["it"]}) == "admin" and with_dots.role({}) == "moderator"


@pytest.mark.parametrize(
    ("fault", "claims", "status", "says"),
    [
        ("", {"nonce": "another"}, 502, "ne répond pas comme il faut"),
        ("", {"nonce": None}, 502, "ne répond pas comme il faut"),
        ("", {"iss": "https://elsewhere.example"}, 502, "ne répond pas comme il faut"),
        ("", {"aud": "another"}, 502, "ne répond pas comme il faut"),
        ("", {"aud": ["another"], "azp": CLIENT}, 502, "ne répond pas comme il faut"),
        ("", {"exp": 1}, 502, "ne répond pas comme il faut"),
        ("", {"sub": ""}, 502, "ne répond pas comme il faut"),
        ("", {"sub": "x" * 256}, 502, "ne répond pas comme il faut"),
        ("signature", {}, 502, "ne répond pas comme il faut"),
        ("unsigned", {}, 502, "ne répond pas comme il faut"),
        ("token", {}, 502, "ne répond pas comme il faut"),
        ("metadata", {}, 502, "ne répond pas comme il faut"),
        ("issuer", {}, 502, "ne répond pas comme il faut"),
        ("denied", {}, 403, "a refusé"),
    ],
)
def test_what_a_provider_does_wrong_is_told_in_words(
    provider: Provider, data: Path, store: Store, fault: str, claims: dict[str, Any], status: int, says: str,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    browser = Browser(app_for(provider, data, creates_users=True))
    provider.fault, provider.claims = fault, claims
    assert go(browser).status_code == status
    assert says in unescape(browser.page) and 'name="password"' in browser.page and browser.title.startswith("Erreur")
    assert name_of(browser) is None and len(people.listed(store)) == 1
    log = capfd.readouterr().err
    assert '"event": "provider"' in log and SECRET not in log and "eyJ" not in log
    provider.fault, provider.claims = "", {}
    assert go(browser).status_code == 302, "and works again afterwards"


def test_a_provider_that_is_not_there_is_told_in_words(data: Path, store: Store) -> None:
    with oidc_provider.providing() as gone:
        pass
    browser = Browser(app_for(gone, data))
    assert go(browser).status_code == 502
    assert "ne répond pas comme il faut" in unescape(browser.page)
    assert browser.sign_in().status_code == 200, "passwords go on"


def test_a_sign_in_that_was_not_begun_here_is_refused(provider: Provider, data: Path, store: Store) -> None:
    app = app_for(provider, data, creates_users=True)
    begun = app.test_client().get("/moderation/openid")
    back = follow(begun.headers["Location"]).removeprefix("http://localhost")
    victim = Browser(app)
    assert victim.client.get(back).status_code == 400, "somebody else's state"
    victim.client.get("/moderation/openid")
    assert victim.client.get(back).status_code == 400
    assert victim.client.get("/moderation/openid/callback").status_code == 400
    assert name_of(victim) is None
    browser = Browser(app)
    started = browser.client.get("/moderation/openid")
    back = follow(started.headers["Location"]).removeprefix("http://localhost")
    assert browser.client.get(back).status_code == 302
    assert browser.client.get(back).status_code == 400, "a code is for once"


def test_a_code_needs_the_verifier_of_who_asked_for_it(provider: Provider, data: Path, store: Store) -> None:
    browser = Browser(app_for(provider, data, creates_users=True))
    started = browser.client.get("/moderation/openid").headers["Location"]
    assert "code_challenge_method=S256" in started and SECRET not in started
    other = re.sub(r"code_challenge=[^&]+", f"code_challenge={'A' * 43}", started)
    assert browser.client.get(follow(other).removeprefix("http://localhost")).status_code == 502


def test_one_comes_to_the_page_one_asked_for_and_nowhere_else(provider: Provider, data: Path, store: Store) -> None:
    browser = Browser(app_for(provider, data, creates_users=True))
    browser.get("/articles/1?marks=1")
    assert 'href="/moderation/openid?then=/articles/1?marks%3D1"' in browser.page
    assert go(browser, "/articles/1?marks=1").headers["Location"] == "/moderation/articles/1?marks=1"
    for elsewhere in ("https://evil.example/", "//evil.example/"):
        assert (
            go(Browser(app_for(provider, data)), elsewhere)
            .headers.get("Location", "/moderation/")
            .startswith("/moderation/")
        )


@pytest.mark.parametrize("note", ["une longue « note »", "é" * 900])
def test_a_note_typed_when_the_session_ends_is_there_after_signing_in_by_the_provider(
    provider: Provider, data: Path, store: Store, note: str
) -> None:
    browser = Browser(app_for(provider, data, creates_users=True))
    browser.client.post("/v1/score", json={"text": ARTICLE, "store": True})
    go(browser)
    item = queue.listed(store, Filter())[0][0]
    browser.get(f"/sentences/{item.sentence_id}?order=age")
    browser.client.delete_cookie("sourcier", path="/moderation")
    browser.send("/decision", 401, verdict="level-4", kind="claim", note=note)
    location = go(browser).headers["Location"]
    assert location == f"/moderation/sentences/{item.sentence_id}?order=age"
    page = unescape(browser.get(location.removeprefix("/moderation")).get_data(as_text=True))
    assert f"{note}</textarea>" in page and 'value="level-4" checked' in page


def test_a_note_set_aside_is_for_who_signs_in_from_that_page(provider: Provider, data: Path, store: Store) -> None:
    app = app_for(provider, data, creates_users=True)
    browser = Browser(app)
    browser.client.post("/v1/score", json={"text": ARTICLE, "store": True})
    go(browser)
    browser.get("/next")
    browser.client.delete_cookie("sourcier", path="/moderation")
    browser.send("/decision", 401, verdict="level-4", kind="claim", note="à moi")
    browser.get("/sign-in")  # somebody else comes along
    assert go(browser).headers["Location"] == "/moderation/"


def test_a_note_set_aside_does_not_go_to_another_person_at_the_provider(
    provider: Provider, data: Path, store: Store
) -> None:
    browser = Browser(app_for(provider, data, creates_users=True))
    browser.client.post("/v1/score", json={"text": ARTICLE, "store": True})
    go(browser)
    browser.get("/next")
    browser.client.delete_cookie("sourcier", path="/moderation")
    browser.send("/decision", 401, verdict="level-4", kind="claim", note="à moi")
    provider.person = Person(sub="2", preferred_username="leo@desk")
    page = browser.get(go(browser).headers["Location"].removeprefix("/moderation")).get_data(as_text=True)
    assert "à moi" not in page and "saisi par quelqu’un d’autre" in unescape(page)


def test_without_a_provider_there_is_no_such_page(data: Path, store: Store) -> None:
    browser = Browser(create_app(Settings(data=data)))
    browser.get("/sign-in")
    assert "/openid" not in browser.page
    browser.get("/openid", 404)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_settings_are_read(environment: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment().provider is None
    values = ("https://login.example/realms/desk", "sourcier", "hush", "true", "groups", "chefs=lead; cn=it,dc=x=admin")
    for name, value in zip(ENVIRONMENT, values, strict=True):
        environment.setenv(name, value)
    found = Settings.from_environment()
    assert found.provider == settings_of_provider.Provider(
        "https://login.example/realms/desk",
        "sourcier",
        "hush",
        True,
        "groups",
        (("chefs", "lead"), ("cn=it,dc=x", "admin")),
    )
    assert "hush" not in repr(found)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"OIDC_ISSUER": "https://login.example"}, {"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"}),
        ({"OIDC_CREATE_USERS": "true"}, {"OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"}),
        ({"OIDC_ISSUER": "http://login.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "hush"}, {"OIDC_ISSUER"}),
        ({"OIDC_ISSUER": "login.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": ""}, {"OIDC_ISSUER", "OIDC_CLIENT_SECRET"}),
        ({"OIDC_ISSUER": "https://l.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "hush", "OIDC_ROLES": "a=king", "OIDC_CREATE_USERS": "perhaps"}, {"OIDC_ROLES", "OIDC_ROLE_CLAIM", "OIDC_CREATE_USERS"}),
    ],
)  # fmt: skip
def test_wrong_settings_are_reported_with_the_others(
    environment: pytest.MonkeyPatch, values: dict[str, str], named: set[str]
) -> None:
    environment.setenv("RETENTION_DAYS", "0")
    for name, value in values.items():
        environment.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        Settings.from_environment()
    assert {line.split(" ")[0] for line in str(caught.value).splitlines()[1:]} == {*named, "RETENTION_DAYS"}
    assert "hush" not in str(caught.value)


def test_without_authlib_the_settings_say_what_to_install(environment: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT[:3]:
        environment.setenv(name, "https://login.example")
    environment.setattr("service.provider.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"requirements-oidc\.txt"):
        Settings.from_environment()
