"""The team view and a disputed sentence in a real Chromium, under axe."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from service.moderation.words_team import TEAM_WORDS
from service.store import decisions, people, queue
from service.store.decisions import Verdict
from service.store.engine import Store
from service.store.queue import Filter
from tests.servers import serving
from tests.stores import ARTICLE, keep
from tests.test_browser import PASSWORD, SECOND, THIRD, check, chromium, sign_in

__all__ = ["chromium"]  # the fixture
DAY = 86_400
FOURTH = (
    "Le tramway de Lunel attendra\n\n"
    "La ligne ouvrira en 2028, selon un rapport de la métropole daté du 12 mars. Le chantier aurait pris du retard. "
    "« Nous tiendrons le calendrier », promet le maire, Henri Sol. Certains commerçants craignent le pire. "
    "D'après plusieurs élus, le coût dépasserait 40 millions d'euros. L'État a confirmé sa part jeudi. "
    "Un comité se réunira, peut-être, avant l'été. Le tracé passe devant la gare, a indiqué la mairie."
)


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Address of the pages of a newsroom that has worked for two weeks, and a sentence two of it disagree on."""
    import time

    data = tmp_path_factory.mktemp("team") / "data"
    at = time.time() - 16 * DAY
    store = Store.open(f"sqlite:///{data}/sourcier.db", lambda: at, double_review=True)
    team = [people.add(store, name, "moderator", PASSWORD) for name in ("Nadia", "Léo", "Zoé")]
    for text in (ARTICLE, SECOND, THIRD, FOURTH):
        keep(store, text)
    claims = [item for item in queue.listed(store, Filter())[0] if item.level is not None]
    for number, item in enumerate(claims):
        assert item.level is not None
        if number % 7 not in (5, 6):
            at += DAY * 0.6
        for place, user in enumerate(team[:2]):
            kind = "opinion" if number == 4 else item.kind
            level = min(max(item.level + (-1, 0, 0, 1, 0, -1, 0)[number % 7] + (place if number % 5 == 1 else 0), 0), 4)
            if number == 9 and place:
                level = 0 if level > 2 else 4
            verdict = Verdict(
                "set",
                kind,
                level,
                blind=number % 3 != 0,
                note="Quel rapport ? Il n’est pas nommé." if number == 9 and place else "",
            )
            decisions.decide(store, item.sentence_id, user, verdict, token=f"{number}-{user}", seen=0, model="m1")
    (one,) = [item.sentence_id for item in queue.listed(store, Filter(state="disputed"))[0]]
    store.close()
    with serving(SOURCIER_DATA=str(data), SOURCIER_DOUBLE_REVIEW="true") as base:
        yield f"{base}/moderation", one


def look(page: Page, what: str, width: int) -> None:
    check(page, what, width)
    folder = os.environ.get("SOURCIER_SCREENSHOTS")
    if folder and what in ("team", "disputed"):
        scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        page.screenshot(path=f"{folder}/moderation-{what}-{scheme}-{width}.png", full_page=True)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_on_the_team_view_nor_on_a_dispute(
    chromium: Browser, disputed: tuple[str, int], scheme: Any, width: int
) -> None:
    address, sentence = disputed
    context = chromium.new_context(locale="fr-FR", color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, address, "Zoé")
    page.get_by_role("link", name="Équipe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Équipe")
    expect(page.get_by_role("table")).to_have_count(4 if page.locator("#by-kind + .wide").count() == 0 else 5)
    look(page, "team", width)
    page.get_by_role("link", name="Voir les désaccords").click()
    look(page, "disputed queue", width)
    page.get_by_role("link", name="Commencer par la première").click()
    expect(page).to_have_url(f"{address}/sentences/{sentence}?on=1&order=disagreement&state=disputed")
    expect(page.get_by_text("Votre verdict tranchera")).to_be_visible()
    look(page, "disputed", width)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text(TEAM_WORDS["part_third"][1])).to_be_visible()
    page.goto(f"{address}/team")
    look(page, "team in English", width)
    context.close()


def test_a_dispute_is_settled_by_keyboard_alone(chromium: Browser, disputed: tuple[str, int]) -> None:
    address, sentence = disputed
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address, "Zoé")
    page.goto(f"{address}/next?state=disputed")
    expect(page.get_by_label("juste")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Enregistré")
    expect(page.get_by_text("Il ne reste rien à faire")).to_be_visible()
    page.goto(f"{address}/sentences/{sentence}")
    expect(page.get_by_text("tranche", exact=False)).to_have_count(1)
    context.close()
