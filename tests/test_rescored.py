"""A verdict holds against the scores that the moderator saw, not against those of a model promoted meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from service.answer import Served
from service.sources import analyse
from service.store import articles, decided, decisions, history
from service.store.decisions import DecisionError, Verdict
from service.store.engine import Store
from service.text import Document
from tests.newsroom import Newsroom, both, pointers
from tests.races import overtake, second
from tests.stores import LEXICON, RIGHT, SCORER, ids, keep

NEW = Served("sourcier-fr", "m2", LEXICON.version)


def rescore(store: Store, article_id: int, served: Served = NEW) -> bool:
    """As after a promotion: a model that puts every level one higher."""

    def assess(document: Document) -> tuple[Any, Any]:
        article = analyse(document, LEXICON, words=True)
        found = SCORER.assess(article, contributions=True)
        return article, [made if made.level is None else made._replace(level=min(made.level + 1, 4)) for made in found]

    return history.assess_again(store, article_id, assess, served, review_at=SCORER.review_at)


def stamp(store: Store, article_id: int) -> str:
    found = articles.load(store, article_id)
    assert found is not None
    return found.scored


def test_a_verdict_on_scores_that_were_replaced_is_refused(store: Store, user: int) -> None:
    number = keep(store)
    sentence, seen = ids(store)[0], stamp(store, number)
    assert rescore(store, number)

    def send(verdict: Verdict, scored: str | None, token: str) -> int:
        return decisions.decide(
            store, sentence, user, verdict, token=token, seen=0, model="m1", scored=scored
        ).id  # fmt: skip

    for verdict in (RIGHT, Verdict("set", "claim", 2)):
        with pytest.raises(DecisionError) as caught:
            send(verdict, seen, "t")
        assert caught.value.reason == "rescored"
    assert decided.newest(store, sentence) == 0
    skipped = send(Verdict("skip", None, None), seen, "s")
    decisions.undo(store, skipped, user, token="u")
    newest = decided.newest(store, sentence)
    made = decisions.decide(
        store, sentence, user, RIGHT, token="t", seen=newest, model="m2", scored=stamp(store, number)
    )
    again = decisions.decide(store, sentence, user, RIGHT, token="t", seen=newest, model="m1", scored=seen)
    assert again == made, "what was recorded already is answered all the same"


def test_scores_that_come_back_are_the_ones_that_were_seen(store: Store) -> None:
    number = keep(store)
    first = stamp(store, number)
    assert rescore(store, number) and stamp(store, number) != first
    assert rescore(store, number, Served("sourcier-fr", "m1", LEXICON.version))
    assert stamp(store, number) == first
    before = articles.load(store, number, scored=stamp(store, number))
    assert before == articles.load(store, number)
    unknown = articles.load(store, number, scored="m9/none")
    assert unknown is not None and unknown.sentences == []


def test_no_model_comes_between_the_check_and_the_decision(store: Store, user: int) -> None:
    number = keep(store)
    sentence, seen = ids(store)[0], stamp(store, number)
    with second(store) as other:
        made, rescored = overtake(
            store, "INSERT INTO decision",
            lambda: decisions.decide(store, sentence, user, RIGHT, token="t", seen=0, model="m1", scored=seen),
            lambda: rescore(other, number),
        )  # fmt: skip
    assert made.result().model == "m1" and rescored.result(), "one waits for the other, and neither fails"
    with second(store) as other:
        assert rescore(store, number, Served("sourcier-fr", "m3", LEXICON.version))
        again, late = overtake(
            store, "UPDATE article",
            lambda: rescore(store, number, NEW),
            lambda: decisions.decide(
                other, sentence, user, RIGHT, token="v", seen=made.result().id, model="m3",
                scored=f"m3/{LEXICON.version}",
            ),
        )  # fmt: skip
    assert again.result()
    with pytest.raises(DecisionError, match="rescored"):
        late.result()


@both
def test_over_http_the_sentence_says_whose_scores_it_shows(newsroom: Newsroom) -> None:
    article = newsroom.keep()["document"]["stored"]["id"]
    number = newsroom.number("La préfecture")
    shown = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")
    blind = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}?blind=true")
    assert shown["scored"] == blind["scored"]
    denial = next(cue for cue in shown["cues"] if cue["category"] == "denial")
    wrong = [{name: denial[name] for name in ("category", "start", "end")}]
    rescore(newsroom.store, article)
    for asked in ({"verdict": "right"}, {"verdict": "set", "level": 2}, {"verdict": "right", "wrong_cues": wrong}):
        problem = newsroom.decide("Nadia", number, 409, scored=shown["scored"], **asked)
        assert problem["code"] == "rescored" and "Read it again" in problem["detail"]
        assert pointers(problem) == ["/scored"]
    assert newsroom.decide("Nadia", number, 409, scored="nobody/0")["code"] == "rescored"
    assert decided.newest(newsroom.store, number) == 0
    again = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")
    assert (again["scored"], again["level"]) != (shown["scored"], shown["level"])
    made = newsroom.decide("Nadia", number, scored=again["scored"], token="t-1")
    assert (made["level"], made["model"]) == (again["level"], "m2")
    rescore(newsroom.store, article, Served("sourcier-fr", "m3", LEXICON.version))
    assert newsroom.decide("Nadia", number, scored=again["scored"], token="t-1") == made, "sent again, recorded once"
    late = newsroom.decide("Léo", number, seen=made["id"])
    assert late["model"] == "m3", "who does not say what they saw goes by the newest, as before"
