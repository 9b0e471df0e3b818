"""An address in one statement (method, scope, input, output, status): its route and its description are made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from apispec import APISpec
from flask import Flask, Response, request
from marshmallow import Schema

from service import openapi, wire
from service.keyring import Keyring
from service.schemas import load
from service.store.terms import MAX_ID

MAX_BYTES = 100_000  # of a body here; a decision has a note of 1,000 characters at most


@dataclass(frozen=True, slots=True)
class Given:
    """What a view is called with: who asks, the number in the address, checked query and body, language of messages."""

    key: Any  # `service.store.keys.Key`
    number: int  # 0 where there is none
    query: dict[str, Any]
    body: dict[str, Any]
    language: str


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is one of several pages."""

    content: dict[str, Any]


_View = Callable[[Any, Given], Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address. ``scope`` None is any key; ``problems`` are statuses beside those that all have."""

    method: str
    path: str
    summary: str
    view: _View
    scope: str | None = None
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    answer: type[Schema] | None = None
    status: int = 200
    problems: dict[int, str] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", f"<int(max={MAX_ID}):").replace("}", ">")


class Endpoints(list[Endpoint]):
    """Addresses in the order they were stated."""

    def at(self, method: str, path: str, summary: str, **how: Any) -> Callable[[_View], _View]:
        """Make the function below it the view of an address; ``how`` are the further fields of `Endpoint`."""

        def register(view: _View) -> _View:
            self.append(Endpoint(method, path, summary, view, **how))
            return view

        return register


def install(app: Flask, endpoints: list[Endpoint], keyring: Keyring, desk: Callable[[], Any]) -> None:
    """Give the application a route for each; ``desk`` opens what the views work on."""
    for each in endpoints:
        app.add_url_rule(each.rule, each.view.__name__, _route(each, keyring, desk), methods=[each.method])


def _route(endpoint: Endpoint, keyring: Keyring, desk: Callable[[], Any]) -> Callable[..., Response]:
    query_schema = endpoint.query() if endpoint.query else None
    body_schema = endpoint.body() if endpoint.body else None

    def route(**place: int) -> Response:
        key = keyring.needed(request.headers.get("Authorization"), endpoint.scope)
        query = load(query_schema, _once(request.args.to_dict(flat=False))) if query_schema else {}
        body = load(body_schema, wire.json_body(MAX_BYTES)) if body_schema else {}
        number = next(iter(place.values()), 0)
        found = endpoint.view(desk(), Given(key, number, query, body, wire.language()))
        if found is None:
            return Response(status=204)
        if not isinstance(found, Page):
            return wire.json_answer(found, endpoint.status)
        response = wire.json_answer(found.content, endpoint.status)
        response.headers["Link"] = ", ".join(_links(found.content["page"], found.content["pages"]))
        return response

    return route


def _once(arguments: dict[str, list[str]]) -> dict[str, Any]:
    """A parameter given twice stays a list, which no field takes."""
    return {name: values[0] if len(values) == 1 else values for name, values in arguments.items()}


def _links(page: int, pages: int) -> Iterator[str]:
    """RFC 8288; relative, since only a proxy may know the name under which it is reached."""
    wanted = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    for relation, number in wanted.items():
        if 1 <= number <= pages:
            arguments = {**request.args.to_dict(), "page": number}
            yield f'<{request.script_root}{request.path}?{urlencode(arguments)}>; rel="{relation}"'


def describe(spec: APISpec, endpoints: list[Endpoint]) -> None:
    """Add them to an OpenAPI document."""
    for each in endpoints:
        parameters: list[Any] = [openapi.LANGUAGE]
        if "{" in each.path:
            name = each.path.split("{")[1].split("}")[0]
            number = {"type": "integer", "minimum": 0, "maximum": MAX_ID}
            parameters.append({"name": name, "in": "path", "required": True, "schema": number})
        if each.query:
            parameters.append({"in": "query", "schema": each.query})
        problems = {401: "", 403: ""} if each.scope else {401: ""}
        if "{" in each.path:
            problems[405] = ""
        problems |= each.problems | {500: "", 503: "The store cannot be reached; nothing was changed."}
        problems |= dict.fromkeys((400, 413, 415), "") if each.body else {}
        problems |= (
            {422: "A field does not fit; `errors` says which, and how to mend it."} if each.body or each.query else {}
        )
        operation: dict[str, Any] = {
            "summary": each.summary,
            "operationId": each.view.__name__,
            "description": f"Needs a key for `{each.scope}`." if each.scope else "Needs a key.",
            "security": [{openapi.KEY: []}],
            "parameters": parameters,
            "responses": {
                str(each.status): openapi.ok("OK", each.answer) if each.answer else {"description": "Done."},
                **{str(status): openapi.problem(status, text) for status, text in sorted(problems.items())},
            },
        }
        if each.body:
            operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": each.body}}}
        spec.path(each.path, operations={each.method.lower(): operation})
