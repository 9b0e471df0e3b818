"""The wire format of reviews, decisions and feedback."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from service.answer import OFFSET_UNITS
from service.article import CATEGORIES, KINDS, SOURCE_KINDS
from service.messages import LINKS
from service.schemas import CONTROL, ContributionSchema, CueSchema, SourceSchema, Strict, StrictBoolean
from service.store.terms import (
    FAULTS,
    MAX_COMMENT,
    MAX_FEEDBACK_TEXT,
    MAX_ID,
    MAX_MODEL,
    MAX_NOTE,
    MAX_OUTLET,
    MAX_PAGE,
    MAX_SCORED,
    MAX_TOKEN,
    MAX_TYPED,
    ORDERS,
    SCOPES,
    STATES,
    VERDICTS,
)
from service.text import BLOCK_KINDS
from service.verdicts import CHOICES

_MAX_CUES = 100
_HASH = r"^[0-9a-f]{16}$"


class _Text(fields.String):
    """Words without control characters, which a database may refuse."""

    def __init__(self, longest: int, shortest: int = 1, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(shortest, longest), **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, *args, **kwargs)
        if match := CONTROL.search(text):
            raise ValidationError(
                f"Control character U+{ord(match[0]):04X} at character {match.start()}; leave it out."
            )
        return text


class _Number(fields.Integer):
    """A whole number from the words of an address: plain digits."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not (isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10):
            raise self.make_error("invalid", input=value)
        return int(value)


def _pages() -> fields.Integer:
    what = f"That can be asked for, {MAX_PAGE:,} at most: narrow the filter for more."
    return fields.Integer(required=True, metadata={"description": what})


def _id(description: str, **kwargs: Any) -> fields.Integer:
    return fields.Integer(
        strict=True, validate=validate.Range(0, MAX_ID), metadata={"description": description}, **kwargs
    )


def _unit() -> fields.String:
    return fields.String(
        load_default="utf-16",
        validate=validate.OneOf(OFFSET_UNITS),
        metadata={"description": "What offsets count; they begin with the sentence."},
    )


def _token() -> _Text:
    return _Text(
        MAX_TOKEN, load_default=None, metadata={"description": "Yours, one a request: sent again, nothing is added."}
    )


class KeySchema(Strict):
    """The key that you sent."""

    name = fields.String(required=True)
    may = fields.List(fields.String(validate=validate.OneOf(SCOPES)), required=True)
    outlet = fields.String(required=True, allow_none=True)
    user = fields.String(required=True, allow_none=True, metadata={"description": "Whom its decisions are by."})
    stores = fields.Boolean(
        required=True, metadata={"description": "Whether articles are kept when a request does not say."}
    )
    created_at = fields.DateTime(required=True, format="iso")


class BlindQuerySchema(Strict):
    """How one sentence is shown."""

    blind = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={
            "description": "Leave out what the model (kind, level, score and what weighs on it) and others say, "
            "until your own verdict on the sentence."
        },
    )


class ReviewQuerySchema(BlindQuerySchema):
    """Which sentences, in which order; the defaults are those of the page."""

    order = fields.String(
        validate=validate.OneOf(ORDERS),
        metadata={
            "description": "`uncertainty` when left out. Blind it is `age`; any other, `level`, `kind` and `feedback` "
            "are refused then."
        },
    )
    state = fields.String(load_default="todo", validate=validate.OneOf(STATES))
    level = _Number(validate=validate.Range(0, 4))
    kind = fields.String(validate=validate.OneOf(KINDS))
    cue = fields.String(validate=validate.OneOf(CATEGORIES), metadata={"description": "A category of cue it has."})
    source = fields.String(validate=validate.OneOf(SOURCE_KINDS), metadata={"description": "A kind of source it has."})
    outlet = _Text(MAX_OUTLET, metadata={"description": "That of the key that sent the article."})
    since = fields.Date(metadata={"description": "First day (UTC) on which its article was last sent."})
    until = fields.Date(metadata={"description": "Last such day."})
    model = _Text(MAX_MODEL, metadata={"description": "Version that made the newest assessment."})
    q = _Text(MAX_TYPED, metadata={"description": "Words it has, in any order; those in quotes follow each other."})
    feedback = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Only sentences about which there is feedback."},
    )
    page = _Number(load_default=1, validate=validate.Range(1, MAX_PAGE))


class SentenceQuerySchema(BlindQuerySchema):
    """How one sentence is shown, and how its offsets count."""

    offset_unit = _unit()


class FeedbackQuerySchema(Strict):
    """Which feedback."""

    hash = fields.String(validate=validate.Regexp(_HASH))
    page = _Number(load_default=1, validate=validate.Range(1, MAX_PAGE))


