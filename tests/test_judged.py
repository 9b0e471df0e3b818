"""Which sentences a moderator has judged, on both databases."""

from __future__ import annotations

from service.store import decisions, people
from service.store.decided import judged_by
from service.store.decisions import Verdict
from service.store.engine import Store
from tests.stores import PASSWORD, decide, ids, keep


def test_a_verdict_counts_undone_or_not_and_a_skip_or_somebody_elses_does_not(store: Store, user: int) -> None:
    keep(store)
    other = people.add(store, "Léo", "moderator", PASSWORD)
    first, second, third, fourth = ids(store)[:4]
    made = decide(store, first, user, token="first")
    decisions.undo(store, made, other, token="undo", any_user=True)
    decide(store, second, user, Verdict("skip", None, None), token="second")
    decide(store, third, other, token="third")
    decide(store, fourth, user, token="fourth")
    assert judged_by(store, user, [first, second, third]) == {first}
    assert judged_by(store, user, [first, fourth], but="fourth") == {first}
    assert judged_by(store, other, [first, second, third, fourth]) == {third}, "who undoes judges nothing"
    assert judged_by(store, user, []) == set()
