"""The numbers of a version as Markdown: reviewed as a diff when a model is retrained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.columns import FEATURES
from training.appraisal import Appraisal
from training.fitting import best_penalty
from training.intervals import Interval, verdict
from training.kinds import KindScores
from training.markdown import LABELS, reliability, shown, slices, spans, table
from training.measure import Scores
from training.study import Rival, Study

PLOTS = {"reliability": "reliability.svg", "candidates": "candidates.svg"}
_COMPARED = ("spearman", "kappa", "macro_f1", "ece", "log_loss")
_BASELINES = ("majority", "hedge-count", "source-count", "characters")
_NATURE = {
    "cumulative-logits": "additive, signed, a set of coefficients a threshold",
    "proportional-odds": "additive, signed, one set of coefficients",
    "gradient-boosting": "additive, monotone, steps",
    "boosted-interactions": "not additive, monotone: what additivity costs",
    "splines": "additive, no signs, bent counts",
    "majority": "baseline: the shares of the levels",
    "hedge-count": "baseline: how many hedges and hearsay conditionals",
    "source-count": "baseline: how many sources",
    "characters": "baseline: TF-IDF of 2 to 4 characters, logistic regression",
}


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a run has measured."""

    by_alpha: dict[float, Scores]
    study: Study
    test: Appraisal
    kinds: dict[str, KindScores]
    spans: dict[str, dict[str, float]]
    agreed: dict[str, dict[str, float]]


def report(card: Mapping[str, Any], found: Findings) -> str:
    """The whole report; its plots lie beside it under the names of `PLOTS`."""
    data, recipe = card["data"], card["recipe"]
    parts = data["parts"]
    sections = [
        f"# {card['name']} {card['version']}",
        f"{card['model']}, fitted on the {' and '.join(data['fitted_on'])} parts of {data['articles']} "
        f"{'synthetic ' if data['synthetic'] else ''}articles ({data['sentences']} sentences with a level; lexicon "
        f"{card['lexicon']}; recipe {recipe['file']} {recipe['sha256'][:12]}). The score says how far a reader could "
        "trace and check a sentence, never whether it is true.",
        f"Parts, by a hash of each article's id: train {parts['train']} articles, validation {parts['validation']}, "
        f"test {parts['test']}. Brackets are {recipe['gate']['confidence']:.0%} bootstrap intervals over "
        f"{recipe['report']['resamples']} resamples of whole articles.",
        *_decisions(data["decisions"]),
        *_levels(card, found),
        *_candidates(card, found.study.candidates),
        *_families(found.study.families),
        *_calibration(card, found),
        *_penalty(found.by_alpha),
        "## Slices of the test part",
        f"By what labellers said, not by what the engine found; under {recipe['gate']['slice_n']} sentences: few.",
        slices(found.test, recipe["gate"]["slice_n"]),
        *_kinds(card, found.kinds),
        "## Cue spans against the labels (overlap)",
        spans(found.spans),
        *_agreement(found.agreed),
        *_coefficients(card),
        "## Use and limits",
        f"To {card['use']['intended']}. Not for: {card['use']['not']}.",
        "\n".join(f"- {limit}" for limit in card["limits"]),
    ]
    return "\n\n".join(sections) + "\n"


def _decisions(found: Mapping[str, int]) -> list[str]:
    if not found["sentences"]:
        return []
    return [
        f"Moderators decided {found['sentences']} sentences of {found['articles']} articles: {found['votes']} "
        f"decisions, {found['blind']} of them blind."
    ]


def _levels(card: Mapping[str, Any], found: Findings) -> list[str]:
    metrics = card["metrics"]["cross_validation"]
    rows = [
        ["cross-validation", f"{metrics['n']:.0f}", *(f"{metrics[name]:.3f}" for name in LABELS)],
        ["test", str(found.test.sentences), *(shown(found.test.metrics[name]) for name in LABELS)],
    ]
    return [
        "## Levels",
        f"Cross-validation: {card['recipe']['model']['folds']} folds of whole articles of the train and validation "
        "parts. Test: a model fitted on those two, with the same settings. Spearman is with the mean of the votes.",
        table(["part", "n", *LABELS.values()], rows),
    ]


def _candidates(card: Mapping[str, Any], rivals: Mapping[str, Rival]) -> list[str]:
    own, *others = rivals
    scores = [
        [name, _NATURE[name], *(shown(rival.scores[metric]) for metric in _COMPARED)] for name, rival in rivals.items()
    ]
    apart = [[name, *(shown(rivals[name].apart[metric], "+") for metric in _COMPARED)] for name in others]
    sections = [
        "## Candidates",
        "All fitted on the train part, their settings chosen by cross-validation inside it, scored on the validation "
        "part.",
        table(["candidate", "what it is", *(LABELS[metric] for metric in _COMPARED)], scores),
        f"![Candidates with intervals]({PLOTS['candidates']})",
    ]
    if others:
        sections += [
            f"Paired differences from {own} (above 0 is better for the first three, below 0 for the last two):",
            table(["candidate", *(LABELS[metric] for metric in _COMPARED)], apart),
        ]
    return [*sections, *_choice(own, {name: rivals[name] for name in others}, rivals[own])]


