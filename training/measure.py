"""Numbers that say how good a model and its evidence are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

from service.agreement import krippendorff_alpha
from service.article import CATEGORIES
from service.scoring import levels_of
from training.dataset import Labelled, is_decision

_BINS = 10


@dataclass(frozen=True, slots=True)
class Scores:
    """Agreement of predicted levels with labels; ``ece`` is the worst over k of P(level ≥ k), ``rps`` the ranked
    probability score.
    """

    n: int
    spearman: float
    kappa: float
    macro_f1: float
    accuracy: float
    mae: float
    ece: float
    log_loss: float
    rps: float

    def as_dict(self) -> dict[str, float]:
        """Rounded, for cards; without the RPS, which only chooses the penalty."""
        return {key: round(float(value), 4) for key, value in asdict(self).items() if key != "rps"}


def scores_of(
    y: NDArray[np.int_], at_least: NDArray[np.float64], mean_vote: NDArray[np.float64] | None = None
) -> Scores:
    """Scores of P(level ≥ k), shape (n, 4), against levels (n,); Spearman's is with the mean vote where it is given."""
    predicted = levels_of(at_least)
    expected = at_least.sum(axis=1)
    return Scores(
        n=len(y),
        spearman=float(spearmanr(y if mean_vote is None else mean_vote, expected).statistic),
        kappa=float(cohen_kappa_score(y, predicted, weights="quadratic", labels=[0, 1, 2, 3, 4])),
        macro_f1=float(f1_score(y, predicted, average="macro", labels=sorted(set(y.tolist())))),
        accuracy=float(accuracy_score(y, predicted)),
        mae=float(np.abs(expected - y).mean()),
        ece=max(expected_calibration_error(y >= k, at_least[:, k - 1]) for k in range(1, 5)),
        log_loss=log_loss(y, at_least),
        rps=ranked_probability_score(y, at_least),
    )


def ranked_probability_score(y: NDArray[np.int_], at_least: NDArray[np.float64]) -> float:
    """Mean over sentences of the squared errors of every P(level ≥ k), summed (Epstein 1969): proper like the log loss,
    and a level that is two off costs more than one that is next to the right one.
    """
    reached = y[:, None] >= np.arange(1, at_least.shape[1] + 1)
    return float(((at_least - reached) ** 2).sum(axis=1).mean())


def log_loss(y: NDArray[np.int_], at_least: NDArray[np.float64]) -> float:
    """Mean negative log-probability of the levels that are right."""
    return float(-np.log(probability_of(y, at_least)).mean())


def probability_of(y: NDArray[np.int_], at_least: NDArray[np.float64]) -> NDArray[np.float64]:
    """P(level = y) of each row, at least 1e-12, shape (n,)."""
    edges = np.hstack([np.ones((len(y), 1)), at_least, np.zeros((len(y), 1))])
    rows = np.arange(len(y))
    return np.asarray(np.clip(edges[rows, y] - edges[rows, y + 1], 1e-12, 1))


def expected_calibration_error(outcome: NDArray[np.bool_], probability: NDArray[np.float64]) -> float:
    """Mean distance, weighted by bin size, of predicted probability and observed share over ten equal-width bins."""
    bins = bins_of(probability)
    total = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            total += inside.mean() * abs(outcome[inside].mean() - probability[inside].mean())
    return float(total)


def bins_of(probability: NDArray[np.float64]) -> NDArray[np.int_]:
    """Which of ten equal-width bins, 0…9, each probability falls into."""
    return np.asarray(np.minimum((probability * _BINS).astype(int), _BINS - 1))


def kind_accuracy(labelled: Sequence[Labelled]) -> float:
    """Share of the labelled sentences whose kind the rules get right."""
    pairs = [
        (kind, label["kind"])
        for item in labelled
        for kind, label in zip(item.article.kinds, item.labels, strict=True)
        if label["kind"] is not None
    ]
    return float(np.mean([ours == theirs for ours, theirs in pairs]))


