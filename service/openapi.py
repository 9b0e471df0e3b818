"""The OpenAPI 3.1 document, made from the schemas, and a page that shows it: no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection
from html import escape
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from service import __version__
from service.config import Settings
from service.problems import MEDIA_TYPE, TITLES, Problem
from service.schemas import LabelsSchema, ProblemSchema, ReadySchema, ScoreAnswerSchema, ScoreRequestSchema

_TEXT = "Selon une source policière, le suspect aurait quitté la ville. La préfecture du Gard dément."
_EXAMPLES: dict[str, dict[str, Any]] = {
    "text": {"text": _TEXT, "include": ["cues", "contributions"]},
    "html": {"html": "<p>Selon <em>Reuters</em>, le pont a ferm&eacute; mardi.</p>", "offset_unit": "code-point"},
    "segments": {
        "segments": [
            {"id": "t1", "kind": "title", "text": "Un pont fermé à Sète"},
            {"id": "p1", "text": "La mairie de Sète a annoncé mardi la fermeture du pont."},
        ],
        "only": ["p1"],
    },
}
_PROBLEMS = {
    400: "No body, not JSON, not UTF-8, a name given twice, or nested too deeply.",
    401: "No key where one is needed, or one that is wrong or revoked.",
    403: "The key is not for this.",
    404: "There is nothing here.",
    405: "The path, as it came, does not take this method: a ? or # in it that is not escaped cuts it short.",
    409: "Somebody was quicker.",
    413: "The body, the document or the number of segments is over the limit, which `detail` names.",
    415: "The content type is not application/json, or the body is compressed.",
    422: "The request does not fit the contract, or the text is not French; `errors` says field by field what to mend.",
    500: "The service failed; quote the request id.",
}
_PROBLEM_EXAMPLES = {
    400: Problem(400, "not_json", "The body is not JSON: Expecting value (line 1, column 10). Send one JSON object."),
    401: Problem(401, "key_missing", "This needs a key: send Authorization: Bearer and the key."),
    403: Problem(403, "scope_missing", "This key is not for review; use one that is."),
    404: Problem(404, "not_found", "There is no such sentence."),
    405: Problem(405, "method_not_allowed", "PUT is not allowed here; the Allow header names the methods."),
    409: Problem(409, "decided_meanwhile", "Decided by Nadia since you saw it. Read the sentence again."),
    413: Problem(
        413,
        "document_too_large",
        "120,000 characters; the limit is 100,000 a document. Send it in parts.",
        [("/text", "120,000 characters; the limit is 100,000 a document. Send it in parts.")],
    ),
    415: Problem(415, "wrong_content_type", "Content-Type is text/plain; send application/json."),
    422: Problem(
        422,
        "invalid_request",
        "1 field(s) need mending; see errors.",
        [("/sentence_given", "Unknown field. Did you mean 'sentences_given'?")],
    ),
    500: Problem(500, "internal_error", "The request failed; quote request id 5f0c… when you report it."),
    503: Problem(503, "store_unavailable", "The store cannot be reached; nothing was changed. Send it again."),
}
_SCORE_PROBLEMS = (400, 401, 403, 413, 415, 422, 500)
KEY = "key"  # name of the security scheme
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "schema": {"type": "string", "examples": ["fr", "en"]},
    "description": "Language of the messages: French, or English when preferred.",
}
_REQUEST_ID = "5f0c4a1e9d7b4c0f8e2a6b3d1c9f7e50"
NOT_KEPT = "The store cannot be reached, so nothing was kept; send the request again, or without store."
_NOT_READY = Problem(503, "not_ready", "The model does not score; retry later, or restart when this lasts.")


def document(
    settings: Settings,
    score: Callable[[str, Collection[str]], dict[str, Any]],
    add: Callable[[APISpec], None] = lambda spec: None,
) -> dict[str, Any]:
    """The OpenAPI document of this server, with its limits; ``score`` makes the example of an answer, a real one.

    ``add`` describes further addresses.
    """
    spec = APISpec(
        title="Sourcier",
        version=__version__,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={
            "description": "How far a reader could trace and check each sentence of a French news article, from the "
            "text itself: a score from 0 to 1, a level from 0 (invérifiable) to 4 (étayée), and the evidence. It is "
            f"about form, never about truth. Limits: {settings.max_characters:,} characters a document, "
            f"{settings.max_segments} segments, {settings.max_body_bytes:,} bytes a body.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
    )
    spec.components.schema("Problem", schema=ProblemSchema)
    scheme = {"type": "http", "scheme": "bearer", "description": "Made by `python -m service keys add`."}
    spec.components.security_scheme(KEY, scheme)
    answer = score(_TEXT, ("cues", "contributions"))
    operation: dict[str, Any] = {
        "summary": "Score a document",
        "operationId": "score",
        "security": [{KEY: []}] if settings.keys == "required" else [{}, {KEY: []}],
        "parameters": [LANGUAGE],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": ScoreRequestSchema,
                    "examples": {name: {"value": value} for name, value in _EXAMPLES.items()},
                }
            },
        },
        "responses": {
            "200": ok("The document, scored sentence by sentence.", ScoreAnswerSchema, answer),
            **{str(status): problem(status) for status in _SCORE_PROBLEMS},
        },
    }
    operation["responses"]["503"] = problem(
        503, "The key could not be looked up, or the article not kept (nothing was); send it again."
    )
    spec.path("/v1/score", operations={"post": operation})
    labels = _get(
        "labels",
        "The catalogue of categories, levels, kinds and features, with their words",
        LabelsSchema,
        parameters=[LANGUAGE],
    )
    labels["responses"]["304"] = {"description": "Unchanged since the ETag you sent."}
    spec.path("/v1/labels", operations={"get": labels})
    spec.path("/v1/model", operations={"get": _get("model", "The card of the model in service")})
    spec.path("/healthz", operations={"get": _get("healthz", "Is the process alive")})
    ready = _get("readyz", "Does it score; with which model and lexicon", ReadySchema)
    ready["responses"]["503"] = problem(503, "The model does not score.", _NOT_READY)
    spec.path("/readyz", operations={"get": ready})
    add(spec)
    result: dict[str, Any] = json.loads(json.dumps(spec.to_dict(), default=list))
    _state_limits(result["components"]["schemas"]["ScoreRequest"], settings)
    result["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] = list(TITLES)
    return result


def _state_limits(request: dict[str, Any], settings: Settings) -> None:
    """What `service.intake` checks beyond the fields: lengths that are settings, and exactly one of three."""
    properties = request["properties"]
    for name in ("text", "html"):
        properties[name] |= {"minLength": 1, "maxLength": settings.max_characters}
    properties["segments"] |= {"minItems": 1, "maxItems": settings.max_segments}
    properties["sentences_given"]["minItems"] = 1
    if not settings.store:
        properties["store"]["const"] = False
    request["oneOf"] = [{"required": [name]} for name in ("text", "html", "segments")]
    request["dependentRequired"] = {"only": ["segments"]}


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Schema")


def ok(description: str, schema: Any = None, example: Any = None) -> dict[str, Any]:
    """An answer that is a success."""
    content: dict[str, Any] = {"schema": schema or {"type": "object"}}
    if example is not None:
        content["example"] = example
    headers = {
        "X-Request-ID": {"description": "Yours, or a new one.", "schema": {"type": "string"}},
        "X-Sourcier-Model": {"description": "Version of the model in service.", "schema": {"type": "string"}},
    }
    return {"description": description, "headers": headers, "content": {"application/json": content}}


def problem(status: int, description: str = "", example: Problem | None = None) -> dict[str, Any]:
    """An answer that is none; without ``description``, what the status always means here."""
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "example": (example or _PROBLEM_EXAMPLES[status]).as_dict(_REQUEST_ID),
    }
    return {"description": description or _PROBLEMS[status], "content": {MEDIA_TYPE: content}}


def _get(
    operation: str, summary: str, schema: Any = None, parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    answer = ok("OK", schema)
    return {"summary": summary, "operationId": operation, "parameters": parameters or [], "responses": {"200": answer}}


_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem}table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}"
    "th,td{border:1px solid #767676;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "pre{overflow:auto;border:1px solid #767676;padding:1rem;max-height:30rem}"
)


def page_policy() -> str:
    """Content security policy of the page: its own style by digest, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


