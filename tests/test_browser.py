"""The moderation pages in a real Chromium: by keyboard alone, without JavaScript, and under axe.

axe-core (tests/vendor/axe.min.js, MPL 2.0) is run by the test, never sent by the service.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from service.store import people, queue
from service.store.engine import Store
from service.store.queue import Filter
from service.store.terms import STATES
from tests.conftest import ARTICLE
from tests.servers import serving
from tests.test_cli import run

ROOT = Path(__file__).parent.parent
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
CSS = (ROOT / "service" / "moderation" / "static" / "moderation.css").read_text(encoding="utf-8")
PASSWORD = "quatre chevaux bleus"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SECOND = (
    "La mairie de Nîmes ferme deux écoles\n\n"
    "Deux écoles fermeront en septembre, selon un document que nous avons pu consulter. "
    "D'après une source proche de la mairie, une troisième pourrait suivre. "
    "« C'est absolument faux », assure l'adjointe à l'éducation, Claire Vial. "
    "Les parents seraient très inquiets. Une réunion se tiendra mardi 4 mars à 18 heures."
)
THIRD = (
    "Crue à Millau\n\n"
    "Le Tarn a débordé lundi soir à Millau. Vingt familles ont été relogées, selon la préfecture de l'Aveyron. "
    "Le maire, Paul Vidal, a demandé l'état de catastrophe naturelle. Un camping aurait été emporté. "
    "La route de Creissels est coupée. Météo-France a levé l'alerte mardi à midi. "
    "D'après des témoins, deux ponts ont cédé. La préfecture a démenti ces informations."
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "Chromium is not installed: the pages were NOT tested in a browser (apt-get install chromium)"
        if os.environ.get("SOURCIER_TESTS_NEED_ALL"):
            pytest.fail(message)
        warnings.warn(message, stacklevel=2)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser") / "data"


@pytest.fixture(scope="module")
def store(data: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{data}/sourcier.db")
    people.add(opened, "Nadia", "moderator", PASSWORD)
    people.add(opened, "Léo", "moderator", PASSWORD)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(store: Store, data: Path) -> Iterator[str]:
    with serving(SOURCIER_DATA=str(data)) as base:
        for text in (ARTICLE, SECOND, THIRD):
            body = json.dumps({"text": text, "store": True}).encode()
            headers = {"Content-Type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(f"{base}/v1/score", body, headers), timeout=10)
        yield f"{base}/moderation"


def sign_in(page: Page, address: str, name: str = "Nadia") -> None:
    page.goto(f"{address}/")
    expect(page.get_by_label("Nom")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("File")


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the element with these words has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")  # nothing, where Tab goes round by the browser's own buttons
        if focused.count() and words in (focused.text_content() or ""):
            return
    pytest.fail(f"no Tab leads to {words!r}")


def tab_until(page: Page, selector: str) -> None:
    """Press Tab until such an element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"no Tab leads to {selector}")


def exported(data: Path) -> dict[str, dict[str, Any]]:
    done = run("export", SOURCIER_DATA=str(data))
    assert done.returncode == 0, done.stderr
    articles = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return {s["text"]: s for article in articles for s in article["sentences"] if s["kind"]}


