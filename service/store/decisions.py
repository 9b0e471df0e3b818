"""Moderators' decisions: recorded exactly once, undone by a further row, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from service.store import tables
from service.store.engine import Store
from service.store.terms import MAX_NOTE, VERDICTS


class DecisionError(ValueError):
    """A decision that cannot be recorded. ``reason``: gone, taken, held, contradiction, undone, forbidden."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CueSpan(NamedTuple):
    """A cue by a moderator's eyes; offsets in the article's text."""

    category: str
    start: int
    end: int
    source_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderator says of a sentence. ``kind`` and ``level`` are those that hold after it; both None for a skip.

    ``cues`` are all that hold after it: those shown without ``wrong_cues``, and those that were missing.
    """

    verdict: str
    kind: str | None
    level: int | None
    note: str = ""
    blind: bool = False
    cues: tuple[CueSpan, ...] = ()
    wrong_cues: tuple[CueSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as it stands in the store."""

    id: int
    sentence_id: int
    user_id: int
    user: str
    decided_at: int
    verdict: str
    kind: str | None
    level: int | None
    blind: bool
    model: str
    cues: tuple[CueSpan, ...]
    wrong_cues: tuple[CueSpan, ...]
    note: str


def decide(
    store: Store,
    sentence_id: int,
    user_id: int,
    verdict: Verdict,
    *,
    token: str,
    seen: int,
    model: str,
    unless_held: bool = False,
) -> Recorded:
    """Record a verdict; the same ``token`` again gives the decision already recorded.

    ``seen`` is the id of the newest decision the moderator saw on the sentence, 0 for none: when another one was made
    meanwhile, nothing is recorded; nor, with ``unless_held``, while somebody else has the sentence open. Raises
    `DecisionError` (gone, taken, held, contradiction; undone when the decision with this token was taken back).
    """
    if verdict.verdict not in VERDICTS or len(verdict.note) > MAX_NOTE:
        raise DecisionError("contradiction")
    if verdict.verdict != "skip" and (verdict.kind == "none") != (verdict.level is None):
        raise DecisionError("contradiction")
    with store.writing() as session:
        sentence = session.scalar(
            select(tables.Sentence).where(tables.Sentence.id == sentence_id).with_for_update()
        )  # PostgreSQL: whoever decides on this sentence meanwhile waits here
        before = session.scalar(select(tables.Decision).where(tables.Decision.token == token))
        if before is not None:
            recorded = _recorded(session, tables.Decision.id == before.id)
            if not recorded:
                raise DecisionError("undone")
            return recorded[0]
        if sentence is None or sentence.state == "purged":
            raise DecisionError("gone")
        if _newest(session, sentence_id) != seen:
            raise DecisionError("taken")
        lock = session.get(tables.Lock, sentence_id)
        if unless_held and lock is not None and lock.user_id != user_id and lock.expires_at > store.now():
            raise DecisionError("held")
        row = tables.Decision(
            sentence_id=sentence_id,
            user_id=user_id,
            decided_at=store.now(),
            token=token,
            verdict=verdict.verdict,
            kind=verdict.kind,
            level=verdict.level,
            blind=verdict.blind,
            model=model,
            cues=[list(cue) for cue in verdict.cues],
            wrong_cues=[list(cue) for cue in verdict.wrong_cues],
        )
        session.add(row)
        session.flush()
        if verdict.note:
            session.add(tables.Note(decision_id=row.id, text=verdict.note))
        sentence.state = "skipped" if verdict.verdict == "skip" else "decided"
        if lock is not None:
            session.delete(lock)
        session.add(tables.Audit(at=store.now(), user_id=user_id, action="decide", subject=f"decision {row.id}"))
        session.flush()
        return _recorded(session, tables.Decision.id == row.id)[0]


