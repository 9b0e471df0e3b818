"""Where French sentences end: one forward pass, offsets exact, every regular expression linear.

A stop (. ! ? …) is a candidate; the token before it and the word after it decide. Words are compared as written: French
typography carries the information (M. is a title, m. is a metre), so nothing is folded first.
"""

from __future__ import annotations

import re
from typing import Final

from service.abbreviations import APOSTROPHES, BEFORE_NAMES, TITLES, TOKEN_EDGE, goes_on, opens, word_set

Span = tuple[int, int]

_BRANDS: Final = ("Yahoo", "Jeopardy", "Wham", "Joomla", "Taboo")  # written with an exclamation mark
# What may follow a dot in the name of a site or a file, capitalised by some editors: "Booking.Com".
_SUFFIXES: Final = word_set(
    "com fr org net io eu be ch ca info gouv tv js py php html htm pdf doc docx txt csv xls xlsx odt zip xml json css"
    " exe jpg png gif svg co uk de"
)
# After these words a line was broken by wrapping, not on purpose.
_LINE_LINKS: Final = word_set("de du des le la les un une et à au aux en par pour sur que qui d l M. Mme Dr")
_SLOPPY_OPENERS: Final = frozenset({"il", "ils", "elle", "elles", "on", "nous", "vous", "je"})

# Emoji close what they comment on; those that point to the right announce what follows.
_POINTERS: Final = "\u27a1\U0001f449"
_EMOJI: Final = (
    rf"(?![{_POINTERS}])[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]"
    "[\u200d\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f]{0,8}"
)
_NEWLINE: Final = r"[\n\r\u2028\u2029\x85]"
# Group 1: further stops. Group 2: what still belongs to the sentence, that is closing marks, notes ("[1]") and emoji.
# Each alternative begins with another character or is bounded: the repetition cannot backtrack. A line break has no
# groups. One class of characters comes first, so that `re` runs over all others without trying the rest.
_STOP: Final = re.compile(
    r"[.!?…‼⁇⁈⁉\n\r\u2028\u2029\x85]"
    r"(?:(?<=[.!?…‼⁇⁈⁉])([.!?…‼⁇⁈⁉]*)"
    rf"((?:[\"”’')\]]|\s?»|[ \u00a0\u202f]?\[\d{{1,3}}\]|[¹²³⁰⁴-⁹]|\s?{_EMOJI})*)|\s*)"
)
# Groups: white space, opening marks, the word (accents that stand apart, as in NFD, are no word characters for `re`).
_NEXT: Final = re.compile(r"(\s*)([«“„\"'‘’(\[{—–―‒\-•\s¿¡]*)([\w\u0300-\u036f]{0,24})")
_LINE_BREAK: Final = re.compile(rf"{_NEWLINE}\s*")
_NEWLINES: Final = re.compile(rf"\r\n|{_NEWLINE}")
LIST_LINE: Final = re.compile(r"(?:[-•*▪●◦‣·►■]|\d{1,2}[.)])[ \t\u00a0\u202f]+\S")
_UNBREAKABLE: Final = re.compile(r"[^ \t\n\r]{0,40}")
_FIRST: Final = ("1.", "1)")
_LINE_MARK: Final = re.compile(r"[–—―]\s*\S|[a-z]\)\s")
_OMITTED: Final = re.compile(r"[\[(](?:…|\.\.\.)[\])]")
# "[…]" as the last words of a quotation or paragraph belongs to the sentence before it.
_LAST_OMITTED: Final = re.compile(r"\s?[\[(](?:…|\.\.\.)[\])](?=\s*(?:[»”\"]|\Z|[\n\r]))\s?[»”\"]?")
_BRAND: Final = re.compile(r"[a-z]{1,2}[A-Z]")
_GLUED_WORD: Final = re.compile(r"[^\W\d_]+")
_LEFT_WORD: Final = re.compile(r"(?:[^\W\d_]{2,}|\d+)\Z")
_WORD: Final = re.compile(r"\w")


def pieces(text: str, start: int, end: int) -> list[Span]:
    """Stretches of text[start:end] that no sentence crosses, without surrounding white space, none empty.

    These are paragraphs, parted by blank lines, cut once more before each line that begins with a list mark.
    """
    spans: list[Span] = []
    begin = previous = start
    is_item = bool(LIST_LINE.match(text, start, end))
    for found in _LINE_BREAK.finditer(text, start, end):
        white, at = found[0], found.end()
        is_blank = white[0] == "\u2029" or (len(white) > 1 and len(_NEWLINES.findall(white)) > 1)
        is_list_line = bool(LIST_LINE.match(text, at, end))
        if is_list_line and not is_blank and not is_item and text[at].isdigit() and text[at : at + 2] not in _FIRST:
            # "(cf. p.\n12) mais": a wrapped line may begin with a number; after an item or a colon it is a mark.
            is_list_line = text[previous : found.start()].rstrip()[-1:] in (":", ";")
        if is_blank or is_list_line:
            _append_trimmed(spans, text, begin, found.start())
            begin = at
            is_item = is_list_line
        previous = at
    _append_trimmed(spans, text, begin, end)
    return spans


