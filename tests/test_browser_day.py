"""A moderator's day in a real Chromium: single keys, words chosen in the sentence, colours as they are computed."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from service.moderation.shortcuts import SHORTCUTS
from service.store import identities, people, queue
from service.store.engine import Store
from service.store.queue import Filter
from tests import oidc_provider
from tests.conftest import ARTICLE
from tests.servers import serving
from tests.test_browser import PASSWORD, SECOND, THIRD, check, chromium, exported, sign_in, tab_to, tab_until

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
def provider() -> Iterator[oidc_provider.Provider]:
    with oidc_provider.providing() as running:
        yield running


@pytest.fixture(scope="module")
def address(store: Store, data: Path, provider: oidc_provider.Provider) -> Iterator[str]:
    settings = {
        "SOURCIER_DATA": str(data),
        "OIDC_ISSUER": provider.address,
        "OIDC_CLIENT_ID": oidc_provider.CLIENT,
        "OIDC_CLIENT_SECRET": oidc_provider.SECRET,
    }
    with serving(**settings) as base:
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


def test_without_script_nothing_is_offered_that_needs_one(chromium: Browser, address: str, store: Store) -> None:
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/shortcuts")
    expect(page.get_by_text("n’exécute pas de script")).to_be_visible()
    page.goto(f"{address}/sentences/{item_of(store, TWICE).sentence_id}")
    expect(page.locator("#pick")).to_be_hidden()
    assert page.locator("#sentence").get_attribute("tabindex") is None
    context.close()


# Ground is what lies under an element, all layers blended; a colour is read back from a canvas, whatever its notation.
COLOURS = """() => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgba = (css) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = css;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const over = (top, under) => [0, 1, 2].map((i) => (top[i] * top[3] + under[i] * (255 - top[3])) / 255);
    const ground = (element) => {
        const layers = [];
        for (let each = element; each; each = each.parentElement) layers.unshift(rgba(getComputedStyle(each).backgroundColor));
        return layers.reduce((under, top) => over(top, under), [255, 255, 255]);
    };
    const light = (colour) => colour.map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const contrast = (css, under) => {
        const [low, high] = [light(over(rgba(css), under)), light(under)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const found = [];
    const look = (selector, what, least, measure) => {
        for (const element of document.querySelectorAll(selector)) {
            if (element.checkVisibility()) found.push([what, element.outerHTML.slice(0, 90), least, measure(element)]);
        }
    };
    const style = (element) => getComputedStyle(element);
    const border = (side) => (element) => contrast(style(element)[`border${side}Color`], ground(element.parentElement));
    const typed = 'input:not([type=hidden], [type=radio], [type=checkbox])';
    look(`button, .button, ${typed}, select, textarea, .chip, .box, kbd`, 'border', 3, border('Bottom'));
    look('.status, .fault', 'border', 3, border('Left'));
    look('.sentences > li', 'border', 3, border('Left'));
    look('.heat .l0, .heat .l1, .heat .l2, .heat .l3, .heat .l4', 'border', 3, border('Bottom'));
    look('mark, .chip, .box', 'text', 4.5, (element) => contrast(style(element).color, ground(element)));
    look('mark', 'underline', 3, (element) => contrast(style(element).textDecorationColor, ground(element)));
    look('.bars rect', 'bar', 3, (element) => contrast(style(element).fill, ground(element)));
    return found;
}"""
# A link among other words of its line is as high as they are (WCAG 2.5.8); all else has 24 px each way.
SMALL = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((element) => element.checkVisibility() && !element.matches('.skip'))
    .filter((element) => getComputedStyle(element).display !== 'inline'
        || element.parentElement.textContent.trim() === element.textContent.trim())
    .map((element) => [element.outerHTML.slice(0, 90), (element.closest('label') || element).getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < 23.99)
    .map(([html, box]) => [html, box.width, box.height])"""


def stands_out(page: Page, what: str) -> set[str]:
    """Borders, marks and bars against what lies under them, as computed; the kinds of thing that were there."""
    found = page.evaluate(COLOURS)
    assert [each for each in found if each[3] < each[2]] == [], what
    return {each[0] for each in found}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_new_pages_under_axe_colours_as_computed_and_targets(
    chromium: Browser, address: str, store: Store, provider: oidc_provider.Provider, scheme: Any, width: int
) -> None:
    context = chromium.new_context(locale="fr-FR", color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    kinds: set[str] = set()

    def look(what: str, picture: str = "") -> None:
        check(page, what, width)
        kinds.update(stands_out(page, what))
        assert page.evaluate(SMALL) == [], what
        folder = os.environ.get("SOURCIER_SCREENSHOTS")
        if folder and picture:
            page.screenshot(path=f"{folder}/moderation-{picture}-{scheme}-{width}.png", full_page=True)

    page.goto(f"{address}/sign-in")
    look("sign-in with a provider", "sign-in")
    provider.person["sub"] = "nobody here"
    page.get_by_role("link", name="Se connecter avec le compte de votre organisation").click()
    expect(page.get_by_role("alert")).to_contain_text("users link NOM --subject 'nobody here'")
    look("unknown to the provider")
    sign_in(page, address)
    look("queue")
    page.goto(f"{address}/shortcuts")
    look("shortcuts, off")
    page.get_by_role("button", name="Les activer").click()
    look("shortcuts, on", "shortcuts")
    page.goto(f"{address}/sentences/{item_of(store, 'a démenti ces informations').sentence_id}")
    page.keyboard.press("i")
    page.locator("#sentence").focus()
    for press in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(press)
    expect(page.locator("#pick")).to_be_visible()
    look("words chosen", "words")
    page.keyboard.press("Enter")
    look("words taken")
    page.goto(f"{address}/articles/{item_of(store, 'a démenti ces informations').article_id}?marks=1")
    look("article with marks", "marks")
    assert kinds == {"border", "text", "underline", "bar"}
    context.close()


def test_forced_colours_lose_no_mark_and_no_level(chromium: Browser, address: str, store: Store) -> None:
    context = chromium.new_context(locale="fr-FR", forced_colors="active")
    page = context.new_page()
    sign_in(page, address)
    item = item_of(store, "a démenti ces informations")
    for path in (f"sentences/{item.sentence_id}", f"articles/{item.article_id}?marks=1"):
        page.goto(f"{address}/{path}")
        marks = page.locator("mark").evaluate_all(
            """all => all.map((mark) => [getComputedStyle(mark).textDecorationLine,
                getComputedStyle(mark).backgroundColor === getComputedStyle(document.body).backgroundColor])"""
        )
        assert marks and all(line == "underline" and not is_plain for line, is_plain in marks), path
        borders = page.locator(".chip, .box").evaluate_all(
            "all => all.map((e) => getComputedStyle(e).borderBottomWidth)"
        )
        assert borders and "0px" not in borders, path
    context.close()


def test_the_article_prints_in_black_on_white_and_goes_out_as_a_file(
    chromium: Browser, address: str, store: Store, tmp_path: Path
) -> None:
    context = chromium.new_context(locale="fr-FR", color_scheme="dark")
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/articles/{item_of(store, 'a démenti ces informations').article_id}?marks=1")
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in ("header.bar", ".actions", "button >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".box").first).to_be_visible()
    ink, paper = page.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    looks = page.locator(".kinds mark").evaluate_all(
        """all => all.map((mark) => (s => [mark.className, [s.textDecorationStyle, s.fontWeight, s.fontStyle].join()])(getComputedStyle(mark)))"""
    )
    by_group = dict(looks)
    groups = [["c-source"], ["c-attribution"], ["c-hedge", "c-conditional", "c-disclaimer"], ["c-vague", "c-subjective"], ["c-denial"], ["c-corroboration"], ["c-precision"], ["c-quote"]]  # fmt: skip
    assert sorted(name for group in groups for name in group) == sorted(by_group)
    assert len({by_group[group[0]] for group in groups}) == len(groups), (
        "each group has a look of its own without colour"
    )
    page.emulate_media(media="screen")
    with page.expect_download() as caught:
        page.get_by_role("link", name="Télécharger en HTML").click()
    file = tmp_path / caught.value.suggested_filename
    caught.value.save_as(file)
    page.goto(file.as_uri())
    for shade in ("dark", "light"):
        page.emulate_media(media="screen", color_scheme=shade)  # type: ignore[arg-type]
        check(page, f"file, {shade}", 1280)
        assert stands_out(page, f"file, {shade}") == {"text", "underline", "border"}
    context.close()


def test_one_signs_in_by_the_provider(
    chromium: Browser, address: str, store: Store, provider: oidc_provider.Provider
) -> None:
    provider.person["sub"] = "léo@desk"
    identities.link(store, "Léo", provider.address, "léo@desk")
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{address}/articles/1")
    page.get_by_role("link", name="Se connecter avec le compte de votre organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pont fermé à Sète")
    expect(page.get_by_role("button", name="Se déconnecter (Léo)")).to_be_visible()
    context.close()
