"""A token stands for one request: sent again, the same answer; sent with something else, refused and never lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from service.store import decisions, feedback, tables
from tests.newsroom import Newsroom, both
from tests.stores import DAY

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
    assert decisions.newest(newsroom.store, number) == made["id"]


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
