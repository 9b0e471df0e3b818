"""Is this French? Only a text that is long enough and clearly something else is refused."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from py3langid import langid

# Calibrated on 2,903 sentences, headings and articles of French press: none is refused, and none of 30 letters or more
# comes within 20 of the margin.
MIN_LETTERS = 60  # shorter texts, titles and lists of names say too little
MIN_MARGIN = 25.0  # how much likelier (log) the other language must be than French
_SAMPLE = 400  # characters looked at: enough to tell, and the same cost for a long article


# Told apart from French: what newsrooms publish in. The model's other hundred languages would only cost memory.
_LANGUAGES = (
    "fr en es it pt de nl ca gl oc ro la br eu lb da sv no fi pl cs sk sl hr hu el bg ru uk tr ar he fa hi zh ja ko "
    "vi id ms sw ht mg"
).split()


@lru_cache(maxsize=1)
def load() -> Any:
    """The identifier; called at start-up, so that no request pays for it."""
    whole = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    whole.set_languages([code for code in _LANGUAGES if code in whole.labels])
    tables = np.ascontiguousarray(whole.nb_ptc), np.ascontiguousarray(whole.nb_pc), whole.nb_classes
    return langid.LanguageIdentifier(*tables, whole.tk_nextmove, whole.tk_output, tk_row=whole.tk_row)


def other_language(text: str) -> str | None:
    """ISO 639-1 code of the language when ``text`` is clearly not French, else None."""
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return None
    ranked: list[tuple[str, float]] = load().rank(sample)
    best, score = ranked[0]
    if best == "fr":
        return None
    french = next(value for code, value in ranked if code == "fr")
    return best if score - french >= MIN_MARGIN else None
