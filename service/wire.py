"""What all views share: reading a JSON body within a limit, answering in JSON, rendering a `Problem`."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, g, has_app_context, request

from service import messages
from service.payload import decode
from service.problems import MEDIA_TYPE, Problem


def json_answer(content: Any, status: int = 200) -> Response:
    """An answer of plain values, or of JSON that is ready."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return Response(body, status=status, mimetype="application/json")


def problem_answer(error: Problem) -> Response:
    """An answer that says what is wrong."""
    response = Response(orjson.dumps(error.as_dict(request_id())), status=error.status, mimetype=MEDIA_TYPE)
    response.headers.update(error.headers)
    return response


def request_id() -> str:
    """The caller's id of this request, or the one it was given; "-" outside of one."""
    found: str = g.get("request_id", "-") if has_app_context() else "-"
    return found


def language() -> str:
    """In which language to put messages."""
    return request.accept_languages.best_match(messages.LANGUAGES, default="fr") or "fr"


def json_body(limit: int) -> Any:
    """The decoded body; raises `Problem` for anything that is not JSON in UTF-8, or has over ``limit`` bytes."""
    # One more than the limit: a chunked body is cut there by werkzeug, and must be told from one that just fits.
    request.max_content_length = limit + 1
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        detail = f"Content-Type is {request.mimetype or 'missing'}; send application/json."
        raise Problem(415, "wrong_content_type", detail)
    if encoding := request.headers.get("Content-Encoding", "").strip():
        detail = f"Content-Encoding is {encoding}; send the body as it is, not compressed."
        raise Problem(415, "wrong_content_encoding", detail)
    body = request.get_data(cache=False)
    if len(body) > limit:
        raise Problem(413, "body_too_large", http_detail(413))
    return decode(body)


def http_detail(status: int) -> str:
    """What to say of an error that has no more to say for itself."""
    if status == 404:
        return "No such address; see /docs for those that exist."
    if status == 405:
        return f"{request.method} is not allowed here; the Allow header names the methods of this address."
    if status == 413:
        size = f"{request.content_length:,}" if request.content_length else "too many"
        limit = (request.max_content_length or 0) - 1
        return f"The body has {size} bytes; the limit is {limit:,} bytes. Send the document in parts."
    if status >= 500:
        return f"The request failed; quote request id {request_id()} when you report it."
    return "The request could not be read; see /docs for what this address takes."
