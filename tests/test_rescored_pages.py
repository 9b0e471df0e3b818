"""The form of a sentence that another model scored while it was open, over HTTP."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from service.answer import Served
from service.sources import analyse
from service.store import decided, decisions, history
from service.store.engine import Store
from service.text import Document
from tests.pages import app, browser, store  # noqa: F401
from tests.stores import LEXICON, PASSWORD, SCORER
from tests.test_moderation import Browser, sentence

CHANGED = "Le modèle en service a changé depuis que vous avez ouvert cette phrase"


def promote(store: Store, version: str = "m2", *, without: str = "", kind: str = "") -> None:
    """A model that puts every level one higher, with a lexicon that does not know the words ``without``.

    To it all sentences are of that ``kind``, if one is given.
    """

    def assess(document: Document) -> tuple[Any, Any]:
        article = analyse(document, LEXICON)
        kept = tuple(tuple(cue for cue in cues if cue.text != without) for cues in article.by_sentence)
        found = SCORER.assess(article, contributions=True)
        higher = [made if made.level is None else made._replace(level=min(made.level + 1, 4)) for made in found]
        return replace(article, by_sentence=kept), [made._replace(kind=kind or made.kind) for made in higher]

    served = Served("sourcier-fr", version, LEXICON.version)
    assert history.assess_again(store, 1, assess, served, review_at=SCORER.review_at)


def tick(browser: Browser, words: str) -> str:
    """The value of the box beside a cue."""
    found = re.findall(r'name="wrong" value="([^"]+)"[^>]*> <span>\d+\. (.*?) <span', browser.page)
    return next(value for value, text in found if unescape(text) == words)


def test_a_verdict_on_a_score_that_was_replaced_is_asked_again(browser: Browser, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    assert item.level is not None
    browser.get(f"/sentences/{item.sentence_id}")
    promote(store)
    browser.send("/decision", 409, verdict="right", kind="claim", note="ma note")
    page = unescape(browser.page)
    assert CHANGED in page and "revoyez son score" in page and browser.title.startswith("Erreur")
    assert f"Le niveau du modèle ({item.level + 1} " in page and "ma note</textarea>" in page
    assert 'value="right" checked' in page and decided.standing(store, item.sentence_id) == []
    browser.send("/decision", verdict="right", kind="claim", note="ma note")
    (made,) = decided.standing(store, item.sentence_id)
    assert (made.level, made.model) == (item.level + 1, "m2")


def test_a_form_with_a_fault_does_not_slip_the_new_score_in(browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}")
    promote(store)
    browser.send("/decision", 422, verdict="right", kind="claim", note="x" * 1001)
    assert CHANGED in unescape(browser.page) and "1001 caractères" in unescape(browser.page)


def test_nor_does_a_draft_or_somebody_elses_decision(app: Any, browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}")
    form = browser.page
    browser.client.delete_cookie("sourcier", path="/moderation")
    browser.send("/decision", 401, verdict="right", kind="claim", note="ma note")
    promote(store)
    browser.send("/sign-in", name="Nadia", password=PASSWORD)
    assert CHANGED in unescape(browser.page) and "ma note" in browser.page
    leo = Browser(app)
    leo.sign_in("Léo")
    leo.get(f"/sentences/{number}")
    leo.send("/take")
    leo.send("/decision", verdict="level-4", kind="claim")
    old = dict(re.findall(r'name="(scored|seen)" value="([^"]*)"', form))
    browser.send("/decision", 409, verdict="right", kind="claim", **old)
    assert CHANGED in unescape(browser.page) and "Léo a décidé entre-temps" in unescape(browser.page)


@pytest.mark.parametrize(("sent", "shown"), [("claim", "opinion"), ("prediction", "prediction")])
def test_a_kind_that_was_the_older_models_and_nobodys_choice_is_the_newer_ones(
    browser: Browser, store: Store, sent: str, shown: str
) -> None:
    item = sentence(store, "La préfecture")
    assert item.kind == "claim"
    browser.get(f"/sentences/{item.sentence_id}")
    promote(store, kind="opinion")
    browser.send("/decision", 409, verdict="right", kind=sent)
    assert re.findall(r'<option value="(\w+)" selected', browser.page) == [shown]
    assert 'value="right" checked' in browser.page


def test_a_kind_chosen_blind_stays(browser: Browser, store: Store) -> None:
    browser.send("/blind")
    browser.get(f"/sentences/{sentence(store, 'La préfecture').sentence_id}")
    promote(store, kind="opinion")
    browser.send("/decision", 409, verdict="level-4", kind="claim")
    assert re.findall(r'<option value="(\w+)" selected', browser.page) == ["claim"]


def test_ticks_name_their_cue_and_go_with_it(browser: Browser, store: Store) -> None:
    number = sentence(store, "proche du dossier").sentence_id
    browser.get(f"/sentences/{number}")
    first, source = tick(browser, "Selon"), tick(browser, "une source proche du dossier")
    assert source.startswith("source:") and first != source
    promote(store, without="Selon")
    browser.send("/decision", 409, verdict="level-1", kind="claim", wrong=[first, source])
    assert re.findall(r'name="wrong" value="([^"]+)" checked', browser.page) == [source]
    browser.send("/decision", verdict="level-1", kind="claim", wrong=[source, first, "1", "source:x:y"])
    (made,) = decided.standing(store, number)
    assert [f"{cue.category}:{cue.start}:{cue.end}" for cue in made.wrong_cues] == [source]


def test_a_blind_form_is_asked_again_and_tells_nothing(browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.send("/blind")
    browser.get(f"/sentences/{number}")
    promote(store)
    browser.send("/decision", 409, verdict="level-4", kind="claim")
    page = unescape(browser.page)
    assert CHANGED in page and "revoyez ses indices" in page and "Le modèle dit" not in page
    browser.send("/decision", verdict="level-4", kind="claim")
    assert [made.blind for made in decided.standing(store, number)] == [True]


def test_a_form_sent_twice_is_one_decision_even_after_a_promotion(browser: Browser, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    browser.get(f"/sentences/{item.sentence_id}")
    form = browser.page
    browser.send("/decision", verdict="right", kind=item.kind)
    promote(store)
    browser.page = form
    browser.send("/decision", verdict="right", kind=item.kind)
    assert "Enregistré" in browser.title
    assert [made.level for made in decided.standing(store, item.sentence_id)] == [item.level]


@pytest.mark.parametrize("scored", ["", "/", "m9/none", "\0", "x" * 5000])
def test_a_stamp_that_nothing_has_is_a_form_to_look_at_again(browser: Browser, store: Store, scored: str) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}")
    browser.send("/decision", 409, verdict="right", kind="claim", scored=scored)
    assert CHANGED in unescape(browser.page) and decided.standing(store, number) == []


def test_a_skip_needs_no_second_look(browser: Browser, store: Store) -> None:
    number = sentence(store, "Il est dangereux").sentence_id
    browser.get(f"/sentences/{number}")
    promote(store)
    browser.send("/decision", action="skip", note="plus tard")
    assert [made.note for made in decided.standing(store, number)] == ["plus tard"]


def test_a_model_that_comes_between_reading_and_recording_is_told_too(
    browser: Browser, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = sentence(store, "Il est dangereux")
    assert item.level is not None
    browser.get(f"/sentences/{item.sentence_id}")
    recording = decisions.decide

    def late(*given: Any, **named: Any) -> Any:
        promote(store)
        return recording(*given, **named)

    monkeypatch.setattr(decisions, "decide", late)
    browser.send("/decision", 409, verdict="right", kind="claim")
    assert CHANGED in unescape(browser.page) and f"Le niveau du modèle ({item.level + 1} " in unescape(browser.page)
