"""The numbers of a version as Markdown: reviewed as a diff when a model is retrained."""

from __future__ import annotations

from typing import Any

from service.columns import FEATURES
from training.measure import Scores


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
