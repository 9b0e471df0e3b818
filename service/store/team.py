"""How the team's decisions compare: by day, among moderators, and with the model. Numbers alone, nobody's name.

Counts come from the database in groups (the indexes of `service.store.tables.Vote` hold all that they need); what is
left to do here is to add up some thousand groups at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from service.agreement import alpha_of_pairs
from service.article import CATEGORIES, KINDS
from service.store import tables
from service.store.engine import Store

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
        for is_blind, moderator, model, names, count in _compared(session, since):
            # An older version may have had a category that there is none of now.
            rows = [kinds[model.kind], *(categories[name] for name in names if name in categories)]
            for against in (both, blind if is_blind else sighted, *(row.all for row in rows)):
                against.add(moderator, model, count)
            for row in rows if is_blind else ():
                row.blind.add(moderator, model, count)
        for one, other, names, count in _pairs(session, since):
            for each in (among, *(categories[name].among for name in names if name in categories)):
                each.add(one, other, count)
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


def _compared(session: Session, since: int) -> Iterable[tuple[bool, Said, Said, list[str], int]]:
    vote = tables.Vote
    columns = (vote.blind, vote.kind, vote.level, vote.model_kind, vote.model_level, vote.categories)
    rows = session.execute(select(*columns, func.count()).where(vote.decided_at >= since).group_by(*columns))
    for is_blind, kind, level, model_kind, model_level, names, count in rows:
        yield is_blind, Said(kind, level), Said(model_kind, model_level), names.split(","), count


def _pairs(session: Session, since: int) -> Iterable[tuple[Said, Said, list[str], int]]:
    second, first = tables.Vote, aliased(tables.Vote)
    columns = (first.kind, first.level, second.kind, second.level, second.categories)
    rows = session.execute(
        select(*columns, func.count())
        .join(first, first.sentence_id == second.sentence_id)
        # Not by its index: the first vote is found by its sentence, instead of among all first votes.
        .where(second.place == 2, second.decided_at >= since, first.place + 0 == 1)
        .group_by(*columns)
    )
    for one_kind, one_level, kind, level, names, count in rows:
        yield Said(one_kind, one_level), Said(kind, level), names.split(","), count


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
