"""What was decided on a sentence, what of it a moderator may see, and who has judged. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from service.store import review, tables
from service.store.engine import Store
from service.store.review import Outcome


class CueSpan(NamedTuple):
    """A cue by a moderator's eyes; offsets in the article's text."""

    category: str
    start: int
    end: int
    source_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as it stands in the store; ``stage`` is how it came about (`service.store.review`)."""

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
    stage: str


class Seen(NamedTuple):
    """What a moderator may see of the decisions on a sentence, and what is theirs to do there.

    ``newest`` is what a form has `seen`. ``part`` is "first" (a second decision is awaited), "side" (one of those who
    disagree), "third" (may settle it), or "".
    """

    standing: list[Recorded]
    newest: int
    part: str


def standing(store: Store, sentence_id: int) -> list[Recorded]:
    """Decisions on a sentence that were not undone, oldest first."""
    with store.reading() as session:
        return recorded(session, tables.Decision.sentence_id == sentence_id)


def newest(store: Store, sentence_id: int) -> int:
    """Id of the newest row about a sentence, undone or not; 0 for none."""
    with store.reading() as session:
        history = rows_about(session, sentence_id)
        return history[-1][0] if history else 0


def seen_by(store: Store, sentence_id: int, user_id: int) -> Seen:
    """What a moderator may see: while another decision is awaited only their own, so that the two are independent.

    All of one moment: ``newest`` never counts a decision as seen that ``standing`` does not have.
    """
    with store.snapshot() as session:
        found = recorded(session, tables.Decision.sentence_id == sentence_id)
        now = review.outcome(found, session.get_one(tables.Sentence, sentence_id).wanted)
        is_side = now.has_opinion_of(user_id)
        part = ""
        if now.state == "disputed":
            part = "side" if is_side else "third"
        elif now.first_by == user_id:
            part = "first"
        found = [made for made in found if made.user_id == user_id or is_shown(made.verdict, now)]
        return Seen(found, newest_for(now, rows_about(session, sentence_id), user_id), part)


def last_of(store: Store, user_id: int) -> Recorded | None:
    """The newest decision of a moderator that was not undone."""
    with store.snapshot() as session:
        found = session.scalar(
            select(tables.Decision.id)
            .where(
                tables.Decision.user_id == user_id,
                tables.Decision.verdict != "undo",
                not_undone(tables.Decision),
            )
            .order_by(tables.Decision.id.desc())
            .limit(1)
        )
        return recorded(session, tables.Decision.id == found)[0] if found is not None else None


def outcome(store: Store, sentence_id: int) -> Outcome[Recorded]:
    """Where a sentence stands by its decisions."""
    with store.reading() as session:
        return outcome_in(session, session.get_one(tables.Sentence, sentence_id))


def judged_by(store: Store, user_id: int, sentence_ids: Collection[int], *, but: str = "") -> set[int]:
    """Those of the sentences on which a moderator ever gave a verdict, undone or not; a skip is none.

    A verdict with the token ``but`` does not count: what is sent again says what it said the first time.
    """
    decision = tables.Decision
    # "+ 0": by the index of sentences, of which there are a page or an article; a moderator's decisions are far more.
    query = select(decision.sentence_id).where(
        decision.sentence_id.in_(sentence_ids),
        decision.user_id + 0 == user_id,
        _judges(decision),
        decision.token != but,
    )
    with store.reading() as session:
        return set(session.scalars(query))


def recorded(session: Session, condition: ColumnElement[bool]) -> list[Recorded]:
    """Decisions that fulfil a condition and were not undone, oldest first."""
    rows = session.execute(
        select(tables.Decision, tables.User.name, tables.Note.text)
        .join(tables.User, tables.User.id == tables.Decision.user_id)
        .outerjoin(tables.Note, tables.Note.decision_id == tables.Decision.id)
        .where(
            condition,
            tables.Decision.verdict != "undo",
            not_undone(tables.Decision),
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
            stage=row.stage,
        )
        for row, name, note in sorted(rows, key=lambda found: found[0].id)
    ]


def outcome_in(session: Session, sentence: tables.Sentence) -> Outcome[Recorded]:
    """Where a sentence stands, in a transaction that goes on."""
    return review.outcome(recorded(session, tables.Decision.sentence_id == sentence.id), sentence.wanted)


def rows_about(session: Session, sentence_id: int) -> list[tuple[int, int]]:
    """Id and author of every row about a sentence, undone or not, oldest first."""
    rows = session.execute(
        select(tables.Decision.id, tables.Decision.user_id).where(tables.Decision.sentence_id == sentence_id)
    )
    return sorted((number, by) for number, by in rows)


def newest_for(now: Outcome[Recorded], history: list[tuple[int, int]], user_id: int) -> int:
    """Id of the newest row that a moderator may see, 0 for none."""
    visible = [number for number, by in history if now.state in review.SETTLED or by == user_id]
    return visible[-1] if visible else 0


def is_shown(verdict: str, now: Outcome[Recorded]) -> bool:
    """Whether others than its author may see a decision that stands."""
    return verdict == "skip" or now.state in review.SETTLED


def judges(session: Session, sentence_id: int) -> set[int]:
    """Who ever gave a verdict on a sentence."""
    decision = tables.Decision
    return set(session.scalars(select(decision.user_id).where(decision.sentence_id == sentence_id, _judges(decision))))


def not_undone(decision: type[tables.Decision]) -> ColumnElement[bool]:
    """That nobody took a decision back."""
    undoing = aliased(tables.Decision)
    return ~select(undoing.id).where(undoing.undoes == decision.id).exists()


def _judges(decision: type[tables.Decision]) -> ColumnElement[bool]:
    """That a row says something of its sentence: an undo and a skip do not."""
    return decision.verdict.not_in(("undo", "skip"))
