"""From the bytes of a body to decoded JSON, or to a `Problem` that says where the body is wrong.

The fast path is one call of orjson and one count of quotation marks. Everything else is diagnosis: it may be slow,
since it runs for faulty bodies only, but never deep (no recursion over what the caller sent).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

import orjson

from service.problems import Problem, invalid, pointer_token

_MAX_DEPTH = 64  # the contract needs four levels
_MAX_DIGITS = 20  # longer whole numbers fit no field


def decode(body: bytes) -> Any:
    """The decoded body. Raises `Problem` when it is empty, not UTF-8, not JSON, too deep or ambiguous."""
    # RFC 8259 lets a reader skip a byte order mark; Windows editors and some proxies send one.
    body = body.removeprefix(codecs.BOM_UTF8)
    if not body.strip():
        raise Problem(400, "body_missing", "The body is empty: send a JSON object; /docs says what is in it.")
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _diagnose(body)
    # orjson keeps the last of two equal names. Each name and string of the payload has two quotation marks of its own
    # and those inside it; a body with more of them held something that was dropped.
    if body.count(b'"') != _count_quotes(payload) or b"\\u0022" in body:
        return _diagnose(body)
    return payload


def _count_quotes(payload: Any) -> int:
    total = 0
    pending = [payload]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            total += 2 + value.count('"')
        elif isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return total


class _Object(dict[str, Any]):
    """An object that remembers a name that was given twice."""

    doubled: str | None = None

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> _Object:
        found = cls(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            found.doubled = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        return found


def _diagnose(body: bytes) -> Any:
    """What is wrong with a body that orjson refused or that may name a field twice; the payload when nothing is."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"Byte {error.start} is not UTF-8; send the body in UTF-8."
        raise Problem(400, "not_utf8", detail) from None
    try:
        payload = json.loads(text, object_pairs_hook=_Object.of, parse_constant=_refuse_constant, parse_int=_whole)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}). Send one JSON object."
        raise Problem(400, "not_json", detail) from None
    for pointer, value in _walk(payload):
        if isinstance(value, _Object) and value.doubled is not None:
            detail = "This name stands twice in one object; send each name once."
            raise Problem(400, "duplicate_name", detail, [(f"{pointer}/{pointer_token(value.doubled)}", detail)])
        texts = list(value) if isinstance(value, dict) else [value] if isinstance(value, str) else []
        for string in texts:
            at = next((index for index, character in enumerate(string) if "\ud800" <= character <= "\udfff"), None)
            if at is not None:
                detail = f"Lone surrogate U+{ord(string[at]):04X} at character {at}: send both halves, or leave it out."
                raise invalid(pointer, detail)
    return payload


def _walk(payload: Any) -> Iterator[tuple[str, Any]]:
    """Every value with its pointer, without recursion. Raises `Problem` when the nesting is too deep."""
    pending: list[tuple[str, Any, int]] = [("", payload, 1)]
    while pending:
        pointer, value, depth = pending.pop()
        if depth > _MAX_DEPTH:
            raise _too_deep()
        yield pointer, value
        if isinstance(value, dict):
            pending.extend((f"{pointer}/{pointer_token(name)}", item, depth + 1) for name, item in value.items())
        elif isinstance(value, list):
            pending.extend((f"{pointer}/{index}", item, depth + 1) for index, item in enumerate(value))


def _whole(digits: str) -> int | float:
    """As orjson reads them: a whole number that no field could hold becomes a float, which no field takes."""
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


def _refuse_constant(name: str) -> Any:
    raise Problem(400, "not_json", f"The body is not JSON: {name} is no JSON number. Send a finite number or null.")


def _too_deep() -> Problem:
    return Problem(400, "json_too_deep", f"The JSON is nested over {_MAX_DEPTH} levels deep; the contract needs four.")
