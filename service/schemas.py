"""The wire format in marshmallow: what a request may hold, with its limits, and what an answer holds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from service import messages
from service.answer import INCLUDES, OFFSET_UNITS
from service.article import CATEGORIES, LINK_TYPES, SOURCE_KINDS
from service.config import Settings
from service.problems import Problem, invalid
from service.text import BLOCK_KINDS, Document, TextError, Utf16Offsets, from_html, from_segments, from_text

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff]")
_MAX_ID = 200
_BODIES = ("text", "html", "segments")


class _Strict(Schema):
    """Unknown fields are errors, with the nearest known name."""

    class Meta:
        """A field we do not know is a mistake of the caller, never silently dropped."""

        unknown = RAISE


class SegmentSchema(_Strict):
    """A part of the document in reading order."""

    id = fields.String(
        required=True,
        validate=validate.Length(1, _MAX_ID),
        metadata={"description": "Unique in the request.", "example": "p1"},
    )
    kind = fields.String(load_default="paragraph", validate=validate.OneOf(BLOCK_KINDS))
    text = fields.String(required=True, metadata={"example": "Le pont de Sète a fermé mardi, selon la mairie."})


class BoundarySchema(_Strict):
    """A sentence that the caller has already cut; half-open, in ``offset_unit``."""

    start = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    end = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))


class ScoreRequestSchema(_Strict):
    """Exactly one of text, html and segments."""

    text = fields.String(
        metadata={
            "description": "Plain text; blank lines separate paragraphs.",
            "example": "Selon une source policière, le suspect aurait quitté la ville. La préfecture dément.",
        }
    )
    html = fields.String(metadata={"description": "An HTML fragment; spans come back in its text and in the source."})
    segments = fields.List(
        fields.Nested(SegmentSchema),
        metadata={"description": "Parts in reading order, scored in each other's context."},
    )
    only = fields.List(  # type: ignore[assignment]  # Schema has an attribute of this name; the metaclass takes ours
        fields.String(), metadata={"description": "Ids of the segments whose sentences are wanted: those that changed."}
    )
    language = fields.String(load_default="fr", validate=validate.Equal("fr", error='Only "fr" is supported.'))
    offset_unit = fields.String(load_default="utf-16", validate=validate.OneOf(OFFSET_UNITS))
    include = fields.List(
        fields.String(validate=validate.OneOf(INCLUDES)),
        load_default=lambda: ["cues"],
        metadata={"description": "What comes with each sentence; cues when left out."},
    )
    sentences_given = fields.List(
        fields.Nested(BoundarySchema),
        metadata={"description": "Sentence boundaries of the caller, in `text`, in `offset_unit`."},
    )
    id = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=_MAX_ID))
    store = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class CueSchema(_Strict):
    """A span that is evidence."""

    category = fields.String(required=True, validate=validate.OneOf(CATEGORIES))
    source_kind = fields.String(validate=validate.OneOf(SOURCE_KINDS))
    source = fields.String()
    role = fields.String(validate=validate.OneOf(("speaker", "recipient")))
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    source_start = fields.Integer()
    source_end = fields.Integer()
    text = fields.String(required=True)
    cue = fields.String(required=True, metadata={"description": "Id of the lexicon entry or rule that found it."})
    message = fields.String(required=True)


class LinkSchema(_Strict):
    """A link to another sentence of the document, by index."""

    type = fields.String(required=True, validate=validate.OneOf((*LINK_TYPES, *messages.LINKS)))
    sentence = fields.Integer(required=True)


class ContributionSchema(_Strict):
    """What one feature adds to the score."""

    feature = fields.String(required=True)
    effect = fields.Float(required=True)
    message = fields.String(required=True)


class SentenceSchema(_Strict):
    """One scored sentence."""

    index = fields.Integer(required=True)
    segment = fields.String(required=True, allow_none=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    source_start = fields.Integer()
    source_end = fields.Integer()
    text = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(messages.KINDS)))
    score = fields.Float(required=True, allow_none=True, validate=validate.Range(0, 1))
    level = fields.Integer(required=True, allow_none=True, validate=validate.Range(0, 4))
    level_probabilities = fields.List(fields.Float(), required=True, allow_none=True, validate=validate.Length(equal=5))
    review = fields.Boolean(required=True)
    sources = fields.List(fields.String(), required=True)
    links = fields.List(fields.Nested(LinkSchema), required=True)
    hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{16}$"))
    cues = fields.List(fields.Nested(CueSchema))
    contributions = fields.List(fields.Nested(ContributionSchema))
    features = fields.Dict(keys=fields.String(), values=fields.Float(), allow_none=True)


class SourceSchema(_Strict):
    """Somebody who stands behind claims of the document."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(SOURCE_KINDS))
    sentences = fields.List(fields.Integer(), required=True)


