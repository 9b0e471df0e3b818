"""Two versions on the same sentences: what differs, where, how surely, and whether the gate lets the new one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.lexicon import Lexicon
from service.scoring import LEVELS, ModelError, Scorer
from service.sources import analyse
from service.text import from_text
from training import dataset
from training.appraisal import SLICE_METRICS, Curve, appraise
from training.dataset import Labelled, Split, Table
from training.intervals import METRICS, Interval, Resamples, verdict
from training.progress import SILENT, Progress
from training.recipe import Gate, Recipe
from training.slices import Slice, slices

GOLDEN = Path(__file__).parent / "golden.txt"
GOLDEN_MOVE = 0.1  # score units: what an editor would notice
CHANGED = 50
METRICS_FR = {
    "spearman": "ordre des phrases",
    "kappa": "accord avec les annotateurs",
    "macro_f1": "justesse par niveau",
    "accuracy": "part de niveaux exacts",
    "mae": "écart moyen",
    "ece": "erreur de calibration",
    "log_loss": "surprise",
}
DIMENSIONS_FR = {"genre": "rubrique", "region": "région", "length": "longueur", "cue": "indice", "source": "source"}


class Difference(NamedTuple):
    """A metric of both versions and their paired difference (challenger - champion) with its interval."""

    challenger: float
    champion: float
    difference: Interval
    verdict: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "challenger": _rounded(self.challenger),
            "champion": _rounded(self.champion),
            "difference": self.difference.as_list(),
            "verdict": self.verdict,
        }


class Change(NamedTuple):
    """A sentence with both scores (0–1); ``article`` is empty for golden sentences, ``level`` is the label's."""

    article: str
    sentence: int
    text: str
    level: int | None
    challenger: float
    champion: float


class Refusal(NamedTuple):
    """A reason of the gate: for the data staff with its numbers, and in French for the page."""

    words: str
    french: str


