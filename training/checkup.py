"""The state of the labels in one report: how many, how even, how agreed, which look wrong, whether news has moved on.

Drift is the population stability index (Siddiqi 2006, *Credit Risk Scorecards*): Σ (p − q) ln(p / q) over the classes
of a quantity, between incoming articles and the corpus. Below 0.1 nothing happened, from 0.25 on they are different.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from service.article import CATEGORIES, Article
from service.lexicon import Lexicon
from service.sources import analyse
from service.text import from_text
from training import dataset
from training.dataset import Labelled
from training.fitting import choose
from training.measure import agreement
from training.progress import SILENT, Progress
from training.recipe import Recipe
from training.slices import slices

SUSPECTS = 30
MOVED = 0.25
LEAST_ALPHA = 0.667  # Krippendorff: below it, no conclusion
_ALPHA = 1.0  # penalty of the model that looks for errors: it need not be the best
_BY_CHANCE = 3  # how often over its expectation an index must be before it counts


class Suspect(NamedTuple):
    """A label far from what a model that has not seen it expects; ``mean_vote`` is what the labellers gave."""

    article: str
    sentence: int
    text: str
    level: int
    mean_vote: float
    expected: float


class Drift(NamedTuple):
    """The stability index of one quantity, and what it would be by chance between samples of these sizes."""

    quantity: str
    psi: float
    by_chance: float

    @property
    def is_moved(self) -> bool:
        """Whether the two are different, and not by chance."""
        return self.psi >= MOVED and self.psi > _BY_CHANCE * self.by_chance


@dataclass(frozen=True, slots=True)
class Checkup:
    """All that `check` finds; ``drift`` is empty where nothing came in."""

    counts: dict[str, int]
    levels: dict[str, float]
    kinds: dict[str, float]
    cues: dict[str, float]
    parts: dict[str, int]
    genres: dict[str, int]
    agreement: dict[str, dict[str, float]]
    suspects: tuple[Suspect, ...]
    small_slices: tuple[tuple[str, str, int], ...]
    drift: tuple[Drift, ...]

    def warnings(self) -> list[str]:
        """What should be looked into before a training run."""
        found = []
        overall = self.agreement["all"]
        if overall["n"] and overall["alpha"] < LEAST_ALPHA:
            found.append(f"labellers agree too little: alpha {overall['alpha']:.2f} is under {LEAST_ALPHA}")
        found += [f"{d.quantity} has moved: PSI {d.psi:.2f}" for d in self.drift if d.is_moved]
        return found

    def as_dict(self) -> dict[str, Any]:
        """For JSON, which knows no NaN."""
        return {
            "counts": self.counts,
            "levels": self.levels,
            "kinds": self.kinds,
            "cues": self.cues,
            "parts": self.parts,
            "genres": self.genres,
            "agreement": {
                genre: {key: None if math.isnan(value) else round(value, 4) for key, value in values.items()}
                for genre, values in self.agreement.items()
            },
            "suspects": [suspect._asdict() for suspect in self.suspects],
            "small_slices": [{"dimension": d, "value": v, "n": n} for d, v, n in self.small_slices],
            "drift": [found._asdict() | {"moved": found.is_moved} for found in self.drift],
            "warnings": self.warnings(),
        }


def check(
    recipe: Recipe, corpus: Sequence[Path], incoming: Sequence[Path] = (), progress: Progress = SILENT
) -> Checkup:
    """Look through labelled files; ``incoming`` are what may have drifted: labelled .jsonl, or plain text a file.

    Raises `DatasetError` with every fault of the files, or `OSError`.
    """
    lexicon = Lexicon.load()
    progress.phase("analyse")
    labelled = dataset.analyse_all(dataset.read(corpus), lexicon, progress)
    labels = [label for item in labelled for label in item.labels]
    rows = dataset.table(labelled)
    test = [item for item in labelled if recipe.split.part(item.id) == "test"]
    by_slice = slices(test, dataset.table(test)) if test else {}
    news = list(_articles(incoming, lexicon))
    progress.phase("labels that look wrong")
    return Checkup(
        counts={
            "articles": len(labelled),
            "sentences": len(labels),
            "with a level": len(rows.y),
            "votes": sum(len(label["votes"]) for label in labels),
        },
        levels=_shares(label["level"] for label in labels),
        kinds=_shares(label["kind"] for label in labels),
        cues={
            category: round(float(np.mean([any(c["category"] == category for c in x["cues"]) for x in labels])), 4)
            for category in CATEGORIES
        },
        parts=dict(Counter(recipe.split.part(item.id) for item in labelled)),
        genres=dict(Counter(item.genre or "not given" for item in labelled)),
        agreement=agreement(labelled),
        suspects=tuple(_suspects(recipe, labelled, rows, progress)),
        small_slices=tuple(
            (dimension, value, int(inside.sum()))
            for (dimension, value), inside in by_slice.items()
            if inside.sum() < recipe.gate.slice_n
        ),
        drift=tuple(drift(news, [item.article for item in labelled])) if news else (),
    )


def drift(incoming: Sequence[Article], corpus: Sequence[Article]) -> list[Drift]:
    """Indices of all quantities, the most moved first; what the engine finds counts, so that no labels are needed."""
    lengths = np.quantile([len(s.text.split()) for a in corpus for s in a.document.sentences], np.arange(0.1, 1, 0.1))
    quantities: dict[str, Callable[[Article], Iterable[Any]]] = {
        "sentence length": lambda a: (int(np.searchsorted(lengths, len(s.text.split()))) for s in a.document.sentences),
        "sentences an article": lambda a: (min(len(a.document.sentences) // 5, 8),),
        "kinds": lambda a: a.kinds,
    }
    for category in CATEGORIES:
        quantities[f"cues: {category}"] = lambda a, name=category: (  # type: ignore[misc]
            min(sum(cue.category == name for cue in cues), 2) for cues in a.by_sentence
        )
    found = []
    for name, of in quantities.items():
        new, old = (Counter(value for article in articles for value in of(article)) for articles in (incoming, corpus))
        found.append(Drift(name, *stability(new, old)))
    return sorted(found, key=lambda each: -each.psi)


def stability(new: Counter[Any], old: Counter[Any]) -> tuple[float, float]:
    """Population stability index of two counts, and its expectation by chance; half a count is added to each class."""
    classes = sorted(set(new) | set(old), key=str)
    n, m = new.total() + len(classes) / 2, old.total() + len(classes) / 2
    index = sum(
        (p - q) * math.log(p / q) for p, q in (((new[each] + 0.5) / n, (old[each] + 0.5) / m) for each in classes)
    )
    return index, (len(classes) - 1) * (1 / n + 1 / m)


def _suspects(recipe: Recipe, labelled: Sequence[Labelled], rows: dataset.Table, progress: Progress) -> list[Suspect]:
    """Labels furthest from what models fitted on other articles expect."""
    recipe = replace(recipe, model=replace(recipe.model, alphas=(_ALPHA,)))
    expected = choose(recipe, rows, progress).at_least.sum(axis=1)
    found = []
    for row in np.argsort(-np.abs(expected - rows.mean), kind="stable")[:SUSPECTS]:
        item, index = labelled[rows.group[row]], int(rows.sentence[row])
        label = item.labels[index]
        found.append(
            Suspect(
                item.id, index, label["text"], int(rows.y[row]), float(rows.mean[row]), round(float(expected[row]), 2)
            )
        )
    return found


def _articles(paths: Iterable[Path], lexicon: Lexicon) -> Iterable[Article]:
    for path in paths:
        if path.suffix == ".jsonl":
            yield from (item.article for item in dataset.analyse_all(dataset.read([path]), lexicon))
        else:
            try:
                yield analyse(from_text(path.read_text(encoding="utf-8")), lexicon)
            except UnicodeDecodeError as error:
                raise dataset.DatasetError(f"{path.name}: byte {error.start} is not UTF-8; save it as UTF-8") from error


def _shares(values: Iterable[Any]) -> dict[str, float]:
    counts = Counter("none" if value is None else str(value) for value in values)
    return {name: round(count / counts.total(), 4) for name, count in sorted(counts.items())}
