"""Every address of moderation over HTTP. `service.reviews.desk.Desk` does what they ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from service.reviews import schemas
from service.reviews.endpoint import Endpoint, Given, Page

if TYPE_CHECKING:
    from service.reviews.desk import Desk

_GONE = "No such sentence, or its article's text was removed."


def key(desk: Desk, given: Given) -> dict[str, Any]:
    """What the key may do."""
    found = given.key
    return {
        "name": found.name,
        "may": list(found.may),
        "outlet": found.outlet,
        "user": found.user.name if found.user else None,
        "stores": found.stores,
        "created_at": datetime.fromtimestamp(found.created_at, UTC).isoformat(),
    }


def reviews(desk: Desk, given: Given) -> Page:
    """A page of the queue."""
    return Page(desk.queue(given.query))


def review(desk: Desk, given: Given) -> dict[str, Any]:
    """One sentence with its reasons."""
    return desk.sentence(given.number, given.key.user, given.query, given.language)


def hold(desk: Desk, given: Given) -> dict[str, Any]:
    """Keep others from it."""
    return desk.hold(given.number, given.key.user, given.body["take"])


def give_back(desk: Desk, given: Given) -> None:
    """Let others have it."""
    desk.give_back(given.number, given.key.user)


def decide(desk: Desk, given: Given) -> dict[str, Any]:
    """Record a verdict."""
    return desk.decide(given.key.user, given.body)


def undo(desk: Desk, given: Given) -> dict[str, Any]:
    """Take a decision back."""
    return desk.undo(given.number, given.key.user)


def send_feedback(desk: Desk, given: Given) -> dict[str, Any]:
    """Keep what a journalist says."""
    return desk.receive(given.key, given.body)


def feedback(desk: Desk, given: Given) -> Page:
    """A page of what journalists said."""
    return Page(desk.feedback(given.query))


ENDPOINTS = [
    Endpoint("GET", "/v1/key", "What the key may do", key, answer=schemas.KeySchema),
    Endpoint(
        "GET", "/v1/reviews", "Sentences to review, 25 a page", reviews,
        scope="review", query=schemas.ReviewQuerySchema, answer=schemas.ReviewsSchema,
    ),
    Endpoint(
        "GET", "/v1/reviews/{sentence}", "A sentence with its cues, sources, links, reasons and decisions", review,
        scope="review", query=schemas.SentenceQuerySchema, answer=schemas.ReviewSchema, problems={404: _GONE},
    ),
    Endpoint(
        "PUT", "/v1/reviews/{sentence}/lock", "Hold a sentence for ten minutes, as opening it in the pages does", hold,
        scope="review", body=schemas.LockRequestSchema, answer=schemas.HolderSchema,
        problems={404: _GONE, 409: "Somebody else holds it; `take` takes it all the same."},
    ),
    Endpoint(
        "DELETE", "/v1/reviews/{sentence}/lock", "Give a sentence back", give_back,
        scope="review", status=204, problems={404: _GONE},
    ),
    Endpoint(
        "POST", "/v1/decisions", "Decide on a sentence", decide,
        scope="review", body=schemas.DecisionRequestSchema, answer=schemas.DecisionSchema, status=201,
        problems={
            404: _GONE,
            409: "Somebody decided since you saw it, or holds it; or the token was used for something else.",
        },
    ),
    Endpoint(
        "POST", "/v1/decisions/{decision}/undo", "Take a decision back: one's own; a lead or an admin, anybody's", undo,
        scope="review", answer=schemas.UndoneSchema,
        problems={403: "Not a key for `review`, or the decision is somebody else's.", 404: "No such decision.",
                  409: "It was taken back already."},
    ),
    Endpoint(
        "POST", "/v1/feedback", 'Say that a score or a cue is wrong, by the hash of the sentence', send_feedback,
        scope="feedback", body=schemas.FeedbackRequestSchema, answer=schemas.ReceivedSchema, status=201,
        problems={409: "The token was used for something else."},
    ),
    Endpoint(
        "GET", "/v1/feedback", "What was said, newest first, 25 a page", feedback,
        scope="review", query=schemas.FeedbackQuerySchema, answer=schemas.FeedbackListSchema,
    ),
]  # fmt: skip
