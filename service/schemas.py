"""The wire format in marshmallow: what a request may hold, with its limits, and what an answer holds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from service import messages
from service.answer import INCLUDES, OFFSET_UNITS
from service.article import CATEGORIES, LINK_TYPES, SOURCE_KINDS
from service.problems import Problem, pointer_token
from service.text import BLOCK_KINDS

_MAX_ID = 200
# C0 and C1 but for tab and line breaks (next line, U+0085, is one); lone surrogates have been refused on decoding.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


class Strict(Schema):
    """Unknown fields are errors, with the nearest known name."""

    class Meta:
        """A field we do not know is a mistake of the caller, never silently dropped."""

        unknown = RAISE


class StrictBoolean(fields.Boolean):
    """JSON's true and false; marshmallow takes 0 and 1 for them, since they are equal in Python."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class SegmentSchema(Strict):
    """A part of the document in reading order."""

    id = fields.String(
        required=True,
        validate=validate.Length(1, _MAX_ID),
        metadata={"description": "Unique in the request.", "example": "p1"},
    )
    kind = fields.String(load_default="paragraph", validate=validate.OneOf(BLOCK_KINDS))
    text = fields.String(required=True, metadata={"example": "Le pont de Sète a fermé mardi, selon la mairie."})


class BoundarySchema(Strict):
    """A sentence that the caller has already cut; half-open, in ``offset_unit``."""

    start = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    end = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    segment = fields.String(metadata={"description": "With `segments`: the one in whose text the offsets count."})


class ScoreRequestSchema(Strict):
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
    language = fields.String(load_default="fr", validate=validate.OneOf(("fr",), error='Only "fr" is supported.'))
    offset_unit = fields.String(load_default="utf-16", validate=validate.OneOf(OFFSET_UNITS))
    include = fields.List(
        fields.String(validate=validate.OneOf(INCLUDES)),
        load_default=lambda: ["cues"],
        metadata={"description": "What comes with each sentence; cues when left out."},
    )
    sentences_given = fields.List(
        fields.Nested(BoundarySchema),
        metadata={"description": "Your own sentence boundaries, in reading order, in `offset_unit`; not with `html`."},
    )
    id = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, _MAX_ID),
        metadata={"description": "Yours; it comes back in the answer."},
    )
    store = StrictBoolean(
        metadata={
            "description": "Whether to keep the article for moderators, until its retention ends; left out, it is not "
            "kept, unless the key says so. Once the server has keys, true needs one for `store`."
        },
    )


class SpanSchema(Strict):
    """Words of the document and where they stand, in the caller's HTML too if it sent any."""

    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    source_start = fields.Integer()
    source_end = fields.Integer()
    text = fields.String(required=True)


class CueSchema(SpanSchema):
    """A span that is evidence."""

    category = fields.String(required=True, validate=validate.OneOf(CATEGORIES))
    source_kind = fields.String(validate=validate.OneOf(SOURCE_KINDS))
    source = fields.String()
    role = fields.String(validate=validate.OneOf(("speaker", "recipient", "medium")))
    cue = fields.String(required=True, metadata={"description": "Id of the lexicon entry or rule that found it."})
    message = fields.String(required=True)


class LinkSchema(Strict):
    """A link to another sentence of the document, by index."""

    type = fields.String(required=True, validate=validate.OneOf((*LINK_TYPES, *messages.LINKS)))
    sentence = fields.Integer(required=True)


class ContributionSchema(Strict):
    """What one feature adds to the score."""

    feature = fields.String(required=True)
    effect = fields.Float(required=True)
    message = fields.String(required=True)
    words = fields.List(
        fields.Nested(SpanSchema),
        required=True,
        metadata={"description": "Words that the feature counts by themselves, beside cues; five at most."},
    )


class SentenceSchema(SpanSchema):
    """One scored sentence."""

    index = fields.Integer(required=True)
    segment = fields.String(required=True, allow_none=True)
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