@pytest.mark.parametrize("scripts", [True, False])
def test_five_items_by_keyboard_alone_one_undone(
    chromium: Browser, address: str, store: Store, data: Path, scripts: bool
) -> None:
    before = set(exported(data))
    context = chromium.new_context(locale="fr-FR", java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, address)
    waiting = queue.listed(store, Filter(kind="claim"))[0]
    assert len(waiting) > 5
    page.goto(f"{address}/?kind=claim")
    tab_to(page, "Commencer par la première")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sentences/**")
    for item in waiting[:5]:
        assert f"/sentences/{item.sentence_id}?" in page.url, "the queue's order"
        expect(page.get_by_label("juste")).to_be_focused()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, number=item.sentence_id: f"/sentences/{number}?" not in url)
        assert page.title().startswith("Enregistré")
    tab_to(page, "Annuler cette décision")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Décision annulée")
    found = exported(data)
    assert set(found) - before == {item.text for item in waiting[:4]}
    assert all(found[item.text]["level"] == item.level for item in waiting[:4])
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_missing_cue_and_a_level_by_keyboard_alone(
    chromium: Browser, address: str, store: Store, data: Path, scripts: bool
) -> None:
    words = "Une réunion se tiendra mardi" if scripts else "Deux écoles fermeront"
    everything = [item for state in STATES for item in queue.listed(store, Filter(state=state))[0]]
    item = next(item for item in everything if words in item.text)
    context = chromium.new_context(locale="fr-FR", java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/sentences/{item.sentence_id}")
    tab_until(page, "input[name=verdict]")
    page.keyboard.press("Space")
    for _ in range(2 if item.level is None else 4):  # arrows go through the choices: to "1 fragile" or further
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("aff")  # the kind, by its first letters
    tab_to(page, "Corriger les indices")
    page.keyboard.press("Enter")
    tab_until(page, "#words-0")
    page.keyboard.type(words.split()[1])
    page.keyboard.press("Tab")
    page.keyboard.type("Expr")
    tab_to(page, "Enregistrer et suivante")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Enregistré")
    label = exported(data)[item.text]
    assert ("vague", words.split()[1]) in {(cue["category"], cue["text"]) for cue in label["cues"]}
    assert label["kind"] == "claim" and label["level"] in (0, 1)
    context.close()


def test_two_moderators_on_one_item_know_of_each_other(chromium: Browser, address: str, store: Store) -> None:
    item = queue.listed(store, Filter())[0][0]
    pages = []
    for name in ("Nadia", "Léo"):
        page = chromium.new_context(locale="fr-FR").new_page()
        sign_in(page, address, name)
        pages.append(page)
    pages[0].goto(f"{address}/sentences/{item.sentence_id}")
    pages[1].goto(f"{address}/sentences/{item.sentence_id}")
    expect(pages[1].get_by_text("Nadia a cette phrase ouverte")).to_be_visible()
    expect(pages[1].get_by_text("Enregistrer et suivante")).to_have_count(0)
    pages[1].get_by_text("La prendre quand même").click()
    pages[1].get_by_label("4 étayée").check()
    pages[1].get_by_label("Nature").select_option("claim")
    pages[1].get_by_text("Enregistrer", exact=True).click()
    pages[0].get_by_label("0 invérifiable").check()
    pages[0].get_by_label("Note").fill("à garder")
    pages[0].get_by_label("Nature").select_option("claim")
    pages[0].get_by_text("Enregistrer", exact=True).click()
    expect(pages[0].get_by_role("alert")).to_contain_text("Léo a décidé entre-temps")
    expect(pages[0].get_by_label("Note")).to_have_value("à garder")
    for page in pages:
        page.context.close()


def test_a_session_that_ends_mid_note_loses_nothing(chromium: Browser, address: str, store: Store) -> None:
    item = queue.listed(store, Filter())[0][0]
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/sentences/{item.sentence_id}")
    page.get_by_label("Note").fill("une note à moitié")
    page.get_by_label("3 attribuée").check()
    context.clear_cookies()
    page.get_by_text("Enregistrer et suivante").click()
    expect(page.get_by_text("Ce que vous aviez saisi est gardé")).to_be_visible()
    page.get_by_label("Nom").fill("Nadia")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Note")).to_have_value("une note à moitié")
    expect(page.get_by_label("3 attribuée")).to_be_checked()
    context.close()


def check(page: Page, what: str, width: int) -> None:
    """No violation that axe knows; nothing wider than the window."""
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    assert found["passes"], what
    told = [(v["id"], [node["html"][:160] for node in v["nodes"]][:3]) for v in found["violations"]]
    assert told == [], (what, told)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{what} scrolls sideways"


def visit(page: Page, address: str, store: Store, width: int) -> list[str]:
    """Go to every page and state, under axe; the states are those seen."""
    seen: list[str] = []

    def look(what: str) -> None:
        check(page, what, width)
        seen.append(what)
        folder = os.environ.get("SOURCIER_SCREENSHOTS")
        if folder and what in ("queue", "sentence", "article"):
            scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
            page.screenshot(path=f"{folder}/moderation-{what}-{scheme}-{width}.png", full_page=what == "sentence")

    page.goto(f"{address}/sign-in")
    look("sign-in")
    page.get_by_label("Nom").fill("Nadia")
    page.get_by_label("Mot de passe").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    look("wrong password")
    sign_in(page, address)
    look("queue")
    page.goto(f"{address}/?q=pont+ferm%C3%A9&source=anonymous&since=2020-01-01&model=none")
    expect(page.get_by_label("Version du modèle")).to_be_visible()
    look("queue, every filter open")
    page.goto(f"{address}/?state=skipped&level=4&kind=opinion")
    look("empty queue")
    everything = [item for state in ("todo", "decided") for item in queue.listed(store, Filter(state=state))[0]]
    item = next(item for item in everything if "a démenti ces informations" in item.text)
    page.goto(f"{address}/sentences/{item.sentence_id}")
    look("sentence")
    page.get_by_text("Corriger les indices").click()
    look("correcting cues")
    page.locator("#words-0").fill("éléphant")
    page.locator("#category-0").select_option("hedge")
    page.get_by_text("Enregistrer", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("faults")
    page.locator("#words-0").fill("")
    page.locator("#category-0").select_option("")
    page.get_by_label("2 partielle").check()
    page.get_by_label("Note").fill("une note")
    page.get_by_text("Enregistrer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Enregistré")
    look("decided")
    page.goto(f"{address}/articles/{item.article_id}")
    look("article")
    page.get_by_role("button", name="Mode aveugle").click()
    look("article, blind")
    page.goto(f"{address}/?order=level&kind=claim")
    look("queue, blind")
    page.goto(f"{address}/next")
    look("sentence, blind")
    other = people.sign_in(store, "Léo", PASSWORD, "test")
    assert other is not None
    held = int(re.findall(r"/sentences/(\d+)", page.url)[0])
    queue.open_for(store, held, other.id, take=True)
    page.goto(f"{address}/sentences/{held}")
    look("held by another")
    page.goto(f"{address}/sentences/999999")
    look("not there")
    return seen


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_on_any_page(chromium: Browser, address: str, store: Store, scheme: Any, width: int) -> None:
    context: BrowserContext = chromium.new_context(
        locale="fr-FR", color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    assert len(visit(context.new_page(), address, store, width)) == 15
    context.close()


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_borders_marks_and_bars_stand_out(scheme: int) -> None:
    colours = dict(
        re.findall(r"--(\w[\w-]*): (#[0-9a-f]{3,6})", re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[scheme])
    )
    for ground in ("paper", "card"):
        for name in ("rule", "accent", "fault", "raise", "lower", "b0", "b1", "b2", "b3", "b4"):
            assert contrast(colours[name], colours[ground]) >= 3, (name, ground)
        for name in ("ink", "quiet", "accent", "fault"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for level in range(5):
        assert contrast(colours[f"b{level}"], colours[f"t{level}"]) >= 3, level
        assert contrast(colours["ink"], colours[f"t{level}"]) >= 4.5, level
    assert contrast(colours["accent"], colours["on-accent"]) >= 4.5