class HolderSchema(Strict):
    """Who has the sentence open."""

    name = fields.String(required=True)
    until = fields.DateTime(required=True, format="iso")


class _SentenceIdentitySchema(Strict):
    sentence = _id("Its number: `/v1/reviews/{sentence}`.", required=True)
    hash = fields.String(required=True, validate=validate.Regexp(_HASH), metadata={"description": "As in answers."})
    text = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    holder = fields.Nested(HolderSchema, required=True, allow_none=True)
    kind = fields.String(validate=validate.OneOf(KINDS), metadata={"description": "By the model; not when blind."})
    level = fields.Integer(allow_none=True, validate=validate.Range(0, 4))


class ReviewItemSchema(_SentenceIdentitySchema):
    """A line of the queue."""

    article = _id("The article's number.", required=True)
    title = fields.String(required=True)
    outlet = fields.String(required=True, allow_none=True)
    stored_at = fields.DateTime(required=True, format="iso")
    feedback = fields.Integer(metadata={"description": "How often somebody said that it is wrong; not when blind."})
    uncertainty = fields.Float(
        metadata={"description": "Entropy of the five levels over its greatest; not when blind."}
    )
    margin = fields.Float(metadata={"description": "Distance of P(level <= 1) from the review threshold."})


class ReviewsSchema(Strict):
    """A page of the queue; the `Link` header leads to the others."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    pages = _pages()
    reviews = fields.List(fields.Nested(ReviewItemSchema), required=True)


class ReviewArticleSchema(Strict):
    """The article a sentence stands in."""

    id = fields.Integer(required=True)
    external_id = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    outlet = fields.String(required=True, allow_none=True)
    stored_at = fields.DateTime(required=True, format="iso")
    model = fields.String(required=True)
    lexicon = fields.String(required=True)
    sentences = fields.Integer(required=True)


class ContextSchema(Strict):
    """A sentence near the one under review."""

    sentence = fields.Integer(required=True)
    position = fields.Integer(required=True)
    block = fields.String(required=True, validate=validate.OneOf(BLOCK_KINDS))
    text = fields.String(required=True)


class ReviewLinkSchema(Strict):
    """A sentence that contests or backs this one, or is contested or backed by it."""

    type = fields.String(required=True, validate=validate.OneOf(tuple(LINKS)))
    sentence = fields.Integer(required=True)
    position = fields.Integer(required=True)
    text = fields.String(required=True)


class WrongCueSchema(Strict):
    """A cue of the sentence, named by what it is and where it stands."""

    category = fields.String(required=True, validate=validate.OneOf(CATEGORIES))
    start = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    end = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))


class CueSpanSchema(WrongCueSchema):
    """A cue by a moderator's eyes; half-open, from the beginning of the sentence."""

    source_kind = fields.String(
        validate=validate.OneOf(SOURCE_KINDS), metadata={"description": "With category source, and only then."}
    )


class DecisionSchema(Strict):
    """A decision as it is recorded. ``cues`` are all that hold after it."""

    id = fields.Integer(required=True)
    sentence = fields.Integer(required=True)
    user = fields.String(required=True)
    decided_at = fields.DateTime(required=True, format="iso")
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    kind = fields.String(required=True, allow_none=True, validate=validate.OneOf(KINDS))
    level = fields.Integer(required=True, allow_none=True, validate=validate.Range(0, 4))
    blind = fields.Boolean(required=True)
    model = fields.String(required=True)
    note = fields.String(required=True)
    cues = fields.List(fields.Nested(CueSpanSchema), required=True)
    wrong_cues = fields.List(fields.Nested(CueSpanSchema), required=True)


class FeedbackItemSchema(Strict):
    """What somebody said of a sentence; comment and text are null when not given, or past the retention."""

    id = fields.Integer(required=True)
    hash = fields.String(required=True, validate=validate.Regexp(_HASH))
    model = fields.String(required=True)
    fault = fields.String(required=True, validate=validate.OneOf(FAULTS))
    comment = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    received_at = fields.DateTime(required=True, format="iso")
    key = fields.String(required=True, metadata={"description": "Name of the key that sent it."})
    outlet = fields.String(required=True, allow_none=True)
    sentences = fields.List(
        fields.Integer(), required=True, metadata={"description": "Kept sentences with this hash, if any."}
    )


