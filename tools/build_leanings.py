"""Build ``service/cues/fr/leanings.json.gz``: which way common words lean, in hundredths of a level.

    make leanings                                  # vectors, then the table (docs/adr/0008)
    python -m tools.build_leanings vectors.npz     # the table alone, from the vectors of tools/export_vectors.py

A ridge regression tells the level of a sentence of the corpus's training part from the mean vector of its words, names,
particulars and what cues hold left out; a word's leaning is its own part of that. Words that no labelled sentence holds
so lean like words used alike. The validation and test parts are not seen: the report stays honest about them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from service.entries import LEANINGS
from service.lexicon import CUES, Lexicon
from service.wording import DOUBT
from training import dataset
from training.dataset import Labelled
from training.recipe import DEFAULT, Recipe

COMMON = 120  # the commonest words of the corpus say nothing: articles, auxiliaries, days
PENALTY = 3000.0  # on the standardised mean vectors; from 1,000 to 10,000 the levels come out alike
PART = "train"
_WORD = re.compile(r"[^\W\d_]+['’]?")
# What cues hold counts by itself. Evaluative, vague and quoted words are the wording.
_HELD = frozenset(
    ("source", "attribution", "hedge", "conditional", "denial", "corroboration", "disclaimer", "precision")
)


def build(forms: list[str], vectors: NDArray[np.float64], recipe: Recipe) -> bytes:
    """The table, gzip of sorted JSON, for ``forms`` and their ``vectors`` (forms, dimensions)."""
    articles = [article for article in dataset.read(recipe.corpus) if recipe.split.part(article["id"]) == PART]
    labelled = dataset.analyse_all(articles, Lexicon.load())
    sentences = [(level, words) for item in labelled for level, words in _sentences(item)]
    counts = Counter(word for _, words in sentences for word in set(words))
    common = {word for word, _ in counts.most_common(COMMON)}
    place = {form: row for row, form in enumerate(forms) if form not in common}
    rows = [[place[word] for word in words if word in place] for _, words in sentences]
    centred = vectors - vectors[np.concatenate([np.array(row, dtype=int) for row in rows])].mean(axis=0)
    means = np.array([centred[row].sum(axis=0) / (len(row) + DOUBT) for row in rows])
    scale = means.std(axis=0).mean()
    with threadpool_limits(limits=1):
        fitted = Ridge(PENALTY).fit(means / scale, [level for level, _ in sentences])
    leanings = np.rint(100 * (centred @ fitted.coef_) / scale).astype(int)
    table = {form: int(leanings[row]) for form, row in place.items()}
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


def _sentences(item: Labelled) -> Iterator[tuple[float, list[str]]]:
    """Mean level of the votes, and the words that no cue holds, of each sentence that has a level."""
    for sentence, label, cues in zip(
        item.article.document.sentences, item.labels, item.article.by_sentence, strict=True
    ):
        if label["level"] is None:
            continue
        held = {at for cue in cues if cue.category in _HELD for at in range(cue.start, cue.end)}
        words = [
            match[0].lower().replace("’", "'")
            for match in _WORD.finditer(sentence.text)
            if match.start() + sentence.start not in held and (match.start() == 0 or match[0][0].islower())
        ]
        yield float(np.mean(dataset.vote_levels(label) or label["level"])), words


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path, help="file of tools/export_vectors.py (.npz)")
    given = parser.parse_args(arguments)
    with np.load(given.vectors) as found:
        content = build(found["forms"].tolist(), found["vectors"].astype(np.float64), Recipe.load(DEFAULT))
    path = CUES / "fr" / LEANINGS
    path.write_bytes(content)
    print(f"{path}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
