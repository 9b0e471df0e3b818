"""Blind mode over HTTP: what a moderator sees before a verdict of their own, and what the label says of it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from service import messages
from service.store import decided, feedback, keys, queue
from service.store.engine import Store
from service.store.queue import Filter
from tests.pages import app, store  # noqa: F401
from tests.test_moderation import Browser, sentence

KINDS = [names["fr"] for names in messages.KINDS.values()]


def someone(app: Any, name: str, *, blind: bool = False) -> Browser:
    browser = Browser(app)
    browser.sign_in(name)
    if blind:
        browser.send("/blind")
    return browser


def decide(browser: Browser, number: int, level: int, status: int = 200, **fields: str) -> None:
    browser.get(f"/sentences/{number}")
    if "/take" in browser.page:
        browser.send("/take")
    browser.send("/decision", status, **{"verdict": f"level-{level}", "kind": "claim", "action": "stay", **fields})


def line(browser: Browser, words: str) -> str:
    """What the queue says of a sentence."""
    found = re.findall(r"<li>.*?</li>", browser.page, re.DOTALL)
    return next(unescape(each) for each in found if words in unescape(each))


def place(browser: Browser, words: str) -> str:
    """How the article's page shows a sentence."""
    found = re.findall(r'<a id="s\d+" class="one.*?</a>', browser.page, re.DOTALL)
    return next(unescape(each) for each in found if words in unescape(each))


def order(browser: Browser) -> list[int]:
    return [int(number) for number in re.findall(r'class="words" href="/moderation/sentences/(\d+)', browser.page)]


def test_the_article_hides_what_others_decided_until_ones_own_verdict(app: Any, store: Store) -> None:
    theirs, mine = sentence(store, "Il est dangereux").sentence_id, sentence(store, "proche du dossier").sentence_id
    decide(someone(app, "Léo"), theirs, 4)
    nadia = someone(app, "Nadia", blind=True)
    nadia.get("/articles/1")
    shown = place(nadia, "Il est dangereux")
    assert "✓" in shown and not re.search(r"\b4\b", re.sub(r"<[^>]+>", " ", shown)), shown
    assert not re.search(r'class="one l|<span class="unseen">Niveau', nadia.page) and "Légende" not in nadia.page
    decide(nadia, mine, 0)
    nadia.get("/articles/1")
    level = sentence(store, "proche du dossier").level
    shown = place(nadia, "proche du dossier")
    assert f'class="one l{level}"' in shown and "décidée</span> 0" in shown, "one's own verdict is in"
    assert "<dd>caché</dd>" in nadia.page, "how many are to review, of which one would be this"
    assert "Légende" in nadia.page and nadia.page.count('class="one l') == 1
    assert not re.search(r"\b4\b", re.sub(r"<[^>]+>", " ", place(nadia, "Il est dangereux")))
    zoe = someone(app, "Zoé")
    zoe.get("/articles/1")
    assert "<dd>caché</dd>" not in zoe.page
    assert "décidée</span> 4" in place(zoe, "Il est dangereux")


def test_the_queue_hides_kind_doubt_feedback_and_disagreement(app: Any, store: Store) -> None:
    item = sentence(store, "Il est dangereux")
    keys.make(store, "cms", ["feedback"])
    (key,) = keys.listed(store)
    said = {"hash": item.hash, "model": "m", "fault": "score_too_high"}
    feedback.receive(store, key.id, token="t", comment=None, text=None, **said)
    sighted, nadia = someone(app, "Léo"), someone(app, "Nadia", blind=True)
    sighted.get("/")
    assert "1 signalement" in line(sighted, "dangereux") and any(kind in line(sighted, "dangereux") for kind in KINDS)
    nadia.get("/")
    shown = line(nadia, "dangereux")
    assert "signalement" not in shown and "doute" not in shown and not any(f"<span>{kind}<" in shown for kind in KINDS)
    decide(sighted, item.sentence_id, 4)
    decide(someone(app, "Zoé"), item.sentence_id, 0)
    nadia.get("/?state=disputed")
    assert "désaccord" not in line(nadia, "dangereux")
    sighted.get("/?state=disputed")
    assert "désaccord : 4" in line(sighted, "dangereux")


