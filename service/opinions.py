"""Whether what a sentence says is a judgement: evaluative words as predicates, and turns that judge without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from service.quotes import Quotation
from service.scan import Hit, Scan

COPULAS: Final = frozenset(
    "est était sont étaient c' serait reste devient semble paraît fut trouve trouvent juge jugent être agit "
    "constitue constituent représente représentent demeure relève témoigne seraient sera seront restent".split()
)
# Of these a judgement in a relative clause frames nothing: "un grief qu'elle juge humiliant".
_JUDGING: Final = frozenset("juge jugent trouve trouvent".split())
_RELATIVES: Final = frozenset(("que", "qu'"))
SHORT: Final = 8  # tokens: in so short a sentence the evaluative word is the content
_JUDGEMENT: Final = 0.8  # weight from which an evaluative word can be a judgement by itself
# Lists of which a word is a judgement where the author alone speaks, of nobody by name.
_WRITERS_JUDGEMENTS: Final = frozenset(("evaluatif-locution", "evaluatif-fort", "evaluatif-nom"))
_TURN: Final = "tournure-jugement"  # turns of phrase that make an opinion of what stands around them
_SPOKEN_JUDGEMENT: Final = 0.3  # the same within direct speech
_SHORT_TEXT: Final = 160  # characters: longer sentences say more than "c'est…"
_SHORT_JUDGEMENT: Final = 14  # tokens: in a longer one the evaluative word is rather a colour
# "c'est une honte", "ce serait un coup de maître"; "c'est lui qui…" says who, and is no judgement.
_THAT_IS: Final = re.compile(
    r"\W{0,3}(?:\w{1,12},? ){0,4}(?:c'est|c'était|ce serait|ce sera|ce n'est pas|ce n'était pas|voilà) "
    r"(?:(?!qui\b|que\b|qu'|là\b|dans\b|à\b|en\b|ce\b|pourquoi\b)[\w'’-]{1,20}[ .,!»]{1,3}){1,7}$"
)
_THAT_IS_HINTS: Final = ("c'", "ce ", "voilà")  # cheaper than the pattern
_DEONTIC: Final = re.compile(
    r"\b(?:il (?:faut|faudrait|faudra)(?! (?:\w{1,12} )?(?:voir|savoir|attendre|noter|rappeler|compter|dire))|"
    r"il est (?:temps|urgent|indispensable|inacceptable|scandaleux|regrettable|honteux)|"
    r"on (?:doit|devrait|ne peut (?:que|pas))|nous devons|c'est (?:un|une) (?:honte|scandale|désastre|catastrophe|"
    r"erreur|faute|aberration|bonne|mauvaise|victoire|échec|injustice))\b"
)
# Cheaper than the pattern.
_DEONTIC_HINTS: Final = ("il faut", "il faud", "il est ", "on d", "on ne ", "nous d", "c'est un")
_DEONTIC_WITHIN: Final = 60  # characters: further on, the duty is a detail of a claim
_FIRST_PERSON: Final = frozenset("je j' nous mon ma mes notre nos moi".split())


def is_judgement(hit: Hit) -> bool:
    """Whether a word judges by itself, even without a verb ("Risible.", "Une goutte d'eau.")."""
    return hit.entry.id in _WRITERS_JUDGEMENTS or (
        hit.entry.category == "subjective" and hit.entry.weight >= _JUDGEMENT
    )


def is_opinion(
    scan: Scan,
    start: int,
    end: int,
    text: str,
    hits: Sequence[Hit],
    speech: Sequence[Quotation],
    has_speaker: bool,
) -> bool:
    """Whether the content of a sentence, its tokens from ``start`` on, is a judgement that no evidence settles."""
    opening = text[:_DEONTIC_WITHIN]
    if any(map(opening.__contains__, _DEONTIC_HINTS)) and _DEONTIC.search(opening):
        return True
    evaluative = [hit for hit in hits if hit.entry.category == "subjective"]
    may_judge = len(text) <= _SHORT_TEXT and any(map(text.__contains__, _THAT_IS_HINTS))
    if not evaluative and not may_judge:
        return False
    is_precise = any(hit.entry.category == "precision" for hit in hits)
    if may_judge and not is_precise and _THAT_IS.match(_quoted_words(text)):
        return True
    if any(hit.entry.id == _TURN for hit in evaluative):
        return True
    is_short = end - start <= _SHORT_JUDGEMENT
    if is_short and not has_speaker and not is_precise and not any(scan.capitals[start + 1 : end]):
        if any(hit.entry.id in _WRITERS_JUDGEMENTS for hit in evaluative):
            return True  # nobody is cited or named: the author judges ("L'affaire tombe mal.")
    strong = sum(hit.entry.weight for hit in evaluative)
    said = speech if has_speaker else ()
    if strong >= 0.5 and said and not _FIRST_PERSON.isdisjoint(scan.forms[start:end]):
        return True
    if not is_precise and any(_is_predicate(scan, hit, end - start, said) for hit in evaluative):
        return True
    return strong >= 2.0


def _quoted_words(text: str) -> str:
    """What is said: the words between the marks where the sentence opens with a quotation, else the sentence."""
    if text[:1] not in ("«", "“", '"'):
        return text
    closing = max(text.find(mark, 1) for mark in ("»", "”", '"'))
    return text[1:closing].strip() + "." if closing > 0 else text[1:]


def _is_predicate(scan: Scan, hit: Hit, length: int, said: Sequence[Quotation]) -> bool:
    """Whether an evaluative word is what the sentence says ("c'est un scandale"), not a colour ("un final
    incroyable").
    """
    is_said = any(quotation.start <= hit.start < quotation.end for quotation in said)
    if hit.entry.weight < (_SPOKEN_JUDGEMENT if is_said else _JUDGEMENT):
        return False
    if length <= SHORT:
        return True
    begin = max(0, hit.first - 5)
    return any(
        scan.forms[token] in COPULAS
        and not (scan.forms[token] in _JUDGING and _is_in_a_relative(scan, hit.sentence, token))
        for token in range(begin, hit.first)
    )


def _is_in_a_relative(scan: Scan, sentence: int, verb: int) -> bool:
    """Whether a verb stands in a clause on "que" that adds to a main clause before it, not to a bare noun."""
    first = scan.bounds[sentence][0]
    relative = next((t for t in range(verb - 1, max(first, verb - 6), -1) if scan.forms[t] in _RELATIVES), -1)
    return relative - first > SHORT or any(map(scan.verbs.is_verbal, scan.forms[first : max(first, relative)]))
