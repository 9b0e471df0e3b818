"""Train a model on the corpus and save it with its card and report."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from service.columns import FEATURES, NAMES
from service.estimators import MonotoneOrdinal
from service.lexicon import Lexicon
from training import dataset
from training.measure import Scores, agreement, kind_accuracy, scores_of, span_scores

NAME = "sourcier-fr"
ALPHAS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
FOLDS = 5
REVIEW_RECALL = 0.9  # share of the fragile sentences (levels 0 and 1) that the review flag should find


def train(models: Path, version: str, corpus: Sequence[Path] | None = None, *, promote: bool = False) -> dict[str, Any]:
    """Train on the corpus, write ``models/<version>/`` and return the card.

    The penalty is chosen by cross-validation over whole articles of the training part; the numbers of the test part are
    of a model that has not seen it; the model saved is fitted on both parts with the same settings. With ``promote``
    the champion pointer moves to it.
    """
    folder = models / version
    if folder.exists():
        raise FileExistsError(f"{folder} exists: a version is never overwritten; choose another --version")
    articles = dataset.read(corpus)
    lexicon = Lexicon.load()
    labelled = dataset.analyse_all(articles, lexicon)
    known = [item for item in labelled if not item.is_test]
    unseen = [item for item in labelled if item.is_test]
    if not known or not unseen:
        raise dataset.DatasetError("too few articles: both the training and the test part need some; label more")
    table = dataset.table(known)
    alpha, by_alpha, out_of_fold = _choose_alpha(table)
    candidate = _fitted(alpha, table)
    test_table = dataset.table(unseen)
    everything = dataset.table(labelled)
    final = _fitted(alpha, everything)
    card = {
        "name": NAME,
        "version": version,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": f"cumulative logits with signed coefficients, L2 penalty {alpha}",
        "features": list(NAMES),
        "coefficients": {
            name: [round(float(value), 6) for value in column]
            for name, column in zip(NAMES, final.coef_.T, strict=True)
        },
        "thresholds": [round(float(value), 6) for value in final.thresholds_],
        "lexicon": lexicon.version,
        "data": {
            "articles": len(articles),
            "sentences": len(everything.y),
            "sha256": dataset.digest(articles),
            "test_articles": len(unseen),
            "synthetic": True,
        },
        "metrics": {
            "cross_validation": scores_of(table.y, out_of_fold, table.mean).as_dict(),
            "test": scores_of(test_table.y, candidate.predict_at_least(test_table.X), test_table.mean).as_dict(),
            "kind_accuracy": round(kind_accuracy(labelled), 4),
        },
        "review": {"fragile_probability": _review_threshold(table.y, out_of_fold), "recall": REVIEW_RECALL},
        "environment": {
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "joblib": joblib.__version__,
        },
        "use": {
            "intended": "help an editor see which sentences a reader could trace and check, and why",
            "not": "a verdict of truth; fully automatic moderation; a judgement of a person or of an outlet",
        },
    }
    _save(folder, final, card, report(card, by_alpha, span_scores(labelled), agreement(labelled)))
    if promote:
        _point(models / "champion", version)
    return card


def _estimator(alpha: float) -> MonotoneOrdinal:
    return MonotoneOrdinal(monotone=[feature.monotone for feature in FEATURES], alpha=alpha)


def _fitted(alpha: float, table: dataset.Table, rows: NDArray[np.int_] | None = None) -> MonotoneOrdinal:
    """The estimator fitted on every vote on ``rows`` (default: all)."""
    return _estimator(alpha).fit(*table.fit_rows(np.arange(len(table.y)) if rows is None else rows))


def _choose_alpha(table: dataset.Table) -> tuple[float, dict[float, Scores], NDArray[np.float64]]:
    """Penalty with the best mean log-likelihood over folds of whole articles, and its out-of-fold P(level ≥ k)."""
    predictions = {}
    folds = GroupKFold(min(FOLDS, len(set(table.group.tolist()))))
    for alpha in ALPHAS:
        at_least = np.zeros((len(table.y), 4))
        for fit_rows, rows in folds.split(table.X, table.y, table.group):
            estimator = _fitted(alpha, table, fit_rows)
            if len(estimator.classes_) < 5:
                raise dataset.DatasetError(
                    f"only levels {estimator.classes_.tolist()} in a fold: label more articles that show the others"
                )
            at_least[rows] = estimator.predict_at_least(table.X[rows])
        predictions[alpha] = at_least
    by_alpha = {alpha: scores_of(table.y, at_least, table.mean) for alpha, at_least in predictions.items()}
    best = min(by_alpha, key=lambda alpha: by_alpha[alpha].log_loss)
    return best, by_alpha, predictions[best]


def _review_threshold(y: NDArray[np.int_], at_least: NDArray[np.float64]) -> float:
    """P(level ≤ 1) from which a sentence is flagged, so that `REVIEW_RECALL` of the fragile ones are."""
    fragile = 1 - at_least[:, 1][y <= 1]
    return round(float(np.quantile(fragile, 1 - REVIEW_RECALL)), 4) if len(fragile) else 0.5


def _save(folder: Path, estimator: MonotoneOrdinal, card: dict[str, Any], text: str) -> None:
    """Write the version beside its place, then move it there: a killed run leaves nothing half-written."""
    folded = {"weights": estimator.coef_, "thresholds": estimator.thresholds_}
    files = {"model.joblib": _dumped(estimator), "folded.joblib": _dumped(folded)}
    for key, name in (("artifact", "model.joblib"), ("folded", "folded.joblib")):
        card[key] = {"file": name, "sha256": hashlib.sha256(files[name]).hexdigest()}
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    partial.mkdir(parents=True)
    for name, content in files.items():
        (partial / name).write_bytes(content)
    (partial / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (partial / "report.md").write_text(text, encoding="utf-8")
    partial.rename(folder)


def _dumped(value: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer)
    return buffer.getvalue()


def _point(pointer: Path, version: str) -> None:
    partial = pointer.with_name(f".champion.partial-{os.getpid()}")
    partial.write_text(version + "\n", encoding="utf-8")
    partial.replace(pointer)


def report(
    card: dict[str, Any],
    by_alpha: dict[float, Scores],
    spans: dict[str, dict[str, float]],
    agreed: dict[str, dict[str, float]],
) -> str:
    """The numbers of a version as Markdown: reviewed as a diff when a model is retrained."""
    lines = [
        f"# {card['name']} {card['version']}",
        "",
        f"{card['model']}, trained on {card['data']['sentences']} sentences of {card['data']['articles']} synthetic "
        f"articles (lexicon {card['lexicon']}). The score says how far a reader could trace and check a sentence, "
        "never whether it is true.",
        "",
        "## Levels",
        "",
        "Cross-validation: 5 folds of whole articles of the training part. Test: articles held out by a hash of their "
        "id.",
        "",
        "| part | n | Spearman | quadratic kappa | macro-F1 | accuracy | MAE | ECE, worst k | log loss |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for part in ("cross_validation", "test"):
        lines.append(_row(part.replace("_", "-"), card["metrics"][part]))
    lines += [
        "",
        f"Kind (rules) agrees with the labels on {card['metrics']['kind_accuracy']:.3f} of the sentences.",
        "",
    ]
    lines += [
        "## Choice of the penalty (cross-validation)",
        "",
        "| alpha | n | Spearman | quadratic kappa | macro-F1 | accuracy | MAE | ECE, worst k | log loss |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(f"{alpha:g}", scores.as_dict()) for alpha, scores in by_alpha.items()]
    lines += [
        "",
        "## Cue spans against the labels (overlap)",
        "",
        "| category | labelled | precision | recall | F1 |",
        "|---|---|---|---|---|",
    ]
    for category, values in spans.items():
        lines.append(
            f"| {category} | {values['labelled']:.0f} | "
            + " | ".join(f"{values[key]:.3f}" for key in ("precision", "recall", "f1"))
            + " |"
        )
    lines += [
        "",
        "## Agreement of two blind labellers",
        "",
        "Krippendorff's alpha (ordinal) of the levels, share of equal kinds, overlap F1 of all spans.",
        "",
        "| genre | sentences | alpha | kinds | spans |",
        "|---|---|---|---|---|",
    ]
    for genre, values in agreed.items():
        lines.append(
            f"| {genre} | {values['n']:.0f} | "
            + " | ".join(f"{values[k]:.3f}" for k in ("alpha", "kind", "spans"))
            + " |"
        )
    lines += [
        "",
        "## Coefficients (log-odds of level ≥ k)",
        "",
        "| feature | family | direction | k = 1 | k = 2 | k = 3 | k = 4 |",
        "|---|---|---|---|---|---|---|",
    ]
    signs = {1: "never lowers", -1: "never raises", 0: "free"}
    for feature in sorted(FEATURES, key=lambda f: -sum(map(abs, card["coefficients"][f.name]))):
        columns = " | ".join(f"{value:+.3f}" for value in card["coefficients"][feature.name])
        lines.append(f"| {feature.name} | {feature.family} | {signs[feature.monotone]} | {columns} |")
    return "\n".join(lines) + "\n"


def _row(name: str, values: dict[str, float]) -> str:
    keys = ("spearman", "kappa", "macro_f1", "accuracy", "mae", "ece", "log_loss")
    return f"| {name} | {values['n']:.0f} | " + " | ".join(f"{values[key]:.3f}" for key in keys) + " |"
