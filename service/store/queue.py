"""What waits for eyes, in which order, and who has it open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, cast, delete, func, select
from sqlalchemy.orm import Session, aliased

from service.article import CATEGORIES, KINDS, SOURCE_KINDS
from service.store import feedback, search, tables
from service.store.decided import not_undone
from service.store.engine import Store
from service.store.terms import MAX_OUTLET, MAX_PAGE, MAX_TYPED, ORDERS, STATES
from service.store.traits import CUE_BITS, SOURCE_BITS

PAGE = 25
LOCK_SECONDS = 600
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Filter:
    """Which sentences, and in which order; the defaults are a moderator's day.

    ``since`` and ``until`` are days (ISO 8601, UTC, both included) on which the article was last sent; ``model`` made
    the newest assessment; ``q`` are words as typed (`service.store.search`).
    """

    order: str = "uncertainty"
    state: str = "todo"
    level: int | None = None
    kind: str | None = None
    cue: str | None = None
    page: int = 1
    source: str | None = None
    since: str | None = None
    until: str | None = None
    model: str | None = None
    q: str = ""
    outlet: str | None = None
    feedback: bool = False  # only sentences that somebody said something about

    @classmethod
    def of(cls, values: dict[str, str]) -> Filter:
        """From the words of an address; what is unknown or out of range counts as left out."""

        def choice(name: str, known: tuple[str, ...], default: Any) -> Any:
            return values[name] if values.get(name) in known else default

        level, page, model, outlet = (values.get(name, "") for name in ("level", "page", "model", "outlet"))
        typed = values.get("q", "")[:MAX_TYPED].strip()
        return cls(
            order=choice("order", ORDERS, "uncertainty"),
            state=choice("state", STATES, "todo"),
            level=int(level) if level in ("0", "1", "2", "3", "4") else None,
            kind=choice("kind", KINDS, None),
            cue=choice("cue", CATEGORIES, None),
            page=min(max(int(page), 1), MAX_PAGE) if page.isascii() and page.isdecimal() and len(page) < 8 else 1,
            source=choice("source", SOURCE_KINDS, None),
            since=_day(values.get("since", "")),
            until=_day(values.get("until", "")),
            model=model if 0 < len(model) <= 200 and model.isprintable() else None,
            q=typed if search.phrases(typed) else "",
            outlet=outlet if 0 < len(outlet) <= MAX_OUTLET and outlet.isprintable() else None,
            feedback=values.get("feedback") in ("1", "True"),
        )

    def in_blind_mode(self) -> Filter:
        """What counts of it there: nothing that sorts or chooses by what is hidden.

        Not even doubt: sentences in which the model sees no claim would come last.
        """
        return replace(self, order="age", level=None, kind=None, feedback=False)

    def address(self, **changes: Any) -> dict[str, Any]:
        """The words for an address, without those that are defaults."""
        default = Filter()
        values = {name: changes.get(name, getattr(self, name)) for name in self.__slots__}
        return {name: value for name, value in values.items() if value != getattr(default, name)}


def _day(typed: str) -> str | None:
    """A day as an address has it, 2026-11-25."""
    try:
        return date.fromisoformat(typed).isoformat() if len(typed) == 10 else None
    except ValueError:
        return None


class Holder(NamedTuple):
    """Who has a sentence open, until when."""

    user_id: int
    name: str
    until: int


class Item(NamedTuple):
    """A line of the queue."""

    sentence_id: int
    article_id: int
    title: str
    text: str
    kind: str
    level: int | None
    uncertainty: float
    margin: float
    stored_at: int
    state: str
    holder: Holder | None
    hash: str
    outlet: str | None
    n_feedback: int
    disagreement: int


def listed(store: Store, chosen: Filter, user_id: int | None = None) -> tuple[list[Item], int]:
    """One page of the queue, and how many sentences there are in all, at one moment: a purge shows in all or nothing.

    To ``user_id`` a sentence is no more to do once they decided on it, though it waits for somebody else's decision.
    """
    now = store.now()
    with store.snapshot() as session:
        total = session.scalar(
            _for(_chosen(store, select(func.count(tables.Sentence.id)), chosen, now), chosen, user_id)
        )
        ordered = _for(_ordered(store, chosen, now), chosen, user_id)
        ids = list(session.scalars(ordered.limit(PAGE).offset((chosen.page - 1) * PAGE)))
        return _items(session, ids, now), total or 0


def following(store: Store, chosen: Filter, user_id: int, passed: int | None = None) -> int | None:
    """The first sentence to do under the same filter that nobody else has open, other than ``passed``.

    Where disputed ones are looked at, it is the first of those that this moderator may settle. What they skipped, and
    is left to others, is not offered again.
    """
    now = store.now()
    state = "disputed" if chosen.state == "disputed" else "todo"
    todo = replace(chosen, state=state, page=1)
    taken = (
        select(tables.Lock.sentence_id)
        .where(
            tables.Lock.sentence_id == tables.Sentence.id,
            tables.Lock.expires_at > now,
            tables.Lock.user_id != user_id,
        )
        .exists()
    )
    skip = tables.Decision
    skipped = (
        select(skip.id)
        .where(
            skip.sentence_id == tables.Sentence.id,
            skip.user_id == user_id,
            skip.verdict == "skip",
            not_undone(skip),
        )
        .exists()
    )
    query = _for(_ordered(store, todo, now), todo, user_id).where(~taken, ~skipped)
    if state == "disputed":
        mine = select(tables.Vote.sentence_id).where(
            tables.Vote.sentence_id == tables.Sentence.id, tables.Vote.user_id == user_id
        )
        query = query.where(~mine.exists())
    if passed is not None:
        query = query.where(tables.Sentence.id != passed)
    with store.reading() as session:
        # Asked for one line, PostgreSQL tries the words of sentence after sentence; for a page it looks them up first.
        found: int | None = session.scalar(query.limit(PAGE))
        return found


def models(store: Store) -> list[str]:
    """Versions that made the newest assessment of an article, newest first (they are named by day)."""
    with store.reading() as session:
        return list(session.scalars(select(tables.Article.model).distinct().order_by(tables.Article.model.desc())))


def open_for(store: Store, sentence_id: int, user_id: int, *, take: bool = False) -> Holder | None:
    """Hold a sentence for a moderator. Returns who else holds it, and then nothing changes unless ``take``.

    Nobody holds what is unknown or has lost its text.
    """
    now, lock = store.now(), tables.Lock
    with store.writing() as session:
        state = session.scalar(select(tables.Sentence.state).where(tables.Sentence.id == sentence_id).with_for_update())
        if state is None or state == "purged":
            return None
        holder = _holders(session, [sentence_id], now).get(sentence_id)
        if holder is not None and holder.user_id != user_id and not take:
            return holder
        # One opens one thing at a time. In one order: two who take each other's sentence do not wait for each other.
        mine = session.scalars(select(lock.sentence_id).where(lock.user_id == user_id))
        for number in sorted({*mine, sentence_id}):
            by_now = [lock.user_id == user_id] if number != sentence_id else []
            session.execute(delete(lock).where(lock.sentence_id == number, *by_now))
        session.add(lock(sentence_id=sentence_id, user_id=user_id, expires_at=now + LOCK_SECONDS))
        if take:
            session.add(tables.Audit(at=now, user_id=user_id, action="take", subject=f"sentence {sentence_id}"))
    return None


def give_back(store: Store, sentence_id: int, user_id: int) -> None:
    """Let go of a sentence that one holds; nothing happens when one does not."""
    with store.writing() as session:
        lock = tables.Lock
        session.execute(delete(lock).where(lock.sentence_id == sentence_id, lock.user_id == user_id))


def holder_of(store: Store, sentence_id: int) -> Holder | None:
    """Who has a sentence open."""
    with store.reading() as session:
        return _holders(session, [sentence_id], store.now()).get(sentence_id)


def _for(query: Select[Any], chosen: Filter, user_id: int | None) -> Select[Any]:
    """Without the sentences that wait for a second decision and have this moderator's."""
    if chosen.state != "todo" or user_id is None:
        return query
    mine = aliased(tables.Sentence)  # a list of its own, so that the order still goes by its index
    waiting = select(mine.id).where(mine.first_by == user_id, mine.state == "todo")
    return query.where(tables.Sentence.id.not_in(waiting))