def _append_trimmed(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    body = piece.strip()
    if body:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(body)))


def sentences(text: str, start: int, end: int, hard_breaks: bool = False) -> list[Span]:
    """Sentences of one paragraph, text[start:end], which begins and ends with no white space and is not empty.

    Half-open spans in code points of `text`, in order; between them is only white space. `hard_breaks`: a line feed was
    put there on purpose (<br>), not by wrapping. Linear in the paragraph; never raises.
    """
    spans: list[Span] = []
    begin = line_start = scanned = start
    is_wordless = True
    has_quotes = text.find('"', start, end) >= 0
    has_brackets = text.find("(", start, end) >= 0
    quotes_until, n_quotes = start, 0
    width = -1
    for found in _STOP.finditer(text, start, end):
        at = found.start()
        if at < begin:  # the line break after a stop that ended a sentence
            line_start = found.end()
            continue
        if is_wordless:  # what holds no word is no sentence: it stays with what follows
            if not _WORD.search(text, scanned, at):
                scanned = at
                line_start = found.end() if found[1] is None else line_start
                continue
            is_wordless = False
        closing, cut = found[2], found.end()
        if closing is None:
            if width < 0:
                width = _line_width(text, start, end, hard_breaks)
            if _ends_line(text, line_start, at, cut, end, width):
                spans.append((begin, _trimmed_end(text, begin, at)))
                begin = scanned = cut
                is_wordless = True
            line_start = cut
            continue
        if cut >= end:
            break
        stop = text[at : found.end(1)]
        if has_quotes:
            n_quotes += text.count('"', quotes_until, found.end(1))
            quotes_until = found.end(1)
            cut = _after_straight_quote(text, found.end(1), cut, end, n_quotes % 2 == 1)
            closing = text[found.end(1) : cut]
        if text[cut : cut + 2].strip()[:1] in ("[", "(") and (omission := _LAST_OMITTED.match(text, cut, end)):
            cut = omission.end()
        following = _NEXT.match(text, cut, end)
        assert following  # every part of it may be empty
        if following.end(1) >= end:
            break
        if following[1]:
            is_end = _ends_sentence(text, begin, at, stop, closing, following, end, begin == start)
        else:
            is_end = _ends_glued(text, begin, at, stop, closing, following, end)
        if is_end and has_brackets:
            is_end = _leaves_brackets(text, begin, at, cut, closing, following, end)
        if is_end:
            spans.append((begin, cut))
            begin = scanned = following.end(1)
            is_wordless = True
    if begin < end:
        spans.append((begin, end))
    return spans


def _trimmed_end(text: str, begin: int, end: int) -> int:
    return begin + len(text[begin:end].rstrip())


def _after_straight_quote(text: str, stop_end: int, cut: int, end: int, is_inside: bool) -> int:
    """Where the sentence ends when a straight quotation mark follows its stop: after a closing one, before an opening
    one. White space on one side tells them apart; without or with it on both sides, `is_inside` a quotation does."""
    quote = text.find('"', stop_end, cut)
    if quote >= 0:
        return cut if is_inside or not text[quote + 1 : quote + 2].isalnum() else quote
    if is_inside and text[cut : cut + 2].strip() == '"' and not text[cut + 2 : cut + 3].isalnum():
        return min(cut + 2, end)
    return cut


def _ends_sentence(
    text: str, begin: int, at: int, stop: str, closing: str, following: re.Match[str], end: int, is_first: bool
) -> bool:
    """Whether the stop at `at`, with white space after it, ends the sentence."""
    opening, word = following[2], following[3]
    is_period = stop == "."
    is_ellipsis = not is_period and "!" not in stop and "?" not in stop and stop[0] in ".…"
    if not word:
        return _ends_before_mark(text, at, following, end) and not (
            is_period and not closing and goes_on(text, begin, at, following, end)
        )
    first = word[0]
    if first.islower() and not _BRAND.match(word):
        if opening and opening[0] in '«“„"([':
            if is_ellipsis or closing.strip("[]0123456789 "):
                return False
            if opening[0] in "([" and not is_period:
                return False
        elif opening or not is_period or closing or word not in _SLOPPY_OPENERS or at - begin < 12:
            return False
    if is_ellipsis:
        if text[at - 1 : at] in ("[", "(") and closing[:1] in ("]", ")"):
            return opens(following, end)
        return not first.isdigit()
    if text[at - 1 : at] == "(" and closing[:1] == ")":
        return False  # "en 1450 (?) Paris"
    if stop == "!" and not closing and text.endswith(_BRANDS, begin, at):
        return opens(following, end)
    if not is_period:
        return True
    if opening and opening[0] in "–—―" and is_first and _is_dateline(text[begin : min(at, begin + 61)]):
        return False
    if closing and closing[0] not in "[¹²³":
        return True
    return not goes_on(text, begin, at, following, end)


