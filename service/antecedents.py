"""Whom a pronoun stands for: the likeliest first, and the first of them that agrees in gender and number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

from service.parties import CARRYING, Party
from service.scan import Scan
from service.subjects import Pronoun

_LATTER: Final = frozenset("dernier dernière derniers dernières".split())  # "ce dernier": whoever was named last
_LAST: Final = attrgetter("last")
_FIRST_PERSON: Final = frozenset(("je", "j'", "moi", "mon", "ma"))


def antecedent(
    scan: Scan, pronoun: Pronoun, sentence: int, opening: Party | None, spoke: Sequence[Party], named: Sequence[Party]
) -> Party | None:
    """The party that ``pronoun`` stands for in ``sentence``, or None.

    ``opening`` is whoever opens this sentence or the one before; ``spoke`` and ``named`` are the parties that spoke or
    were named, the latest first.
    """
    people = [entry for entry in named if entry.kind == "person"]
    if scan.forms[pronoun.token] in _LATTER:
        if latter := _agreeing(sorted(people, key=_LAST, reverse=True), pronoun):
            return latter
    somebody = [entry for entry in spoke if entry.kind not in CARRYING]
    somebody.sort(key=_rank)
    if opening is not None:
        somebody.insert(0, opening)
    if _says_i(scan, sentence):
        somebody = [entry for entry in somebody if entry.kind != "institution"]
    for candidates in (somebody, people, spoke, named):
        if entry := _agreeing(candidates, pronoun):
            return entry
    return None


def _rank(entry: Party) -> tuple[bool, int, bool]:
    """Order of those who spoke: a pronoun rarely stands for "des experts"; of one sentence's speakers rather for the
    person than for the body.
    """
    return entry.kind == "anonymous", -entry.spoke[-1], entry.kind != "person"


def _says_i(scan: Scan, sentence: int) -> bool:
    """Whether somebody speaks of himself in the sentence: a person, not a body."""
    begin, end = scan.bounds[sentence]
    return not _FIRST_PERSON.isdisjoint(scan.forms[begin:end])


def _agreeing(candidates: Iterable[Party], pronoun: Pronoun) -> Party | None:
    for entry in candidates:
        gender = entry.gender
        if entry.party.plural != pronoun.plural or (gender and gender != pronoun.gender):
            continue
        # "Il" is a person, unless a body is known to be of that gender.
        if gender or pronoun.plural or entry.kind in ("person", "role", "anonymous"):
            return entry
    return None
