"""HTML fragment → plain text in blocks, with a map from every character back to the source.

A small tokenizer of our own rather than `html.parser`: it keeps exact offsets for entities and collapsed white space,
and every unclosed construct ("<!--", "<a", '<a title="') is scanned once, as a browser does, so time stays linear.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from html.entities import html5

# What is between the tags of a raw element is not parsed as HTML: it lasts until its end tag, or to the end.
_RAW = frozenset({"script", "style", "noscript", "iframe", "noembed", "noframes", "textarea", "title", "xmp"})
# What is in these is parsed as HTML, but is no prose. An end tag that never comes does not swallow the article.
_SKIPPED = frozenset({"code", "template", "svg", "math", "select", "object", "canvas", "audio", "video"})
_BLOCK_NAMES = (
    "address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section"
    " summary table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_KINDS = {"h1": "title", "li": "list-item", "blockquote": "quote", "figcaption": "caption", "caption": "caption",
          "td": "other", "th": "other"} | dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "heading")  # fmt: skip
# Elements that matter while they are open: for the kind of block they give, or because they end the reach of another.
_TRACKED = frozenset({*_KINDS, "pre", "ul", "ol", "table"})
# Opening the first closes an open one of the second, unless a list or table has been opened in between.
_CLOSES = {"li": {"li"}, "td": {"td", "th"}, "th": {"td", "th"}}

_MARKUP = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>]*)|(!--)|[!?/])")
# After a tag's name: its end, or an attribute's value, in which a ">" ends nothing when it is quoted.
_IN_TAG = re.compile(r""">|=\s*(?:(["'])|[^\s>"'][^\s>]*)""")
_COMMENT_END = re.compile(r"--!?>")
# All that is not copied one to one from a text between tags: entities and white space other than single spaces.
_SPECIAL = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]|&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]{0,31};?)")
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z][a-zA-Z0-9]{0,31};?)")
_WHITE = " \t\n\r\f"
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW | _SKIPPED}


@dataclass(frozen=True, slots=True)
class HtmlMap:
    """Where each character of the extracted text comes from; offsets in code points, in `source`, the html as sent."""

    source: str = field(repr=False)
    # One entry a stretch of text: where it starts in the text, where its first character starts in the source, and
    # how many source characters each of its characters stands for as a whole (0: copied one to one).
    _text_at: array[int] = field(repr=False)
    _source_at: array[int] = field(repr=False)
    _width: array[int] = field(repr=False)
    _length: int = 0  # of the text

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Source range of text[start:end]: from the first character's start to the last one's end, half-open.

        An entity or a run of collapsed white space counts as a whole. An empty range gives an empty range. Raises
        ValueError when the range does not lie in the text.
        """
        if not 0 <= start <= end:
            raise ValueError(f"text range {start}:{end} is not ordered; give 0 <= start <= end")
        if end > self._length:
            raise ValueError(f"text range {start}:{end} is outside the text; give at most {self._length}")
        if not self._text_at:
            return 0, 0
        if start == end:
            at = self._character(start)[0] if start < self._length else self._character(start - 1)[1]
            return at, at
        return self._character(start)[0], self._character(end - 1)[1]

    def _character(self, offset: int) -> tuple[int, int]:
        run = bisect_right(self._text_at, offset) - 1
        at = self._source_at[run]
        if width := self._width[run]:
            return at, at + width
        at += offset - self._text_at[run]
        return at, at + 1


class _Writer:
    """Collects text, runs and blocks. Keeps at most one pending separation, so that blanks at edges never appear."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.runs: tuple[array[int], array[int], array[int]] = (array("q"), array("q"), array("q"))
        self.blocks: list[tuple[str, int, int]] = []
        self.kind = "paragraph"
        self.block_start = 0
        self.block_open = False  # the current block has text
        self.space: tuple[int, int] | None = None  # pending white space: its source range
        self.breaks: list[tuple[int, int]] = []  # pending <br>
        self.separator: tuple[int, int] | None = None  # source range of the first tag that ended the last block

    def _put(self, text: str, at: int, width: int) -> None:
        text_at, source_at, widths = self.runs
        text_at.append(self.length)
        source_at.append(at)
        widths.append(width)
        self.parts.append(text)
        self.length += len(text)

    def text(self, text: str, at: int, width: int = 0, preserved: bool = False) -> None:
        """Text that does not begin or end with collapsible white space."""
        if len(self.breaks) > 1:  # <br><br> is how editors write a paragraph
            self.end_block(self.breaks[0])
        if not self.block_open:
            if self.blocks and self.separator:
                start, end = self.separator
                # The text must not lie about where it comes from: both line feeds stand for the tag that parts blocks.
                self._put("\n\n", start, max(end - start, 1))
            self.block_start = self.length
            self.block_open = True
        elif self.breaks:
            start, end = self.breaks[0]
            self._put("\n", start, end - start)
        elif self.space:
            start, end = self.space
            self._put(" ", start, end - start)
        self.space = None
        self.breaks.clear()
        self._put(text, at, width)

    def white(self, start: int, end: int) -> None:
        if self.space is None:
            self.space = (start, end)

    def end_block(self, tag: tuple[int, int]) -> None:
        if self.block_open:
            self.blocks.append((self.kind, self.block_start, self.length))
            self.separator = tag
        self.block_open = False
        self.space = None
        self.breaks.clear()


