"""What is wrong with a request, as RFC 9457 problem details. Knows no Flask: `service.api` renders it."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"
# Every code that an answer can carry, with its title; docs/api.md and /docs list them.
TITLES = {
    "body_missing": "The request has no body",
    "not_json": "The body is not JSON",
    "json_too_deep": "The JSON is nested too deeply",
    "duplicate_name": "A name stands twice in one object",
    "not_utf8": "The body is not UTF-8",
    "wrong_content_type": "The content type is not JSON",
    "wrong_content_encoding": "The body is compressed",
    "invalid_request": "The request does not fit the contract",
    "document_too_large": "The document is too long",
    "body_too_large": "The body is too large",
    "too_many_segments": "Too many segments",
    "language_not_supported": "The text is not French",
    "bad_request": "The request could not be read",
    "not_found": "There is nothing here",
    "method_not_allowed": "This method is not allowed here",
    "key_missing": "A key is needed",
    "key_wrong": "The key is wrong or revoked",
    "scope_missing": "The key may not do this",
    "not_yours": "The decision is somebody else's",
    "decided_meanwhile": "Somebody decided meanwhile",
    "rescored": "Another model scored the sentence meanwhile",
    "held": "Somebody else has the sentence open",
    "undone_already": "The decision was taken back already",
    "token_used": "The token was used for something else",
    "store_unavailable": "The store cannot be reached",
    "not_ready": "The service is not ready",
    "internal_error": "Something went wrong on our side",
}
_MAX_ERRORS = 20  # more than a reader mends at once; a faulty list of 100,000 must not come back as megabytes
_MAX_TOKEN = 100


class Problem(Exception):
    """An answer other than success; ``errors`` are pairs of JSON pointer and what to do about it."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors[:_MAX_ERRORS]
        self.headers = headers or {}

    def as_dict(self, request_id: str) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "type": f"urn:sourcier:problem:{self.code}",
            "title": TITLES.get(self.code, HTTPStatus(self.status).phrase),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "errors": [{"pointer": pointer, "detail": detail} for pointer, detail in self.errors],
            "request_id": request_id,
        }


def invalid(pointer: str, detail: str) -> Problem:
    """A 422 about one field."""
    return Problem(422, "invalid_request", detail, [(pointer, detail)])


def pointer_token(name: str) -> str:
    """A name as part of a JSON pointer: escaped (RFC 6901), shortened, and safe to send whatever the caller wrote."""
    safe = name[:_MAX_TOKEN].encode("utf-8", "backslashreplace").decode("utf-8")
    return safe.replace("~", "~0").replace("/", "~1")
