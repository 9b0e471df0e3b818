"""Double review: what nobody may see nobody undoes, and a skip takes a sentence from its author alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.store import decided, decisions, export, people, queue, team
from service.store.decisions import DecisionError, Verdict
from service.store.engine import Store
from service.store.queue import Filter
from tests.newsroom import Newsroom
from tests.races import overtake, second
from tests.stores import PASSWORD, decide, ids, keep

SKIP = Verdict("skip", None, None)


def level(number: int) -> Verdict:
    return Verdict("set", "claim", number)


@pytest.fixture
def double(store: Store) -> Store:
    store.decisions_wanted = 2
    keep(store)
    return store


@pytest.fixture
def people_of(store: Store) -> list[int]:
    return [people.add(store, name, role, PASSWORD) for name, role in (("Nadia", "moderator"), ("Léo", "moderator"), ("Zoé", "lead"))]  # fmt: skip


@pytest.fixture
def doubled(tmp_path: Path) -> Iterator[Newsroom]:
    made = Newsroom(tmp_path / "data", None, double=True)
    made.keep()
    yield made
    made.store.close()


def test_a_lead_undoes_no_decision_that_they_may_not_see(double: Store, people_of: list[int]) -> None:
    nadia, leo, zoe = people_of
    sentence = ids(double)[0]
    first = decide(double, sentence, nadia, level(4), token="a")
    with pytest.raises(DecisionError) as caught:
        decisions.undo(double, first, zoe, token="u", any_user=True)
    assert caught.value.reason == "gone" and decided.newest(double, sentence) == first
    skipped = decide(double, sentence, leo, SKIP, token="s")
    decisions.undo(double, skipped, zoe, token="v", any_user=True)  # a skip hides nothing
    second_one = decide(double, sentence, leo, level(0), token="b", seen=decided.newest(double, sentence))
    decisions.undo(double, second_one, zoe, token="w", any_user=True)  # disputed: everybody sees both
    with pytest.raises(DecisionError):
        decisions.undo(double, first, zoe, token="x", any_user=True)
    assert decisions.undo(double, first, nadia, token="y") == sentence, "its author may at any time"


def test_over_http_it_is_not_there_for_the_lead(doubled: Newsroom) -> None:
    number = doubled.number("La préfecture")
    made = doubled.decide("Nadia", number, verdict="set", level=2)["id"]
    missing = doubled.ask("Zoé", "POST", "/v1/decisions/999/undo", 404)
    hidden = doubled.ask("Zoé", "POST", f"/v1/decisions/{made}/undo", 404)
    assert hidden | {"request_id": ""} == missing | {"request_id": ""}
    doubled.decide("Léo", number, verdict="set", level=2)
    assert doubled.ask("Zoé", "POST", f"/v1/decisions/{made}/undo")["decision"] == made


def test_a_skip_after_the_first_decision_leaves_the_sentence_to_others(double: Store, people_of: list[int]) -> None:
    nadia, leo, zoe = people_of
    sentence = queue.following(double, Filter(), leo)
    assert sentence is not None
    decide(double, sentence, nadia, level(3), token="a")
    skipped = decide(double, sentence, leo, SKIP, token="s")
    assert ids(double, state="skipped") == []
    assert sentence in [item.sentence_id for item in queue.listed(double, Filter(), zoe)[0]]
    assert queue.following(double, Filter(), zoe) == sentence, "it still waits for a second decision"
    assert sentence not in (queue.following(double, Filter(), who) for who in (nadia, leo))
    assert decided.seen_by(double, sentence, zoe).standing[-1].verdict == "skip"
    assert len(decided.seen_by(double, sentence, zoe).standing) == 1, "and the first stays hidden"
    assert export.undecided(double) == team.overview(double, 30).waiting == 1
    decisions.undo(double, skipped, leo, token="u")
    assert queue.following(double, Filter(), leo) == sentence
    decide(double, sentence, leo, SKIP, token="t", seen=decided.newest(double, sentence))
    decide(double, sentence, zoe, level(3), token="b", seen=decided.newest(double, sentence))
    assert ids(double, state="decided") == [sentence]


def test_a_skip_before_any_decision_still_puts_the_sentence_aside(double: Store, people_of: list[int]) -> None:
    sentence = ids(double)[0]
    decide(double, sentence, people_of[0], SKIP)
    assert ids(double, state="skipped") == [sentence] and sentence not in ids(double)


@pytest.mark.parametrize("statement", ["SELECT decision.id", "SELECT sentence."])
def test_what_one_is_shown_and_what_one_has_seen_are_of_one_moment(
    double: Store, people_of: list[int], statement: str
) -> None:
    nadia, leo, zoe = people_of
    double.decisions_wanted = 1
    sentence = ids(double)[0]
    decide(double, sentence, nadia, level(3), token="a")
    with second(double) as other:
        shown, made = overtake(
            double, statement,
            lambda: decided.seen_by(double, sentence, zoe),
            lambda: decide(other, sentence, leo, level(3), token="b", seen=decided.newest(other, sentence)),
            nth=2 if statement == "SELECT decision.id" else 1,
        )  # fmt: skip
    seen = shown.result()
    assert made.result() and seen.newest == seen.standing[-1].id, "no decision counts as seen that is not shown"


def test_ones_last_decision_undone_at_that_moment_is_no_failure(store: Store, people_of: list[int]) -> None:
    keep(store)
    nadia = people_of[0]
    made = decide(store, ids(store)[0], nadia, level(3), token="a")
    with second(store) as other:
        last, undone = overtake(
            store, "SELECT decision.id",
            lambda: decided.last_of(store, nadia),
            lambda: decisions.undo(other, made, nadia, token="u"),
            nth=2,
        )  # fmt: skip
    assert undone.result()
    shown = last.result()
    assert shown is not None and shown.id == made
    assert decided.last_of(store, nadia) is None
