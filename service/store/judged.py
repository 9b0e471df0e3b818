"""Which sentences a moderator has judged: there, blind mode has nothing left to hide."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from service.store import tables
from service.store.engine import Store


def judged_by(store: Store, user_id: int, sentence_ids: Collection[int], *, but: str = "") -> set[int]:
    """Those of the sentences on which a moderator ever gave a verdict, undone or not; a skip is none.

    A verdict with the token ``but`` does not count: what is sent again says what it said the first time.
    """
    decision = tables.Decision
    # "+ 0": by the index of sentences, of which there are a page or an article; a moderator's decisions are far more.
    query = select(decision.sentence_id).where(
        decision.sentence_id.in_(sentence_ids),
        decision.user_id + 0 == user_id,
        decision.verdict.not_in(("undo", "skip")),
        decision.token != but,
    )
    with store.reading() as session:
        return set(session.scalars(query))