def extract(html: str) -> tuple[str, list[tuple[str, int, int]], HtmlMap]:
    """(text, blocks as (kind, start, end) in the text, map back to the source). Never raises; linear in the html."""
    writer = _Writer()
    open_elements: list[str] = []
    open_counts = dict.fromkeys(_TRACKED, 0)
    last_end_tags: dict[str, int] = {}
    position, size = 0, len(html)

    def pop() -> str:
        name = open_elements.pop()
        open_counts[name] -= 1
        return name

    while position < size:
        markup = _MARKUP.search(html, position)
        text_end = markup.start() if markup else size
        if text_end > position:
            _write_text(writer, html, position, text_end, preserved=open_counts["pre"] > 0)
        if not markup:
            break
        position = markup.end()
        if markup[3]:
            # "<!-->" and "<!--->" are whole comments.
            end = _COMMENT_END.search(html, position - 2)
            position = end.end() if end else size
            continue
        if not markup[2]:  # "<!doctype", "<?xml", "</>": a bogus comment, to the next ">"
            end_at = html.find(">", position - 1)
            position = end_at + 1 if end_at >= 0 else size
            continue
        position = _end_of_tag(html, position)
        tag = (markup.start(), position)
        name, is_end = markup[2].lower(), bool(markup[1])
        if name == "br":
            writer.breaks.append(tag)
            writer.space = None
        elif not is_end and name in _RAW:
            raw_end = _RAW_ENDS[name].search(html, position)
            position = raw_end.start() if raw_end else size
        elif not is_end and name in _SKIPPED:
            if html[position - 2 : position] != "/>":
                position = _end_of_skipped(html, name, position, last_end_tags)
        elif name in _BLOCKS:
            # A heading that was never closed ends with the block after it; one that merely wraps a block does not.
            is_unclosed = writer.block_open and bool(open_elements) and open_elements[-1] in _HEADINGS
            writer.end_block(tag)
            if is_end:
                if open_counts.get(name):
                    while pop() != name:
                        pass
            else:
                if is_unclosed or (open_elements and open_elements[-1] in _CLOSES.get(name, ())):
                    pop()
                if name in _TRACKED:
                    open_elements.append(name)
                    open_counts[name] += 1
            writer.kind = _kind(open_elements)
    writer.end_block((size, size))
    return "".join(writer.parts), writer.blocks, HtmlMap(html, *writer.runs, writer.length)


