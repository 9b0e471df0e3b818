"""The OpenAPI 3.1 document, made from the schemas, and a page that shows it: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from service import __version__
from service.config import Settings
from service.problems import MEDIA_TYPE
from service.schemas import ProblemSchema, ScoreAnswerSchema, ScoreRequestSchema

_EXAMPLE = {
    "text": "Selon une source policière, le suspect aurait quitté la ville. La préfecture du Gard dément.",
    "include": ["cues", "contributions"],
}
_PROBLEMS = {
    400: "No body, not JSON, not UTF-8, or nested too deeply.",
    413: "The body, the document or the number of segments is over the limit, which `detail` names.",
    415: "The content type is not application/json.",
    422: "The request does not fit the contract, or the text is not French; `errors` says field by field what to mend.",
    500: "The service failed; quote the request id.",
}


def document(settings: Settings) -> dict[str, Any]:
    """The OpenAPI document of this server, with its limits."""
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
    language = {
        "name": "Accept-Language",
        "in": "header",
        "schema": {"type": "string", "enum": ["fr", "en"]},
        "description": "Language of the messages.",
    }
    score = {
        "summary": "Score a document",
        "operationId": "score",
        "parameters": [language],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ScoreRequestSchema, "example": _EXAMPLE}},
        },
        "responses": {
            "200": {
                "description": "The document, scored sentence by sentence.",
                "headers": {
                    "X-Request-ID": _header("Yours, or a new one."),
                    "X-Sourcier-Model": _header("Model version."),
                },
                "content": {"application/json": {"schema": ScoreAnswerSchema}},
            },
            **{str(status): _problem(text) for status, text in _PROBLEMS.items()},
        },
    }
    spec.path("/v1/score", operations={"post": score})
    labels = _get(
        "labels", "The catalogue of categories, levels, kinds and features, with their words", parameters=[language]
    )
    labels["responses"]["304"] = {"description": "Unchanged since the ETag you sent."}
    spec.path("/v1/labels", operations={"get": labels})
    spec.path("/v1/model", operations={"get": _get("model", "The card of the model in service")})
    spec.path("/healthz", operations={"get": _get("healthz", "Is the process alive")})
    spec.path("/readyz", operations={"get": _get("readyz", "Are model and lexicon loaded; which")})
    result: dict[str, Any] = json.loads(json.dumps(spec.to_dict(), default=list))
    return result


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Schema")


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _get(operation: str, summary: str, parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    answer = {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"summary": summary, "operationId": operation, "parameters": parameters or [], "responses": {"200": answer}}


def page(spec: dict[str, Any]) -> str:
    """The document as one HTML page that stands alone."""
    parts = []
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            parts.append(f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation['summary'])}.</p>")
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            if "example" in body:
                example = json.dumps(body["example"], ensure_ascii=False, indent=2)
                parts.append(f"<p>For example:</p><pre>{escape(example)}</pre>")
            rows = "".join(
                f"<tr><td>{status}</td><td>{escape(response['description'])}</td></tr>"
                for status, response in sorted(operation["responses"].items())
            )
            parts.append(f"<table><thead><tr><th>Status</th><th>When</th></tr></thead><tbody>{rows}</tbody></table>")
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
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
        "padding:0 1rem}"
        "table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}"
        "th,td{border:1px solid #767676;padding:.3rem .6rem;"
        "text-align:left;vertical-align:top}pre{overflow:auto;border:1px solid #767676;padding:1rem}</style></head>"
        "<body><main>"
        f"<h1>Sourcier {escape(spec['info']['version'])}</h1><p>{escape(spec['info']['description'])}</p>"
        '<p>The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p>' + "".join(parts) + "</main></body></html>"
    )


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
