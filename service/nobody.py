"""What looks like an attribution and is nobody's: "on", "rien n'indique que", a participle that says which."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from service.bearers import Mention
from service.scan import Hit, Scan, VerbGroup
from service.subjects import Attribution

# What "on" may do that tells of somebody in particular, beside whoever else speaks.
_SOMEBODY_SAYS: Final = frozenset(
    "dire murmurer raconter chuchoter accuser évoquer affirmer assurer prétendre jurer".split()
)
_TELLING_WHICH: Final = frozenset(
    "annoncer publier critiquer dénoncer considérer demander réclamer décrire formuler".split()
)
_CLITICS: Final = frozenset("n' ne l' le la les lui leur y en se s' me m' nous vous".split())
_NO_SPEAKER: Final = frozenset("rien nul tout personne".split())  # subjects that stand for nobody who said it


def says_nobody(scan: Scan, hit: Hit, group: VerbGroup) -> bool:
    """Whether the verb has no speaker for a subject: "rien n'indique que", "ce qui laisse penser que"; or is a noun
    or an adjective in the plural ("les huit juges"), as no news speaks to "tu".
    """
    forms, begin = scan.forms, scan.bounds[hit.sentence][0]
    if group.voice not in ("active", "pronominal") or "present-participle" in group.moods:
        return False  # "tout en reconnaissant"
    if group.first == group.last and forms[group.last].endswith("es"):
        return True
    position = group.first - 1
    while position > begin and forms[position] in _CLITICS:
        position -= 1
    if position < begin:
        return False
    return forms[position] in _NO_SPEAKER or (position > begin and forms[position - 1 : position + 1] == ["ce", "qui"])


def of_somebody(attribution: Attribution, told: bool) -> Attribution:
    """Without "on" where somebody else speaks too: "apprend-on de source judiciaire", "on croyait que"; but the "on"
    of another clause remains: "on évoque un accord, mais le cabinet dément".
    """
    group = attribution.hit.group
    if not told and group is not None and group.lemma in _SOMEBODY_SAYS:
        return attribution
    somebody = [(party, role) for party, role in attribution.sources if isinstance(party, Mention) or not party.nobody]
    if len(somebody) == len(attribution.sources):
        return attribution
    return replace(attribution, sources=tuple(somebody))


def only_tells_which(attribution: Attribution) -> bool:
    """Whether a participle only says which, beside somebody who speaks: "les mesures annoncées par le président"."""
    group = attribution.hit.group
    return group is not None and group.voice == "bare" and group.lemma in _TELLING_WHICH
