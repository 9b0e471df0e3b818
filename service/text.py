"""The text of an article, its blocks and sentences, with offsets that are exact in what the caller sent.

All offsets are half-open and count code points of `Document.text`, unless a name says otherwise. Nothing is normalised,
stripped or folded before counting: `fold` gives matchers a folded copy, with a map back when lengths differ.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service import segmentation
from service.html import HtmlMap, extract

__all__ = [
    "BLOCK_KINDS",
    "Block",
    "Document",
    "HtmlMap",
    "Sentence",
    "TextError",
    "Utf16Offsets",
    "fold",
    "from_html",
    "from_segments",
    "from_text",
    "split_sentences",
]

BLOCK_KINDS = ("title", "heading", "paragraph", "list-item", "quote", "caption", "other")

_TITLE_LENGTH, _HEADING_LENGTH, _CREDIT_LENGTH = 200, 100, 120  # at most, in code points


class TextError(ValueError):
    """Something in the input cannot be used. `code` is a slug, `pointer` the JSON pointer of the faulty part."""

    def __init__(self, message: str, *, code: str, pointer: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.pointer = pointer


class Block(NamedTuple):
    """A paragraph, heading, list item… of the document; `segment` is the caller's id for it, if it has one."""

    kind: str  # one of BLOCK_KINDS
    start: int
    end: int
    segment: str | None = None


class Sentence(NamedTuple):
    """`text` is document.text[start:end]; `block` the index of its block in document.blocks."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of a sentence
    start: int
    end: int
    text: str
    block: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its blocks and sentences, both in reading order. `html` maps back to the source of `from_html`."""

    text: str
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    html: HtmlMap | None = None


def from_text(text: str, sentences_given: Sequence[tuple[int, int]] | None = None) -> Document:
    """Document of a plain text in which blank lines part paragraphs.

    `sentences_given` are the caller's own sentence boundaries, (start, end) in code points. Raises TextError when one
    of them is not usable; the pointer names it.
    """
    blocks, spans = _plain_blocks(text)
    if sentences_given is not None:
        return Document(text, tuple(blocks), _given(text, blocks, sentences_given))
    return Document(text, tuple(blocks), _numbered(text, spans))


def from_segments(
    segments: Sequence[tuple[str | None, str, str]], sentences_given: Sequence[tuple[int, int]] | None = None
) -> Document:
    """Document of segments (id, kind, text) in reading order: one block each, their texts joined by a blank line.

    Blank lines inside a segment part sentences, not blocks. `sentences_given` counts in the joined text. Raises
    TextError for a kind that is not in BLOCK_KINDS and for unusable boundaries.
    """
    blocks: list[Block] = []
    at = 0
    for index, (segment, kind, body) in enumerate(segments):
        if kind not in BLOCK_KINDS:
            raise TextError(
                f"{kind!r} is not a kind of segment; use one of {', '.join(BLOCK_KINDS)}",
                code="unknown-segment-kind",
                pointer=f"/segments/{index}/kind",
            )
        blocks.append(Block(kind, at, at + len(body), segment))
        at += len(body) + 2
    text = "\n\n".join([body for _, _, body in segments])
    if sentences_given is not None:
        return Document(text, tuple(blocks), _given(text, blocks, sentences_given))
    spans = [
        (*span, index)
        for index, block in enumerate(blocks)
        for piece in segmentation.pieces(text, block.start, block.end)
        for span in segmentation.sentences(text, *piece)
    ]
    return Document(text, tuple(blocks), _numbered(text, spans))


