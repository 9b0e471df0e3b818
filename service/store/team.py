"""How the team's decisions compare: by day, among moderators, and with the model. Numbers alone, nobody's name.

Counts come from the database in groups, in the order of the indexes of `service.store.tables.Vote`; what is
left to do here is to add up some ten thousand groups at most.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.agreement import alpha_of_pairs
from service.article import CATEGORIES, KINDS
from service.store import review, tables
from service.store.engine import Store
from service.store.traits import CUE_BITS

PERIODS = (30, 90, 365)  # days
WEEKS = 5  # of the calendar
LEAST = 10  # fewer say nothing
_DAY = 86_400
_MONDAY = 4  # 1970 began on a Thursday: day 4 was a Monday


class Said(NamedTuple):
    """A kind and its level, None for a sentence that asserts nothing."""

    kind: str
    level: int | None


@dataclass(slots=True)
class Against:
    """Decisions against what the model had said. ``difference`` adds up model - moderator over ``levels`` of them."""

    n: int = 0
    levels: int = 0  # both give one
    right: int = 0
    too_high: int = 0
    too_low: int = 0
    same_kind: int = 0
    corrected: int = 0  # level or kind
    difference: int = 0

    def add(self, moderator: Said, model: Said, count: int) -> None:
        """Count decisions that say the same."""
        self.n += count
        self.same_kind += count * (moderator.kind == model.kind)
        self.corrected += count * (moderator != model)
        if moderator.level is not None and model.level is not None:
            self.levels += count
            self.right += count * (moderator.level == model.level)
            self.too_high += count * (model.level > moderator.level)
            self.too_low += count * (model.level < moderator.level)
            self.difference += count * (model.level - moderator.level)

    @property
    def mean(self) -> float | None:
        """Mean signed difference, model - moderator, in levels."""
        return self.difference / self.levels if self.levels else None

    @property
    def share(self) -> float:
        """Part of the decisions that corrected the model."""
        return self.corrected / self.n if self.n else 0.0


@dataclass(slots=True)
class Among:
    """Pairs of moderators who judged the same sentence, neither knowing what the other said."""

    n: int = 0
    levels: Counter[tuple[int, int]] = field(default_factory=Counter)
    kinds: Counter[tuple[int, int]] = field(default_factory=Counter)

    def add(self, one: Said, other: Said, count: int) -> None:
        """Count pairs that say the same."""
        self.n += count
        self.kinds[KINDS.index(one.kind), KINDS.index(other.kind)] += count
        if one.level is not None and other.level is not None:
            self.levels[one.level, other.level] += count

    @property
    def level_alpha(self) -> float | None:
        """Krippendorff's alpha of the levels, ordinal; None under `LEAST` pairs that have them."""
        return alpha_of_pairs(self.levels, 5, is_ordinal=True) if self.levels.total() >= LEAST else None

    @property
    def kind_alpha(self) -> float | None:
        """Krippendorff's alpha of the kinds, nominal; None under `LEAST` pairs."""
        return alpha_of_pairs(self.kinds, len(KINDS), is_ordinal=False) if self.n >= LEAST else None


@dataclass(slots=True)
class Row:
    """Everything about one cue category, or one kind that the model gave."""

    name: str
    all: Against = field(default_factory=Against)
    blind: Against = field(default_factory=Against)
    among: Among = field(default_factory=Among)


@dataclass(frozen=True, slots=True)
class Overview:
    """The team's numbers. ``weeks`` are lists of seven (day since 1970, decisions), None for a day that is to come."""

    days: int
    weeks: list[list[tuple[int, int | None]]]
    disputed: int
    waiting: int
    blind: Against
    sighted: Against
    all: Against
    among: Among
    categories: list[Row]
    kinds: list[Row]