def _chosen(store: Store, query: Select[Any], chosen: Filter, now: int) -> Select[Any]:
    sentence = tables.Sentence
    if chosen.state == "progress":
        live = select(tables.Lock.sentence_id).where(tables.Lock.expires_at > now)
        query = query.where(sentence.id.in_(live))
    else:
        query = query.where(sentence.state == chosen.state)
    if chosen.level is not None:
        query = query.where(sentence.level == chosen.level)
    elif chosen.order == "level":
        query = query.where(sentence.level.is_not(None))
    if chosen.kind is not None:
        query = query.where(sentence.kind == chosen.kind)
    if chosen.cue is not None:
        query = query.where(sentence.traits.bitwise_and(CUE_BITS[chosen.cue]) != 0)
    if chosen.source is not None:
        query = query.where(sentence.traits.bitwise_and(SOURCE_BITS[chosen.source]) != 0)
    # Only the order by age may go by its index: in any other the sentences of a year would have to be sorted.
    stored_at = sentence.stored_at if chosen.order == "age" else sentence.stored_at + 0
    if chosen.since is not None:
        query = query.where(stored_at >= _midnight(chosen.since))
    if chosen.until is not None:
        query = query.where(stored_at < _midnight(chosen.until) + _DAY)
    if chosen.model is not None:
        query = query.where(sentence.model == chosen.model)
    if chosen.q:
        query = query.where(sentence.id.in_(search.matching(chosen.q, is_sqlite=store.is_sqlite)))
    # By number, which every index of an order has: those that do not fit are passed over without reading their rows.
    other = aliased(sentence)
    if chosen.outlet is not None:
        theirs = select(other.id).join(tables.Article, tables.Article.id == other.article_id)
        query = query.where(sentence.id.in_(theirs.where(tables.Article.outlet == chosen.outlet)))
    if chosen.feedback:
        said = select(other.id).where(other.hash.in_(select(tables.Feedback.hash)))
        query = query.where(sentence.id.in_(said))
    return query


