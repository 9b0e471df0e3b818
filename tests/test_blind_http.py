"""Blind over the HTTP interface hides what blind mode hides on the pages, for as long, and counts as blind no more."""

from __future__ import annotations

from typing import Any

import pytest

from service.reviews import schemas
from service.store import queue
from service.store.queue import Filter
from tests.newsroom import Newsroom, both, fits, pointers

HIDDEN = {"kind", "level", "uncertainty", "margin", "feedback"}


def lines(newsroom: Newsroom, who: str, query: str) -> dict[int, Any]:
    answer = newsroom.ask(who, "GET", f"/v1/reviews?{query}")
    assert fits(schemas.ReviewsSchema, answer)
    return {line["sentence"]: line for line in answer["reviews"]}


@both
def test_the_blind_queue_goes_by_age_and_says_nothing_of_what_one_has_not_judged(newsroom: Newsroom) -> None:
    newsroom.keep()
    newsroom.keep("Le pont de Nîmes a fermé. Une source le dit.")
    mine, theirs = newsroom.number("Il est dangereux"), newsroom.number("La préfecture")
    oldest_first = [item.sentence_id for item in queue.listed(newsroom.store, Filter(order="age"))[0]]
    for query in ("blind=true", "blind=true&order=age", "blind=true&feedback=false"):
        shown = lines(newsroom, "Nadia", query)
        assert list(shown) == oldest_first and not any(HIDDEN & set(line) for line in shown.values()), query
    assert list(lines(newsroom, "Nadia", "")) != oldest_first
    assert all(set(line) > HIDDEN for line in lines(newsroom, "Nadia", "").values())
    newsroom.decide("Nadia", mine, verdict="set", level=4, kind="claim", blind=True)
    newsroom.decide("Léo", theirs, verdict="set", level=4, kind="claim")
    shown = lines(newsroom, "Nadia", "blind=true&state=decided")
    assert set(shown) == {mine, theirs} and set(shown[mine]) > HIDDEN and not HIDDEN & set(shown[theirs])
    assert list(lines(newsroom, "Nadia", "blind=true&cue=denial&state=decided")) == [theirs], "cues are in sight"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("order=level", "/order"), ("order=uncertainty", "/order"), ("level=0", "/level"), ("kind=claim", "/kind"), ("feedback=true", "/feedback")],
)  # fmt: skip
def test_a_blind_queue_neither_sorts_nor_chooses_by_what_is_hidden(
    newsroom: Newsroom, query: str, pointer: str
) -> None:
    newsroom.ask("Nadia", "GET", f"/v1/reviews?{query}")
    problem = newsroom.ask("Nadia", "GET", f"/v1/reviews?blind=true&{query}", 422)
    assert problem["code"] == "invalid_request" and pointers(problem) == [pointer]


@both
def test_a_skip_uncovers_nothing(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("La préfecture")
    newsroom.decide("Nadia", number, verdict="skip", blind=True)
    shown = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}?blind=true")
    assert shown["blind"] and "level" not in shown and "decisions" not in shown


@both
def test_who_was_told_what_the_model_says_judges_blind_no_more(newsroom: Newsroom) -> None:
    newsroom.keep()
    number = newsroom.number("La préfecture")
    asked = {"verdict": "set", "level": 4, "kind": "claim", "blind": True, "token": "t-1"}
    first = newsroom.decide("Nadia", number, **asked)
    assert first["blind"] and newsroom.decide("Nadia", number, **asked) == first, "sent again, as blind as it was"
    seen = newsroom.ask("Nadia", "POST", f"/v1/decisions/{first['id']}/undo")["seen"]
    shown = newsroom.ask("Nadia", "GET", f"/v1/reviews/{number}?blind=true")
    assert not shown["blind"] and "level" in shown, "an undo does not bring it back"
    assert not newsroom.decide("Nadia", number, seen=seen, **asked | {"token": "t-2"})["blind"]
    assert newsroom.decide("Léo", number, 409, **asked | {"token": "t-3"})["code"] == "decided_meanwhile"
    newest = newsroom.ask("Léo", "GET", f"/v1/reviews/{number}?blind=true")
    assert newest["blind"], "of others' verdicts one has been told nothing"
    assert newsroom.decide("Léo", number, seen=newest["seen"], **asked | {"token": "t-3"})["blind"]
