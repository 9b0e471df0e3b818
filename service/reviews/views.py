"""Every address of moderation over HTTP, stated at the head of its view; `service.reviews.desk.Desk` does the work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from service.reviews import schemas
from service.reviews.endpoint import Endpoints, Given, Page

if TYPE_CHECKING:
    from service.reviews.desk import Desk

ENDPOINTS = Endpoints()
_GONE = "No such sentence, or its article's text was removed."


@ENDPOINTS.at("GET", "/v1/key", "What the key may do", answer=schemas.KeySchema)
def key(desk: Desk, given: Given) -> dict[str, Any]:
    """Any key may ask."""
    found = given.key
    return {
        "name": found.name,
        "may": list(found.may),
        "outlet": found.outlet,
        "user": found.user.name if found.user else None,
        "stores": found.stores,
        "created_at": datetime.fromtimestamp(found.created_at, UTC).isoformat(),
    }


@ENDPOINTS.at(
    "GET", "/v1/reviews", "Sentences to review, 25 a page",
    scope="review", query=schemas.ReviewQuerySchema, answer=schemas.ReviewsSchema,
)  # fmt: skip
def reviews(desk: Desk, given: Given) -> Page:
    """The queue of the pages."""
    return Page(desk.queue(given.key.user, given.query))


@ENDPOINTS.at(
    "GET", "/v1/reviews/{sentence}", "A sentence with its cues, sources, links, reasons and decisions",
    scope="review", query=schemas.SentenceQuerySchema, answer=schemas.ReviewSchema, problems={404: _GONE},
)  # fmt: skip
def review(desk: Desk, given: Given) -> dict[str, Any]:
    """Reading holds nothing: see the lock."""
    return desk.sentence(given.number, given.key.user, given.query, given.language)


@ENDPOINTS.at(
    "PUT", "/v1/reviews/{sentence}/lock", "Hold a sentence for ten minutes, as opening it in the pages does",
    scope="review", body=schemas.LockRequestSchema, answer=schemas.HolderSchema,
    problems={404: _GONE, 409: "Somebody else holds it; `take` takes it all the same."},
)  # fmt: skip
def hold(desk: Desk, given: Given) -> dict[str, Any]:
    """One holds one sentence at a time."""
    return desk.hold(given.number, given.key.user, given.body["take"])


@ENDPOINTS.at(
    "DELETE", "/v1/reviews/{sentence}/lock", "Give a sentence back",
    scope="review", status=204, problems={404: _GONE},
)  # fmt: skip
def give_back(desk: Desk, given: Given) -> None:
    """Nothing happens to what somebody else holds."""
    desk.give_back(given.number, given.key.user)


@ENDPOINTS.at(
    "POST", "/v1/decisions", "Decide on a sentence",
    scope="review", body=schemas.DecisionRequestSchema, answer=schemas.DecisionSchema, status=201,
    problems={
        404: _GONE,
        409: "Somebody decided since you saw it, or holds it; another model scored it since; or the token was used for "
        "something else.",
    },
)  # fmt: skip
def decide(desk: Desk, given: Given) -> dict[str, Any]:
    """The decision is that of the key's user."""
    return desk.decide(given.key.user, given.body)


@ENDPOINTS.at(
    "POST", "/v1/decisions/{decision}/undo", "Take a decision back: one's own; a lead or an admin, anybody's",
    scope="review", answer=schemas.UndoneSchema,
    problems={
        403: "Not a key for `review`, or the decision is somebody else's.",
        404: "No such decision, or one that is hidden from you until a second one is there.",
        409: "It was taken back already.",
    },
)  # fmt: skip
def undo(desk: Desk, given: Given) -> dict[str, Any]:
    """Without a body."""
    return desk.undo(given.number, given.key.user)


@ENDPOINTS.at(
    "POST", "/v1/feedback", "Say that a score or a cue is wrong, by the hash of the sentence",
    scope="feedback", body=schemas.FeedbackRequestSchema, answer=schemas.ReceivedSchema, status=201,
    problems={409: "The token was used for something else."},
)  # fmt: skip
def send_feedback(desk: Desk, given: Given) -> dict[str, Any]:
    """The article need not have been kept."""
    return desk.receive(given.key, given.body)


@ENDPOINTS.at(
    "GET", "/v1/feedback", "What was said, newest first, 25 a page",
    scope="review", query=schemas.FeedbackQuerySchema, answer=schemas.FeedbackListSchema,
)  # fmt: skip
def feedback(desk: Desk, given: Given) -> Page:
    """What journalists sent."""
    return Page(desk.feedback(given.query))