def _is_dateline(head: str) -> bool:
    """Whether what precedes ". –" at the head of a paragraph is a place or a date: "Paris, 3 mars 2024. – Le…"."""
    if len(head) > 60 or head[0] in '–—―-«“"':
        return False
    return len(head.split()) == 1 or any(character.isdigit() for character in head) or head.isupper()


def _ends_before_mark(text: str, at: int, following: re.Match[str], end: int) -> bool:
    """Whether the sentence ends although no word follows: before "[…]", "#mot", "@nom", "€5", "…et"."""
    mark = following.end(1)
    if _OMITTED.match(text, mark, end):
        return text[at] == "."
    if following[2]:
        return False
    character = text[mark]
    follower = text[mark + 1 : mark + 2]
    if character == "…":
        return follower.isalpha()
    if character in _POINTERS:
        return True
    return character not in ",;:.!?)]}»”’%/=<>|&_~^‼⁇⁈⁉" and mark + 1 < end and (follower.isalnum() or follower == "_")


def _ends_glued(text: str, begin: int, at: int, stop: str, closing: str, following: re.Match[str], end: int) -> bool:
    """Whether a stop without white space after it ends a sentence ("fin.Ensuite"), which it must not in addresses."""
    cut = following.start()
    left = text[max(begin, at - 40) : at].rsplit(None, 1)[-1:]
    left_run = left[0] if left and not text[at - 1].isspace() else ""
    right = text[cut : min(cut + 40, end)].split(None, 1)[:1]
    right_run = right[0] if right else ""
    if any(mark in left_run or mark in right_run for mark in "/@=_\\&#") or left_run.startswith("www."):
        return False
    opening = following[2]
    if opening and opening[0] not in '«“"(':
        return False
    word = _GLUED_WORD.match(text, following.start(3), end)
    if not word or not word[0][0].isupper() or not (word[0][1:].islower() or len(word[0]) == 1):
        return False
    name, after = word[0], text[word.end() : word.end() + 1]
    if len(name) == 1 and after not in APOSTROPHES and not (name in "AÀÔY" and (not after or after.isspace())):
        return False
    if name.lower() in _SUFFIXES or re.match(r"\.\w", text[word.end() : word.end() + 2]):
        return False
    if closing or opening or stop != ".":
        return not (stop == "!" and left_run.endswith(_BRANDS))
    left_run = TOKEN_EDGE.split(left_run)[-1]
    left_word = _LEFT_WORD.search(left_run)
    if not left_word or "." in left_run:
        return False
    token = left_word[0]
    if token.isdigit():
        return opens(following, end)
    if token in TITLES or token in BEFORE_NAMES:
        return False
    return token[-2:].islower() or (token.isupper() and opens(following, end))


def _leaves_brackets(
    text: str, begin: int, at: int, cut: int, closing: str, following: re.Match[str], end: int
) -> bool:
    """False when the stop lies in a parenthesis that was opened amid the sentence and closes soon, so that the sentence
    goes on after it. Looks 400 characters back and 300 ahead, no further: time must stay linear."""
    window = max(begin, at - 400)
    opened = text.rfind("(", window, at)
    if opened < 0 or text.rfind(")", window, at) > opened or not _WORD.search(text, max(begin, opened - 400), opened):
        return True
    if ")" in closing:
        return opens(following, end) or bool(following[2])
    return text.find(")", cut, min(cut + 300, end)) < 0


def _line_width(text: str, start: int, end: int, hard_breaks: bool) -> int:
    """Width to which the lines look wrapped; very large when no line break comes from wrapping."""
    if hard_breaks:
        return 1 << 62
    width = max(len(line) for line in _NEWLINES.split(text[start:end]))
    return width if width >= 50 else 1 << 62  # nobody wraps prose that narrow


def _ends_line(text: str, line_start: int, at: int, cut: int, end: int, width: int) -> bool:
    """Whether the single line break at `at` was put there on purpose and parts two sentences without a stop.

    In wrapped text a line is broken where the next word would not fit; a heading, a list or a credit is broken earlier.
    """
    if _LINE_MARK.match(text, cut, end):
        return True
    line_end = _trimmed_end(text, line_start, at)
    if line_end <= line_start:
        return False
    last, first = text[line_end - 1], text[cut]
    if last in ",;-–(«“'’/" or last in ".…":  # the sentence goes on, or a stop that has been judged
        return False
    following = _NEXT.match(text, cut, end)
    assert following
    word, opening = following[3], following[2]
    if not word or (word[0].islower() and not _BRAND.match(word)):
        return False
    if last == ":" and opening:
        return False
    if text[max(line_start, line_end - 6) : line_end].rsplit(None, 1)[-1] in _LINE_LINKS or first in "%":
        return False
    unbreakable = _UNBREAKABLE.match(text, cut, end)
    assert unbreakable
    return line_end - line_start + 1 + len(unbreakable[0]) <= width
