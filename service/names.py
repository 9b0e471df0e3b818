"""What a capitalised name is: somebody, or a body."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from typing import Final

from service.bearers import ARTICLES
from service.scan import Scan

FOREIGN: Final = frozenset("al ben bin da del den der di el ibn van von".split())  # particles of no French phrase
LINKS: Final = frozenset("de du d' des la le - ' & y of the st".split())  # those of other phrases as well
PARTICLES: Final = FOREIGN | LINKS | {"dos"}  # a French noun, too
_MAX_PARTICLES: Final = 3  # tokens before a surname: "von der", "al-"
# Abbreviated, a title is nothing else; written out it may belong to a name ("le Conseil Général").
ABBREVIATED_TITLES: Final = frozenset("m mm mme mmes mlle me mgr dr pr".split())
TITLES: Final = ABBREVIATED_TITLES | frozenset(
    "mes dre drs monsieur madame maître docteur sir lady général colonel capitaine".split()
)
# Words that make a name of several words the name of a body.
BODIES: Final = frozenset(
    "systems group groupe corp corporation inc sa sas sarl ltd llc media medias bank banque airlines airways "
    "airport cycling sport natura gestion integrity motors technologies technology consulting canada france "
    "belgique suisse international internationale partners energy energie energies pharma telecom telecoms "
    "entertainment studios records rail cheminots fc cf united olympique football stade racing club association "
    "institute institut university universite foundation fondation council company holding holdings industries "
    "labs solutions software networks capital invest finance assurances hotels emploi environnement meteo sante "
    "ecologie solidaires ouvriere nations unies union front parti party mouvement alliance league federation "
    "confederation syndicat collectif watch rights amnesty transparency oxfam greenpeace post times news press "
    "agency office center centre museum musee theatre opera festival radio television tv channel".split()
)
DOMAINS: Final = frozenset("ecologie emploi energie environnement finance sante".split())  # of a minister, too
_SINGULAR: Final = frozenset(("le", "la", "l'", "un", "une"))
# A native of some country or town, before the name: "l'Italienne Rachele Bruni".
_DEMONYM: Final = re.compile(
    r"\w{2,14}(?:aise?|oise?|ien(?:ne)?|een(?:ne)?|aine?|ande?|ole?)|turc|turque|grec|grecque|tcheque|slovaque|"
    r"britannique|suisse|russe|belge|suedoise?"
)
_COMPOUND_FORENAMES: Final = frozenset(
    "jean marie anne pierre paul louis charles claude rose eve eva ange abd al el henri georges franz hans karl kim "
    "lee hee min jae hyun soo xi li".split()
)
OVER_A_PREPOSITION: Final = frozenset(
    "en sur sous lès les lez aux au à près".split()
)  # between hyphens, in the name of a place
_MIN_ACRONYM: Final = 3  # letters: "SOS Racisme", but "JD Vance"


def kind_of_name(
    scan: Scan, token: int, last: int, names: Sequence[str], determiner: str, surnames: Container[str]
) -> str:
    """Kind of the name at tokens ``token``…``last``; ``names`` are its words without accents, ``determiner`` what
    stands before it, ``surnames`` those of the article.
    """
    word = scan.word(last)
    if determiner in _SINGULAR and len(names) > 2 and _DEMONYM.fullmatch(names[0]) and BODIES.isdisjoint(names):
        return "person"  # "la Norvégienne Borghild Løvset"
    if determiner in ARTICLES or (len(names) == 1 and word.isupper() and len(word) > 1):
        return "institution"
    if len(names) == 1:
        return "person" if names[0] in surnames else "institution"
    joined = last - token == 2 * (len(names) - 1) and set(scan.forms[token + 1 : last : 2]) == {"-"}
    if joined and names[0] not in _COMPOUND_FORENAMES and names[-1] not in surnames:
        return "institution"  # "Renault-Nissan", "Test-Achats"
    if scan.forms[token + 1 : token + 2] == ["-"] and scan.forms[token + 2] in OVER_A_PREPOSITION:
        return "institution"  # "Marche-en-Famenne"
    opening = scan.word(token)
    if len(opening) >= _MIN_ACRONYM and opening.isupper() and not word.isupper():
        return "institution"  # "SOS Racisme"
    return "institution" if not BODIES.isdisjoint(names) else "person"


def surname_at(scan: Scan, token: int, end: int) -> int:
    """Token of the surname that stands after a particle or more from ``token`` on: "von der Leyen"; -1 if none does."""
    forms, capitals = scan.forms, scan.capitals
    name = token
    while name < end and name - token < _MAX_PARTICLES and forms[name] in PARTICLES and not capitals[name]:
        name += 1
    return name if token < name < end and capitals[name] else -1


def plain(name: str) -> str:
    """A name without accents, so that "Erdoğan" and "Erdogan" are one."""
    if name.isascii():
        return name
    return "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
