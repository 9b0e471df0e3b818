"""The forms of French adjectives and nouns, so that a list of evaluative words holds each word once.

A line of a list is a word or phrase, of which the last word is inflected ("mal ficelé", "mal ficelées"). What the
rules do not give is written out: "sec, sèche, secs, sèches".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

# Ending of the masculine, and what the feminine has instead; the first that fits counts.
_FEMININES: Final = (
    (("cteur", "ateur", "uteur", "iteur"), "eur", "rice"),
    (("eur",), "r", "se"),
    (("eux", "oux"), "x", "se"),
    (("f",), "f", "ve"),
    (("er",), "er", "ère"),
    (("el", "en", "on", "et", "eil"), "", None),  # the consonant is doubled
    (("e",), "", ""),
)


def inflected(line: str, kind: str) -> tuple[str, ...]:
    """All forms of a line of a word list; ``kind`` is ``"adjective"`` or ``"noun"``.

    >>> inflected("honteux", "adjective")
    ('honteux', 'honteuse', 'honteuses')
    >>> inflected("bijou, bijoux", "noun")
    ('bijou', 'bijoux')
    """
    if "," in line:
        return tuple(form.strip() for form in line.split(","))
    return tuple(dict.fromkeys(INFLECTIONS[kind](line)))


def _adjective(masculine: str) -> tuple[str, ...]:
    feminine = _feminine(masculine)
    return masculine, feminine, _plural(masculine), _plural(feminine)


def _noun(singular: str) -> tuple[str, ...]:
    return singular, _plural(singular)


def _feminine(masculine: str) -> str:
    for endings, cut, added in _FEMININES:
        if masculine.endswith(endings):
            return masculine.removesuffix(cut) + (masculine[-1] + "e" if added is None else added)
    return masculine + "e"


def _plural(singular: str) -> str:
    if singular.endswith(("s", "x", "z")):
        return singular
    if singular.endswith("al"):
        return singular.removesuffix("al") + "aux"
    return singular + ("x" if singular.endswith(("au", "eu")) else "s")


INFLECTIONS: dict[str, Callable[[str], tuple[str, ...]]] = {"adjective": _adjective, "noun": _noun}
