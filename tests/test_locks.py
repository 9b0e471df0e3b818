"""Who has which sentence open, when two ask at one moment, and when its text is gone."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from sqlalchemy import select

from service.problems import Problem
from service.reviews.desk import Desk
from service.store import articles, people, queue, tables
from service.store.engine import Store
from service.store.queue import Filter
from tests.races import overtake, second
from tests.stores import DAY, PASSWORD, Clock, decide, ids, keep


def held(store: Store) -> dict[int, int]:
    with store.reading() as session:
        return {lock.sentence_id: lock.user_id for lock in session.scalars(select(tables.Lock))}


@pytest.mark.parametrize("nth", [1, 2])
def test_two_who_take_each_others_sentence_both_get_it(store: Store, user: int, nth: int) -> None:
    keep(store)
    other = people.add(store, "Léo", "moderator", PASSWORD)
    one, two = sorted(ids(store))[:2]
    queue.open_for(store, two, user)
    queue.open_for(store, one, other)
    with second(store) as elsewhere:
        done = overtake(
            store, "DELETE FROM lock",
            lambda: queue.open_for(store, one, user, take=True),
            lambda: queue.open_for(elsewhere, two, other, take=True),
            nth=nth,
        )  # fmt: skip
    assert [each.result() for each in done] == [None, None]
    assert held(store) == {one: user, two: other}


def test_a_sentence_without_its_text_is_not_held(store: Store, user: int, clock: Clock) -> None:
    keep(store)
    sentence = ids(store)[0]
    clock.now += 30 * DAY + 1
    articles.purge(store, 30)
    for take in (False, True):
        assert queue.open_for(store, sentence, user, take=take) is None
    assert held(store) == {} and ids(store, state="progress") == []
    with store.reading() as session:
        assert "take" not in session.scalars(select(tables.Audit.action)).all()


@pytest.mark.parametrize("filters", [{}, {"state": "progress"}])
def test_a_page_of_the_queue_never_shows_a_sentence_without_its_text(
    store: Store, user: int, clock: Clock, filters: dict[str, Any]
) -> None:
    keep(store)
    queue.open_for(store, ids(store)[0], user)
    with second(store) as elsewhere:
        clock.now += 30 * DAY + 1
        with store.writing() as session:
            session.execute(tables.Lock.__table__.update().values(expires_at=clock.now + 60))
        shown, purged = overtake(
            store, "SELECT lock.sentence_id",
            lambda: queue.listed(store, Filter(**filters)),
            lambda: articles.purge(elsewhere, 30),
        )  # fmt: skip
    items, total = shown.result()
    assert total == len(items) > 0 and all(item.text for item in items)
    # SQLite's log cannot be emptied while the page is read; that the text went is seen below.
    assert store.is_sqlite or purged.result() == 1
    assert queue.listed(store, Filter(**filters)) == ([], 0)


def test_who_holds_a_sentence_whose_text_goes_at_that_moment_is_told(store: Store, user: int, clock: Clock) -> None:
    keep(store)
    sentence = ids(store)[0]
    nadia = people.sign_in(store, "Nadia", PASSWORD, "x")
    assert nadia is not None
    clock.now += 30 * DAY + 1
    with second(store) as elsewhere:
        holding, purged = overtake(
            store, "SELECT sentence.",
            lambda: Desk(store, 30).hold(sentence, nadia, take=False),
            lambda: articles.purge(elsewhere, 30),
            nth=3,  # to find its article, to read it, to hold it
        )  # fmt: skip
    assert purged.result() == 1 and held(store) == {}
    if not store.is_sqlite:  # where the purge waited until it was held
        with pytest.raises(Problem) as caught:
            holding.result()
        assert caught.value.status == 404


def test_who_opens_another_sentence_while_a_decision_is_recorded_disturbs_nothing(store: Store, user: int) -> None:
    keep(store)
    one, two = sorted(ids(store))[:2]
    queue.open_for(store, one, user)
    with second(store) as elsewhere, warnings.catch_warnings():
        warnings.simplefilter("error")
        made, opened = overtake(
            store, "DELETE FROM lock",
            lambda: decide(store, one, user),
            lambda: queue.open_for(elsewhere, two, user),
        )  # fmt: skip
    assert made.result() and opened.result() is None and held(store) == {two: user}
