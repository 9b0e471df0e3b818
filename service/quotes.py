"""Quotations: where direct speech begins and ends, over sentences and paragraphs, also when a mark is missing."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from service.scan import Scan

_MARKS: Final = '«»“”„"\n'
_OPENING: Final = {"«": "»", "“": "”", "„": "”", '"': '"'}
# So few quoted words that no attribution stands next to are a label or a title, unless somebody speaks around them
# and they begin in lower case: "juge l'emploi « légal »".
_LABEL_WORDS: Final = 4
_INDENT: Final = 8  # characters
_BARE_ANSWERS: Final = (["oui"], ["non"])  # "le « non » l'emporte"


class Quotation(NamedTuple):
    """Quoted words: half-open offsets in the folded text, without the marks; sentences ``first``…``last``."""

    start: int
    end: int
    first: int
    last: int
    closed: bool


def find_quotations(scan: Scan) -> list[Quotation]:
    """Quotations in reading order; an unclosed one ends with its paragraph, unless a later mark closes it."""
    text, found = scan.text, []
    starts = [start for start, _ in scan.spans]
    opened, closing, depth = -1, "", 0
    for position in _marks(text):
        mark = text[position]
        if mark == "\n":
            # A quotation goes on in the next paragraph only if that one repeats the opening mark or closes it.
            if opened >= 0 and text.startswith("\n", position + 1) and not _goes_on(text, position, closing):
                found.append((opened, position, False))
                opened = -1
        elif opened < 0:
            # After a figure it is the sign of seconds or inches: "en 9"81".
            if mark in _OPENING and not (mark == '"' and text[position - 1 : position].isdigit()):
                opened, closing, depth = position + 1, _OPENING[mark], 0
        elif mark == closing:
            if depth:
                depth -= 1
                continue
            found.append((opened, position, True))
            opened = -1
        elif mark == "«" and text[opened - 1] == "«" and not _opens_a_line(text, position):
            depth += 1
    if opened >= 0:
        found.append((opened, len(text), False))
    return [quotation for start, end, closed in found if (quotation := _trimmed(text, starts, start, end, closed))]


def _marks(text: str) -> list[int]:
    """Where quotation marks and line breaks stand; to find each by itself is many times faster than a class of them."""
    found = []
    for mark in _MARKS:
        position = text.find(mark)
        while position >= 0:
            found.append(position)
            position = text.find(mark, position + 1)
    found.sort()
    return found


def _opens_a_line(text: str, position: int) -> bool:
    """Whether a mark only repeats the opening one at the head of a further paragraph or line."""
    return text[max(0, position - _INDENT) : position].rstrip(" \t").endswith("\n")


def _goes_on(text: str, position: int, closing: str) -> bool:
    following = text[position : position + 2000].lstrip()
    if not following or closing == '"':
        return False
    end = following.find("\n\n")
    paragraph = following if end < 0 else following[:end]
    opening = next(mark for mark, close in _OPENING.items() if close == closing)
    if paragraph.startswith(opening):
        return paragraph.find(closing) >= 0
    at, again = paragraph.find(closing), paragraph.find(opening)
    return at >= 0 and (again < 0 or at < again)


def _trimmed(text: str, starts: list[int], start: int, end: int, closed: bool) -> Quotation | None:
    while start < end and text[start] in " \n\r\t«":
        start += 1
    while start < end and text[end - 1] in " \n\r\t":
        end -= 1
    if start >= end or not starts:
        return None
    return Quotation(
        start, end, max(bisect_right(starts, start) - 1, 0), max(bisect_right(starts, end - 1) - 1, 0), closed
    )


def is_speech(scan: Scan, quotation: Quotation, attributed: bool, told: bool) -> bool:
    """Whether quoted words are somebody's speech rather than a title, a name or a label in scare quotes.

    ``attributed``: an attribution stands next to them; ``told``: somebody speaks in the sentence around them.
    """
    words = re.findall(r"\w+", scan.cased[quotation.start : quotation.end][:400])
    if not words:
        return False
    if len(words) <= _LABEL_WORDS and not attributed:
        return told and words[0][0].islower() and words not in _BARE_ANSWERS
    if len(words) <= 6 and all(word[0].isupper() or len(word) <= 3 for word in words) and words[0][0].isupper():
        return len(words) > 1 and attributed and not all(word[0].isupper() for word in words)
    return True
