"""Moderators' decisions: recorded exactly once, undone by a further row, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from service.store import review, tables
from service.store.engine import Store
from service.store.review import Outcome
from service.store.terms import MAX_NOTE, MAX_TOKEN, VERDICTS, scored_by
from service.store.traits import CUE_BITS, traits


class DecisionError(ValueError):
    """A decision that cannot be recorded.

    ``reason``: gone, taken, rescored, held, contradiction, token_used, undone, forbidden.
    """

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


def decide(
    store: Store,
    sentence_id: int,
    user_id: int,
    verdict: Verdict,
    *,
    token: str,
    seen: int,
    model: str,
    scored: str | None = None,
    unless_held: bool = False,
) -> Recorded:
    """Record a verdict; the same ``token`` with the same verdict again gives the decision already recorded.

    ``seen`` is the id of the newest decision the moderator saw on the sentence, 0 for none: when another one was made
    meanwhile that they may see, nothing is recorded; nor, with ``unless_held``, while somebody else has the sentence
    open. ``scored`` is the stamp of the scores and cues that the moderator saw (that of the article as it was loaded):
    when others are the newest now, only a skip is recorded. Raises `DecisionError` (gone, taken, rescored, held,
    contradiction; token_used when another verdict had this token, undone when the decision with it was taken back).
    """
    if verdict.verdict not in VERDICTS or len(verdict.note) > MAX_NOTE:
        raise DecisionError("contradiction")
    _check(token)
    if verdict.verdict != "skip" and (verdict.kind == "none") != (verdict.level is None):
        raise DecisionError("contradiction")
    with store.writing() as session:
        newest_scores = _article_held(session, sentence_id)
        sentence = session.scalar(
            select(tables.Sentence).where(tables.Sentence.id == sentence_id).with_for_update()
        )  # PostgreSQL: whoever decides on this sentence meanwhile waits here
        if sentence is None or sentence.state == "purged":
            raise DecisionError("gone")
        before = _with_token(session, token, sentence_id, user_id, verdict)
        if before is not None:
            return before
        before_it = _outcome(session, sentence)
        if not before_it.votes:
            sentence.wanted = store.decisions_wanted
        history = _history(session, sentence_id)
        if seen not in (_newest_for(before_it, history, user_id), history[-1][0] if history else 0):
            raise DecisionError("taken")
        if scored not in (None, newest_scores) and verdict.verdict != "skip":
            raise DecisionError("rescored")
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
            stage=review.stage(before_it, _deciders(session, sentence_id), user_id, blind=verdict.blind),
        )
        _add(session, row)
        if verdict.note:
            session.add(tables.Note(decision_id=row.id, text=verdict.note))
        settle(session, sentence)
        session.execute(delete(tables.Lock).where(tables.Lock.sentence_id == sentence_id))
        session.add(tables.Audit(at=store.now(), user_id=user_id, action="decide", subject=f"decision {row.id}"))
        session.flush()
        return _recorded(session, tables.Decision.id == row.id)[0]


def undo(store: Store, decision_id: int, user_id: int, *, token: str, any_user: bool = False) -> int:
    """Take a decision back, one's own unless ``any_user``. Returns the sentence, for the same ``token`` again too.

    One that ``user_id`` may not see yet (see `seen_by`) is as good as none to them. Raises `DecisionError` (gone,
    forbidden, undone, contradiction; token_used when something else had this token).
    """
    _check(token)
    with store.writing() as session:
        row = session.get(tables.Decision, decision_id)
        if row is None or row.verdict == "undo":
            raise DecisionError("gone")
        sentence = session.scalars(
            select(tables.Sentence).where(tables.Sentence.id == row.sentence_id).with_for_update()
        ).one()
        if row.user_id != user_id and not any_user:
            raise DecisionError("forbidden")
        before = session.scalar(select(tables.Decision).where(tables.Decision.token == token))
        if before is not None:
            if (before.undoes, before.user_id) != (decision_id, user_id):
                raise DecisionError("token_used")
            return row.sentence_id
        if session.scalar(select(tables.Decision.id).where(tables.Decision.undoes == decision_id)) is not None:
            raise DecisionError("undone")
        if row.user_id != user_id and not _is_shown(row.verdict, _outcome(session, sentence)):
            raise DecisionError("gone")
        _add(
            session,
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
                stage=row.stage,
            ),
        )
        settle(session, sentence)
        session.add(tables.Audit(at=store.now(), user_id=user_id, action="undo", subject=f"decision {decision_id}"))
        return row.sentence_id


def standing(store: Store, sentence_id: int) -> list[Recorded]:
    """Decisions on a sentence that were not undone, oldest first."""
    with store.reading() as session:
        return _recorded(session, tables.Decision.sentence_id == sentence_id)


def newest(store: Store, sentence_id: int) -> int:
    """Id of the newest row about a sentence, undone or not; 0 for none."""
    with store.reading() as session:
        history = _history(session, sentence_id)
        return history[-1][0] if history else 0


def seen_by(store: Store, sentence_id: int, user_id: int) -> Seen:
    """What a moderator may see: while another decision is awaited only their own, so that the two are independent.

    All of one moment: ``newest`` never counts a decision as seen that ``standing`` does not have.
    """
    with store.snapshot() as session:
        found = _recorded(session, tables.Decision.sentence_id == sentence_id)
        now = review.outcome(found, session.get_one(tables.Sentence, sentence_id).wanted)
        is_side = now.has_opinion_of(user_id)
        part = ""
        if now.state == "disputed":
            part = "side" if is_side else "third"
        elif now.first_by == user_id:
            part = "first"
        found = [made for made in found if made.user_id == user_id or _is_shown(made.verdict, now)]
        return Seen(found, _newest_for(now, _history(session, sentence_id), user_id), part)


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


def outcome(store: Store, sentence_id: int) -> Outcome[Recorded]:
    """Where a sentence stands by its decisions."""
    with store.reading() as session:
        return _outcome(session, session.get_one(tables.Sentence, sentence_id))


def settle(session: Session, sentence: tables.Sentence) -> None:
    """Write down what the standing decisions make of a sentence; a purged one stays purged."""
    found = _outcome(session, sentence)
    if sentence.state != "purged":
        sentence.state = found.state
    sentence.disagreement, sentence.first_by = found.disagreement, found.first_by
    session.execute(delete(tables.Vote).where(tables.Vote.sentence_id == sentence.id))
    if not found.votes:
        return
    rows = session.scalars(select(tables.Assessment).where(tables.Assessment.sentence_id == sentence.id))
    assessments = sorted(rows, key=lambda made: made.id)
    places = review.places(found)
    first = next((review.coded(vote.kind, vote.level) for vote in found.votes if places.get(vote.user_id) == 1), 0)
    for vote in found.votes:
        shown = [made for made in assessments if made.model == vote.model and made.assessed_at <= vote.decided_at]
        said = (shown or assessments)[-1]
        verdict, place = review.coded(vote.kind, vote.level), places.get(vote.user_id, 0)
        session.add(
            tables.Vote(
                sentence_id=sentence.id,
                user_id=vote.user_id,
                decided_at=vote.decided_at,
                place=place,
                said=(vote.blind * review.CODES + verdict) * review.CODES + review.coded(said.kind, said.level),
                pair=first * review.CODES + verdict if place == 2 else None,
                mask=traits((cue[0] for cue in said.cues if cue[0] in CUE_BITS), ()),
            )
        )


def _article_held(session: Session, sentence_id: int) -> str | None:
    """The stamp of a sentence's newest scores, which stay the newest until the transaction ends.

    PostgreSQL: whoever keeps, assesses or purges the article has its row first and its sentences then; so has who
    decides, or the two would wait for each other.
    """
    found = session.execute(
        select(tables.Article.model, tables.Article.lexicon)
        .join(tables.Sentence)
        .where(tables.Sentence.id == sentence_id)
        .with_for_update(read=True, of=tables.Article)
    ).one_or_none()
    return None if found is None else scored_by(found.model, found.lexicon)


def _check(token: str) -> None:
    """A form may send anything; PostgreSQL fails at NUL and at what is too long."""
    if "\0" in token or len(token) > MAX_TOKEN:
        raise DecisionError("contradiction")


def _add(session: Session, row: tables.Decision) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        # PostgreSQL: on this sentence others wait, but the token came with another sentence at this moment.
        raise DecisionError("token_used") from None


def _with_token(session: Session, token: str, sentence_id: int, user_id: int, verdict: Verdict) -> Recorded | None:
    """The decision that the same request made before, if any; raises `DecisionError` where that said something else."""
    row = session.scalar(select(tables.Decision).where(tables.Decision.token == token))
    if row is None:
        return None
    if (row.sentence_id, row.user_id) != (sentence_id, user_id) or row.verdict == "undo":
        raise DecisionError("token_used")
    made = next(iter(_recorded(session, tables.Decision.id == row.id)), None)
    if made is None:
        raise DecisionError("undone")
    if Verdict(made.verdict, made.kind, made.level, made.note, made.blind, made.cues, made.wrong_cues) != verdict:
        raise DecisionError("token_used")
    return made


def _outcome(session: Session, sentence: tables.Sentence) -> Outcome[Recorded]:
    return review.outcome(_recorded(session, tables.Decision.sentence_id == sentence.id), sentence.wanted)


def _is_shown(verdict: str, now: Outcome[Recorded]) -> bool:
    """Whether others than its author may see a decision that stands."""
    return verdict == "skip" or now.state in review.SETTLED


def _history(session: Session, sentence_id: int) -> list[tuple[int, int]]:
    """Id and author of every row about a sentence, undone or not, oldest first."""
    rows = session.execute(
        select(tables.Decision.id, tables.Decision.user_id).where(tables.Decision.sentence_id == sentence_id)
    )
    return sorted((number, by) for number, by in rows)


def _deciders(session: Session, sentence_id: int) -> set[int]:
    """Who ever gave a verdict on a sentence."""
    decision = tables.Decision
    has_judged = decision.verdict.not_in(("undo", "skip"))
    return set(session.scalars(select(decision.user_id).where(decision.sentence_id == sentence_id, has_judged)))


def _newest_for(now: Outcome[Recorded], history: list[tuple[int, int]], user_id: int) -> int:
    """Id of the newest row that a moderator may see, 0 for none."""
    visible = [number for number, by in history if now.state in review.SETTLED or by == user_id]
    return visible[-1] if visible else 0


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
            stage=row.stage,
        )
        for row, name, note in sorted(rows, key=lambda found: found[0].id)
    ]
