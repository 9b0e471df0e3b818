"""A moderator's day in a real Chromium: single keys, words chosen in the sentence, colours as they are computed."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.moderation.shortcuts import SHORTCUTS
from service.store import people, queue
from service.store.engine import Store
from service.store.queue import Filter
from tests.conftest import ARTICLE
from tests.servers import serving
from tests.test_browser import PASSWORD, SECOND, THIRD, chromium, exported, sign_in, tab_to, tab_until

__all__ = ["chromium"]  # the fixture
TWICE = "Le maire a dit au maire de Lunel que l’adjoint du maire partira peut-être le 3 mai."
FOURTH = f"Lunel\n\n{TWICE} Les habitants seraient inquiets. Un vote aura lieu, selon la préfecture du Gard."


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("day") / "data"


@pytest.fixture(scope="module")
def store(data: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{data}/sourcier.db")
    for name in ("Nadia", "Léo"):
        people.add(opened, name, "moderator", PASSWORD)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(store: Store, data: Path) -> Iterator[str]:
    with serving(SOURCIER_DATA=str(data)) as base:
        for text in (ARTICLE, SECOND, THIRD, FOURTH):
            body = json.dumps({"text": text, "store": True}).encode()
            headers = {"Content-Type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(f"{base}/v1/score", body, headers), timeout=10)
        yield f"{base}/moderation"


def item_of(store: Store, words: str) -> queue.Item:
    items = [item for state in queue.STATES for item in queue.listed(store, Filter(state=state))[0]]
    return next(item for item in items if words in item.text)


def drag(page: Page, words: str, nth: int = 1) -> None:
    """Select words of the sentence with the mouse, from within their first letter to within their last."""
    page.locator("#sentence").scroll_into_view_if_needed()
    points = page.evaluate(
        """([words, nth]) => {
            const letters = [];
            const walker = document.createTreeWalker(document.getElementById('sentence'), NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                if (walker.currentNode.parentElement.closest('sup')) continue;
                [...walker.currentNode.data].forEach((letter, at) => letters.push([letter, walker.currentNode, at]));
            }
            const text = letters.map(([letter]) => letter).join('');
            let at = -1;
            while (nth--) at = text.indexOf(words, at + 1);
            return [at, at + words.length - 1].map((n) => {
                const range = document.createRange();
                range.setStart(letters[n][1], letters[n][2]);
                range.setEnd(letters[n][1], letters[n][2] + 1);
                const {left, right, top, bottom} = range.getBoundingClientRect();
                return [left, right, (top + bottom) / 2];
            });
        }""",
        [words, nth],
    )
    (left, right, height), (last_left, last_right, last_height) = points
    page.mouse.move(left + (right - left) / 4, height)
    page.mouse.down()
    page.mouse.move(last_right - (last_right - last_left) / 4, last_height, steps=4)
    page.mouse.up()


def test_twenty_items_by_single_keys_one_undone_and_a_cue_added(
    chromium: Browser, address: str, store: Store, data: Path
) -> None:
    page = chromium.new_context(locale="fr-FR").new_page()
    sign_in(page, address)
    page.keyboard.press("c")  # shortcuts are off at first
    expect(page).to_have_url(f"{address}/")
    tab_to(page, "Raccourcis clavier")
    page.keyboard.press("Enter")
    tab_to(page, "Les activer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Raccourcis activés")
    waiting = queue.listed(store, Filter())[0]
    assert len(waiting) >= 20
    page.keyboard.press("f")
    page.wait_for_url(f"{address}/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".queue .words").first).to_be_focused()
    page.keyboard.press("c")
    wanted: dict[str, int | None] = {}
    for n, item in enumerate(waiting[:20]):
        page.wait_for_url(f"**/sentences/{item.sentence_id}?*")
        wanted[item.text] = None if item.level is None else n % 5
        page.keyboard.press("d" if item.level is None else str(n % 5))
        page.keyboard.press("s")
    page.wait_for_url(lambda url: f"/sentences/{waiting[19].sentence_id}?" not in url)
    found = exported(data)
    assert {text: found[text]["level"] for text in wanted} == wanted
    page.keyboard.press("u")
    undone = waiting[19]
    page.wait_for_url(f"**/sentences/{undone.sentence_id}*")
    expect(page.get_by_role("status").first).to_contain_text("Décision annulée")

    tab_until(page, "#sentence")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#category-0")).to_be_focused()
    words = page.locator("#words-0").input_value()
    assert words.split() and words in undone.text and not undone.text.startswith(words)
    expect(page.locator("#picked")).to_contain_text(f"« {words} »")
    page.keyboard.type("Terme")
    page.get_by_label("2 partielle").focus()
    page.keyboard.press("Space")
    page.keyboard.press("n")
    page.keyboard.type("sud, peut-être")  # s, d, u, p, e: keys elsewhere, letters here
    expect(page.get_by_label("Note")).to_have_value("sud, peut-être")
    page.keyboard.press("Tab")
    if undone.kind == "none":
        page.get_by_label("Nature").select_option("claim")
    page.keyboard.press("s")
    expect(page.get_by_role("status").first).to_contain_text("Enregistré : 2 partielle")
    cues = {(cue["category"], cue["text"]) for cue in exported(data)[undone.text]["cues"]}
    assert ("subjective", words) in cues
    page.context.close()


def test_words_chosen_with_the_mouse_are_the_ones_exported(
    chromium: Browser, address: str, store: Store, data: Path
) -> None:
    item = item_of(store, TWICE)
    page = chromium.new_context(locale="fr-FR").new_page()
    sign_in(page, address)
    page.goto(f"{address}/sentences/{item.sentence_id}")
    expect(page.locator("#pick")).to_be_hidden()
    drag(page, "maire", nth=3)
    page.get_by_role("button", name="Indice manquant : « maire »").click()
    expect(page.locator("#category-0")).to_be_focused()
    expect(page.locator("#words-0")).to_have_value("#3 maire")
    page.locator("#category-0").select_option("vague")
    drag(page, "dit au mair")  # half a word at the end
    page.keyboard.press("Enter")
    expect(page.locator("#words-1")).to_have_value("dit au maire")
    page.locator("#category-1").select_option("quote")
    page.get_by_label("2 partielle").check()
    page.get_by_label("Nature").select_option("claim")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Enregistré")
    label = exported(data)[item.text]
    cues = {(cue["category"], cue["start"] - label["start"]) for cue in label["cues"]}
    assert {("vague", TWICE.rindex("maire")), ("quote", TWICE.index("dit au maire"))} <= cues
    page.context.close()


def test_shortcuts_stay_off_for_another_user_of_the_browser_and_never_fire_from_a_field(
    chromium: Browser, address: str, store: Store
) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/shortcuts")
    page.get_by_role("button", name="Les activer").click()
    item = item_of(store, "Un camping aurait")
    page.goto(f"{address}/sentences/{item.sentence_id}")
    page.get_by_label("Nature").focus()
    page.keyboard.press("4")
    page.get_by_label("Note").focus()
    page.keyboard.press("4")
    expect(page.locator("input[name=verdict]:checked")).to_have_count(0)
    page.locator("h1").click()
    for chord in ("Control+4", "Alt+4"):
        page.keyboard.press(chord)
    expect(page.locator("input[name=verdict]:checked")).to_have_count(0)
    page.evaluate(  # what a French keyboard sends for that key
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '\\'', code: 'Digit4', bubbles: true}))"
    )
    expect(page.get_by_label("4 étayée")).to_be_checked()
    shown = page.locator("[aria-keyshortcuts]").evaluate_all(
        "all => all.map((e) => e.getAttribute('aria-keyshortcuts'))"
    )
    listed = {key for key, where, *_ in SHORTCUTS.values() if where != "in_queue"}
    assert set(shown) | {SHORTCUTS["undo"][0]} == listed, "undo is there after a decision"
    page.keyboard.press("?")
    expect(page.get_by_role("heading", level=1)).to_have_text("Raccourcis clavier")
    page.get_by_role("button", name="Se déconnecter").click()
    sign_in(page, address, "Léo")
    expect(page.locator("[aria-keyshortcuts]")).to_have_count(0)
    context.close()