def _midnight(day: str) -> int:
    return int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp())


def _ordered(store: Store, chosen: Filter, now: int) -> Select[int]:
    """Ids by the order chosen; the id comes second, so that pages never overlap."""
    sentence = tables.Sentence
    keys = {
        "uncertainty": (sentence.uncertainty.desc(), sentence.id.desc()),
        "margin": (sentence.margin, sentence.id),
        "age": (sentence.stored_at, sentence.id),
        "level": (sentence.level, sentence.id),
        "disagreement": (sentence.disagreement.desc(), sentence.uncertainty.desc(), sentence.id.desc()),
    }[chosen.order]
    return _chosen(store, select(sentence.id), chosen, now).order_by(*keys)


def _items(session: Session, ids: list[int], now: int) -> list[Item]:
    if not ids:
        return []
    holders, start = _holders(session, ids, now), tables.Sentence.start
    rows = {
        sentence.id: (sentence, title, outlet, text)
        for sentence, title, outlet, text in session.execute(
            # Only the sentence's words leave the database, not the article a sentence of it came from.
            select(
                tables.Sentence,
                tables.Article.title,
                tables.Article.outlet,
                func.substr(tables.Article.text, cast(start + 1, Integer), cast(tables.Sentence.end - start, Integer)),
            )
            .join(tables.Article)
            .where(tables.Sentence.id.in_(ids))
        )
    }
    n_feedback = feedback.counts(session, {sentence.hash for sentence, *_ in rows.values()})
    return [
        Item(
            sentence_id=sentence.id,
            article_id=sentence.article_id,
            title=title or "",
            text=text or "",
            kind=sentence.kind,
            level=sentence.level,
            uncertainty=sentence.uncertainty,
            margin=sentence.margin,
            stored_at=sentence.stored_at,
            state=sentence.state,
            holder=holders.get(sentence.id),
            hash=sentence.hash,
            outlet=outlet,
            n_feedback=n_feedback.get(sentence.hash, 0),
            disagreement=sentence.disagreement,
        )
        for sentence, title, outlet, text in (rows[number] for number in ids)
    ]


def _holders(session: Session, ids: list[int], now: int) -> dict[int, Holder]:
    rows = session.execute(
        select(tables.Lock.sentence_id, tables.Lock.user_id, tables.User.name, tables.Lock.expires_at)
        .join(tables.User, tables.User.id == tables.Lock.user_id)
        .where(tables.Lock.sentence_id.in_(ids), tables.Lock.expires_at > now)
    )
    return {sentence_id: Holder(user_id, name, until) for sentence_id, user_id, name, until in rows}
