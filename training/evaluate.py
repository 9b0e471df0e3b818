"""Measure any version on any labelled articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.columns import FEATURES
from service.lexicon import Lexicon
from service.scoring import Scorer
from training import dataset, markdown
from training.appraisal import Appraisal, appraise
from training.dataset import Labelled
from training.intervals import Interval, Resamples
from training.measure import span_scores
from training.progress import SILENT, Progress
from training.recipe import Recipe

WORST = 50
_SHOWN_CONTRIBUTIONS = 6
_WORDS = {feature.name: feature.en for feature in FEATURES}


class Miss(NamedTuple):
    """A sentence whose expected level is far from the mean of its votes, and what made it so (score units)."""

    article: str
    sentence: int
    text: str
    level: int
    mean_vote: float
    expected: float
    contributions: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` finds; ``seen`` counts the articles of parts that the model was fitted on."""

    version: str
    on: str
    seen: int
    appraisal: Appraisal
    kind_accuracy: Interval
    spans: dict[str, dict[str, float]]
    worst: tuple[Miss, ...]
    bound: float
    slice_n: int

    @property
    def is_within_bounds(self) -> bool:
        """Whether every P(level ≥ k) is calibrated within the recipe's gate."""
        return all(curve.ece.value <= self.bound for curve in self.appraisal.reliability)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: intervals as [value, low, high]."""
        return {
            "version": self.version,
            "on": self.on,
            "seen_in_training": self.seen,
            "within_bounds": self.is_within_bounds,
            "ece_bound": self.bound,
            "kind_accuracy": self.kind_accuracy.as_list(),
            "spans": self.spans,
            **self.appraisal.as_dict(),
            "worst": [
                miss._asdict() | {"contributions": [{"feature": f, "effect": e} for f, e in miss.contributions]}
                for miss in self.worst
            ],
        }

    def as_markdown(self) -> str:
        """To read, or to mail."""
        found = self.appraisal
        scores = [[label, markdown.shown(found.metrics[name])] for name, label in markdown.LABELS.items()]
        scores.append(["kind accuracy (rules)", markdown.shown(self.kind_accuracy)])
        sections = [f"# {self.version} on {self.on}", f"{found.articles} articles, {found.sentences} sentences."]
        if self.seen:
            sections.append(
                f"**{self.seen} of these articles belong to parts that it was fitted on: the numbers flatter.**"
            )
        sections += [
            markdown.table(["metric", "value [interval]"], scores),
            "## Cue spans against the labels (overlap)",
            markdown.spans(self.spans),
            "## Calibration",
            markdown.reliability(found, self.bound),
            "## Slices",
            markdown.slices(found, self.slice_n),
            "## Worst sentences",
            "\n".join(map(_line, self.worst)),
        ]
        return "\n\n".join(sections) + "\n"


def evaluate(folder: Path, on: str | Path, recipe: Recipe, progress: Progress = SILENT) -> Evaluation:
    """Measure a version on a part of the recipe's corpus (``train``, ``validation``, ``test``, ``all``) or on a file.

    Raises `ModelError`, `DatasetError` or `OSError` where the version or the labels cannot be used.
    """
    scorer = Scorer.load_version(folder)
    corpus = dataset.read(recipe.corpus)
    fitted_on = scorer.card["data"].get("fitted_on", dataset.PARTS)  # older cards: fitted on all there was
    own_split = dataset.Split(**scorer.card.get("recipe", {}).get("split", {}))
    fitted = {article["id"] for article in corpus if own_split.part(article["id"]) in fitted_on}
    if isinstance(on, Path):
        articles = dataset.read([on])
    else:
        articles = [article for article in corpus if on in ("all", recipe.split.part(article["id"]))]
    if not articles:
        raise dataset.DatasetError(f"the {on} part holds no article")
    progress.phase("analyse")
    labelled = dataset.analyse_all(articles, Lexicon.load(), progress)
    rows = dataset.table(labelled)
    at_least = scorer.at_least(rows.X)
    right = [
        (float(kind == label["kind"]), number)
        for number, item in enumerate(labelled)
        for kind, label in zip(item.article.kinds, item.labels, strict=True)
        if label["kind"] is not None
    ]
    progress.phase("metrics and slices")
    resamples = Resamples(np.array([number for _, number in right]), recipe.bootstrap)
    return Evaluation(
        version=scorer.version,
        on=on if isinstance(on, str) else on.name,
        seen=sum(article["id"] in fitted for article in articles),
        appraisal=appraise(labelled, rows, at_least, recipe.bootstrap, progress),
        kind_accuracy=resamples.interval(resamples.mean(np.array([value for value, _ in right]))),
        spans=span_scores(labelled),
        worst=tuple(_worst(scorer, labelled, rows, at_least.sum(axis=1))),
        bound=recipe.gate.ece,
        slice_n=recipe.gate.slice_n,
    )


def _worst(
    scorer: Scorer, labelled: Sequence[Labelled], rows: dataset.Table, expected: NDArray[np.float64]
) -> list[Miss]:
    """The sentences furthest off, worst first."""
    misses = []
    for row in np.argsort(-np.abs(expected - rows.mean), kind="stable")[:WORST]:
        item, index = labelled[rows.group[row]], int(rows.sentence[row])
        parts = scorer.contributions(rows.X[row])
        misses.append(
            Miss(
                item.id,
                index,
                item.labels[index]["text"],
                int(rows.y[row]),
                round(float(rows.mean[row]), 2),
                round(float(expected[row]), 2),
                tuple((part.feature, round(part.effect, 4)) for part in parts[:_SHOWN_CONTRIBUTIONS]),
            )
        )
    return misses


def _line(miss: Miss) -> str:
    parts = ", ".join(f"{_WORDS[name]} {effect:+.2f}" for name, effect in miss.contributions)
    return (
        f"- {miss.article} #{miss.sentence}: expected {miss.expected:.1f}, votes {miss.mean_vote:.1f}. {miss.text} "
        f"({parts or 'it shows nothing'})"
    )