def undo(store: Store, decision_id: int, user_id: int, *, token: str, any_user: bool = False) -> int:
    """Take a decision back, one's own unless ``any_user``. Returns the sentence; raises `DecisionError`."""
    with store.writing() as session:
        row = session.get(tables.Decision, decision_id)
        if row is None or row.verdict == "undo":
            raise DecisionError("gone")
        sentence = session.scalars(
            select(tables.Sentence).where(tables.Sentence.id == row.sentence_id).with_for_update()
        ).one()
        if row.user_id != user_id and not any_user:
            raise DecisionError("forbidden")
        if session.scalar(select(tables.Decision.id).where(tables.Decision.undoes == decision_id)) is not None:
            raise DecisionError("undone")
        session.add(
            tables.Decision(
                sentence_id=row.sentence_id,
                user_id=user_id,
                decided_at=store.now(),
                token=token,
                verdict="undo",
                blind=row.blind,
                model=row.model,
                cues=[],
                wrong_cues=[],
                undoes=decision_id,
            )
        )
        session.flush()
        if sentence.state != "purged":
            sentence.state = state_of(session, row.sentence_id)
        session.add(tables.Audit(at=store.now(), user_id=user_id, action="undo", subject=f"decision {decision_id}"))
        return row.sentence_id


def standing(store: Store, sentence_id: int) -> list[Recorded]:
    """Decisions on a sentence that were not undone, oldest first."""
    with store.reading() as session:
        return _recorded(session, tables.Decision.sentence_id == sentence_id)


def newest(store: Store, sentence_id: int) -> int:
    """Id of the newest row about a sentence, undone or not; 0 for none: what a form has `seen`."""
    with store.reading() as session:
        return _newest(session, sentence_id)


def last_of(store: Store, user_id: int) -> Recorded | None:
    """The newest decision of a moderator that was not undone."""
    undoing = aliased(tables.Decision)
    with store.reading() as session:
        found = session.scalar(
            select(tables.Decision.id)
            .where(
                tables.Decision.user_id == user_id,
                tables.Decision.verdict != "undo",
                ~select(undoing.id).where(undoing.undoes == tables.Decision.id).exists(),
            )
            .order_by(tables.Decision.id.desc())
            .limit(1)
        )
        return _recorded(session, tables.Decision.id == found)[0] if found is not None else None


def state_of(session: Session, sentence_id: int) -> str:
    """What the standing decisions make of a sentence: todo, decided or skipped."""
    found = _recorded(session, tables.Decision.sentence_id == sentence_id)
    if not found:
        return "todo"
    return "skipped" if found[-1].verdict == "skip" else "decided"


def _newest(session: Session, sentence_id: int) -> int:
    found = session.scalar(
        select(tables.Decision.id)
        .where(tables.Decision.sentence_id == sentence_id)
        .order_by(tables.Decision.id.desc())
        .limit(1)
    )
    return found or 0


def _recorded(session: Session, condition: ColumnElement[bool]) -> list[Recorded]:
    undoing = aliased(tables.Decision)
    rows = session.execute(
        select(tables.Decision, tables.User.name, tables.Note.text)
        .join(tables.User, tables.User.id == tables.Decision.user_id)
        .outerjoin(tables.Note, tables.Note.decision_id == tables.Decision.id)
        .where(
            condition,
            tables.Decision.verdict != "undo",
            ~select(undoing.id).where(undoing.undoes == tables.Decision.id).exists(),
        )
    )
    return [
        Recorded(
            id=row.id,
            sentence_id=row.sentence_id,
            user_id=row.user_id,
            user=name,
            decided_at=row.decided_at,
            verdict=row.verdict,
            kind=row.kind,
            level=row.level,
            blind=row.blind,
            model=row.model,
            cues=tuple(CueSpan(*cue) for cue in row.cues),
            wrong_cues=tuple(CueSpan(*cue) for cue in row.wrong_cues),
            note=note or "",
        )
        for row, name, note in sorted(rows, key=lambda found: found[0].id)
    ]
