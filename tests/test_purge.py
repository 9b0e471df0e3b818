"""A purge beside everything else that goes on: what is sent again stays, what was removed never comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.store import StoreError, articles, decided, queue, tables
from service.store.decisions import DecisionError, Verdict
from service.store.engine import Store
from tests.races import overtake, second
from tests.stores import ARTICLE, DAY, Clock, decide, ids, keep

NOTED = Verdict("right", "claim", 2, note="le pont de Sète")


@pytest.fixture
def old(store: Store, clock: Clock) -> int:
    """A sentence of an article whose time is over."""
    keep(store)
    clock.now += 30 * DAY + 1
    return ids(store)[0]


def n_notes(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.Note)) or 0


def is_purged(store: Store, sentence: int) -> bool:
    with store.reading() as session:
        return session.get_one(tables.Sentence, sentence).state == "purged"


@pytest.mark.parametrize("statement", ["UPDATE article", "DELETE FROM note"])
def test_an_article_sent_again_during_a_purge_has_its_text(store: Store, old: int, statement: str) -> None:
    with second(store) as other:
        purged, kept = overtake(store, statement, lambda: articles.purge(store, 30), lambda: keep(other))
    assert purged.exception() is None
    found = articles.load(store, kept.result())
    assert found is not None and found.text == ARTICLE and old in ids(store)


def test_a_purge_leaves_alone_what_is_being_sent_again(store: Store, old: int) -> None:
    with second(store) as other:
        kept, purged = overtake(store, "INSERT INTO audit", lambda: keep(store), lambda: articles.purge(other, 30))
    assert purged.result() == 0, "its time was renewed"
    found = articles.load(store, kept.result())
    assert found is not None and found.text == ARTICLE and old in ids(store)


@pytest.mark.parametrize("statement", ["UPDATE sentence", "UPDATE article", "DELETE FROM note", "DELETE FROM lock"])
def test_who_decides_during_a_purge_is_refused_and_leaves_no_note(
    store: Store, user: int, old: int, statement: str
) -> None:
    with second(store) as other:
        purged, made = overtake(
            store, statement, lambda: articles.purge(store, 30), lambda: decide(other, old, user, NOTED)
        )
    assert purged.result() == 1 and n_notes(store) == 0 and is_purged(store, old)
    with pytest.raises(DecisionError, match="gone"):
        made.result()


@pytest.mark.parametrize("statement", ["INSERT INTO note", "DELETE FROM lock", "INSERT INTO audit"])
def test_a_purge_during_a_decision_removes_its_note_and_fails_neither(
    store: Store, user: int, old: int, statement: str
) -> None:
    queue.open_for(store, old, user)
    with second(store) as other:
        made, purged = overtake(
            store, statement, lambda: decide(store, old, user, NOTED), lambda: articles.purge(other, 30)
        )
    assert made.result() and purged.result() == 1
    assert n_notes(store) == 0 and is_purged(store, old)
    assert [found.note for found in decided.standing(store, old)] == [""]


def test_two_purges_at_once_purge_once(store: Store, old: int) -> None:
    with second(store) as other:
        one, two = overtake(
            store, "UPDATE article", lambda: articles.purge(store, 30), lambda: articles.purge(other, 30)
        )
    assert (one.result(), two.result()) == (1, 0)


def test_words_do_not_stay_in_the_log_of_sqlite_because_somebody_was_reading(tmp_path: Path, clock: Clock) -> None:
    word, store = "zanzibarette", Store.open(f"sqlite:///{tmp_path}/data/sourcier.db", clock)
    keep(store, f"Le pont de {word} a fermé mardi.")
    clock.now += 30 * DAY + 1
    with second(store) as other:
        with other.reading() as session:
            session.execute(select(tables.Article.id)).all()
            with pytest.raises(StoreError, match="being read"):
                articles.purge(store, 30)
        assert articles.purge(store, 30) == 0, "the text was removed; the next purge finishes the work"
        for file in (tmp_path / "data").iterdir():
            assert word not in file.read_bytes().decode("latin-1").lower(), file.name
    store.close()