def span_scores(labelled: Sequence[Labelled]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 a category: a span counts as found when one of the same category overlaps it.

    Sentences that nobody has labelled do not count.
    """
    result = {}
    for category in CATEGORIES:
        found = hit = wanted = met = 0
        for item in labelled:
            ours = [
                (cue.start, cue.end)
                for cue in item.article.cues
                if cue.category == category and item.labels[cue.sentence]["kind"] is not None
            ]
            theirs = [
                (c["start"], c["end"]) for label in item.labels for c in label["cues"] if c["category"] == category
            ]
            found, wanted = found + len(ours), wanted + len(theirs)
            hit += sum(any(a < d and c < b for c, d in theirs) for a, b in ours)
            met += sum(any(a < d and c < b for a, b in ours) for c, d in theirs)
        precision, recall = hit / max(found, 1), met / max(wanted, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-12)
        result[category] = {"labelled": wanted, "precision": precision, "recall": recall, "f1": f1}
    kinds = [
        cue.source_kind == c["source_kind"]
        for item in labelled
        for label in item.labels
        for c in label["cues"]
        if c["category"] == "source"
        for cue in item.article.cues
        if cue.category == "source" and cue.start < c["end"] and c["start"] < cue.end
    ]
    right = float(np.mean(kinds)) if kinds else 0.0
    result["source kind, where a source is found"] = {
        "labelled": len(kinds),
        "precision": right,
        "recall": right,
        "f1": right,
    }
    for link in ("contests", "corroborates", "same_source"):
        ours_all = {
            (n, x.sentence, x.target)
            for n, i in enumerate(labelled)
            for x in i.article.links
            if x.type == link and _was_asked_of_links(i.labels[x.sentence])
        }
        theirs_all = {
            (n, index, x["sentence"])
            for n, i in enumerate(labelled)
            for index, label in enumerate(i.labels)
            for x in label["links"]
            if x["type"] == link and _was_asked_of_links(label)
        }
        both = len(ours_all & theirs_all)
        precision, recall = both / max(len(ours_all), 1), both / max(len(theirs_all), 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-12)
        result[f"link {link}"] = {"labelled": len(theirs_all), "precision": precision, "recall": recall, "f1": f1}
    return result


def _was_asked_of_links(label: dict[str, Any]) -> bool:
    """Moderators are not asked about links: those of a sentence that only they decided are the engine's own."""
    return label["kind"] is not None and not (label["votes"] and all(map(is_decision, label["votes"])))


def agreement(labelled: Sequence[Labelled]) -> dict[str, dict[str, float]]:
    """How far the first two blind labellers agree, by genre and in all: alpha of levels, kinds, span F1."""
    groups: dict[str, list[Labelled]] = {}
    for item in labelled:
        groups.setdefault(item.genre, []).append(item)
    groups["all"] = list(labelled)
    return {name: _agreement(items) for name, items in groups.items()}


def _agreement(items: Sequence[Labelled]) -> dict[str, float]:
    levels: list[list[int]] = []
    same_kind: list[bool] = []
    marked = met = 0
    for item in items:
        for label in item.labels:
            # A moderator who saw the score, or another's decision, is no blind labeller.
            votes = [vote for vote in label["votes"] if vote["by"] != "author" and vote.get("blind", True)][:2]
            if len(votes) < 2:
                continue
            levels.append([vote["level"] for vote in votes if vote["level"] is not None])
            same_kind.append(votes[0]["kind"] == votes[1]["kind"])
            for ours, theirs in ((votes[0], votes[1]), (votes[1], votes[0])):
                marked += len(ours["cues"])
                met += sum(
                    any(c[0] == d[0] and c[1] < d[2] and d[1] < c[2] for d in theirs["cues"]) for c in ours["cues"]
                )
    return {
        "n": len(same_kind),
        "alpha": krippendorff_alpha(levels),
        "kind": float(np.mean(same_kind)) if same_kind else float("nan"),
        "spans": met / marked if marked else float("nan"),
    }
