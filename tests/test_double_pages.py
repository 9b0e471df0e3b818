"""Double review, disputes and the team view over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from service.api import create_app
from service.config import Settings
from service.store import decided, decisions, people, queue, team
from service.store.decisions import Verdict
from service.store.engine import Store
from service.store.queue import Filter
from tests.stores import ARTICLE, keep
from tests.test_moderation import PASSWORD, Browser


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/data/sourcier.db", double_review=True)
    for name in ("Nadia", "Léo", "Zoé"):
        people.add(opened, name, "moderator", PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def app(tmp_path: Path, store: Store) -> Any:
    made = create_app(Settings(data=tmp_path / "data", double_review=True))
    made.test_client().post("/v1/score", json={"text": ARTICLE, "store": True})
    return made


@pytest.fixture
def people_at(app: Any) -> dict[str, Browser]:
    found = {}
    for name in ("Nadia", "Léo", "Zoé"):
        found[name] = Browser(app)
        found[name].sign_in(name)
    return found


def first(store: Store, state: str = "todo") -> int:
    return queue.listed(store, Filter(state=state))[0][0].sentence_id


def open_and_send(browser: Browser, sentence: int, verdict: str, **fields: str) -> None:
    browser.get(f"/sentences/{sentence}")
    if "/take" in browser.page:
        browser.send("/take")
    browser.send("/decision", **{"verdict": verdict, "kind": "claim", "action": "stay", **fields})
    browser.page = unescape(browser.page)


def test_the_second_is_not_told_and_the_third_settles(store: Store, people_at: dict[str, Browser]) -> None:
    nadia, leo, zoe = people_at.values()
    sentence = first(store)
    open_and_send(nadia, sentence, "level-4", note="secret de Nadia")
    assert "Un autre relecteur, qui ne la voit pas" in nadia.title
    nadia.get("/")
    assert "5 phrases" in nadia.page and f"/sentences/{sentence}" not in nadia.page
    nadia.get(f"/sentences/{sentence}?on=1")
    assert f"/sentences/{sentence}/decision" not in nadia.page, "the next one is not one's own"
    leo.get(f"/sentences/{sentence}")
    assert "secret de Nadia" not in leo.page and "<h2>Décisions</h2>" not in leo.page and "/undo" not in leo.page
    open_and_send(leo, sentence, "level-0")
    assert "une troisième personne tranchera" in leo.title and "secret de Nadia" in leo.page
    leo.get("/next")  # and gives the other one back
    zoe.get("/?state=disputed&order=disagreement")
    assert "désaccord : 4" in zoe.page and "Commencer par la première" in zoe.page
    zoe.get("/next?state=disputed")
    assert f"/sentences/{sentence}/decision?state=disputed" in zoe.page and "Votre verdict tranchera" in zoe.page
    assert "4 étayée" in zoe.page and "secret de Nadia" in zoe.page
    zoe.send("/decision", verdict="level-1", kind="claim", action="stay")
    assert "– tranche" in zoe.page and decided.outcome(store, sentence).label == ("claim", 1)
    assert "tranchera" not in zoe.page
    zoe.send("/undo")
    assert decided.outcome(store, sentence).state == "disputed"
    zoe.get(f"/articles/{queue.listed(store, Filter(state='disputed'))[0][0].article_id}")
    assert '≠<span class="unseen"> en désaccord' in zoe.page


def test_two_forms_open_at_once_are_both_heard(store: Store, people_at: dict[str, Browser]) -> None:
    nadia, leo, zoe = people_at.values()
    sentence = first(store)
    for browser in (nadia, leo, zoe):
        browser.get(f"/sentences/{sentence}")
        if "/take" in browser.page:
            browser.send("/take")
    nadia.send("/decision", verdict="level-2", kind="claim")
    leo.send("/decision", verdict="level-3", kind="claim")
    assert decided.outcome(store, sentence).label == ("claim", 2)
    zoe.send("/decision", 409, verdict="level-0", kind="claim", note="à garder")
    assert "Léo a décidé entre-temps" in unescape(zoe.page) and "à garder" in zoe.page


def test_who_judges_blind_is_not_told_what_was_decided_meanwhile(store: Store, people_at: dict[str, Browser]) -> None:
    nadia, leo, zoe = people_at.values()
    sentence = first(store)
    zoe.get("/")
    zoe.send("/blind")
    zoe.get(f"/sentences/{sentence}")
    open_and_send(nadia, sentence, "level-4")
    open_and_send(leo, sentence, "level-4")
    zoe.send("/decision", 409, verdict="level-0", kind="claim")
    assert "Cette phrase a changé entre-temps" in unescape(zoe.page) and "Léo" not in zoe.page


def test_the_team_view_has_numbers_and_no_words_of_articles(
    app: Any, store: Store, people_at: dict[str, Browser]
) -> None:
    keep(store, "\n\n".join(f"Le pont numéro {n} a fermé mardi, selon la mairie de Sète." for n in range(12)))
    ones = [people.sign_in(store, name, PASSWORD, "x") for name in ("Nadia", "Léo")]
    items = [item for item in queue.listed(store, Filter())[0] if "numéro" in item.text]
    for number, item in enumerate(items):
        for user, level in zip(ones, (number % 5, min(number % 5 + (number == 3), 4)), strict=True):
            assert user is not None
            verdict = Verdict("set", "claim", level, "pas un mot", blind=number % 2 == 0)
            token = f"{user.id}-{number}"
            decisions.decide(store, item.sentence_id, user.id, verdict, token=token, seen=0, model="m1")
    found = team.overview(store, 30)
    assert found.all.n == 24 and found.among.n == 12
    nadia = people_at["Nadia"]
    nadia.get("/team")
    page = unescape(nadia.page)
    alpha = f"{found.among.level_alpha:.2f}".replace(".", ",")
    assert re.search(rf"Toutes les phrases</th><td>12</td><td>{alpha}</td><td>1,00</td>", page)
    right = f"{100 * found.blind.right / found.blind.levels:.0f}\u00a0%"
    assert re.search(rf"À l’aveugle</th><td>12</td><td>{right}</td>", page)
    source = next(row for row in found.categories if row.name == "source")
    assert f"{100 * source.all.corrected / source.all.n:.0f}\u00a0%</td>" in page
    assert "python -m service export > moderation.jsonl" in page and "Moins de 10 décisions : " in page
    assert "pont" not in page and "pas un mot" not in page and "Léo" not in page, "numbers, and nobody's"
    assert 'days=30" aria-current="true"' in page
    nadia.get("/team?days=90&lang=en")
    assert "Decisions in 90 days: 24" in nadia.page and "Where the model is most often corrected" in nadia.page
    nadia.get("/team?days=7")
    assert "Decisions in 30 days" in nadia.page, "what is no period counts as left out"


def test_an_empty_team_view_stands_too_and_asks_to_sign_in(app: Any) -> None:
    browser = Browser(app)
    browser.get("/team")
    assert "Se connecter" in browser.title
    browser.send("/sign-in", name="Zoé", password=PASSWORD)
    assert "Décisions en 30 jours : 0" in unescape(browser.page) and "nan" not in browser.page
