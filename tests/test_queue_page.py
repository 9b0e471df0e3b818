"""Search, filters and the history of scores on the pages, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from service.api import create_app
from service.config import Settings
from service.store import keys, people, queue
from service.store.engine import Store
from service.store.queue import Filter
from tests.conftest import ARTICLE
from tests.stores import PASSWORD, keep
from tests.test_moderation import Browser


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/data/sourcier.db")
    people.add(opened, "Nadia", "moderator", PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def browser(store: Store, tmp_path: Path) -> Browser:
    app = create_app(Settings(data=tmp_path / "data"))
    assert app.test_client().post("/v1/score", json={"text": ARTICLE, "store": True}).status_code == 200
    browser = Browser(app)
    browser.sign_in()
    return browser


def texts(browser: Browser) -> list[str]:
    return [unescape(words) for words in re.findall(r'<a class="words"[^>]*>(.*?)</a>', browser.page)]


def without_tags(page: str) -> str:
    return re.sub(r"<[^>]*>", " ", page)


def test_words_are_searched_and_stay_in_the_address(browser: Browser) -> None:
    browser.get("/?q=%C2%AB+demenTi+ces+%C2%BB+HERAULT&order=age")
    assert texts(browser) == ["La préfecture de l'Hérault a démenti ces informations."]
    assert 'value="« demenTi ces » HERAULT"' in unescape(browser.page)
    link = re.search(r'class="words" href="([^"]+)"', browser.page)
    assert link and "q=" in link[1] and "order=age" in link[1]
    browser.get("/?q=zanzibar")
    assert "Rien ici" in browser.page and "Tout remettre à zéro" in browser.page


def test_what_is_typed_comes_back_as_text(browser: Browser) -> None:
    browser.get("/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&model=%3Cb%3E&since=%3Cb%3E")
    assert "<script>" not in browser.page and "<b>" not in browser.page


def test_rare_filters_are_folded_and_open_when_one_is_set(browser: Browser) -> None:
    browser.get("/?q=pont&level=1")
    assert "<details>" in browser.page and "Autres filtres</summary>" in browser.page
    browser.get("/?source=anonymous&since=2020-01-01")
    assert "<details open>" in browser.page and "Autres filtres (2)</summary>" in browser.page
    assert '<option value="anonymous" selected>' in browser.page and 'value="2020-01-01"' in browser.page
    assert len(texts(browser)) == 1


def test_a_filter_by_a_version_that_is_gone_is_shown_and_finds_nothing(browser: Browser, store: Store) -> None:
    keep(store, "Un pont a fermé.", version="2020-01-01")
    browser.get("/?model=2020-01-01")
    assert texts(browser) == ["Un pont a fermé."] and "<option selected>2020-01-01" in browser.page
    browser.get("/?model=2019-01-01")
    assert texts(browser) == [] and "<option selected>2019-01-01" in browser.page


@pytest.mark.parametrize(
    "address", ["?source=x&since=hier&until=2026-02-30&model=%00", "?q=%00", "?q=%22&page=-1", "?q=*&source=", "?q=NEAR(", "?since=9999-12-31&until=0001-01-01"]
)  # fmt: skip
def test_no_address_is_an_error(browser: Browser, address: str) -> None:
    browser.get(f"/{address}")
    browser.get(f"/next{address}")


def test_the_next_sentence_stays_in_the_search(browser: Browser, store: Store) -> None:
    keep(store, "Le pont de Nîmes a fermé. Il pleut.")
    browser.get("/?q=pont")
    expected = texts(browser)
    assert len(expected) == 3
    browser.get("/next?q=pont")
    seen = []
    for _ in expected:
        found = re.search(r'action="/moderation/sentences/(\d+)/decision[^"]*q=pont', browser.page)
        assert found
        seen.append(int(found[1]))
        browser.send("/decision", action="skip")
    assert "Il ne reste rien à faire" in browser.page
    assert {item.sentence_id for item in queue.listed(store, Filter(state="skipped"))[0]} == set(seen)


def test_the_scores_of_every_version_are_shown_newest_marked_and_hidden_when_blind(
    browser: Browser, store: Store
) -> None:
    keep(store, version="2020-01-01")
    item = queue.listed(store, Filter(q="proche du dossier"))[0][0]
    browser.get(f"/sentences/{item.sentence_id}")
    (table,) = re.findall(r'<table class="past".*?</table>', browser.page, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]
    assert len(rows) == 2 and "2020-01-01" in rows[1] and "affichée ici" in rows[1] and "affichée ici" not in rows[0]
    assert all(re.search(r"<td>0,\d\d</td>", row) and f"<td>{item.level} " in row for row in rows)
    browser.send("/blind")
    browser.get(f"/sentences/{item.sentence_id}")
    assert 'class="past"' not in browser.page and "2020-01-01" not in without_tags(browser.page)
    browser.send("/decision", verdict="level-1", kind="claim", action="stay")
    assert without_tags(browser.page).count("2020-01-01") == 1, "the verdict is in"


def test_the_filters_speak_english(browser: Browser) -> None:
    browser.get("/?lang=en&source=role")
    for words in ("Search words", "More filters (1)", "Received from", "Model version", "role"):
        assert words in browser.page, words


def test_every_field_of_a_filter_is_on_the_page(browser: Browser, store: Store) -> None:
    keys.make(store, "cms", ["store"], outlet="Le Quotidien")
    browser.get("/")
    names: set[Any] = set(re.findall(r'<(?:select|input)[^>]* name="(\w+)"', browser.page))
    assert set(Filter.__slots__) - {"page"} <= names
