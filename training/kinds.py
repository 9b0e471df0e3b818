"""Kind of a sentence: the rules in service against a model and against a model that also sees what the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.multiclass import OneVsRestClassifier

from service.article import KINDS
from service.columns import NAMES
from service.features import sentence_features
from training.dataset import Labelled
from training.intervals import Bootstrap, Interval, Resamples
from training.progress import SILENT, Progress

_OF_RULES = ("is_opinion", "is_prediction", "opinion_unsourced", "prediction_unsourced")
_GRID = (1.0, 3.0, 10.0)
_FOLDS = 3


class KindScores(NamedTuple):
    """One way of telling kinds: accuracy, its paired difference from the rules', macro-F1."""

    accuracy: Interval
    apart: Interval
    macro_f1: float


class _Part:
    """All labelled sentences: text, the columns that owe nothing to the rules of kinds, the rules' answer, label."""

    def __init__(self, labelled: Sequence[Labelled]) -> None:
        free = [column for column, name in enumerate(NAMES) if name not in _OF_RULES]
        labels = [label for item in labelled for label in item.labels]
        kept = np.array([label["kind"] is not None for label in labels])
        self.texts = [label["text"] for label in labels if label["kind"] is not None]
        self.columns = np.vstack([sentence_features(item.article)[:, free] for item in labelled])[kept]
        self.rules = np.array([KINDS.index(kind) for item in labelled for kind in item.article.kinds])[kept]
        self.labels = np.array([KINDS.index(label["kind"]) for label in labels if label["kind"] is not None])
        self.group = np.repeat(np.arange(len(labelled)), [len(item.labels) for item in labelled])[kept]


def compare(
    known: Sequence[Labelled], new: Sequence[Labelled], bootstrap: Bootstrap, progress: Progress = SILENT
) -> dict[str, KindScores]:
    """Rules, model and both on ``new``.

    The model is a logistic regression on character n-grams and on the columns of the service, fitted on ``known``.
    """
    learnt, scored = _Part(known), _Part(new)
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3, sublinear_tf=True)
    words, new_words = vectors.fit_transform(learnt.texts), vectors.transform(scored.texts)
    answers = {"rules": scored.rules}
    progress.expect(2 * len(_GRID))
    for name, hints in (("model", False), ("both", True)):
        X = hstack([words, csr_matrix(_beside(learnt, hints))]).tocsr()
        X_new = hstack([new_words, csr_matrix(_beside(scored, hints))]).tocsr()
        answers[name] = _classifier(X, learnt, progress).predict(X_new)
    resamples = Resamples(scored.group, bootstrap)
    right = {name: resamples.mean((answer == scored.labels).astype(float)) for name, answer in answers.items()}
    return {
        name: KindScores(
            resamples.interval(right[name]),
            resamples.interval(right[name] - right["rules"]),
            float(f1_score(scored.labels, answer, average="macro")),
        )
        for name, answer in answers.items()
    }


def _beside(part: _Part, hints: bool) -> NDArray[np.float64]:
    return np.hstack([part.columns, np.eye(len(KINDS))[part.rules]]) if hints else part.columns


def _classifier(X: csr_matrix, part: _Part, progress: Progress) -> OneVsRestClassifier:
    """The setting with the best accuracy over folds of whole articles, fitted on all."""
    folds = GroupKFold(_FOLDS)
    made = [OneVsRestClassifier(LogisticRegression(C=strength, solver="liblinear")) for strength in _GRID]
    scores = []
    for each in made:
        scores.append(cross_val_score(each, X, part.labels, groups=part.group, cv=folds).mean())
        progress.step()
    return made[int(np.argmax(scores))].fit(X, part.labels)