class Review(NamedTuple):
    """How many sentences each version flags for review, and how many change sides."""

    challenger: int
    champion: int
    flagged_anew: int
    no_longer: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that `compare` finds. ``champion_error`` says why there was nothing to compare with, if so."""

    challenger: str
    champion: str | None
    champion_error: str | None
    articles: int
    sentences: int
    seen_by_challenger: int
    seen_by_champion: int
    metrics: dict[str, Difference]
    slices: dict[Slice, tuple[int, dict[str, Difference]]]
    reliability: tuple[Curve, ...]
    review: Review | None
    changed: tuple[Change, ...]
    scores: NDArray[np.float64]  # (sentences, 2): challenger, champion
    golden: tuple[Change, ...]

    def moved_golden(self) -> list[Change]:
        """Golden sentences whose score moves by `GOLDEN_MOVE` or more."""
        return [change for change in self.golden if abs(change.challenger - change.champion) >= GOLDEN_MOVE]

    def refusals(self, gate: Gate, explanation: str = "") -> list[Refusal]:
        """Why the gate does not let the challenger pass; empty when it does."""
        return list(self._refusals(gate, explanation))

    def _refusals(self, gate: Gate, explanation: str) -> Iterator[Refusal]:
        if n := self.seen_by_challenger:
            yield Refusal(
                f"{self.challenger} was fitted on {n} of the {self.articles} test articles: its numbers prove nothing; "
                "train with fitted_on = train, validation",
                f"la nouvelle version a appris sur {n} des {self.articles} articles du test : cela ne prouve rien",
            )
        for curve in self.reliability:
            if curve.ece.value > gate.ece:
                yield Refusal(
                    f"P(level ≥ {curve.k}): calibration error {curve.ece.value:.3f} is over {gate.ece}",
                    f"ses probabilités d'atteindre le niveau {curve.k} sont mal calibrées",
                )
        if self.champion_error:
            yield Refusal(f"nothing to compare with: {self.champion_error}", "l'ancienne version ne peut pas être lue")
        for name in gate.metrics:
            if name in self.metrics and _is_worse(self.metrics[name], gate):
                yield Refusal(
                    f"{name} is significantly worse: {_shown(self.metrics[name])}",
                    f"« {METRICS_FR[name]} » est nettement moins bon en tout",
                )
        for (dimension, value), (n, found) in self.slices.items():
            for name, difference in found.items():
                if n >= gate.slice_n and _is_worse(difference, gate):
                    yield Refusal(
                        f"{name} is significantly worse where {dimension} is {value} (n = {n}): {_shown(difference)}",
                        f"« {METRICS_FR[name]} » est nettement moins bon pour {DIMENSIONS_FR[dimension]} : {value}",
                    )
        if (moved := self.moved_golden()) and not explanation.strip():
            yield Refusal(
                f"{len(moved)} golden sentences move by {GOLDEN_MOVE} or more: look at them (python -m training "
                "compare) and say why that is right: --explain",
                f"{len(moved)} phrases témoins changent nettement de score, et il faut dire pourquoi c'est bien",
            )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "challenger": self.challenger,
            "champion": self.champion,
            "champion_error": self.champion_error,
            "articles": self.articles,
            "sentences": self.sentences,
            "seen": {"challenger": self.seen_by_challenger, "champion": self.seen_by_champion},
            "metrics": {name: found.as_dict() for name, found in self.metrics.items()},
            "slices": [
                {"dimension": dimension, "value": value, "n": n}
                | {name: difference.as_dict() for name, difference in found.items()}
                for (dimension, value), (n, found) in self.slices.items()
            ],
            "ece": {f"level >= {curve.k}": curve.ece.as_list() for curve in self.reliability},
            "review": self.review._asdict() if self.review else None,
            "changed": [change._asdict() for change in self.changed],
            "golden": [change._asdict() for change in self.golden],
        }


def compare(
    models: Path, challenger: str, champion: str | None, recipe: Recipe, progress: Progress = SILENT
) -> Comparison:
    """Compare two versions on the test part of the recipe's corpus and on the golden sentences.

    Slices are tested all together: the confidence of the gate holds for the whole family (Bonferroni), since of forty
    slices two would look worse by chance alone. Raises `ModelError` for the challenger, `DatasetError` and `OSError`.
    """
    ours = Scorer.load_version(models / challenger)
    theirs, champion_error = None, None
    if champion is not None:
        try:
            theirs = Scorer.load_version(models / champion)
        except ModelError as error:
            champion_error = str(error)
    lexicon = Lexicon.load()
    articles = [a for a in dataset.read(recipe.corpus) if recipe.split.part(a["id"]) == "test"]
    if not articles:
        raise dataset.DatasetError("the test part holds no article; label more")
    progress.phase("analyse")
    labelled = dataset.analyse_all(articles, lexicon, progress)
    rows = dataset.table(labelled)
    mine = ours.at_least(rows.X)
    other = mine if theirs is None else theirs.at_least(rows.X)
    scores = np.column_stack([mine.sum(axis=1), other.sum(axis=1)]) / (LEVELS - 1)
    has_rival = theirs is not None
    progress.phase("metrics and slices")
    return Comparison(
        challenger=challenger,
        champion=champion if has_rival else None,
        champion_error=champion_error,
        articles=len(articles),
        sentences=len(rows.y),
        seen_by_challenger=_seen(ours, articles),
        seen_by_champion=_seen(theirs, articles) if theirs else 0,
        metrics=_differences(rows, mine, other, recipe) if has_rival else {},
        slices=_by_slice(labelled, rows, mine, other, recipe, progress) if has_rival else {},
        reliability=appraise(labelled, rows, mine, recipe.bootstrap, progress).reliability,
        review=_review(ours, theirs, mine, other) if theirs else None,
        changed=_changed(labelled, rows, scores) if has_rival else (),
        scores=scores,
        golden=_golden(ours, theirs, lexicon) if theirs else (),
    )


def _differences(
    rows: Table, mine: NDArray[np.float64], other: NDArray[np.float64], recipe: Recipe
) -> dict[str, Difference]:
    resamples = Resamples(rows.group, recipe.bootstrap)
    ours, theirs = (resamples.metrics(rows.y, at_least, rows.mean) for at_least in (mine, other))
    found = {}
    for name in METRICS:
        difference = resamples.interval(ours[name] - theirs[name])
        found[name] = Difference(float(ours[name][0]), float(theirs[name][0]), difference, verdict(name, difference))
    return found


def _by_slice(
    labelled: Sequence[Labelled],
    rows: Table,
    mine: NDArray[np.float64],
    other: NDArray[np.float64],
    recipe: Recipe,
    progress: Progress,
) -> dict[Slice, tuple[int, dict[str, Difference]]]:
    members = {key: inside for key, inside in slices(labelled, rows).items() if inside.sum() >= 2}
    tests = sum(int(inside.sum()) >= recipe.gate.slice_n for inside in members.values()) * len(SLICE_METRICS)
    # Resamples are too few for the tails of so many tests; their spread is not.
    z = NormalDist().inv_cdf(1 - (1 - recipe.gate.confidence) / 2 / max(tests, 1))
    found = {}
    progress.expect(len(members))
    for key, inside in members.items():
        resamples = Resamples(rows.group[inside], recipe.bootstrap)
        ours, theirs = (
            resamples.metrics(rows.y[inside], at_least[inside], rows.mean[inside]) for at_least in (mine, other)
        )
        by_metric = {}
        for name in SLICE_METRICS:
            draws = ours[name] - theirs[name]
            drawn = draws[1:][~np.isnan(draws[1:])]
            spread = z * float(drawn.std()) if len(drawn) > 1 else float("nan")
            difference = Interval(float(draws[0]), float(draws[0]) - spread, float(draws[0]) + spread)
            by_metric[name] = Difference(
                float(ours[name][0]), float(theirs[name][0]), difference, verdict(name, difference)
            )
        found[key] = (int(inside.sum()), by_metric)
        progress.step()
    return found


def _seen(scorer: Scorer, articles: Sequence[dict[str, Any]]) -> int:
    """How many of the articles the version was fitted on, by the split of its own recipe."""
    fitted_on = scorer.card["data"].get("fitted_on", dataset.PARTS)  # older cards: fitted on all there was
    split = Split(**scorer.card["recipe"]["split"]) if "recipe" in scorer.card else Split()
    return sum(split.part(article["id"]) in fitted_on for article in articles)


def _review(ours: Scorer, theirs: Scorer, mine: NDArray[np.float64], other: NDArray[np.float64]) -> Review:
    flags = [
        1 - at_least[:, 1] >= scorer.card["review"]["fragile_probability"]
        for scorer, at_least in ((ours, mine), (theirs, other))
    ]
    new, old = flags
    return Review(int(new.sum()), int(old.sum()), int((new & ~old).sum()), int((old & ~new).sum()))


def _changed(labelled: Sequence[Labelled], rows: Table, scores: NDArray[np.float64]) -> tuple[Change, ...]:
    order = np.argsort(-np.abs(scores[:, 0] - scores[:, 1]), kind="stable")[:CHANGED]
    found = []
    for row in order:
        item, index = labelled[rows.group[row]], int(rows.sentence[row])
        mine, other = (round(float(score), 4) for score in scores[row])
        found.append(Change(item.id, index, item.labels[index]["text"], int(rows.y[row]), mine, other))
    return tuple(found)


def _golden(ours: Scorer, theirs: Scorer, lexicon: Lexicon) -> tuple[Change, ...]:
    found = []
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            article = analyse(from_text(line), lexicon)
            mine, other = (scorer.assess(article)[0].score for scorer in (ours, theirs))
            if mine is not None and other is not None:  # the kind is the rules', the same for both
                found.append(Change("", 0, line, None, round(mine, 4), round(other, 4)))
    return tuple(sorted(found, key=lambda change: -abs(change.challenger - change.champion)))


def _is_worse(found: Difference, gate: Gate) -> bool:
    """Surely worse, and by more than the margin: paired versions differ so little that any difference can be sure."""
    return found.verdict == "worse" and abs(found.difference.value) > gate.margin


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def _shown(found: Difference) -> str:
    value, low, high = found.difference
    return f"{found.challenger:.3f} against {found.champion:.3f}, difference {value:+.3f} [{low:+.3f}, {high:+.3f}]"