def _choice(own: str, others: Mapping[str, Rival], ours: Rival) -> list[str]:
    """Which was chosen and why, in words that follow from the numbers."""
    lines = [
        f"**In service: {own}.** The contributions shown to an editor have to be exact, so only additive models are "
        "eligible; the guideline's directions have to hold for every input, so only signed or monotone ones; the "
        "service opens plain arrays, so only those that fold into a matrix of coefficients and four thresholds.",
    ]
    for name, rival in others.items():
        if name not in _BASELINES:
            judged = {metric: verdict(metric, rival.apart[metric]) for metric in _COMPARED}
            lines.append(f"- {name}: {_judged(judged)} than {own}.")
    baselines = [name for name in others if name in _BASELINES]
    for metric in ("spearman", "kappa") if baselines else ():
        behind = [name for name in baselines if _is_behind(others[name].scores[metric], ours.scores[metric])]
        lines.append(
            f"- Baselines whose interval of {LABELS[metric]} lies wholly below that of {own}: "
            f"{', '.join(behind) or 'none'} ({len(behind)} of {len(baselines)})."
        )
    return [lines[0], "\n".join(lines[1:])] if lines[1:] else lines


def _judged(judged: Mapping[str, str]) -> str:
    """``better in kappa; worse in log loss``, or that no interval excludes zero."""
    said = [
        f"{word} in {', '.join(LABELS[metric] for metric, found in judged.items() if found == word)}"
        for word in ("better", "worse")
        if word in judged.values()
    ]
    return "; ".join(said) if said else "neither better nor worse (every interval of a difference holds 0)"


def _is_behind(other: Interval, ours: Interval) -> bool:
    """Whether intervals do not meet; what gives everybody the same score has no order, and is behind."""
    return other.value != other.value or other.high < ours.low


def _families(families: Mapping[str, Rival]) -> list[str]:
    rows = [
        [name, *(shown(rival.apart[metric], "+") for metric in _COMPARED), _judged_short(rival)]
        for name, rival in families.items()
    ]
    return [
        "## Families of columns",
        "The model without one family, on the validation part: paired differences from the whole model.",
        table(["left out", *(LABELS[metric] for metric in _COMPARED), "log loss is"], rows),
    ]


def _judged_short(rival: Rival) -> str:
    return verdict("log_loss", rival.apart["log_loss"])


def _calibration(card: Mapping[str, Any], found: Findings) -> list[str]:
    used, bound = card["recipe"]["calibration"], card["recipe"]["gate"]["ece"]
    methods = found.study.calibration
    rows = [
        [name + (" (used)" if name == used else ""), *(shown(rival.apart[metric], "+") for metric in _COMPARED)]
        for name, rival in methods.items()
    ]
    other = next(name for name in methods if name != used)
    judged = {metric: verdict(metric, methods[other].apart[metric]) for metric in _COMPARED}
    within = all(curve.ece.value <= bound for curve in found.test.reliability)
    return [
        "## Calibration",
        "On the test part: expected calibration error of P(level ≥ k) over ten bins, and whether it is within the "
        f"gate's {bound:g}. Resampling can only add to this error: its intervals lean upwards.",
        reliability(found.test, bound),
        f"![Reliability of P(level ≥ k) on the test part]({PLOTS['reliability']})",
        f"Paired differences from {used} on the validation part:",
        table(["method", *(LABELS[metric] for metric in _COMPARED)], rows),
        f"{other} is {_judged(judged)} than {used}, which the recipe names. The model is "
        + ("calibrated within the bound as it is." if within else "not calibrated within the bound."),
    ]


def _penalty(by_alpha: Mapping[float, Scores]) -> list[str]:
    rows = []
    for alpha, scores in by_alpha.items():
        values = scores.as_dict()
        rows.append([f"{alpha:g}", f"{scores.rps:.4f}", *(f"{values[name]:.3f}" for name in LABELS)])
    best = best_penalty(by_alpha)
    return [
        "## Choice of the penalty",
        f"Cross-validation of the train and validation parts; {best:g} is the strongest whose ranked probability "
        "score (RPS) is within a thousandth of the least.",
        table(["alpha", "RPS", *LABELS.values()], rows),
    ]


def _kinds(card: Mapping[str, Any], kinds: Mapping[str, KindScores]) -> list[str]:
    rows = [
        [name, shown(found.accuracy), shown(found.apart, "+"), f"{found.macro_f1:.3f}"] for name, found in kinds.items()
    ]
    better = [name for name, found in kinds.items() if verdict("accuracy", found.apart) == "better"]
    return [
        "## Kind",
        "Share of sentences whose kind is right, on the validation part. The model is a logistic regression on "
        "character n-grams and on the columns that owe nothing to the rules; both: with the rules' answer beside them.",
        table(["by", "accuracy", "from the rules", "macro-F1"], rows),
        "The service uses the **rules**: they name the words they go by. Clearly better on these sentences: "
        f"{' and '.join(better) or 'neither'}.",
        f"Kind (rules) agrees with the labels on {card['metrics']['kind_accuracy']:.3f} of all sentences.",
    ]


def _agreement(agreed: Mapping[str, Mapping[str, float]]) -> list[str]:
    rows = [
        [genre, f"{values['n']:.0f}", *(f"{values[key]:.3f}" for key in ("alpha", "kind", "spans"))]
        for genre, values in agreed.items()
    ]
    return [
        "## Agreement of two blind labellers",
        "Krippendorff's alpha (ordinal) of the levels, share of equal kinds, overlap F1 of all spans.",
        table(["genre", "sentences", "alpha", "kinds", "spans"], rows),
    ]


def _coefficients(card: Mapping[str, Any]) -> list[str]:
    signs = {1: "never lowers", -1: "never raises", 0: "free"}
    rows = [
        [f.name, f.family, signs[f.monotone], *(f"{value:+.3f}" for value in card["coefficients"][f.name])]
        for f in sorted(FEATURES, key=lambda f: -sum(map(abs, card["coefficients"][f.name])))
    ]
    return [
        "## Coefficients (log-odds of level ≥ k)",
        table(["feature", "family", "direction", "k = 1", "k = 2", "k = 3", "k = 4"], rows),
    ]
