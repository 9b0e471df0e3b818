"""A token stands for one request: sent again, the same answer; sent with something else, refused and never lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from service.store import decided, decisions, feedback, tables
from service.store.decisions import DecisionError
from service.store.engine import Store
from tests.newsroom import Newsroom, both
from tests.races import overtake, second
from tests.stores import DAY, decide, ids, keep
from tests.test_moderation import Browser

SPAN = {"category": "vague", "start": 0, "end": 2}


@pytest.mark.parametrize(
    "other",
    [{"level": 1}, {"kind": "opinion"}, {"verdict": "skip", "level": None, "missing_cues": [], "wrong_cues": []}, {"note": "autre"}, {"blind": True, "kind": "claim"},
     {"missing_cues": [SPAN]}, {"missing_cues": []}, {"wrong_cues": []}, {"verdict": "right", "level": None}],
)  # fmt: skip
@both
def test_a_token_sent_with_another_verdict_is_refused(newsroom: Newsroom, other: dict[str, Any]) -> None:
    newsroom.keep()
    number = newsroom.number("La préfecture")
    denial = next(c for c in newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}")["cues"] if c["category"] == "denial")
    asked: dict[str, Any] = {
        "verdict": "set", "level": 3, "note": "vu", "token": "t-1", "missing_cues": [SPAN | {"end": 3}],
        "wrong_cues": [{name: denial[name] for name in ("category", "start", "end")}],
    }  # fmt: skip
    made = newsroom.decide("Nadia", number, **asked)
    assert newsroom.decide("Nadia", number, **asked) == made
    problem = newsroom.decide("Nadia", number, 409, **asked | other)
    assert problem["code"] == "token_used" and problem["errors"][0]["pointer"] == "/token"
    assert decided.newest(newsroom.store, number) == made["id"]


@pytest.mark.parametrize("other", [{"comment": "autre"}, {"comment": None}, {"text": None}, {"fault": "other"}])
@both
def test_a_token_sent_with_other_feedback_is_refused(newsroom: Newsroom, other: dict[str, Any]) -> None:
    (sentence,) = newsroom.ask("cms", "POST", "/v1/score", text="Le pont de Sète a fermé mardi.")["sentences"]
    sent = {"hash": sentence["hash"], "model": "m", "fault": "score_too_low", "token": "f-1"}
    sent |= {"comment": "non", "text": sentence["text"]}
    made = newsroom.ask("cms", "POST", "/v1/feedback", 201, **sent)
    assert newsroom.ask("cms", "POST", "/v1/feedback", 201, **sent) == made
    assert newsroom.ask("cms", "POST", "/v1/feedback", 409, **sent | other)["code"] == "token_used"
    with newsroom.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Feedback)) == 1
    clock: Any = newsroom.store._clock
    with newsroom.store.writing() as session:
        clock.now = session.scalars(select(tables.Feedback.received_at)).one() + DAY
        feedback.purge(session, clock.now, clock.now)
    assert newsroom.ask("cms", "POST", "/v1/feedback", 201, **sent) == made, (
        "words that were removed tell nothing apart"
    )


# --- at the same moment, and from crafted forms -----------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["INSERT INTO decision", "INSERT INTO audit"])
def test_of_two_decisions_with_one_token_at_once_the_later_is_told(store: Store, user: int, statement: str) -> None:
    keep(store)
    one, two = ids(store)[:2]
    with second(store) as elsewhere:
        first, later = overtake(
            store, statement,
            lambda: decide(store, one, user, token="t"),
            lambda: decide(elsewhere, two, user, token="t"),
        )  # fmt: skip
    with pytest.raises(DecisionError, match="token_used"):
        made = [each.result() for each in (later, first)]
        pytest.fail(f"both were recorded: {made}")
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Decision)) == 1


def test_of_two_undos_with_one_token_at_once_the_later_is_told(store: Store, user: int) -> None:
    keep(store)
    one, two = (decide(store, sentence, user, token=f"t{sentence}") for sentence in ids(store)[:2])
    with second(store) as elsewhere:
        first, later = overtake(
            store, "INSERT INTO audit",
            lambda: decisions.undo(store, one, user, token="u"),
            lambda: decisions.undo(elsewhere, two, user, token="u"),
        )  # fmt: skip
    assert first.exception() is None
    with pytest.raises(DecisionError, match="token_used"):
        later.result()


def test_an_undo_sent_twice_is_one_and_its_token_is_nobody_elses(store: Store, user: int) -> None:
    keep(store)
    sentence = ids(store)[0]
    made = decide(store, sentence, user, token="t")
    with pytest.raises(DecisionError, match="token_used"):
        decisions.undo(store, made, user, token="t")
    for _ in range(2):
        assert decisions.undo(store, made, user, token="u") == sentence
    with pytest.raises(DecisionError, match="token_used"):
        decide(store, sentence, user, token="u", seen=decided.newest(store, sentence))


@pytest.mark.parametrize("token", ["t\0", "t" * 65])
def test_a_token_that_no_database_takes_is_the_senders_fault(store: Store, user: int, token: str) -> None:
    keep(store)
    sentence = ids(store)[0]
    with pytest.raises(DecisionError, match="contradiction"):
        decide(store, sentence, user, token=token)
    made = decide(store, sentence, user, token="t")
    with pytest.raises(DecisionError, match="contradiction"):
        decisions.undo(store, made, user, token=token)


@both
def test_a_form_or_a_body_with_a_nul_is_no_failure_of_the_store(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("La préfecture")
    newsroom.decide("Nadia", number, 422, token="t\0")
    browser = Browser(newsroom.app)
    browser.sign_in()
    browser.get(f"/sentences/{number}")
    browser.send("/decision", 409, verdict="right", kind="claim", token="t\0", action="stay")
    browser.send("/decision", 409, verdict="right", kind="claim", scored="m\0/x", action="stay")
    assert decided.newest(newsroom.store, number) == 0