def _kind(open_elements: list[str]) -> str:
    # Only a few levels up: a kind that lies deeper says nothing, and the search must not grow with the nesting.
    for name in reversed(open_elements[-8:]):
        if name in _KINDS:
            return _KINDS[name]
    return "paragraph"


def _end_of_tag(html: str, position: int) -> int:
    """Offset after the ">" that ends the tag; the end of the html when there is none, as in a browser."""
    while found := _IN_TAG.search(html, position):
        if not found[1]:
            if found[0] == ">":
                return found.end()
            position = found.end()
        else:
            position = html.find(found[1], found.end()) + 1
            if not position:
                break
    return len(html)


def _end_of_skipped(html: str, name: str, position: int, last_end_tags: dict[str, int]) -> int:
    """Offset of the end tag that closes the element opened before `position`, nested ones counted."""
    if name not in last_end_tags:
        last_end_tags[name] = max((end.start() for end in _RAW_ENDS[name].finditer(html)), default=-1)
    last = last_end_tags[name]
    depth = 1
    at = position
    while at <= last:
        markup = _MARKUP.search(html, at)
        if not markup:
            break
        at = markup.end()
        if markup[3]:
            end = _COMMENT_END.search(html, at - 2)
            at = end.end() if end else len(html)
        elif markup[2]:
            if markup[2].lower() == name:
                depth += -1 if markup[1] else 1
                if not depth:
                    return markup.start()
            at = _end_of_tag(html, at)
    # Not closed as often as opened: up to the last end tag there is; without any, only the tag itself is dropped.
    return max(last, position)


def _write_text(writer: _Writer, html: str, start: int, end: int, preserved: bool) -> None:
    """Write html[start:end], which holds no markup: decode entities, collapse white space unless it is preserved."""
    position = start
    pattern = _ENTITY if preserved else _SPECIAL
    while position < end:
        special = pattern.search(html, position, end)
        plain_end = special.start() if special else end
        if plain_end > position:
            _write_plain(writer, html, position, plain_end, preserved)
        if not special:
            return
        position = special.end()
        if special[0][0] != "&":
            writer.white(special.start(), position)
            continue
        decoded, length = _decode(special[0])
        position = special.start() + length
        if not preserved and decoded and decoded in _WHITE:
            writer.white(special.start(), position)
        elif decoded:
            writer.text(decoded, special.start(), 0 if length == 1 else length)


def _write_plain(writer: _Writer, html: str, start: int, end: int, preserved: bool) -> None:
    # Between special places only single spaces are left: those inside are copied, those at the edges are pending.
    if not preserved:
        if html[start] == " ":
            writer.white(start, start + 1)
            start += 1
        if start == end:
            return
        if html[end - 1] == " ":
            writer.text(html[start : end - 1], start)
            writer.white(end - 1, end)
            return
    writer.text(html[start:end], start)


def _decode(entity: str) -> tuple[str, int]:
    """(characters, length in the source) of the entity that `entity` begins with; ("&", 1) when it is none."""
    if entity[1] == "#":
        digits = entity[2:].rstrip(";").lower()
        base = 16 if digits[0] == "x" else 10
        # int() of a million digits is slow or refused; eight digits are already beyond Unicode.
        digits = digits.removeprefix("x").lstrip("0")[:8]
        number = int(digits or "0", base)
        if 0x80 <= number <= 0x9F:  # browsers read these as Windows-1252
            return bytes([number]).decode("cp1252", "replace"), len(entity)
        if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            return "\ufffd", len(entity)
        return chr(number), len(entity)
    if (character := html5.get(entity[1:])) is not None:
        return character, len(entity)
    for length in range(min(len(entity) - 1, 6), 1, -1):  # names that may go without ";" have two to six letters
        if (character := html5.get(entity[1 : length + 1])) is not None:
            return character, length + 1
    return "&", 1