def test_the_blind_queue_goes_by_age_whatever_the_address_says(app: Any, store: Store) -> None:
    nadia = someone(app, "Nadia", blind=True)
    oldest_first = [item.sentence_id for item in queue.listed(store, Filter(order="age"))[0]]
    for address in ("/", "/?order=level", "/?order=margin&level=1", "/?kind=claim&feedback=1", "/?order=disagreement"):
        nadia.get(address)
        assert order(nadia) == oldest_first, address
        assert not re.search(r'<select id="(?:order|level|kind|feedback)"', nadia.page), address
        assert "en dirait trop" in unescape(nadia.page) and "Autres filtres (" not in unescape(nadia.page), address
        nadia.get(address.replace("/", "/next", 1))
        assert f"/sentences/{oldest_first[0]}/decision" in nadia.page, address
    nadia.get("/?cue=denial")
    assert len(order(nadia)) == 1, "cues are in sight"
    nadia.get("/?level=1&order=level")
    nadia.send("/blind")
    assert order(nadia) == [item.sentence_id for item in queue.listed(store, Filter(order="level", level=1))[0]]


def test_the_queue_shows_everything_of_what_one_decided_oneself(app: Any, store: Store) -> None:
    nadia = someone(app, "Nadia", blind=True)
    item = sentence(store, "Il est dangereux")
    decide(nadia, item.sentence_id, 4)
    decide(someone(app, "Léo"), sentence(store, "proche du dossier").sentence_id, 4)
    nadia.get("/?state=decided")
    assert f'class="chip l{item.level}"' in line(nadia, "dangereux")
    assert "chip" not in line(nadia, "proche du dossier")


def test_a_skip_is_no_verdict_and_uncovers_nothing(app: Any, store: Store) -> None:
    nadia = someone(app, "Nadia", blind=True)
    number = sentence(store, "Il est dangereux").sentence_id
    decide(nadia, number, 4, action="skip", note="à demander")
    decide(someone(app, "Léo"), number, 4, action="skip", note="de Léo")
    nadia.get(f"/sentences/{number}")
    assert "Le modèle dit" not in nadia.page and 'value="right"' not in nadia.page
    assert "à demander" in nadia.page and "de Léo" not in nadia.page, "what one said oneself is no secret"
    decide(nadia, number, 4)
    assert [made.blind for made in decided.standing(store, number)] == [True, False, True]


def test_who_was_told_what_the_model_says_judges_blind_no_more(app: Any, store: Store) -> None:
    nadia = someone(app, "Nadia", blind=True)
    item = sentence(store, "Il est dangereux")
    nadia.get(f"/sentences/{item.sentence_id}")
    blind_form = nadia.page
    nadia.send("/decision", verdict="level-4", kind="claim", action="stay")
    assert f"Le modèle disait : {item.level}" in nadia.title
    nadia.send("/undo")
    assert "Le modèle dit :" in nadia.page and "ne sera plus à l’aveugle" in unescape(nadia.page)
    seen = re.findall(r'name="seen" value="(\d+)"', nadia.page)[0]
    nadia.page = blind_form  # a tab left open
    nadia.send("/decision", verdict="level-1", kind="claim", action="stay", seen=seen, token="another")
    (made,) = decided.standing(store, item.sentence_id)
    assert (made.level, made.blind) == (1, False)


def test_a_blind_form_sent_twice_stays_one_blind_decision(app: Any, store: Store) -> None:
    nadia = someone(app, "Nadia", blind=True)
    item = sentence(store, "Il est dangereux")
    nadia.get(f"/sentences/{item.sentence_id}")
    form = nadia.page
    for _ in range(2):
        nadia.page = form
        nadia.send("/decision", verdict="level-4", kind="claim")
        assert "Le modèle disait" in nadia.title
    assert [made.blind for made in decided.standing(store, item.sentence_id)] == [True]
