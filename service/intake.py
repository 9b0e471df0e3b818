"""From a decoded body to a checked request: what the schema alone cannot say, with one `Problem` for what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.config import Settings
from service.problems import Problem, invalid
from service.schemas import CONTROL, ScoreRequestSchema, load
from service.text import Document, TextError, Utf16Offsets, from_html, from_segments, from_text

_REQUEST = ScoreRequestSchema()
_BODIES = ("text", "html", "segments")


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """A checked request: the document and how the caller wants the answer."""

    document: Document
    offset_unit: str
    include: tuple[str, ...]
    id: str | None
    only: frozenset[str] | None
    store: bool | None


def load_request(payload: Any, settings: Settings) -> ScoreRequest:
    """Check a decoded body; raises `Problem` naming every field that is wrong, its limit and the fix."""
    if not isinstance(payload, dict):
        raise invalid("", "The body is a JSON object with one of text, html and segments.")
    _check_segment_count(payload, settings)
    data = load(_REQUEST, payload)
    given = [name for name in _BODIES if name in data]
    if len(given) != 1:
        have = " and ".join(given) if given else "none"
        raise invalid("", f"Give exactly one of text, html and segments; this request has {have}.")
    if data.get("store") and not settings.store:
        raise invalid(
            "/store", "Storage is not enabled: this server stores no articles; leave store out or set it to false."
        )
    body = given[0]
    _check_characters(data, body)
    _check_length(data, body, settings)
    only = _only(data, body)
    document = _document(data, body)
    if not document.sentences:
        raise invalid(f"/{body}", "There is no text here: only white space or mark-up. Send at least one sentence.")
    return ScoreRequest(document, data["offset_unit"], tuple(data["include"]), data["id"], only, data.get("store"))


def _check_segment_count(payload: dict[str, Any], settings: Settings) -> None:
    segments = payload.get("segments")
    if isinstance(segments, list) and len(segments) > settings.max_segments:
        detail = (
            f"{len(segments)} segments; the limit is {settings.max_segments} a request. Send fewer, longer segments."
        )
        raise Problem(413, "too_many_segments", detail, [("/segments", detail)])


def _check_characters(data: dict[str, Any], body: str) -> None:
    """Control characters have no place in an article, nor in an id that comes back in answers."""
    ids = [(f"/segments/{index}/id", segment["id"]) for index, segment in enumerate(data.get("segments", ()))]
    for pointer, text in [*_texts(data, body), *ids, ("/id", data["id"] or "")]:
        if match := CONTROL.search(text):
            raise _control_character(pointer, match[0], match.start())


def _control_character(pointer: str, character: str, at: int) -> Problem:
    return invalid(
        pointer, f"Control character U+{ord(character):04X} at character {at}: only tab and line breaks are allowed."
    )


def _check_length(data: dict[str, Any], body: str, settings: Settings) -> None:
    length = sum(len(text) for _, text in _texts(data, body))
    if length > settings.max_characters:
        detail = f"{length:,} characters; the limit is {settings.max_characters:,} a document. Send it in parts."
        raise Problem(413, "document_too_large", detail, [(f"/{body}", detail)])


def _texts(data: dict[str, Any], body: str) -> list[tuple[str, str]]:
    if body != "segments":
        return [(f"/{body}", data[body])]
    return [(f"/segments/{index}/text", segment["text"]) for index, segment in enumerate(data["segments"])]


def _only(data: dict[str, Any], body: str) -> frozenset[str] | None:
    seen: dict[str, int] = {}
    for index, segment in enumerate(data.get("segments", ())):
        if segment["id"] in seen:
            first = seen[segment["id"]]
            raise invalid(
                f"/segments/{index}/id", f"This id is already that of segment {first}; ids are unique in a request."
            )
        seen[segment["id"]] = index
    if "only" not in data:
        return None
    if body != "segments":
        raise invalid("/only", "only goes with segments: it names the segments whose sentences are wanted.")
    for index, wanted in enumerate(data["only"]):
        if wanted not in seen:
            raise invalid(f"/only/{index}", "No segment of this request has this id.")
    return frozenset(data["only"])


def _document(data: dict[str, Any], body: str) -> Document:
    try:
        if body == "html":
            if "sentences_given" in data:
                raise invalid("/sentences_given", "Boundaries are offsets in plain text; they cannot go with html.")
            document = from_html(data["html"])
            # "&#1;" is a control character only once it is decoded.
            if (match := CONTROL.search(document.text)) and document.html is not None:
                raise _control_character("/html", match[0], document.html.to_source(match.start(), match.end())[0])
            return document
        if body == "segments":
            segments = [(segment["id"], segment["kind"], segment["text"]) for segment in data["segments"]]
            return from_segments(segments, _boundaries(data))
        return from_text(data["text"], _boundaries(data))
    except TextError as error:
        raise invalid(error.pointer or f"/{body}", f"{error}.") from None


# --- boundaries of the caller -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A text in which boundaries count: the whole, or one segment of it, which begins at ``base``."""

    offsets: Utf16Offsets
    base: int


def _boundaries(data: dict[str, Any]) -> list[tuple[int, int]] | None:
    """The caller's sentences in code points of the whole text.

    Order is checked here as well as in `service.text`, since a message must speak in the caller's unit and segment.
    """
    given = data.get("sentences_given")
    if given is None:
        return None
    if not given:
        raise invalid("/sentences_given", "An empty list leaves nothing to score; give sentences or leave it out.")
    parts = _parts(data)
    spans: list[tuple[int, int]] = []
    for index, boundary in enumerate(given):
        pointer = f"/sentences_given/{index}"
        part = _part(parts, boundary, pointer)
        start, end = (_offset(part, boundary, name, data["offset_unit"], pointer) for name in ("start", "end"))
        if start >= end:
            raise invalid(
                f"{pointer}/end",
                f"end {boundary['end']} is not after start {boundary['start']}; give start < end, end not included.",
            )
        if spans and start < spans[-1][1]:
            raise invalid(
                f"{pointer}/start",
                f"start {boundary['start']} is before the end of the sentence before it; give sentences in reading "
                "order, without overlap.",
            )
        spans.append((start, end))
    return spans


def _parts(data: dict[str, Any]) -> dict[str | None, _Part]:
    if "segments" not in data:
        return {None: _Part(Utf16Offsets(data["text"]), 0)}
    parts: dict[str | None, _Part] = {}
    base = 0
    for segment in data["segments"]:
        parts[segment["id"]] = _Part(Utf16Offsets(segment["text"]), base)
        base += len(segment["text"]) + 2  # `from_segments` joins them by a blank line
    return parts


def _part(parts: dict[str | None, _Part], boundary: dict[str, Any], pointer: str) -> _Part:
    segment = boundary.get("segment")
    part = parts.get(segment)
    if part is not None:
        return part
    if None in parts:
        raise invalid(f"{pointer}/segment", "segment goes with segments only; leave it out with text.")
    if segment is None:
        raise invalid(f"{pointer}/segment", "Name the segment in whose text these offsets count.")
    raise invalid(f"{pointer}/segment", "No segment of this request has this id.")


def _offset(part: _Part, boundary: dict[str, Any], name: str, unit: str, pointer: str) -> int:
    offset: int = boundary[name]
    try:
        if unit == "utf-16":
            return part.base + part.offsets.back(offset)
        part.offsets.of(offset)  # checks the range
    except TextError as error:
        raise invalid(f"{pointer}/{name}", f"{error}.") from None
    return part.base + offset
