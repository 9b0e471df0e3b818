"""What the standing decisions make of a sentence: who agrees, what is disputed, who may settle it. Knows no database.

The rules are those of the annotation of the corpus: two people judge independently; different kinds, or levels two
apart, and a third decides; two levels side by side count as agreement, and the lower one is the label.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, Protocol, TypeVar

from service.article import KINDS

# How a decision was made. "before": by an earlier version, which did not record it.
ALONE, AFTER, THIRD, BEFORE = "alone", "after", "third", "before"
DISPUTE = 2  # from this disagreement on, a third decides
CODES = len(KINDS) * 6
SETTLED = ("decided", "disputed")  # states in which everybody may see who decided what


class Given(Protocol):
    """A decision, as far as the rules look at it."""

    @property
    def id(self) -> int: ...
    @property
    def user_id(self) -> int: ...
    @property
    def verdict(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def level(self) -> int | None: ...
    @property
    def blind(self) -> bool: ...
    @property
    def stage(self) -> str: ...


G = TypeVar("G", bound=Given)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[G]):
    """Where a sentence stands. ``opinions`` are one a moderator, oldest first, without the one that settles a dispute.

    ``state`` is todo, skipped, decided or disputed; ``disagreement`` is the greatest between two opinions, in levels,
    and 2 more for different kinds.
    """

    state: str
    disagreement: int
    opinions: tuple[G, ...]
    settled_by: G | None

    @property
    def first_by(self) -> int | None:
        """Who made the only decision, while a second is wanted."""
        return self.opinions[0].user_id if self.state == "todo" and self.opinions else None

    @property
    def votes(self) -> tuple[G, ...]:
        """Opinions, then the one that settles."""
        return self.opinions if self.settled_by is None else (*self.opinions, self.settled_by)

    @property
    def label(self) -> tuple[str | None, int | None]:
        """Kind and level that hold: the third's, else the lower median of those who agree; Nones unless decided."""
        if self.state != "decided":
            return None, None
        if self.settled_by is not None:
            return self.settled_by.kind, self.settled_by.level
        levels = sorted(given.level for given in self.opinions if given.level is not None)
        return self.opinions[-1].kind, levels[(len(levels) - 1) // 2] if levels else None

    def has_opinion_of(self, user_id: int) -> bool:
        """Whether a moderator is one of those who agree or not."""
        return any(given.user_id == user_id for given in self.opinions)


def outcome(standing: Sequence[G], wanted: int) -> Outcome[G]:
    """From decisions that were not undone, oldest first; ``wanted`` of them (1 or 2) decide if they agree."""
    newest = sorted({given.user_id: given for given in standing}.values(), key=lambda given: given.id)
    votes = [given for given in newest if given.verdict != "skip"]
    opinions = tuple(given for given in votes if given.stage != THIRD)
    settled_by = next((given for given in reversed(votes) if given.stage == THIRD), None)
    disagreement = max((_apart(one, other) for one, other in combinations(opinions, 2)), default=0)
    if settled_by is not None:
        state = "decided"
    elif disagreement >= DISPUTE:
        state = "disputed"
    elif len(opinions) >= wanted:
        state = "decided"
    else:
        # Who skips what waits for a second decision leaves it to the others.
        state = "skipped" if newest and not votes else "todo"
    return Outcome(state, disagreement, opinions, settled_by)


def stage(before: Outcome[G], deciders: Set[int], user_id: int, *, blind: bool) -> str:
    """How a decision by ``user_id`` comes about; ``deciders`` are those who gave a verdict before, undone or not.

    Alone is who could not see another's: the first, and the second who was shown none (double review, or blind mode).
    Who comes back to a sentence that others decided on meanwhile is not counted as alone: they may have looked.
    """
    if before.settled_by is not None and before.settled_by.user_id == user_id:
        return THIRD
    if before.state == "disputed" and not before.has_opinion_of(user_id):
        return THIRD
    has_others = bool(deciders - {user_id})
    is_shown = not blind and before.state in SETTLED
    return AFTER if has_others and (is_shown or user_id in deciders) else ALONE


def places(found: Outcome[G]) -> dict[int, int]:
    """1 and 2 by moderator for the first two opinions formed alone, between which agreement is measured."""
    alone = [
        given
        for number, given in enumerate(found.opinions)
        if given.stage == ALONE or (given.stage == BEFORE and (given.blind or number == 0))
    ]
    return {given.user_id: number for number, given in enumerate(alone[:2], 1)}


def coded(kind: str | None, level: int | None) -> int:
    """Kind and level as a number under `CODES`, as votes are stored: `KINDS` never changes its order."""
    return KINDS.index(kind or "none") * 6 + (0 if level is None else level + 1)


def decoded(number: int) -> tuple[str, int | None]:
    """Kind and level of a number (see `coded`)."""
    kind, level = divmod(number, 6)
    return KINDS[kind], level - 1 if level else None


def _apart(one: Given, other: Given) -> int:
    levels = abs(one.level - other.level) if one.level is not None and other.level is not None else 0
    return levels + (DISPUTE if one.kind != other.kind else 0)
