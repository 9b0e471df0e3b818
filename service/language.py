"""Is this French? Only a text that is long enough and clearly something else is refused."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
from py3langid import langid

# Calibrated on 2,903 sentences, headings and articles of French press: none is refused, and none of 30 letters or more
# comes within 20 of the margin.
MIN_LETTERS = 60  # shorter texts, titles and lists of names say too little
MIN_MARGIN = 25.0  # how much likelier (log) the other language must be than French
_MIN_PLAIN_LETTERS = 25  # in words without a capital: a list of names has hardly any
_WORD = re.compile(r"[^\W\d_]+")
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
    found = _other(text[:_SAMPLE])
    # An article may open with a long foreign quotation, or a list of foreign names: only then look further.
    if found is None or not _has_foreign_words(text[:_SAMPLE]):
        return None
    if len(text) > 2 * _SAMPLE:
        middle = len(text) // 2
        if _other(text[middle : middle + _SAMPLE]) is None:
            return None
    return found


def _other(sample: str) -> str | None:
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return None
    ranked: list[tuple[str, float]] = load().rank(sample)
    best, score = ranked[0]
    if best == "fr":
        return None
    french = next(value for code, value in ranked if code == "fr")
    return best if score - french >= MIN_MARGIN else None


def _has_foreign_words(sample: str) -> bool:
    """Whether the words that are no names speak against French too: "Composition : Szczęsny, Błaszczykowski…" is
    Polish by its letters only.
    """
    words = " ".join(word for word in _WORD.findall(sample) if not word[0].isupper())
    return sum(map(str.isalpha, words)) >= _MIN_PLAIN_LETTERS and load().rank(words)[0][0] != "fr"