def overview(store: Store, days: int) -> Overview:
    """Decisions that stand, of the last ``days`` days (the calendar: of five weeks)."""
    now = store.now()
    since = now - days * _DAY
    blind, sighted, both, among = Against(), Against(), Against(), Among()
    categories, kinds = {name: Row(name) for name in CATEGORIES}, {name: Row(name) for name in KINDS}
    with store.reading() as session:
        total, by_category = _compared(session, since)
        for (is_blind, moderator, model), count in total.items():
            row = kinds[model.kind]
            for against in (both, blind, row.all, row.blind) if is_blind else (both, sighted, row.all):
                against.add(moderator, model, count)
        for name, counts in by_category.items():
            row = categories[name]
            for (is_blind, moderator, model), count in counts.items():
                for against in (row.all, row.blind) if is_blind else (row.all,):
                    against.add(moderator, model, count)
        pairs, pairs_by_category = _pairs(session, since)
        for (one, other), count in pairs.items():
            among.add(one, other, count)
        for name, counts_of_pairs in pairs_by_category.items():
            for (one, other), count in counts_of_pairs.items():
                categories[name].among.add(one, other, count)
        sentence = tables.Sentence
        disputed = session.scalar(select(func.count(sentence.id)).where(sentence.state == "disputed"))
        is_waiting = sentence.first_by.is_not(None), sentence.state == "todo"
        waiting = session.scalar(select(func.count(sentence.id)).where(*is_waiting))
        weeks = _weeks(session, now // _DAY)
    return Overview(
        days=days,
        weeks=weeks,
        disputed=disputed or 0,
        waiting=waiting or 0,
        blind=blind,
        sighted=sighted,
        all=both,
        among=among,
        categories=list(categories.values()),
        kinds=list(kinds.values()),
    )


K = TypeVar("K")
Counts = tuple[Counter[K], dict[str, Counter[K]]]  # in all, and by cue category


def _compared(session: Session, since: int) -> Counts[tuple[bool, Said, Said]]:
    """How often blind or not, a moderator's verdict met the model's."""

    def read(said: int) -> tuple[bool, Said, Said]:
        rest, model = divmod(said, review.CODES)
        is_blind, moderator = divmod(rest, review.CODES)
        return bool(is_blind), Said(*review.decoded(moderator)), Said(*review.decoded(model))

    return _counted(session, tables.Vote.said, since, read)


def _pairs(session: Session, since: int) -> Counts[tuple[Said, Said]]:
    """How often one moderator's verdict met another's."""

    def read(pair: int) -> tuple[Said, Said]:
        one, other = divmod(pair, review.CODES)
        return Said(*review.decoded(one)), Said(*review.decoded(other))

    return _counted(session, tables.Vote.pair, since, read)


def _counted(session: Session, column: Any, since: int, read: Callable[[int], K]) -> Counts[K]:
    """Votes by the number in ``column``, which ``read`` puts in words: once for each number, not for each vote."""
    vote = tables.Vote
    # Past the index of days (+ 0): in the order of the column's index the groups need no sorting.
    rows = session.execute(
        select(column, vote.mask, func.count())
        .where(column.is_not(None), vote.decided_at + 0 >= since)
        .group_by(column, vote.mask)
    )
    total: Counter[int] = Counter()
    by_mask: dict[int, Counter[int]] = defaultdict(Counter)
    for number, mask, count in rows:
        total[number] += count
        by_mask[mask][number] += count
    by_category: dict[str, Counter[int]] = defaultdict(Counter)
    for mask, counts in by_mask.items():
        for name, bit in CUE_BITS.items():
            if mask & bit:
                by_category[name].update(counts)
    known = {number: read(number) for number in total}
    named = {name: Counter({known[n]: count for n, count in counts.items()}) for name, counts in by_category.items()}
    return Counter({known[n]: count for n, count in total.items()}), named


def _weeks(session: Session, today: int) -> list[list[tuple[int, int | None]]]:
    monday = today - (today - _MONDAY) % 7
    start = monday - 7 * (WEEKS - 1)
    day = tables.Vote.decided_at // _DAY
    rows = session.execute(select(day, func.count()).where(tables.Vote.decided_at >= start * _DAY).group_by(day))
    found = {number: count for number, count in rows}  # noqa: C416  # mypy: rows are no pairs
    return [
        [(number, found.get(number, 0) if number <= today else None) for number in range(first, first + 7)]
        for first in range(start, monday + 1, 7)
    ]