class SourceSchema(Strict):
    """Somebody who stands behind claims of the document."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(SOURCE_KINDS))
    sentences = fields.List(fields.Integer(), required=True)


class StoredSchema(Strict):
    """The article as kept, because `store` was true."""

    id = fields.Integer(required=True, metadata={"description": "Its number: `/moderation/articles/{id}` shows it."})
    until = fields.DateTime(required=True, format="iso", metadata={"description": "When its text is removed."})


class DocumentSchema(Strict):
    """The document as a whole."""

    id = fields.String(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    claims = fields.Integer(required=True)
    to_review = fields.Integer(required=True)
    independent_sources = fields.Integer(required=True)
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    text = fields.String(metadata={"description": "The text extracted from `html`."})
    stored = fields.Nested(StoredSchema, metadata={"description": "With `store` only."})


class ModelSchema(Strict):
    """The model that scored."""

    name = fields.String(required=True)
    version = fields.String(required=True)


class ScoreAnswerSchema(Strict):
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


class WordsSchema(Strict):
    """A name that answers use, and its words."""

    name = fields.String(required=True)
    message = fields.String(required=True)


class LevelSchema(Strict):
    """A level of verifiability."""

    level = fields.Integer(required=True, validate=validate.Range(0, 4))
    name = fields.String(required=True)
    meaning = fields.String(required=True)


class SourceKindSchema(WordsSchema):
    """A kind of source, from strongest to weakest."""

    identifiable = fields.Boolean(required=True)


class FeatureSchema(WordsSchema):
    """A number that the model sees."""

    family = fields.String(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    direction = fields.Integer(
        required=True,
        validate=validate.OneOf((-1, 0, 1)),
        metadata={"description": "1 never lowers a score, -1 never raises it, 0 is free."},
    )


class LabelsSchema(Strict):
    """The catalogue of everything an answer can name."""

    language = fields.String(required=True, validate=validate.OneOf(messages.LANGUAGES))
    about = fields.String(required=True)
    levels = fields.List(fields.Nested(LevelSchema), required=True)
    kinds = fields.List(fields.Nested(WordsSchema), required=True)
    categories = fields.List(fields.Nested(WordsSchema), required=True)
    source_kinds = fields.List(fields.Nested(SourceKindSchema), required=True)
    links = fields.List(fields.Nested(WordsSchema), required=True)
    features = fields.List(fields.Nested(FeatureSchema), required=True)


class ReadySchema(Strict):
    """What is in service."""

    status = fields.String(required=True, validate=validate.Equal("ready"))
    model = fields.String(required=True)
    lexicon = fields.String(required=True)
    promotion_problem = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why the version that was promoted last is not in service; null when it is."},
    )
    shadow = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The version that scores a share of requests too, only to be compared; null: none."},
    )
    shadow_problem = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why its differences are not all recorded; null when they are."},
    )


# marshmallow says what is wrong; these say how to mend it.
_REMEDIES = {
    "Not a valid string.": "Send a JSON string.",
    "Not a valid integer.": "Send a whole number, without quotation marks.",
    "Not a valid boolean.": "Send true or false.",
    "Not a valid list.": "Send a JSON list.",
    "Invalid input type.": "Send a JSON object.",
    "Missing data for required field.": "Send it.",
    "Field may not be null.": "Leave it out, or send a value.",
}


def load(schema: Schema, payload: Any) -> dict[str, Any]:
    """The fields of a request, each of its type, with defaults; raises `Problem` naming every one that is wrong."""
    try:
        data: dict[str, Any] = schema.load(payload)
    except ValidationError as error:
        found = list(_errors(error.messages, "", schema))
        raise Problem(422, "invalid_request", f"{len(found)} field(s) need mending; see errors.", found) from None
    return data


def _errors(faults: Any, pointer: str, schema: Schema) -> Iterator[tuple[str, str]]:
    """marshmallow's nested messages as pointers with sentences."""
    if isinstance(faults, dict):
        for key, value in faults.items():
            yield from _errors(value, pointer if key == "_schema" else f"{pointer}/{pointer_token(str(key))}", schema)
        return
    for fault in faults:
        yield (
            pointer,
            _unknown(pointer, schema) if fault == "Unknown field." else f"{fault} {_REMEDIES.get(fault, '')}".strip(),
        )


def _unknown(pointer: str, schema: Schema) -> str:
    *parents, name = pointer.split("/")
    for parent in parents:
        inner: Any = schema.fields.get(parent)
        if isinstance(inner, fields.List):
            inner = inner.inner
        if isinstance(inner, fields.Nested):
            schema = inner.schema
    known = list(schema.fields)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known fields: {', '.join(known)}."
    return f"Unknown field. {hint}"
