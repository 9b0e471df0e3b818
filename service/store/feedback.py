"""What journalists say of an answer: kept by the hash of the sentence, its words removed when their time is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from service.store import tables
from service.store.engine import Store

PAGE = 25


@dataclass(frozen=True, slots=True)
class Feedback:
    """Somebody's "this is wrong". ``comment`` and ``text`` (the sentence's) are None when not given or removed.

    ``sentences`` are those of the store that have this hash; ``outlet`` and ``key`` are the sender's.
    """

    id: int
    hash: str
    model: str
    fault: str
    comment: str | None
    text: str | None
    received_at: int
    key: str
    outlet: str | None
    sentences: tuple[int, ...]


class Received(NamedTuple):
    """What was kept; ``is_same`` is false when the token was used before for something else.

    Once the words were removed, they are not compared any more.
    """

    id: int
    received_at: int
    is_same: bool


def receive(
    store: Store, key_id: int, *, token: str, hash: str, model: str, fault: str, comment: str | None, text: str | None
) -> Received:
    """Keep it; the same ``token`` from the same key again keeps nothing more."""
    with store.writing() as session:
        # The key's row makes two senders of one token wait for each other.
        session.execute(select(tables.Key.id).where(tables.Key.id == key_id).with_for_update())
        row = session.scalar(
            select(tables.Feedback).where(tables.Feedback.key_id == key_id, tables.Feedback.token == token)
        )
        if row is not None:
            is_same = (row.hash, row.model, row.fault) == (hash, model, fault)
            is_same = is_same and (row.purged_at is not None or (row.comment, row.text) == (comment, text))
            return Received(row.id, row.received_at, is_same)
        row = tables.Feedback(
            key_id=key_id, token=token, hash=hash, model=model, fault=fault, comment=comment, text=text,
            received_at=store.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return Received(row.id, row.received_at, True)


def listed(store: Store, *, page: int = 1, hash: str | None = None) -> tuple[list[Feedback], int]:
    """One page of what was received, newest first, and how much there is in all."""
    with store.reading() as session:
        count, query = select(func.count(tables.Feedback.id)), _query().order_by(tables.Feedback.id.desc())
        if hash is not None:
            count, query = count.where(tables.Feedback.hash == hash), query.where(tables.Feedback.hash == hash)
        rows = session.execute(query.limit(PAGE).offset((page - 1) * PAGE)).all()
        places = _places(session, {row.hash for row, _, _ in rows})
        found = [_feedback(row, key, outlet, tuple(places.get(row.hash, ()))) for row, key, outlet in rows]
        return found, session.scalar(count) or 0


def about(store: Store, hash: str) -> list[Feedback]:
    """The newest page of what was said of one sentence."""
    return listed(store, hash=hash)[0]


def counts(session: Session, hashes: Collection[str]) -> dict[str, int]:
    """How often something was said, by hash."""
    rows = session.execute(
        select(tables.Feedback.hash, func.count())
        .where(tables.Feedback.hash.in_(sorted(hashes)))
        .group_by(tables.Feedback.hash)
    )
    return dict(rows.all())


def purge(session: Session, before: int, now: int) -> None:
    """Remove the words of what was received before a moment; what stays is the hash and what was found wrong."""
    session.execute(
        update(tables.Feedback)
        .where(tables.Feedback.purged_at.is_(None), tables.Feedback.received_at < before)
        .values(comment=None, text=None, purged_at=now)
    )


def _query() -> Select[tables.Feedback, str, str | None]:
    return select(tables.Feedback, tables.Key.name, tables.Key.outlet).join(
        tables.Key, tables.Key.id == tables.Feedback.key_id
    )


def _places(session: Session, hashes: Collection[str]) -> dict[str, list[int]]:
    rows = session.execute(
        select(tables.Sentence.hash, tables.Sentence.id)
        .where(tables.Sentence.hash.in_(sorted(hashes)), tables.Sentence.state != "purged")
        .order_by(tables.Sentence.hash, tables.Sentence.id)
    )
    found: dict[str, list[int]] = {}
    for hash, number in rows:
        found.setdefault(hash, []).append(number)
    return found


def _feedback(row: tables.Feedback, key: str, outlet: str | None, sentences: tuple[int, ...]) -> Feedback:
    return Feedback(
        id=row.id,
        hash=row.hash,
        model=row.model,
        fault=row.fault,
        comment=row.comment,
        text=row.text,
        received_at=row.received_at,
        key=key,
        outlet=outlet,
        sentences=sentences,
    )