class FeedbackListSchema(Strict):
    """A page of feedback, newest first; the `Link` header leads to the others."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    pages = _pages()
    feedback = fields.List(fields.Nested(FeedbackItemSchema), required=True)


class ReviewSchema(_SentenceIdentitySchema):
    """A sentence with everything a moderator needs. Offsets of cues count from its beginning, in `offset_unit`."""

    article = fields.Nested(ReviewArticleSchema, required=True)
    position = fields.Integer(required=True, metadata={"description": "In the article, from 0."})
    offset_unit = fields.String(required=True, validate=validate.OneOf(OFFSET_UNITS))
    blind = fields.Boolean(
        required=True,
        metadata={"description": "False once you gave a verdict on it, undone or not, even if you asked."},
    )
    seen = _id("Send it with a decision, which is refused when another one came meanwhile.", required=True)
    scored = fields.String(
        required=True,
        metadata={
            "description": "Whose scores and cues these are. Send it with a decision: a newer model makes it refused."
        },
    )
    score = fields.Float(allow_none=True, validate=validate.Range(0, 1))
    review = fields.Boolean()
    level_probabilities = fields.List(fields.Float(), allow_none=True, validate=validate.Length(equal=5))
    contributions = fields.List(fields.Nested(ContributionSchema))
    cues = fields.List(fields.Nested(CueSchema), required=True)
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    links = fields.List(fields.Nested(ReviewLinkSchema), required=True)
    context = fields.List(
        fields.Nested(ContextSchema), required=True, metadata={"description": "Up to three sentences on either side."}
    )
    decisions = fields.List(
        fields.Nested(DecisionSchema), metadata={"description": "Those that stand, oldest first; not when blind."}
    )
    feedback = fields.List(
        fields.Nested(FeedbackItemSchema), metadata={"description": "The newest 25; not when blind."}
    )


class LockRequestSchema(Strict):
    """Hold a sentence for ten minutes."""

    take = StrictBoolean(load_default=False, metadata={"description": "Even from somebody else who holds it."})


class DecisionRequestSchema(Strict):
    """A verdict on a sentence."""

    sentence = _id("The sentence's number.", required=True)
    seen = _id("That of the sentence as you saw it; 0 when nobody had decided.", required=True)
    scored = _Text(
        MAX_SCORED, load_default=None, allow_none=True,
        metadata={"description": "The sentence's, as you saw it. Left out, the newest scores count."},
    )  # fmt: skip
    verdict = fields.String(
        required=True,
        validate=validate.OneOf((*CHOICES, "skip")),
        metadata={
            "description": "Too high or too low alone is one level; `set` goes with a level; blind is always `set`."
        },
    )
    level = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, 4),
        metadata={"description": "With `set`; null for kind none."},
    )  # fmt: skip
    kind = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(KINDS),
        metadata={"description": "The model's when left out; has to be given when blind."},
    )  # fmt: skip
    wrong_cues = fields.List(
        fields.Nested(WrongCueSchema), load_default=list, validate=validate.Length(max=_MAX_CUES),
        metadata={"description": "Cues of the sentence that are none."},
    )  # fmt: skip
    missing_cues = fields.List(fields.Nested(CueSpanSchema), load_default=list, validate=validate.Length(max=_MAX_CUES))
    offset_unit = _unit()
    note = _Text(MAX_NOTE, 0, load_default="", metadata={"description": "Removed with the article."})
    blind = StrictBoolean(
        load_default=False,
        metadata={
            "description": "Whether it was made without seeing what the model says; recorded as false after an earlier "
            "verdict of yours, undone or not."
        },
    )
    token = _token()


class UndoneSchema(Strict):
    """A decision that was taken back."""

    decision = fields.Integer(required=True)
    sentence = fields.Integer(required=True)
    seen = fields.Integer(required=True)


class FeedbackRequestSchema(Strict):
    """ "This is wrong", by whoever was shown an answer."""

    hash = fields.String(
        required=True, validate=validate.Regexp(_HASH, error="Send the sentence's 16 hexadecimal digits."),
        metadata={"description": "Of the sentence, as in the answer.", "example": "2159fa71cfaa36d6"},
    )  # fmt: skip
    model = _Text(MAX_MODEL, required=True, metadata={"description": "`model.version` of the answer."})
    fault = fields.String(required=True, validate=validate.OneOf(FAULTS))
    comment = _Text(MAX_COMMENT, load_default=None, allow_none=True)
    text = _Text(
        MAX_FEEDBACK_TEXT, load_default=None, allow_none=True,
        metadata={"description": "The sentence, if you choose. Removed in time; not kept where `store` is refused."},
    )  # fmt: skip
    token = _token()


class ReceivedSchema(Strict):
    """What was kept."""

    id = fields.Integer(required=True)
    hash = fields.String(required=True)
    received_at = fields.DateTime(required=True, format="iso")
    until = fields.DateTime(required=True, format="iso", metadata={"description": "When comment and text are removed."})
