"""What a challenger would change, as sums: the differences of score between two versions, by slice, and nothing else.

A record holds counts and sums. No text, hash, id or time of a request goes in, so none can come out. Every process
writes files of its own, each with all that it has counted since it began it; whoever reads adds the files up.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.article import Article
from service.scoring import Assessment, Scorer

FORMAT = 1
FOLDER = "shadow"  # in the data folder
DIMENSIONS = ("all", "kind", "level", "length", "cue", "source")  # of slices; level is the champion's
ALL = ("all", "all")
LENGTHS = ((12, "1–12 words"), (24, "13–24 words"))
LONGEST = "25 words and more"
# Bounds of the histogram: challenger - champion, in score units; a bin holds its lower bound.
EDGES = (-1.0, -0.3, -0.2, -0.1, -0.05, -0.02, -0.01, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 1.0)
# Sums over sentences; then over requests, of their sum of differences s and their number of sentences n.
SUMS = (
    "sentences",
    "difference",
    "absolute",
    "squared",
    "level_up",
    "level_down",
    "flagged_anew",
    "no_longer_flagged",
    "flagged_anew_at_champion_threshold",
    "no_longer_flagged_at_champion_threshold",
    "flagged_anew_at_challenger_threshold",
    "no_longer_flagged_at_challenger_threshold",
)
REQUEST_SUMS = ("requests", "s_squared", "s_times_n", "n_squared")
_BINS = len(EDGES) - 1
_WIDTH = len(SUMS) + len(REQUEST_SUMS) + _BINS
Slice = tuple[str, str]  # dimension, value


class ShadowError(ValueError):
    """A file that is no record of this service: names it and the remedy."""


class Identity(NamedTuple):
    """A version and the SHA-256 of its arithmetic: a version trained again under an old name is another one."""

    version: str
    sha256: str

    @classmethod
    def of(cls, card: dict[str, Any]) -> Identity:
        """That of a card."""
        return cls(card["version"], card["folded"]["sha256"])


@dataclass(slots=True)
class Tally:
    """Counts and sums for one champion and one challenger. ``sums`` has, by slice, `SUMS`, `REQUEST_SUMS` and bins."""

    champion: Identity
    challenger: Identity
    requests: int = 0
    dropped: int = 0  # chosen, but there were too many waiting
    failed: int = 0  # the challenger could not score them
    sums: dict[Slice, NDArray[np.float64]] = field(default_factory=dict)

    def add(
        self, article: Article, before: Sequence[Assessment], after: Sequence[Assessment], at: tuple[float, float]
    ) -> None:
        """Count one request, read by the champion (``before``) and by the challenger (``after``).

        ``at`` are the P(level ≤ 1) from which the champion and the challenger ask for a review.
        """
        rows = [index for index, assessment in enumerate(before) if assessment.score is not None]
        counted = _counted([before[index] for index in rows], [after[index] for index in rows], at)
        members: dict[Slice, list[int]] = {}
        for row, index in enumerate(rows):
            for key in _slices(article, index, before[index]):
                members.setdefault(key, []).append(row)
        inside = np.zeros((len(members), len(rows)))
        for place, places in enumerate(members.values()):
            inside[place, places] = 1
        parts = inside @ counted
        n, s = parts[:, 0], parts[:, 1]
        by_request = np.column_stack([np.ones(len(parts)), s * s, s * n, n * n])
        found = dict(zip(members, np.hstack([parts[:, : len(SUMS)], by_request, parts[:, len(SUMS) :]]), strict=True))
        self.requests += 1
        self._add(found)

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally of the same two versions."""
        self.requests += other.requests
        self.dropped += other.dropped
        self.failed += other.failed
        self._add(other.sums)

    def _add(self, found: dict[Slice, NDArray[np.float64]]) -> None:
        for key, part in found.items():
            self.sums[key] = self.sums[key] + part if key in self.sums else part

    def as_json(self) -> bytes:
        """The content of its file."""
        value = {
            "format": FORMAT,
            "champion": self.champion._asdict(),
            "challenger": self.challenger._asdict(),
            "requests": self.requests,
            "dropped": self.dropped,
            "failed": self.failed,
            "edges": EDGES,
            "slices": [
                {"dimension": dimension, "value": name}
                | dict(zip((*SUMS, *REQUEST_SUMS), part[:-_BINS].tolist(), strict=True))
                | {"histogram": part[-_BINS:].tolist()}
                for (dimension, name), part in sorted(self.sums.items())
            ],
        }
        return json.dumps(value, ensure_ascii=False).encode()

    @classmethod
    def from_file(cls, path: Path) -> Tally:
        """Read what `as_json` wrote. Raises `ShadowError` for anything else, `OSError` when it cannot be read."""
        content = path.read_bytes()
        try:
            value = json.loads(content)
            if value["format"] != FORMAT or value["edges"] != list(EDGES):
                raise ValueError("another format")
            found = cls(Identity(**value["champion"]), Identity(**value["challenger"]))
            found.requests, found.dropped, found.failed = map(_count, map(value.get, ("requests", "dropped", "failed")))
            for each in value["slices"]:
                part = np.array([*(each[name] for name in (*SUMS, *REQUEST_SUMS)), *each["histogram"]], dtype=float)
                if part.shape != (_WIDTH,) or not np.isfinite(part).all() or part[0] < 1:
                    raise ValueError("a slice has other numbers")
                if each["dimension"] not in DIMENSIONS:
                    raise ValueError("a slice of another kind")
                found.sums[str(each["dimension"]), str(each["value"])] = part
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ShadowError(f"{path}: not a record of the service ({error!r}); remove it") from error
        return found


