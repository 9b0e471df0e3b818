"""What stands between a verb and its subject: ", lui,", a manner, a date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from service.bearers import Mention
from service.scan import Scan
from service.subjects import BOUNDARIES, GOVERNING

_THEMSELVES: Final = frozenset("lui elle eux elles".split())
# How it is said stands between the verb and its subject: "d'une même voix", "dans un soupir", ", laconique,".
_MANNER: Final = frozenset(("d'", "dans", "avec", "sans", "non", "tout", ","))
_SET_PHRASES: Final = (["de", "son", "côté"], ["de", "leur", "côté"], ["à", "l'", "unanimité"])
_MAX_MANNER: Final = 6  # tokens of it
_MAX_DATE: Final = 12  # tokens of a date


def past_aside(scan: Scan, token: int, end: int) -> int:
    """The token after ", lui," or ", quant à elle,", else ``token``."""
    forms = scan.forms
    if forms[token : token + 3] in _SET_PHRASES:
        return token + 3
    if forms[token : token + 1] != [","]:
        return token
    opening = token + 3 if forms[token + 1 : token + 3] == ["quant", "à"] else token + 1
    is_aside = opening + 1 < end and forms[opening] in _THEMSELVES and forms[opening + 1] == ","
    return opening + 2 if is_aside else token


def past_manner(scan: Scan, token: int, end: int, mentions: Sequence[Mention]) -> int:
    """The token of the subject after how it is said, else ``token``: "plaident d'une même voix les deux maires",
    "glisse, laconique, le trésorier".
    """
    forms = scan.forms
    if token >= end or forms[token] not in _MANNER:
        return token
    subject = next((m.first for m in mentions if m.first > token), end)
    if subject == end or subject - token > _MAX_MANNER or forms[subject - 1] in GOVERNING:
        return token
    manner = forms[token:subject]
    if any(scan.verbs.is_finite_unambiguous(form) or scan.verbs.is_infinitive(form) for form in manner):
        return token
    if forms[token] == ",":
        return subject if len(manner) > 2 and manner[-1] == "," and "," not in manner[1:-1] else token
    return subject if BOUNDARIES.isdisjoint(manner) else token


def past_date(scan: Scan, sentence: int, token: int) -> int:
    """The token after a date that stands at ``token``: "a indiqué le mois dernier le directeur"."""
    hits = scan.hits[sentence]
    for hit in hits[scan.hit_from(sentence, token - _MAX_DATE) : scan.hit_from(sentence, token + 1)]:
        if hit.entry.category == "precision" and token <= hit.last:
            return hit.last + 1
    return token