def from_html(html: str) -> Document:
    """Document of an HTML fragment, read as a browser would show it; `Document.html` maps offsets back to `html`.

    Never raises: malformed HTML is read as well as it can be.
    """
    text, found, html_map = extract(html)
    blocks: list[Block] = []
    spans: list[tuple[int, int, int]] = []
    for kind, start, end in found:
        pieces = segmentation.pieces(text, start, end)
        if not pieces:
            continue  # "<p>&nbsp;</p>"
        start, end = pieces[0][0], pieces[-1][1]
        if kind == "paragraph" and _is_credit(text, start, end):
            kind = "caption"
        spans += [
            (*span, len(blocks)) for piece in pieces for span in segmentation.sentences(text, *piece, hard_breaks=True)
        ]
        blocks.append(Block(kind, start, end))
    return Document(text, tuple(blocks), _numbered(text, spans), html_map)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a plain text, in order, without surrounding white space. Never raises."""
    return [span for piece in segmentation.pieces(text, 0, len(text)) for span in segmentation.sentences(text, *piece)]


def _numbered(text: str, spans: Sequence[tuple[int, int, int]]) -> tuple[Sentence, ...]:
    return tuple(
        [Sentence(index, start, end, text[start:end], block) for index, (start, end, block) in enumerate(spans)]
    )


def _given(text: str, blocks: Sequence[Block], spans: Sequence[tuple[int, int]]) -> tuple[Sentence, ...]:
    """Sentences at the caller's boundaries; one that crosses blocks belongs to the block it starts in."""
    previous_end = 0
    starts = [block.start for block in blocks]
    numbered: list[tuple[int, int, int]] = []
    for index, span in enumerate(spans):
        start, end = span
        pointer = f"/sentences_given/{index}"
        for name, offset in (("start", start), ("end", end)):
            if not isinstance(offset, int) or isinstance(offset, bool):
                raise TextError(
                    f"sentence {index}: {name} is {offset!r}; give a whole number",
                    code="boundary-not-integer",
                    pointer=f"{pointer}/{name}",
                )
            if not 0 <= offset <= len(text):
                raise TextError(
                    f"sentence {index}: {name} {offset} is outside the text, which has {len(text)} code points; "
                    f"give 0 to {len(text)}",
                    code="boundary-out-of-range",
                    pointer=f"{pointer}/{name}",
                )
        if start >= end:
            raise TextError(
                f"sentence {index}: end {end} is not after start {start}; give start < end, end not included",
                code="boundary-empty",
                pointer=f"{pointer}/end",
            )
        if start < previous_end:
            raise TextError(
                f"sentence {index}: start {start} is before the end {previous_end} of the sentence before it; "
                "give sentences in order, without overlap",
                code="boundary-overlap",
                pointer=f"{pointer}/start",
            )
        previous_end = end
        numbered.append((start, end, max(bisect_right(starts, start) - 1, 0)))
    return _numbered(text, numbered)


# --- blocks of a plain text -------------------------------------------------------------------------------------------

_CLOSING = "»”\"’')] \u00a0\u202f"
_DATE = (
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?(?:le )?"
    r"(?:\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}(?:er)? [a-zéû]{3,9}\.?(?: \d{4})?)"
)
_TIME = r"[,à ]{0,4}\d{1,2} ?[h:] ?(?:\d\d)?"
_AGENCY = r"(?:AFP|Reuters|REUTERS|AP|Belga|ATS|ANSA|DPA|EFE|Xinhua|TASS|Bloomberg|Keystone)"
_CREDIT = re.compile(
    r"[(\[][^()\[\]]{1,90}[)\]]\.?\Z"
    rf"|(?:[Aa]vec |[Pp]ar )?{_AGENCY}(?:(?:,| et| avec|/| -| –)? ?{_AGENCY}){{0,4}}"
    rf"(?:[ ,–-]{{0,3}}{_DATE})?(?:{_TIME})?\Z"
    rf"|{_DATE}(?:{_TIME})?[ .–—-]{{0,4}}\Z"
    r"|Sources? ?: [^!?]*\Z"
    r"|(?:Par [A-ZÀ-Þ]|Crédits? |Crédits?:|Photos?\b|PHOTO\b|Publié le |Mis à jour |Copyright )[^.!?]*\Z"
    r"|©"
    rf"|[^.!?]{{1,60}}[ ,]{_DATE}(?:{_TIME})\Z"
    rf"|[^.!?]{{1,80}} avec {_AGENCY}(?: et {_AGENCY})?\Z"
)


def _plain_blocks(text: str) -> tuple[list[Block], list[tuple[int, int, int]]]:
    """Blocks of a plain text and its sentences as (start, end, index of the block)."""
    pieces = segmentation.pieces(text, 0, len(text))
    blocks: list[Block] = []
    spans: list[tuple[int, int, int]] = []
    for index, (start, end) in enumerate(pieces):
        found = segmentation.sentences(text, start, end)
        blocks.append(Block(_plain_kind(text, start, end, len(found), index == 0, len(pieces) == 1), start, end))
        spans += [(*span, index) for span in found]
    return blocks, spans


def _plain_kind(text: str, start: int, end: int, n_sentences: int, is_first: bool, is_alone: bool) -> str:
    if segmentation.LIST_LINE.match(text, start, end):
        return "list-item"
    if is_alone or end - start > _TITLE_LENGTH:
        return "paragraph"
    if _is_credit(text, start, end):
        return "caption"
    last = text[start:end].rstrip(_CLOSING)[-1:]
    if is_first:
        # A title may ask or exclaim; it does not end with a full stop.
        return "title" if n_sentences == 1 and last not in ".…:;" else "paragraph"
    is_short = end - start <= _HEADING_LENGTH and n_sentences == 1
    return "heading" if is_short and last not in ".!?…:;,–—" else "paragraph"


def _is_credit(text: str, start: int, end: int) -> bool:
    """Whether the block is a line of credit, of date or of authors: "Reuters 12/07/2024 23:19", "(AFP, 12 mars)"."""
    if end - start > _CREDIT_LENGTH:
        return False
    return bool(_CREDIT.match(text[start:end].replace("\u00a0", " ").replace("\u202f", " ")))


