"""Skipping with a note, deciding anew, and sentences whose text was removed, on the pages over HTTP."""

from __future__ import annotations

import time
from html import unescape
from pathlib import Path

from service.store import articles, decided, queue
from service.store.engine import Store
from tests.pages import app, browser, store  # noqa: F401
from tests.stores import DAY
from tests.test_moderation import Browser, sentence


def test_a_skip_keeps_its_note(browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}")
    browser.send("/decision", action="skip", note="  demander au service\r\npolitique ")
    (made,) = decided.standing(store, number)
    assert (made.verdict, made.note) == ("skip", "demander au service\npolitique")
    browser.get(f"/sentences/{number}")
    assert '<p class="note">demander au service' in browser.page


def test_a_note_too_long_for_a_skip_is_told_and_stays(browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}")
    browser.send("/decision", 422, action="skip", note="x" * 1001)
    assert "1001 caractères" in unescape(browser.page) and "x" * 1001 in browser.page
    assert decided.standing(store, number) == []


def purge(folder: Path) -> None:
    later = Store.open(f"sqlite:///{folder}/sourcier.db", lambda: time.time() + 400 * DAY)
    assert articles.purge(later, 90) == 1
    later.close()


def test_an_undo_after_the_text_was_removed_says_so(browser: Browser, store: Store, tmp_path: Path) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}?order=age")
    browser.send("/decision", verdict="level-4", kind="claim", action="next")
    purge(tmp_path)
    browser.send("/undo")
    page = unescape(browser.page)
    assert "Décision annulée" in browser.title and "texte de la phrase a été supprimé" in page
    assert '<option value="age" selected>' in page, "the queue, as it was"
    assert decided.standing(store, number) == []


def test_a_sentence_whose_text_was_removed_is_neither_shown_nor_held(
    browser: Browser, store: Store, tmp_path: Path
) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}")
    leo = Browser(browser.client.application)
    leo.sign_in("Léo")
    leo.get(f"/sentences/{number}")
    form = leo.page
    purge(tmp_path)
    for visit in (
        lambda: browser.get(f"/sentences/{number}", 404),
        lambda: browser.get(f"/sentences/{number}?on=1", 404),
        lambda: leo.send("/take", 404),
    ):
        leo.page = form
        assert "son texte a été supprimé" in unescape(visit().get_data(as_text=True))
        assert queue.holder_of(store, number) is None


def test_a_form_sent_again_with_another_verdict_asks_whether_to_replace(browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}")
    form = browser.page
    browser.send("/decision", verdict="level-4", kind="claim")
    browser.page = form  # the browser's "back"
    browser.send("/decision", 409, verdict="level-1", kind="claim", note="réflexion faite")
    page = unescape(browser.page)
    assert "Votre décision sur cette phrase est déjà enregistrée : 4 étayée" in page and "réflexion faite" in page
    browser.send("/decision", verdict="level-1", kind="claim")
    assert decided.outcome(store, number).label == ("claim", 1)
