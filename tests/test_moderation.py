"""The moderation pages over HTTP, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.api import create_app
from service.article import CATEGORIES
from service.config import Settings
from service.moderation.present import find_words
from service.moderation.words import WHY, WORDS
from service.store import decided, export, people, queue
from service.store.engine import Store
from service.store.queue import Filter
from tests.conftest import ARTICLE

PASSWORD = "quatre chevaux bleus"
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{data}/sourcier.db")
    people.add(opened, "Nadia", "moderator", PASSWORD)
    people.add(opened, "Léo", "moderator", PASSWORD)
    people.add(opened, "Zoé", "lead", PASSWORD)
    yield opened
    opened.close()


class Browser:
    """A person at a browser without JavaScript: follows links, fills forms."""

    def __init__(self, app: Any, language: str = "fr") -> None:
        self.client: FlaskClient = app.test_client()
        self.language = language
        self.page = ""

    def get(self, path: str, status: int = 200) -> TestResponse:
        response = self.client.get(
            f"/moderation{path}", headers={"Accept-Language": self.language}, follow_redirects=True
        )
        assert response.status_code == status, response.get_data(as_text=True)
        self.page = response.get_data(as_text=True)
        return response

    def send(self, to: str, status: int = 200, **values: Any) -> TestResponse:
        """Send the form of the page whose address ends so, with its hidden fields and ``values``."""
        forms = re.findall(r'<form method="post" action="([^"]+)"(.*?)</form>', self.page, re.DOTALL)
        address, body = next((unescape(a), b) for a, b in forms if a.partition("?")[0].endswith(to))
        fields = {name: unescape(value) for name, value in FIELD.findall(body)}
        response = self.client.post(
            address, data={**fields, **values}, headers={"Accept-Language": self.language}, follow_redirects=True
        )
        assert response.status_code == status, response.get_data(as_text=True)
        self.page = response.get_data(as_text=True)
        return response

    def sign_in(self, name: str = "Nadia", password: str = PASSWORD, status: int = 200) -> TestResponse:
        self.get("/sign-in")
        return self.send("/sign-in", status, name=name, password=password)

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.page)
        assert found
        return unescape(found[1])


@pytest.fixture
def app(data: Path, store: Store) -> Any:
    made = create_app(Settings(data=data))
    response = made.test_client().post("/v1/score", json={"text": ARTICLE, "store": True, "id": "cms-7"})
    assert response.status_code == 200
    return made


@pytest.fixture
def browser(app: Any) -> Browser:
    browser = Browser(app)
    browser.sign_in()
    return browser


def sentence(store: Store, words: str) -> queue.Item:
    states = [item for state in queue.STATES for item in queue.listed(store, Filter(state=state))[0]]
    return next(item for item in states if words in item.text)


def test_nothing_is_shown_before_one_signs_in(app: Any) -> None:
    browser = Browser(app)
    for path in ("/", "/next", "/sentences/1", "/articles/1"):
        browser.get(path)
        assert "Se connecter" in browser.title and "Jean Roux" not in browser.page
    assert app.test_client().post("/moderation/sentences/1/decision", data={"verdict": "right"}).status_code == 401


def test_the_first_visit_says_how_to_make_the_first_user(tmp_path: Path) -> None:
    browser = Browser(create_app(Settings(data=tmp_path / "data")))
    browser.get("/")
    assert "python -m service users add" in browser.page
    assert not re.search(r"[^\s]*(?:https?:)?//[^\s]+", browser.page.split("<body>")[0].replace("http-equiv", ""))


def test_a_wrong_password_is_told_and_many_are_slowed(app: Any) -> None:
    browser = Browser(app)
    for _ in range(5):
        browser.sign_in(password="wrong", status=401)
        assert "ne vont pas ensemble" in browser.page and "Erreur" in browser.title
    response = browser.sign_in(password=PASSWORD, status=429)
    assert int(response.headers["Retry-After"]) > 0 and "15 min" in browser.page


def test_one_comes_to_the_page_one_asked_for_and_nowhere_else(app: Any) -> None:
    browser = Browser(app)
    browser.get("/articles/1")
    assert "Pont fermé" in browser.send("/sign-in", name="Nadia", password=PASSWORD).get_data(as_text=True)
    for elsewhere in ("https://evil.example/", "//evil.example/", "\\\\evil.example"):
        other = Browser(app)
        other.get("/sign-in")
        forms = FIELD.findall(other.page)
        data = {**dict(forms), "name": "Nadia", "password": PASSWORD, "then": elsewhere}
        response = other.client.post("/moderation/sign-in", data=data)
        assert response.status_code == 302 and response.headers["Location"].startswith("/moderation/")


def test_a_form_without_its_token_changes_nothing(browser: Browser, store: Store) -> None:
    item = sentence(store, "proche du dossier")
    fields = {"verdict": "right", "kind": item.kind}
    response = browser.client.post(f"/moderation/sentences/{item.sentence_id}/decision", data=fields)
    assert response.status_code == 400
    assert decided.standing(store, item.sentence_id) == []


def test_the_session_cookie_is_for_these_pages_and_no_script(app: Any, data: Path) -> None:
    browser = Browser(app)
    response = browser.get("/sign-in")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/moderation" in cookie and "Secure" not in cookie
    beyond = create_app(Settings(data=data, host="0.0.0.0")).test_client().get("/moderation/sign-in")
    assert "Secure" in beyond.headers["Set-Cookie"]
    scored = browser.client.post("/v1/score", json={"text": "Il pleut."})
    assert "Set-Cookie" not in scored.headers


def test_the_policy_lets_nothing_in(browser: Browser) -> None:
    for path in ("/", "/next", "/articles/1"):
        response = browser.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';") and "unsafe" not in policy
        scripts = re.findall(r"<script[^>]*>[^<]*</script>", browser.page)
        assert (
            len(scripts) == 1
            and 'src="/moderation/static/moderation.js?v=' in scripts[0]
            and scripts[0].endswith("></script>")
        )
        assert " style=" not in browser.page and "onclick" not in browser.page
        assert not re.search(r'(?:src|href|action)="(?!/moderation/|#)', browser.page)
        assert response.headers["Cache-Control"] == "no-store"
    css = browser.client.get("/moderation/static/moderation.css")
    assert css.status_code == 200 and "url(" not in css.text and "immutable" in css.headers["Cache-Control"]


def test_the_queue_shows_filters_and_keeps_them_in_the_address(browser: Browser) -> None:
    browser.get("/")
    assert "6 phrases" in browser.page and browser.page.count("<li>") == 6
    browser.get("/?cue=denial&order=level")
    assert "1 phrase" in browser.page and "a démenti ces informations" in browser.page
    links = re.findall(r'href="(/moderation/sentences/[^"]+)"', browser.page)
    assert len(links) == 1 and "order=level" in links[0] and "cue=denial" in links[0]
    browser.get("/?state=decided")
    assert "Rien ici" in browser.page


def test_a_sentence_is_shown_with_its_reasons(browser: Browser, store: Store) -> None:
    item = sentence(store, "proche du dossier")
    browser.get(f"/sentences/{item.sentence_id}")
    page = unescape(browser.page)
    assert '<mark class="c-source"' in page and "une source proche du dossier</mark><sup>2</sup>" in page
    assert "Source anonyme" in page and "dit qui est derrière l’affirmation" in page
    assert re.search(r"baisse le score de 0,\d\d", page) and "<rect" in page
    assert "contestée par" in page and '<a class="jump" href="#s4">5</a>' in page and 'id="s4"' in page
    assert "Phrase 4 sur 6" in browser.title


def test_the_words_that_a_feature_counts_stand_beside_what_they_add(browser: Browser, store: Store) -> None:
    browser.get(f"/sentences/{sentence(store, 'dangereux').sentence_id}")
    assert '<q lang="fr">dangereux</q>' in browser.page


def test_save_and_next_goes_through_the_queue(browser: Browser, store: Store) -> None:
    browser.get("/next")
    expected = [item.sentence_id for item in queue.listed(store, Filter())[0]]
    decided = []
    for _ in expected:
        found = re.search(r'action="/moderation/sentences/(\d+)/decision', browser.page)
        assert found
        decided.append(int(found[1]))
        kind = re.search(r'<option value="(\w+)" selected', browser.page)
        assert kind
        browser.send("/decision", verdict="right", kind=kind[1], action="next")
        assert "Enregistré" in browser.title
    assert decided == expected
    assert "Il ne reste rien à faire" in browser.page


@pytest.mark.parametrize(
    ("fields", "verdict", "level"),
    [({"verdict": "right"}, "right", 0), ({"verdict": "too_low"}, "too_low", 1), ({"verdict": "too_high"}, "too_high", -1), ({"verdict": "level-4"}, "set", None)],
)  # fmt: skip
def test_each_verdict_becomes_a_level(
    browser: Browser, store: Store, fields: dict[str, str], verdict: str, level: int | None
) -> None:
    item = sentence(store, "Il est dangereux")
    assert item.level is not None and 0 < item.level < 4
    browser.get(f"/sentences/{item.sentence_id}")
    browser.send("/decision", kind=item.kind, note="vu", **fields)
    (made,) = decided.standing(store, item.sentence_id)
    assert (made.verdict, made.level, made.note) == (verdict, 4 if level is None else item.level + level, "vu")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choisissez un verdict"),
        ({"verdict": "nonsense"}, "Choisissez un verdict"),
        ({"verdict": "level-3", "kind": "none"}, "n’a pas de niveau"),
        ({"verdict": "right", "kind": "poem"}, "nature"),
        ({"verdict": "right", "note": "x" * 1001}, "1001 caractères"),
        ({"verdict": "right", "words-0": "éléphant", "category-0": "hedge"}, "« éléphant » ne figure pas"),
        ({"verdict": "right", "words-0": "dangereux"}, "demande des mots et une catégorie"),
        ({"verdict": "right", "words-0": "Il", "category-0": "source"}, "pour une source sa nature"),
    ],
)
def test_what_cannot_be_recorded_is_told_and_what_was_typed_stays(
    browser: Browser, store: Store, fields: dict[str, str], says: str
) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get(f"/sentences/{item.sentence_id}")
    browser.send("/decision", 422, **{"kind": item.kind, "note": "ma note", **fields})
    assert says in unescape(browser.page) and browser.title.startswith("Erreur")
    assert fields.get("note", "ma note") in browser.page
    assert fields.get("words-0", "") in browser.page
    assert decided.standing(store, item.sentence_id) == []


def test_cues_are_corrected_and_come_out_in_the_export(browser: Browser, store: Store) -> None:
    item = sentence(store, "proche du dossier")
    browser.get(f"/sentences/{item.sentence_id}")
    fields = {
        "words-0": "LES TRAVAUX",
        "category-0": "vague",
        "words-1": "dossier",
        "category-1": "source",
        "source-kind-1": "document",
    }
    wrong = re.findall(r'name="wrong" value="(source:\d+:\d+)"', browser.page)
    browser.send("/decision", verdict="level-1", kind="claim", wrong=wrong, **fields)
    (article,) = export.labelled(store)
    label = next(s for s in article["sentences"] if s["kind"])
    cues = {(c["category"], c["text"], c.get("source_kind")) for c in label["cues"]}
    assert {("vague", "les travaux", None), ("source", "dossier", "document")} <= cues
    assert ("source", "une source proche du dossier", "anonymous") not in cues
    assert (label["kind"], label["level"]) == ("claim", 1)


def test_a_decision_is_undone_from_the_next_page(browser: Browser, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get(f"/sentences/{item.sentence_id}?order=age")
    browser.send("/decision", verdict="right", kind=item.kind, action="next")
    browser.send("/undo")
    assert "Décision annulée" in browser.title and decided.standing(store, item.sentence_id) == []
    assert f"/sentences/{item.sentence_id}/decision?order=age" in browser.page, (
        "back at the sentence, in the same queue"
    )


def test_skipping_asks_for_nothing(browser: Browser, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get(f"/sentences/{item.sentence_id}")
    browser.send("/decision", action="skip")
    assert [i.sentence_id for i in queue.listed(store, Filter(state="skipped"))[0]] == [item.sentence_id]


def test_blind_hides_what_the_model_says_until_the_verdict(browser: Browser, store: Store) -> None:
    item = sentence(store, "proche du dossier")
    browser.get("/")
    browser.send("/blind")
    for path in ("/", f"/sentences/{item.sentence_id}", "/articles/1"):
        browser.get(path)
        assert not re.search(r'class="(?:chip|one) l\d|score \d|le score de \d', unescape(browser.page)), path
    browser.get(f"/sentences/{item.sentence_id}")
    assert 'value="right"' not in browser.page
    browser.send("/decision", 422, verdict="right", kind="claim")
    assert "Choisissez un niveau" in unescape(browser.page)
    browser.send("/decision", verdict="level-1", kind="claim")
    assert "Le modèle disait" in browser.title
    (made,) = decided.standing(store, item.sentence_id)
    assert made.blind and made.level == 1


def test_an_open_sentence_names_its_holder_and_can_be_taken(app: Any, browser: Browser, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get(f"/sentences/{item.sentence_id}")
    other = Browser(app)
    other.sign_in("Léo")
    assert "ouverte par Nadia" in unescape(other.page)
    other.get(f"/sentences/{item.sentence_id}")
    assert "Nadia a cette phrase ouverte" in unescape(other.page) and "/decision" not in other.page
    other.send("/take")
    other.send("/decision", verdict="level-4", kind="claim")
    browser.send("/decision", 409, verdict="right", kind="claim", note="ma note")
    assert "Léo a décidé entre-temps : 4 étayée" in unescape(browser.page) and "ma note" in browser.page
    browser.send("/decision", verdict="right", kind="claim", note="ma note")
    assert [made.user for made in decided.standing(store, item.sentence_id)] == ["Léo", "Nadia"]


def test_the_next_sentence_is_never_one_that_somebody_else_has_or_decided(
    app: Any, browser: Browser, store: Store
) -> None:
    first, second, third = (item.sentence_id for item in queue.listed(store, Filter())[0][:3])
    other = Browser(app)
    other.sign_in("Léo")
    other.get(f"/sentences/{first}")
    browser.get(f"/sentences/{first}?on=1")
    assert f"/sentences/{second}/decision" in browser.page
    other.send("/decision", verdict="level-2", kind="claim", action="next")
    assert f"/sentences/{third}/decision" in other.page
    browser.get(f"/sentences/{first}?on=1")
    assert f"/sentences/{second}/decision" in browser.page


def test_a_lead_may_undo_anothers_decision_and_a_moderator_may_not(app: Any, browser: Browser, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get(f"/sentences/{item.sentence_id}")
    browser.send("/decision", verdict="right", kind="claim", action="stay")
    form = re.search(r'action="(/moderation/decisions/\d+/undo)', browser.page)
    assert form
    other = Browser(app)
    other.sign_in("Léo")
    other.get(f"/sentences/{item.sentence_id}")
    assert form[1] not in other.page
    token = dict(FIELD.findall(other.page))["csrf_token"]
    assert other.client.post(form[1], data={"csrf_token": token}).status_code == 409
    lead = Browser(app)
    lead.sign_in("Zoé")
    lead.get(f"/sentences/{item.sentence_id}")
    lead.send("/undo")
    assert decided.standing(store, item.sentence_id) == []


def test_a_note_typed_when_the_session_ends_is_there_after_signing_in(browser: Browser, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get(f"/sentences/{item.sentence_id}?order=age")
    browser.client.delete_cookie("sourcier", path="/moderation")
    browser.send("/decision", 401, verdict="level-4", kind="claim", note="une longue « note »")
    assert "Ce que vous aviez saisi est gardé" in unescape(browser.page)
    browser.send("/sign-in", name="Nadia", password=PASSWORD)
    page = unescape(browser.page)
    assert "une longue « note »</textarea>" in page and 'value="level-4" checked' in page
    assert "Rien n’est encore enregistré" in page and decided.standing(store, item.sentence_id) == []


def test_signing_out_ends_the_session(browser: Browser) -> None:
    browser.get("/")
    browser.send("/sign-out")
    browser.get("/articles/1")
    assert "Se connecter" in browser.title


def test_a_new_password_ends_the_session(browser: Browser, store: Store) -> None:
    people.set_password(store, "Nadia", "un tout autre secret")
    browser.get("/")
    assert "Se connecter" in browser.title


def test_the_pages_speak_both_languages(app: Any) -> None:
    browser = Browser(app, language="en-GB,en;q=0.8")
    browser.sign_in()
    assert '<html lang="en">' in browser.page and "6 sentences" in browser.page
    browser.get("/?lang=fr")
    assert '<html lang="fr">' in browser.page
    browser.get("/articles/1")
    assert "Voir tout" not in browser.page and "Légende" in browser.page, "the choice lasts"
    assert set(WHY) == set(CATEGORIES)
    for name, (french, english) in WORDS.items():
        assert set(re.findall(r"{\w+}", french)) == set(re.findall(r"{\w+}", english)), name


def test_the_article_is_a_map_of_numbered_levels(browser: Browser, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get("/articles/1")
    assert (
        browser.page.count('class="one l') == 6 and f'<span class="unseen">Niveau </span>{item.level}' in browser.page
    )
    assert "cms-7" in browser.page


@pytest.mark.parametrize("path", ["/sentences/999", "/articles/999", "/nowhere", "/sentences/99999999999999999999"])
def test_what_is_not_there_is_a_page_that_says_so(browser: Browser, path: str) -> None:
    browser.get(path, 404)
    assert "Cette page n’existe pas" in unescape(browser.page)


def test_no_word_of_an_article_or_note_reaches_a_log(
    browser: Browser, store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get(f"/sentences/{item.sentence_id}")

    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError("zanzibarette")

    monkeypatch.setattr("service.store.decisions.decide", explode)
    browser.send("/decision", 500, verdict="right", kind="claim", note="zanzibarette")
    out, err = capfd.readouterr()
    assert "zanzibarette" not in out + err + browser.page and "dangereux" not in out + err
    assert '"route": "/moderation/sentences/' in err


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("L’été, l'été.", "l'été", "L’été"),
        ("L’été, l'été.", "#2 l’été", "l'été"),
        ("à 9\u00a0heures", "9 heures", "9\u00a0heures"),
        ("#1 hashtag", "#1", "#1"),
        ("İl dort", "dort", "dort"),
        ("oui", "non", None),
        ("oui", "#2 oui", None),
        ("oui", "  ", None),
    ],
)
def test_words_are_found_as_people_type_them(text: str, words: str, found: str | None) -> None:
    place = find_words(text, words)
    assert (text[slice(*place)] if place else None) == found
