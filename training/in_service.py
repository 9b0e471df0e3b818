"""How a challenger's scores differ in service, from what running services recorded (`service.shadow`)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.scoring import Scorer
from service.shadow import ALL, DIMENSIONS, EDGES, FOLDER, REQUEST_SUMS, SUMS, Identity, Slice, Tally
from training.intervals import Interval
from training.markdown import shown, table
from training.slices import place

_Z = NormalDist().inv_cdf(0.975)


class Part(NamedTuple):
    """One slice: differences are challenger - champion in score units, shares are of its sentences.

    ``difference`` has a 95 % interval; ``absolute`` is the mean size of a difference, ``spread`` their standard
    deviation. ``flagged_anew`` and ``no_longer`` count what crosses the review threshold, each version by its own;
    ``kept`` are the same two counts with both versions held to the champion's threshold.
    """

    sentences: int
    requests: int
    difference: Interval
    absolute: float
    spread: float
    level_up: int
    level_down: int
    flagged_anew: int
    no_longer: int
    kept: tuple[int, int]
    histogram: tuple[int, ...]

    @property
    def crossing(self) -> float:
        """Share of sentences that cross the review threshold, either way."""
        return (self.flagged_anew + self.no_longer) / self.sentences

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        rounded = {"absolute": round(self.absolute, 4), "spread": round(self.spread, 4)}
        crossing = {"crossing": round(self.crossing, 4)}
        return self._asdict() | {"difference": self.difference.as_list()} | rounded | crossing


@dataclass(frozen=True, slots=True)
class InService:
    """All that was recorded of two versions. ``left_out`` files are of other models that had one of the names."""

    challenger: str
    champion: str
    files: int
    left_out: int
    requests: int
    dropped: int
    failed: int
    slices: dict[Slice, Part]

    def as_dict(self) -> dict[str, Any]:
        """For JSON; ``edges`` are the bounds of the histograms."""
        return {
            "challenger": self.challenger,
            "champion": self.champion,
            "files": self.files,
            "left_out": self.left_out,
            "requests": self.requests,
            "dropped": self.dropped,
            "failed": self.failed,
            "edges": EDGES,
            "slices": [
                {"dimension": dimension, "value": value} | part.as_dict()
                for (dimension, value), part in self.slices.items()
            ],
        }

    def as_markdown(self, least: int) -> str:
        """For the terminal; slices of ``least`` sentences and more."""
        left_out = f"\n{self.left_out} files are of other models of these names: left out" * bool(self.left_out)
        if not self.slices:
            return (
                f"in service: nothing recorded of {self.challenger} beside {self.champion}; "
                f"python -m training shadow {self.challenger}{left_out}"
            )
        rows = [
            [
                dimension if (dimension, value) == ALL else f"{dimension}: {value}",
                str(part.sentences),
                shown(part.difference, "+"),
                f"{part.absolute:.3f}",
                f"{(part.level_up + part.level_down) / part.sentences:.1%}",
                f"{part.crossing:.1%} (+{part.flagged_anew} −{part.no_longer})",
            ]
            for (dimension, value), part in self.slices.items()
            if part.sentences >= least or (dimension, value) == ALL
        ]
        head = ["slice", "n", "mean difference", "mean size", "other level", "crosses the review threshold"]
        return (
            f"in service: {self.challenger} beside {self.champion}, {self.requests} requests, {self.dropped} dropped, "
            f"{self.failed} failed{left_out}\n\n{table(head, rows)}"
        )


def read(folders: Sequence[Path], models: Path, challenger: str, champion: str) -> InService:
    """Add up what services recorded in their data ``folders``.

    Raises `ShadowError` for a file that is no record, `ModelError` and `OSError`.
    """
    ours, theirs = (Identity.of(Scorer.load_version(models / version).card) for version in (challenger, champion))
    whole, files, left_out = Tally(theirs, ours), 0, 0
    for path in _files(folders):
        tally = Tally.from_file(path)
        if (tally.champion, tally.challenger) == (theirs, ours):
            whole.merge(tally)
            files += 1
        elif (tally.champion.version, tally.challenger.version) == (champion, challenger):
            left_out += 1
    keys = sorted(whole.sums, key=lambda key: (DIMENSIONS.index(key[0]), place(key[1]), key[1]))
    return InService(
        challenger=challenger,
        champion=champion,
        files=files,
        left_out=left_out,
        requests=whole.requests,
        dropped=whole.dropped,
        failed=whole.failed,
        slices={key: _part(whole.sums[key]) for key in keys},
    )


def _files(folders: Sequence[Path]) -> list[Path]:
    """The records, however often a folder is named. A folder that may not be read raises, unlike with `Path.glob`."""
    found = set()
    for folder in folders:
        with suppress(FileNotFoundError):
            found |= {path.resolve() for path in (folder / FOLDER).iterdir() if path.suffix == ".json"}
    return sorted(found)


def _part(sums: NDArray[np.float64]) -> Part:
    """Sentences of one request resemble each other, so the interval is that of a ratio of sums over requests
    (Cochran 1977, section 6.4).
    """
    named = dict(zip((*SUMS, *REQUEST_SUMS), sums.tolist(), strict=False))
    counts = {name: round(value) for name, value in named.items()}
    n, requests = counts["sentences"], counts["requests"]
    mean = named["difference"] / n
    apart = float("nan")
    if requests > 1:
        squares = named["s_squared"] - 2 * mean * named["s_times_n"] + mean**2 * named["n_squared"]
        apart = _Z * (max(squares, 0.0) * requests / (requests - 1)) ** 0.5 / n
    return Part(
        sentences=n,
        requests=requests,
        difference=Interval(mean, mean - apart, mean + apart),
        absolute=named["absolute"] / n,
        spread=max(named["squared"] / n - mean**2, 0.0) ** 0.5,
        level_up=counts["level_up"],
        level_down=counts["level_down"],
        flagged_anew=counts["flagged_anew"],
        no_longer=counts["no_longer_flagged"],
        kept=(counts["flagged_anew_at_champion_threshold"], counts["no_longer_flagged_at_champion_threshold"]),
        histogram=tuple(round(value) for value in sums[len(SUMS) + len(REQUEST_SUMS) :].tolist()),
    )