class Records:
    """The tallies of one process, and their files. `save` leaves a file whole whatever happens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tallies: dict[tuple[Identity, Identity], tuple[Tally, str]] = {}
        self._unsaved: set[tuple[Identity, Identity]] = set()

    def open(self, champion: Scorer, challenger: Scorer) -> Tally:
        """The tally of two versions, to add to; the next `save` writes it."""
        key = (Identity.of(champion.card), Identity.of(challenger.card))
        if key not in self._tallies:
            # Another name each time: two processes never write the same file, nor one process after another.
            name = f"{champion.version}--{challenger.version}.{os.getpid()}-{secrets.token_hex(4)}.json"
            self._tallies[key] = Tally(*key), name
        self._unsaved.add(key)
        return self._tallies[key][0]

    def save(self) -> None:
        """Write what was added to since the last time. Raises `OSError`; then it is kept for the next time."""
        for key in list(self._unsaved):
            tally, name = self._tallies[key]
            self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # as the store makes it
            self._folder.mkdir(mode=0o700, exist_ok=True)
            partial = self._folder / f".{name}.partial"
            with partial.open("wb") as file:
                file.write(tally.as_json())
                file.flush()
                os.fsync(file.fileno())  # renamed before it is on the disk, a power cut would leave it empty
            partial.replace(self._folder / name)
            self._unsaved.discard(key)


def length_of(text: str) -> str:
    """The slice of a sentence by its number of words."""
    words = len(text.split())
    return next((name for most, name in LENGTHS if words <= most), LONGEST)


def _slices(article: Article, index: int, assessment: Assessment) -> Iterator[Slice]:
    yield ALL
    yield "kind", assessment.kind
    yield "level", str(assessment.level)
    yield "length", length_of(article.document.sentences[index].text)
    cues = article.by_sentence[index]
    for category in {cue.category for cue in cues} or {"none"}:
        yield "cue", category
    for kind in {str(cue.source_kind) for cue in cues if cue.category == "source"} or {"none"}:
        yield "source", kind


def _counted(before: Sequence[Assessment], after: Sequence[Assessment], at: tuple[float, float]) -> NDArray[np.float64]:
    """A row a sentence: `SUMS`, then its place in the histogram."""
    old, new = _read(before), _read(after)
    difference = new[:, 0] - old[:, 0]
    columns = [np.ones(len(difference)), difference, np.abs(difference), difference**2]
    columns += [new[:, 1] > old[:, 1], new[:, 1] < old[:, 1]]
    for old_at, new_at in (at, (at[0], at[0]), (at[1], at[1])):
        was, is_now = old[:, 2] >= old_at, new[:, 2] >= new_at
        columns += [is_now & ~was, was & ~is_now]
    histogram = np.eye(_BINS)[np.searchsorted(EDGES[1:-1], difference, side="right")]
    return np.column_stack([*columns, histogram])


def _read(assessments: Sequence[Assessment]) -> NDArray[np.float64]:
    """Score, level and P(level ≤ 1) of sentences that have them, shape (n, 3)."""
    rows = [(a.score, a.level, a.probabilities[0] + a.probabilities[1]) for a in assessments if a.probabilities]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("a count is no whole number")
    return value
