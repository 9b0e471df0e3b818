"""Moderators' decisions: recorded exactly once, undone by a further row, never changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.store import decided, review, tables
from service.store.decided import CueSpan, Recorded
from service.store.engine import Store
from service.store.terms import MAX_NOTE, MAX_TOKEN, VERDICTS, scored_by
from service.store.traits import CUE_BITS, traits


class DecisionError(ValueError):
    """A decision that cannot be recorded.

    ``reason``: gone, taken, rescored, held, contradiction, token_used, undone, forbidden.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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
        before_it = decided.outcome_in(session, sentence)
        if not before_it.votes:
            sentence.wanted = store.decisions_wanted
        history = decided.rows_about(session, sentence_id)
        if seen not in (decided.newest_for(before_it, history, user_id), history[-1][0] if history else 0):
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
            stage=review.stage(before_it, decided.judges(session, sentence_id), user_id, blind=verdict.blind),
        )
        _add(session, row)
        if verdict.note:
            session.add(tables.Note(decision_id=row.id, text=verdict.note))
        settle(session, sentence)
        session.execute(delete(tables.Lock).where(tables.Lock.sentence_id == sentence_id))
        session.add(tables.Audit(at=store.now(), user_id=user_id, action="decide", subject=f"decision {row.id}"))
        session.flush()
        return decided.recorded(session, tables.Decision.id == row.id)[0]


def undo(store: Store, decision_id: int, user_id: int, *, token: str, any_user: bool = False) -> int:
    """Take a decision back, one's own unless ``any_user``. Returns the sentence, for the same ``token`` again too.

    One that ``user_id`` may not see yet (see `decided.seen_by`) is as good as none to them. Raises `DecisionError`
    (gone, forbidden, undone, contradiction; token_used when something else had this token).
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
        if row.user_id != user_id and not decided.is_shown(row.verdict, decided.outcome_in(session, sentence)):
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


def settle(session: Session, sentence: tables.Sentence) -> None:
    """Write down what the standing decisions make of a sentence; a purged one stays purged."""
    found = decided.outcome_in(session, sentence)
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
    made = next(iter(decided.recorded(session, tables.Decision.id == row.id)), None)
    if made is None:
        raise DecisionError("undone")
    if Verdict(made.verdict, made.kind, made.level, made.note, made.blind, made.cues, made.wrong_cues) != verdict:
        raise DecisionError("token_used")
    return made
