"""Train a model by its recipe and save it with its card and report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from service.columns import NAMES
from service.lexicon import Lexicon
from training import artifact, dataset, plots
from training.appraisal import appraise
from training.candidates import sentences
from training.fitting import calibrate, choose, fit
from training.kinds import compare as compare_kinds
from training.measure import agreement, kind_accuracy, scores_of, span_scores
from training.progress import SILENT, Progress
from training.recipe import Recipe
from training.report import PLOTS, Findings, report
from training.study import study

NAME = "sourcier-fr"


def train(
    models: Path,
    version: str,
    recipe: Recipe,
    corpus: Sequence[Path] | None = None,
    *,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Train by a recipe (on ``corpus`` instead of its files, if given), write ``models/<version>/``, return the card.

    The penalty is chosen by cross-validation over whole articles of the training and validation parts; the numbers of
    the test part are of a model fitted on those two.
    """
    folder = models / version
    if Path(version).name != version or version.startswith(".") or version in artifact.TAKEN:
        raise ValueError(f"{version!r} cannot name a folder in {models}; write --version as in 2026-12-01")
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten; choose another --version")
    plots.require()
    if corpus:
        recipe = replace(recipe, corpus=tuple(corpus))
    # Sums in one thread: the same bytes on any number of cores, and faster at this size.
    with threadpool_limits(limits=1):
        return _train(folder, recipe, progress)


def _train(folder: Path, recipe: Recipe, progress: Progress) -> dict[str, Any]:
    progress.phase("corpus: read, analyse")
    articles = dataset.read(recipe.corpus)
    decided = dataset.decisions(articles)
    lexicon = Lexicon.load()
    labelled = dataset.analyse_all(articles, lexicon, progress)
    counts = Counter(recipe.split.part(item.id) for item in labelled)
    if missing := set(dataset.PARTS) - set(counts):
        raise dataset.DatasetError(f"no article falls into these parts: {', '.join(sorted(missing))}; label more")

    def part(*names: str) -> list[dataset.Labelled]:
        return [item for item in labelled if recipe.split.part(item.id) in names]

    known, unseen = dataset.table(part("train", "validation")), dataset.table(part("test"))
    progress.phase("penalty")
    chosen = choose(recipe, known, progress)
    candidate = calibrate(fit(recipe, known, chosen.alpha), recipe.calibration, chosen, known)
    if set(recipe.model.fitted_on) == {"train", "validation"}:
        final = candidate
    else:
        final = calibrate(
            fit(recipe, dataset.table(part(*recipe.model.fitted_on)), chosen.alpha), recipe.calibration, chosen, known
        )
    card = {
        "name": NAME,
        "version": folder.name,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": f"{recipe.model.name.replace('-', ' ')} with signed coefficients, L2 penalty {chosen.alpha}",
        "features": list(NAMES),
        "coefficients": {
            name: [round(float(value), 6) for value in column]
            for name, column in zip(NAMES, final.coef_.T, strict=True)
        },
        "thresholds": [round(float(value), 6) for value in final.thresholds_],
        "lexicon": lexicon.version,
        "data": {
            "articles": len(articles),
            "sentences": sum(label["level"] is not None for item in labelled for label in item.labels),
            "sha256": dataset.digest(articles),
            "decisions": decided,
            "parts": {part: counts[part] for part in dataset.PARTS},
            "test_articles": counts["test"],
            "fitted_on": list(recipe.model.fitted_on),
            "synthetic": not any(decided.values()),
        },
        "metrics": {
            "cross_validation": scores_of(known.y, chosen.at_least, known.mean).as_dict(),
            "test": scores_of(unseen.y, candidate.predict_at_least(unseen.X), unseen.mean).as_dict(),
            "kind_accuracy": round(kind_accuracy(labelled), 4),
        },
        "review": {
            "fragile_probability": _review_threshold(known.y, chosen.at_least, recipe.review_recall),
            "recall": recipe.review_recall,
        },
        "recipe": recipe.as_dict(),
        "code": artifact.origin(),
        "environment": artifact.environment(),
        "use": {
            "intended": "help an editor see which sentences a reader could trace and check, and why",
            "not": "a verdict of truth; fully automatic moderation; a judgement of a person or of an outlet",
        },
        "limits": [
            "French only",
            "trained on synthetic articles labelled by language models: numbers on them flatter, real press is harder",
            "judges the form of a sentence: a false one can score high, a true one low",
            "slices marked as few in report.md are too small to promise anything",
        ],
    }
    progress.phase("test part")
    test = appraise(part("test"), unseen, candidate.predict_at_least(unseen.X), recipe.bootstrap, progress)
    compared = study(recipe, sentences(part("train")), sentences(part("validation")), progress)
    progress.phase("kinds")
    kinds = compare_kinds(part("train"), part("validation"), recipe.bootstrap, progress)
    found = Findings(chosen.by_alpha, compared, test, kinds, span_scores(labelled), agreement(labelled))
    scores = {name: rival.scores for name, rival in compared.candidates.items()}
    texts = {
        "report.md": report(card, found),
        PLOTS["reliability"]: plots.reliability(test.reliability),
        PLOTS["candidates"]: plots.compared(scores, ("spearman", "kappa", "macro_f1", "log_loss")),
    }
    artifact.save(folder, final, card, texts)
    return card


def _review_threshold(y: NDArray[np.int_], at_least: NDArray[np.float64], recall: float) -> float:
    """P(level ≤ 1) from which a sentence is flagged, so that this share of the fragile ones are."""
    fragile = 1 - at_least[:, 1][y <= 1]
    return round(float(np.quantile(fragile, 1 - recall)), 4) if len(fragile) else 0.5
