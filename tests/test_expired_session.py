"""What was typed when a session ended: it comes back to who typed it, as blind as it was."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from service.store import decided, people
from service.store.engine import Store
from tests.pages import app, browser, store  # noqa: F401
from tests.test_moderation import PASSWORD, Browser, sentence


def expire(browser: Browser, number: int, **fields: Any) -> None:
    """A form of the sentence's page, sent when its session is over."""
    browser.get(f"/sentences/{number}")
    browser.client.delete_cookie("sourcier", path="/moderation")
    browser.send("/decision", 401, kind="claim", **fields)


def test_a_draft_typed_blind_is_blind_after_signing_in(browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.send("/blind")
    expire(browser, number, verdict="level-4", note="vu sans rien voir")
    browser.send("/sign-in", name="Nadia", password=PASSWORD)
    page = unescape(browser.page)
    assert "vu sans rien voir</textarea>" in page and 'value="level-4" checked' in page
    assert "Le modèle dit" not in page and 'value="right"' not in page and "Mode aveugle : activé" in page
    browser.send("/decision", verdict="level-4", kind="claim", action="next")
    (made,) = decided.standing(store, number)
    assert made.blind
    browser.get("/")
    assert "Mode aveugle : activé" in unescape(browser.page) and "chip l" not in browser.page


def test_a_draft_goes_to_nobody_but_its_author(browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.send("/blind")
    expire(browser, number, verdict="level-4", note="à moi")
    browser.send("/sign-in", 401, name="Léo", password="wrong password")
    browser.send("/sign-in", name="Léo", password=PASSWORD)
    assert "saisi par quelqu’un d’autre" in unescape(browser.page) and "à moi" not in browser.page
    assert "Mode aveugle : désactivé" in unescape(browser.page), "nor the author's way of working"
    browser.get(f"/sentences/{number}")
    assert "à moi" not in browser.page and "checked" not in browser.page


@pytest.mark.parametrize("was_blind", [True, False])
def test_a_form_shown_again_is_as_blind_as_it_was_filled_in(browser: Browser, store: Store, was_blind: bool) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    if was_blind:
        browser.send("/blind")
    browser.get(f"/sentences/{number}")
    form = browser.page
    browser.send("/blind")  # in another tab
    browser.page = form
    browser.send("/decision", 422, verdict="level-4", kind="claim", note="x" * 1001)
    assert ("Le modèle dit" in browser.page) is not was_blind
    browser.send("/decision", verdict="level-4", kind="claim")
    assert [made.blind for made in decided.standing(store, number)] == [was_blind]


@pytest.mark.parametrize(("name", "is_on"), [("Nadia", True), ("Léo", False)])
def test_after_a_new_password_its_owner_and_nobody_else_works_on_blind(
    browser: Browser, store: Store, name: str, is_on: bool
) -> None:
    browser.send("/blind")
    people.set_password(store, "Nadia", "cinq chevaux verts")
    browser.get("/")
    assert 'name="password"' in browser.page
    browser.send("/sign-in", name=name, password="cinq chevaux verts" if name == "Nadia" else PASSWORD)
    assert f'aria-pressed="{str(is_on).lower()}"' in browser.page
