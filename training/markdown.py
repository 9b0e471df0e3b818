"""Pieces of Markdown that the report of a version and an evaluation share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from training.appraisal import SLICE_METRICS, Appraisal
from training.intervals import Interval

LABELS = {
    "spearman": "Spearman",
    "kappa": "quadratic kappa",
    "macro_f1": "macro-F1",
    "accuracy": "accuracy",
    "mae": "MAE",
    "ece": "ECE, worst k",
    "log_loss": "log loss",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def shown(found: Interval, sign: str = "") -> str:
    """``0.660 [0.612, 0.700]``; a dash where the number is not defined."""
    if found.value != found.value:
        return "–"
    value, low, high = (format(number, f"{sign}.3f") for number in found)
    return f"{value} [{low}, {high}]"


def reliability(found: Appraisal, bound: float) -> str:
    """Expected calibration error of every P(level ≥ k), and whether it is within the gate's bound."""
    rows = [
        [f"level ≥ {curve.k}", shown(curve.ece), "yes" if curve.ece.value <= bound else "**no**"]
        for curve in found.reliability
    ]
    return table(["P", "ECE", f"within {bound:g}"], rows)


def slices(found: Appraisal, least: int) -> str:
    """Scores of every slice; those under ``least`` sentences are marked."""
    rows = [
        [dimension, value, f"{n}" + (" (few)" if n < least else ""), *(shown(scores[name]) for name in SLICE_METRICS)]
        for (dimension, value), (n, scores) in found.slices.items()
    ]
    return table(["slice", "value", "n", *(LABELS[name] for name in SLICE_METRICS)], rows)


def spans(found: Mapping[str, Mapping[str, float]]) -> str:
    """Precision, recall and F1 of each category of cues, of the kinds of source and of the links."""
    rows = [
        [category, f"{values['labelled']:.0f}", *(f"{values[key]:.3f}" for key in ("precision", "recall", "f1"))]
        for category, values in found.items()
    ]
    return table(["category", "labelled", "precision", "recall", "F1"], rows)