class DocumentSchema(_Strict):
    """The document as a whole."""

    id = fields.String(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    claims = fields.Integer(required=True)
    to_review = fields.Integer(required=True)
    independent_sources = fields.Integer(required=True)
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    text = fields.String(metadata={"description": "The text extracted from `html`."})


class ModelSchema(_Strict):
    """The model that scored."""

    name = fields.String(required=True)
    version = fields.String(required=True)


class ScoreAnswerSchema(_Strict):
    """The scored document."""

    model = fields.Nested(ModelSchema, required=True)
    lexicon = fields.String(required=True)
    language = fields.String(required=True)
    offset_unit = fields.String(required=True, validate=validate.OneOf(OFFSET_UNITS))
    document = fields.Nested(DocumentSchema, required=True)
    sentences = fields.List(fields.Nested(SentenceSchema), required=True)


class ErrorSchema(Schema):
    """One thing to mend."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer of the field."})
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """RFC 9457 problem details."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    errors = fields.List(fields.Nested(ErrorSchema), required=True)
    request_id = fields.String(required=True)


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """A checked request: the document and how the caller wants the answer."""

    document: Document
    offset_unit: str
    include: tuple[str, ...]
    id: str | None
    only: frozenset[str] | None


_REQUEST = ScoreRequestSchema()


def load_request(payload: Any, settings: Settings) -> ScoreRequest:
    """Check a decoded body; raises `Problem` naming every field that is wrong, its limit and the fix."""
    if not isinstance(payload, dict):
        raise invalid("", "The body is a JSON object with one of text, html and segments.")
    _check_segment_count(payload, settings)
    try:
        data: dict[str, Any] = _REQUEST.load(payload)
    except ValidationError as error:
        found = list(_errors(error.messages, ""))
        raise Problem(422, "invalid_request", f"{len(found)} field(s) need mending; see errors.", found) from None
    given = [name for name in _BODIES if name in data]
    if len(given) != 1:
        have = " and ".join(given) if given else "none"
        raise invalid("", f"Give exactly one of text, html and segments; this request has {have}.")
    if data["store"]:
        raise invalid("/store", "This server stores no articles; leave store out or set it to false.")
    body = given[0]
    _check_characters(data, body)
    _check_length(data, body, settings)
    only = _only(data, body)
    document = _document(data, body)
    if not document.sentences:
        raise invalid(f"/{body}", "There is no text here: only white space or mark-up. Send at least one sentence.")
    return ScoreRequest(document, data["offset_unit"], tuple(data["include"]), data["id"], only)


def _check_segment_count(payload: dict[str, Any], settings: Settings) -> None:
    segments = payload.get("segments")
    if isinstance(segments, list) and len(segments) > settings.max_segments:
        detail = (
            f"{len(segments)} segments; the limit is {settings.max_segments} a request. Send fewer, longer segments."
        )
        raise Problem(413, "too_many_segments", detail, [("/segments", detail)])


def _check_characters(data: dict[str, Any], body: str) -> None:
    """A lone surrogate is no character, and control characters have no place in an article."""
    for pointer, text in [*_texts(data, body), ("/id", data["id"] or "")]:
        match = _FORBIDDEN.search(text)
        if not match:
            continue
        code = ord(match[0])
        where = f"at character {match.start()}"
        if code >= 0xD800:
            raise invalid(
                pointer, f"Lone surrogate U+{code:04X} {where}: send both halves of the pair, or leave it out."
            )
        raise invalid(pointer, f"Control character U+{code:04X} {where}: only tab and line breaks are allowed.")


def _check_length(data: dict[str, Any], body: str, settings: Settings) -> None:
    length = sum(len(text) for _, text in _texts(data, body))
    if length > settings.max_characters:
        detail = f"{length:,} characters; the limit is {settings.max_characters:,} a document. Send it in parts."
        raise Problem(413, "document_too_large", detail, [(f"/{body}", detail)])


def _texts(data: dict[str, Any], body: str) -> list[tuple[str, str]]:
    if body != "segments":
        return [(f"/{body}", data[body])]
    texts = [(f"/segments/{index}/text", segment["text"]) for index, segment in enumerate(data["segments"])]
    return texts + [(f"/segments/{index}/id", segment["id"]) for index, segment in enumerate(data["segments"])]


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
            _no_boundaries(data, body)
            return from_html(data["html"])
        if body == "segments":
            _no_boundaries(data, body)
            return from_segments([(s["id"], s["kind"], s["text"]) for s in data["segments"]])
        return from_text(data["text"], _boundaries(data))
    except TextError as error:
        raise invalid(error.pointer or f"/{body}", f"{error}.") from None


def _no_boundaries(data: dict[str, Any], body: str) -> None:
    if "sentences_given" in data:
        raise invalid("/sentences_given", f"Boundaries are offsets in text; they cannot go with {body}.")


def _boundaries(data: dict[str, Any]) -> list[tuple[int, int]] | None:
    """Boundaries in code points."""
    if "sentences_given" not in data:
        return None
    pairs = [(item["start"], item["end"]) for item in data["sentences_given"]]
    if data["offset_unit"] == "code-point":
        return pairs
    convert = Utf16Offsets(data["text"]).back
    converted = []
    for index, (start, end) in enumerate(pairs):
        try:
            converted.append((convert(start), convert(end)))
        except TextError as error:
            raise invalid(f"/sentences_given/{index}", f"{error}.") from None
    return converted


def _errors(faults: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """marshmallow's nested messages as pointers with sentences."""
    if isinstance(faults, dict):
        for key, value in faults.items():
            name = str(key).replace("~", "~0").replace("/", "~1")[:_MAX_ID]
            yield from _errors(value, pointer if key == "_schema" else f"{pointer}/{name}")
        return
    for fault in faults:
        yield pointer, _unknown(pointer) if fault == "Unknown field." else str(fault)


def _unknown(pointer: str) -> str:
    *parents, name = pointer.split("/")
    schema = (
        SegmentSchema
        if "segments" in parents
        else BoundarySchema
        if "sentences_given" in parents
        else ScoreRequestSchema
    )
    known = list(schema._declared_fields)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known fields: {', '.join(known)}."
    return f"Unknown field. {hint}"
