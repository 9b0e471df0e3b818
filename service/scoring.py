"""The model in service: load it, check it, score an article.

A version holds the scikit-learn estimator (``model.joblib``) and its arithmetic folded into one matrix and four
thresholds (``folded.joblib``), both saved with joblib when it was trained. The service opens the second alone:
scikit-learn would add 50 MB to a worker and a second to its start. A joblib file runs code when it is opened, so the
SHA-256 of both is compared with the card's first.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from importlib.metadata import version as installed_version
from itertools import combinations, pairwise
from operator import sub
from pathlib import Path
from typing import Any, NamedTuple

import joblib
import numpy as np
from numpy.typing import NDArray

from service.article import Article, Weighed
from service.columns import NAMES
from service.features import sentence_features

LEVELS = 5
# Level k is given from this P(level >= k) on, for k = 1…4 (docs/adr/0006): with one half everywhere, levels 0 and 4
# would hardly ever be given, though labellers give them.
LEVEL_CUTS = (0.6, 0.5, 0.45, 0.35)
_MOST_WORDS = 5  # named behind one contribution
_FLAT = 1e-9  # log-odds so small that the curve is its tangent
MODELS = Path(__file__).parent.parent / "models"


class ModelError(RuntimeError):
    """The model cannot be served: names the file and the remedy."""


class Contribution(NamedTuple):
    """What one feature adds to the score (score units) against a sentence that shows nothing.

    ``words`` are the offsets, half-open in the document's text, of the words that the feature counts by themselves: of
    many that lean the most telling, of others the first.
    """

    feature: str
    effect: float
    words: tuple[tuple[int, int], ...] = ()


class Assessment(NamedTuple):
    """The verdict on one sentence; score, level and probabilities are None for kind ``none``."""

    kind: str
    score: float | None
    level: int | None
    probabilities: tuple[float, ...] | None
    review: bool
    contributions: tuple[Contribution, ...] = ()
    features: dict[str, float] | None = None


class Scorer:
    """A loaded model. `assess` is thread-safe: nothing is written after construction."""

    def __init__(self, name: str, version: str, card: dict[str, Any], folded: dict[str, NDArray[np.float64]]) -> None:
        self.name = name
        self.version = version
        self.card = card
        self._weights = folded["weights"]
        self._thresholds = folded["thresholds"]
        self._review_at = float(card["review"]["fragile_probability"])
        self._empty = self._shares(np.zeros(LEVELS - 1))  # what a sentence that shows nothing gets
        self._is_ordered = bool((np.diff(self._empty) <= 0).all())
        self._base = float(np.minimum.accumulate(self._empty).sum()) / (LEVELS - 1)

    @classmethod
    def load(cls, models: Path = MODELS) -> Scorer:
        """The champion of a models folder; raises `ModelError` naming the file and the remedy."""
        pointer = models / "champion"
        try:
            version = pointer.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ModelError(
                f"{pointer}: cannot be read ({error.strerror}); train a model: python -m training train"
            ) from error
        if not version or Path(version).name != version:
            raise ModelError(f"{pointer}: {version!r} is not the name of a folder beside it")
        return cls.load_version(models / version)

    @classmethod
    def load_version(cls, folder: Path) -> Scorer:
        """The model of one version folder, after checking digest, environment and features."""
        card = _read_card(folder / "card.json")
        if card["version"] != folder.name:
            raise ModelError(
                f"{folder / 'card.json'}: it is the card of {card['version']!r}; restore the folder of that name"
            )
        _checked(folder, card["artifact"])
        folded = _checked(folder, card["folded"])
        trained, here = card["environment"]["scikit-learn"], installed_version("scikit-learn")
        if trained != here:
            raise ModelError(
                f"{folder / 'model.joblib'}: trained with scikit-learn {trained}, this is {here}; "
                "install requirements.txt or train again"
            )
        if tuple(card["features"]) != NAMES:
            raise ModelError(f"{folder / 'card.json'}: its features are not those of service/columns.py; train again")
        return cls(card["name"], card["version"], card, joblib.load(io.BytesIO(folded)))

    def assess(self, article: Article, *, contributions: bool = False, features: bool = False) -> list[Assessment]:
        """One assessment a sentence, in order; contributions name words where the article was analysed with them."""
        matrix = sentence_features(article)
        etas = matrix @ self._weights.T
        shares = np.minimum.accumulate(self._shares(etas), axis=1)
        exceeding, levels = shares.tolist(), levels_of(shares).tolist()
        assessments = []
        for index, kind in enumerate(article.kinds):
            row = matrix[index]
            named = {name: float(value) for name, value in zip(NAMES, row, strict=True)} if features else None
            if kind == "none":
                assessments.append(Assessment(kind, None, None, None, False, (), named))
                continue
            at_least = exceeding[index]
            score = sum(at_least) / (LEVELS - 1)
            probabilities = tuple(map(sub, (1.0, *at_least), (*at_least, 0.0)))
            review = probabilities[0] + probabilities[1] >= self._review_at
            parts = self._contributions(row, etas[index]) if contributions else ()
            if article.weighed:
                parts = tuple([part._replace(words=_words(part, article.weighed[index])) for part in parts])
            assessments.append(Assessment(kind, score, levels[index], probabilities, review, parts, named))
        return assessments

    def at_least(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(level ≥ k) of rows of features (n, len(FEATURES)), shape (n, LEVELS - 1)."""
        return np.asarray(np.minimum.accumulate(self._shares(rows @ self._weights.T), axis=1))

    def contributions(self, row: NDArray[np.float64]) -> tuple[Contribution, ...]:
        """What each feature of a row (len(FEATURES),) adds to its score, largest first; their sum is score - base."""
        return self._contributions(row, self._weights @ row)

    @property
    def base(self) -> float:
        """Score of a sentence that shows nothing: contributions sum to a score's distance from it."""
        return self._base

    @property
    def review_at(self) -> float:
        """P(level ≤ 1) from which a sentence is to be reviewed."""
        return self._review_at

    def _shares(self, etas: NDArray[np.float64]) -> NDArray[np.float64]:
        """Each logit by itself, σ(x·w_k − t_k), in the shape of ``etas``: (…, LEVELS - 1)."""
        shares: NDArray[np.float64] = 1 / (1 + np.exp(np.minimum(self._thresholds - etas, 700)))
        return shares

    def _contributions(self, row: NDArray[np.float64], eta: NDArray[np.float64]) -> tuple[Contribution, ...]:
        """Exact shares of score - base: along the straight path from the empty row each feature has its part of every
        logit (integrated gradients). No effect goes against the sign that the feature is held to.
        """
        if self._is_ordered and (np.diff(eta - self._thresholds) <= 0).all():
            slopes = self._rises(0.0, 1.0, eta)
        else:
            slopes = self._rises_of_least(eta)
        effects = (slopes @ self._weights) * row / (LEVELS - 1)
        parts = [Contribution(NAMES[column], float(effects[column])) for column in np.flatnonzero(effects)]
        return tuple(sorted(parts, key=lambda part: -abs(part.effect)))

    def _rises(self, begin: float, end: float, eta: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each probability gains from ``begin`` to ``end`` of the path, for one unit of its logit."""
        steep = np.abs(eta) > _FLAT
        gains = (self._shares(end * eta) - self._shares(begin * eta)) / np.where(steep, eta, 1)
        return np.where(steep, gains, self._empty * (1 - self._empty) * (end - begin))

    def _rises_of_least(self, eta: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same where logits cross on the path: on each stretch P(level ≥ k) is the least of the first k."""
        cuts = {0.0, 1.0}
        for one, other in combinations(range(LEVELS - 1), 2):
            apart = eta[one] - eta[other]
            if abs(apart) > _FLAT and 0 < (at := float((self._thresholds[one] - self._thresholds[other]) / apart)) < 1:
                cuts.add(at)
        total = np.zeros(LEVELS - 1)
        for begin, end in pairwise(sorted(cuts)):
            logits = (begin + end) / 2 * eta - self._thresholds
            rises, least = self._rises(begin, end, eta), 0
            for k in range(LEVELS - 1):
                least = k if logits[k] < logits[least] else least
                total[least] += rises[least]
        return total


def _words(part: Contribution, weighed: Sequence[Weighed]) -> tuple[tuple[int, int], ...]:
    """The words behind a contribution: those that lean the way it goes, the most telling, in reading order."""
    words = [word for word in weighed if word.column == part.feature and word.leaning * part.effect >= 0]
    words = sorted(words, key=lambda word: -abs(word.leaning))[:_MOST_WORDS]
    return tuple(sorted((word.start, word.end) for word in words))


def levels_of(at_least: NDArray[np.float64]) -> NDArray[np.int_]:
    """The levels (n,) that P(level ≥ k), shape (n, LEVELS - 1), gives: the highest k that reaches its cut, else 0."""
    return np.asarray(((at_least >= LEVEL_CUTS) * np.arange(1, LEVELS)).max(axis=1))


def _checked(folder: Path, named: dict[str, str]) -> bytes:
    """Content of a file that the card names, after comparing its digest: what is opened is what was compared."""
    path = folder / Path(named["file"]).name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); train again or restore the file") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != named["sha256"]:
        raise ModelError(
            f"{path}: SHA-256 {digest[:12]}… is not the {named['sha256'][:12]}… of card.json: "
            "the file was changed or is of another version; restore both files together"
        )
    return content


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for keys in (
            ("name",),
            ("version",),
            ("features",),
            ("artifact", "file"),
            ("artifact", "sha256"),
            ("folded", "file"),
            ("folded", "sha256"),
            ("environment", "scikit-learn"),
            ("review", "fragile_probability"),
        ):
            value: Any = card
            for key in keys:
                value = value[key]
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); a model is served with its card only") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a model card ({error!r}); train again") from error
    return card