def page(spec: dict[str, Any]) -> str:
    """The document as one HTML page that stands alone."""
    parts = []
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            parts.append(f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation['summary'])}.</p>")
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for name, example in body.get("examples", {}).items():
                parts.append(f"<h3>Request: {escape(name)}</h3>{_code(example['value'])}")
            if "description" in operation:
                parts.append(f"<p>{escape(operation['description'])}</p>")
            if body and "$ref" in body["schema"]:
                parts.append(f"<p>Request: {_type(body['schema'])}</p>")
            answer = next(response for status, response in operation["responses"].items() if status[0] == "2")
            for content in answer.get("content", {}).values():
                if "$ref" in content["schema"]:
                    parts.append(f"<p>Answer: {_type(content['schema'])}</p>")
                if "example" in content:
                    parts.append(f"<h3>Answer</h3>{_code(content['example'])}")
            for parameter in operation["parameters"]:
                parts.append(
                    f"<p>{parameter['in'].capitalize()} <code>{escape(parameter['name'])}</code>: "
                    f"{_type(parameter['schema'])}. {escape(parameter.get('description', ''))}</p>"
                )
            rows = "".join(
                f"<tr><td>{status}</td><td>{escape(response['description'])}</td></tr>"
                for status, response in sorted(operation["responses"].items())
            )
            parts.append(f"<table><thead><tr><th>Status</th><th>When</th></tr></thead><tbody>{rows}</tbody></table>")
    codes = "".join(f"<tr><td><code>{code}</code></td><td>{escape(title)}.</td></tr>" for code, title in TITLES.items())
    parts.append(
        f"<h2>Problems</h2><table><thead><tr><th>Code</th><th>What</th></tr></thead><tbody>{codes}</tbody></table>"
    )
    parts.append("<h2>Schemas</h2>")
    for name, schema in sorted(spec["components"]["schemas"].items()):
        required = set(schema.get("required", ()))
        rows = "".join(
            f"<tr><td><code>{escape(field)}</code>{' *' if field in required else ''}</td><td>{_type(shape)}</td>"
            f"<td>{escape(shape.get('description', ''))}</td></tr>"
            for field, shape in schema.get("properties", {}).items()
        )
        parts.append(
            f'<h3 id="{escape(name)}">{escape(name)}</h3><table><thead><tr><th>Field (* always there)</th><th>Type</th>'
            f"<th>Meaning</th></tr></thead><tbody>{rows}</tbody></table>"
        )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sourcier: HTTP interface</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        "<body><main>"
        f"<h1>Sourcier {escape(spec['info']['version'])}</h1><p>{escape(spec['info']['description'])}</p>"
        '<p>The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p>' + "".join(parts) + "</main></body></html>"
    )


def _code(value: Any) -> str:
    return f'<pre tabindex="0">{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>'


def _type(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        name = shape["$ref"].rsplit("/", 1)[-1]
        return f'<a href="#{escape(name)}">{escape(name)}</a>'
    if "items" in shape:
        return "list of " + _type(shape["items"])
    if "enum" in shape:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in shape["enum"] if value is not None)
    kind = shape.get("type", "any")
    return escape(" or ".join(kind) if isinstance(kind, list) else str(kind))