# --- offsets and folding ----------------------------------------------------------------------------------------------

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Utf16Offsets:
    """Converts offsets in a text between code points and UTF-16 code units, the unit of JavaScript strings.

    Free when the text has no character beyond U+FFFF; otherwise a binary search among those that it has.
    """

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._astral: list[int] = []
        # Encoding is many times faster than looking at each character.
        if not text.isascii() and len(text.encode("utf-16-le", "surrogatepass")) != 2 * len(text):
            self._astral = [found.start() for found in _ASTRAL.finditer(text)]
        self._astral_units = [at + index for index, at in enumerate(self._astral)]

    def of(self, code_point_offset: int) -> int:
        """UTF-16 offset of a code point offset in 0…len(text). Raises TextError outside."""
        if not 0 <= code_point_offset <= self._length:
            raise TextError(
                f"offset {code_point_offset} is outside the text; give 0 to {self._length} code points",
                code="offset-out-of-range",
            )
        if not self._astral:
            return code_point_offset
        return code_point_offset + bisect_left(self._astral, code_point_offset)

    def back(self, utf16_offset: int) -> int:
        """Code point offset of a UTF-16 offset. Raises TextError outside the text and inside a surrogate pair."""
        if not 0 <= utf16_offset <= self._length + len(self._astral):
            raise TextError(
                f"offset {utf16_offset} is outside the text; give 0 to {self._length + len(self._astral)} UTF-16 units",
                code="offset-out-of-range",
            )
        if not self._astral:
            return utf16_offset
        n_before = bisect_left(self._astral_units, utf16_offset)
        if n_before and self._astral_units[n_before - 1] + 1 == utf16_offset:
            raise TextError(
                f"offset {utf16_offset} cuts a character in two (a surrogate pair); give {utf16_offset - 1} or "
                f"{utf16_offset + 1}, or count in code points",
                code="offset-inside-character",
            )
        return utf16_offset - n_before


# One for one; the ordinary space and the ASCII apostrophe are what the cue files are written with.
_FOLDED = tuple((character, "'") for character in "’ʼ＇") + tuple(
    (character, " ") for character in "\u00a0\u202f\u2009\u2007\u2008\u200a\u2006\u2002\u2003\u2004\u2005"
)
_MISTYPED = "‘`´"  # an apostrophe between letters, else an opening mark or an accent by itself
_MISTYPED_APOSTROPHE = re.compile(f"(?<=[^\\W\\d_])[{_MISTYPED}](?=[^\\W\\d_])")
_IGNORED = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_CLUSTER = re.compile(rf"[^\W\d_][\u0300-\u036f{_IGNORED}]+")
_IGNORED_RUN = re.compile(rf"[{_IGNORED}]+")


def fold(text: str) -> tuple[str, array[int] | None]:
    """(folded copy for matching, map back): lower case, straight apostrophes, ordinary spaces; accents are kept.

    The map is None when folded[i] stands for text[i], the ordinary case. Otherwise the text had combining marks or soft
    hyphens and joiners between letters; these are composed or dropped, and folded[i:j] stands for text[map[i]:map[j]]
    (the map has len(folded) + 1 entries).
    """
    folded = text.lower()
    if len(folded) != len(text):  # only "İ" grows; the dotless detour of Unicode helps no French reader
        folded = text.replace("İ", "i").lower()
    for character, plain in _FOLDED:
        folded = folded.replace(character, plain)
    if any(map(folded.__contains__, _MISTYPED)):
        folded = _MISTYPED_APOSTROPHE.sub("'", folded)
    # A mark that would compose is no NFC, one that composes with nothing stays as it is; faster than to look for marks.
    if unicodedata.is_normalized("NFC", folded) and not any(map(folded.__contains__, _IGNORED)):
        return folded, None
    parts: list[str] = []
    offsets = array("I")
    at = 0
    for cluster in _CLUSTER.finditer(folded):
        start, end = cluster.span()
        run = cluster[0]
        kept = run.rstrip(_IGNORED)
        if not folded[end : end + 1].isalpha():  # only what is between letters is dropped
            end = start + len(kept)
        composed = unicodedata.normalize("NFC", _IGNORED_RUN.sub("", kept))
        parts += (folded[at:start], composed)
        offsets.extend(range(at, start))
        # A mark that composes with nothing keeps a place of its own, as near to where it was as can be told.
        offsets.extend(min(start + index, end - 1) for index in range(len(composed)))
        at = end
    parts.append(folded[at:])
    offsets.extend(range(at, len(folded) + 1))
    result = "".join(parts)
    return (result, None) if result == folded else (result, offsets)
