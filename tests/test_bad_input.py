"""Bad input: each a problem that names the field, the limit and the fix."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.api import create_app
from service.config import Settings

TEXT = "Le pont de Sète a fermé mardi, selon la mairie."


def refused(client: FlaskClient, status: int, code: str, **kwargs: Any) -> dict[str, Any]:
    """Send a request that must be refused so; returns the problem after checking its shape."""
    response = client.post("/v1/score", **kwargs)
    problem: dict[str, Any] = response.get_json(force=True)
    assert (response.status_code, problem["code"]) == (status, code), problem
    assert response.mimetype == "application/problem+json"
    assert problem["status"] == status and problem["title"] and problem["detail"] and problem["type"].startswith("urn:")
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert "Traceback" not in response.get_data(as_text=True)
    return problem


def errors(problem: dict[str, Any]) -> dict[str, str]:
    return {error["pointer"]: error["detail"] for error in problem["errors"]}


def test_no_body(client: FlaskClient) -> None:
    refused(client, 400, "body_missing", content_type="application/json")


@pytest.mark.parametrize(
    "body", ["{", "[1,", "nothing", '{"text": NaN}', '{"text": Infinity}', "{'text': 1}", '{"text": "a\nb"}']
)
def test_not_json(client: FlaskClient, body: str) -> None:
    refused(client, 400, "not_json", data=body, content_type="application/json")


def test_deeply_nested_json(client: FlaskClient) -> None:
    for body in ("[" * 100_000, '{"text":' * 50_000 + "1" + "}" * 50_000):
        response = client.post("/v1/score", data=body, content_type="application/json")
        assert response.status_code == 400 and response.get_json(force=True)["code"] in ("json_too_deep", "not_json")


def test_invalid_utf8_names_the_byte(client: FlaskClient) -> None:
    problem = refused(client, 400, "not_utf8", data=b'{"text": "\xff"}', content_type="application/json")
    assert "Byte 10" in problem["detail"]


def test_a_byte_order_mark_is_no_error(client: FlaskClient) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"text": TEXT}).encode()
    assert client.post("/v1/score", data=body, content_type="application/json").status_code == 200


def test_wrong_content_type(client: FlaskClient) -> None:
    problem = refused(client, 415, "wrong_content_type", data="text=x", content_type="text/plain")
    assert "text/plain" in problem["detail"] and "application/json" in problem["detail"]


@pytest.mark.parametrize("body", [[], "text", 3, None, True])
def test_the_body_is_an_object(client: FlaskClient, body: Any) -> None:
    refused(client, 422, "invalid_request", data=json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(
    ("request_", "pointer", "words"),
    [
        ({"txt": TEXT}, "/txt", "Did you mean 'text'?"),
        ({"text": TEXT, "zzz": 1}, "/zzz", "Known fields: text"),
        ({"text": 3}, "/text", "valid string"),
        ({"text": None}, "/text", "null"),
        ({"html": ["a"]}, "/html", "valid string"),
        ({"segments": "a"}, "/segments", "list"),
        ({"segments": [3]}, "/segments/0", "Invalid input type"),
        ({"segments": [{"id": "a"}]}, "/segments/0/text", "Missing data"),
        ({"segments": [{"text": TEXT}]}, "/segments/0/id", "Missing data"),
        ({"segments": [{"id": "", "text": TEXT}]}, "/segments/0/id", "between 1 and 200"),
        ({"segments": [{"id": "a", "kind": "poem", "text": TEXT}]}, "/segments/0/kind", "title, heading"),
        ({"segments": [{"id": "a", "txet": "", "text": TEXT}]}, "/segments/0/txet", "Did you mean 'text'?"),
        ({"segments": [{"id": "a", "text": TEXT}, {"id": "a", "text": TEXT}]}, "/segments/1/id", "unique"),
        ({"segments": [{"id": "a", "text": TEXT}], "only": ["b"]}, "/only/0", "No segment"),
        ({"text": TEXT, "only": ["a"]}, "/only", "goes with segments"),
        ({}, "", "exactly one"),
        ({"text": TEXT, "html": TEXT}, "", "text and html"),
        ({"text": ""}, "/text", "no text"),
        ({"text": " \n\u00a0 "}, "/text", "no text"),
        ({"html": "<p> </p><script>x</script>"}, "/html", "no text"),
        ({"segments": []}, "/segments", "no text"),
        ({"text": TEXT, "language": "en"}, "/language", "Only"),
        ({"text": TEXT, "offset_unit": "bytes"}, "/offset_unit", "utf-16, code-point"),
        ({"text": TEXT, "include": ["everything"]}, "/include/0", "cues, contributions, features"),
        ({"text": TEXT, "include": "cues"}, "/include", "list"),
        ({"text": TEXT, "store": "yes"}, "/store", "boolean"),
        ({"text": TEXT, "id": "x" * 201}, "/id", "200"),
        ({"text": "Le pont\u0000 ferme."}, "/text", "U+0000 at character 7"),
        ({"text": "Le pont\u0085\u009f ferme."}, "/text", "U+009F"),
        ({"text": "Le pont\ud800 ferme."}, "/text", "Lone surrogate U+D800 at character 7"),
        ({"segments": [{"id": "a", "text": "x\u001by"}]}, "/segments/0/text", "U+001B"),
        ({"text": TEXT, "sentences_given": [{"start": 0}]}, "/sentences_given/0/end", "Missing data"),
        ({"text": TEXT, "sentences_given": [{"start": 0, "end": 9999}]}, "/sentences_given/0", "outside the text"),
        ({"text": TEXT, "sentences_given": [{"start": 5, "end": 3}]}, "/sentences_given/0", ""),
        ({"text": "🚧 ferme", "sentences_given": [{"start": 1, "end": 5}]}, "/sentences_given/0", "cuts a character"),
        ({"html": TEXT, "sentences_given": [{"start": 0, "end": 3}]}, "/sentences_given", "cannot go with html"),
        ({"text": TEXT, "sentences_given": [{"start": "0", "end": 3}]}, "/sentences_given/0/start", "integer"),
        ({"text": TEXT, "sentences_given": [{"start": 10**30, "end": 10**31}]}, "/sentences_given/0", ""),
    ],
)
def test_a_field_that_does_not_fit(client: FlaskClient, request_: Any, pointer: str, words: str) -> None:
    body = json.dumps(request_)
    problem = refused(client, 422, "invalid_request", data=body, content_type="application/json")
    found = {at: detail for at, detail in errors(problem).items() if at.startswith(pointer)}
    assert any(words in detail for detail in found.values()), problem


def test_all_faults_come_at_once(client: FlaskClient) -> None:
    problem = refused(client, 422, "invalid_request", json={"text": 3, "include": ["x"], "offset_unit": "y"})
    assert set(errors(problem)) == {"/text", "/include/0", "/offset_unit"}


def test_too_long_a_document_names_the_limit(client: FlaskClient) -> None:
    problem = refused(client, 413, "document_too_large", json={"text": "a " * 50_001})
    assert "100,000" in problem["detail"] and "100,002" in problem["detail"]
    parts = [{"id": str(n), "text": "a " * 30_000} for n in range(2)]
    assert errors(refused(client, 413, "document_too_large", json={"segments": parts})).keys() == {"/segments"}


def test_too_many_segments(client: FlaskClient) -> None:
    parts = [{"id": str(n), "text": "Il pleut."} for n in range(501)]
    assert "500" in refused(client, 413, "too_many_segments", json={"segments": parts})["detail"]


def test_the_limits_themselves_are_served(client: FlaskClient) -> None:
    parts = [{"id": str(n), "text": "Il pleut à Sète."} for n in range(500)]
    assert client.post("/v1/score", json={"segments": parts}).status_code == 200
    text = "Le pont de Sète a fermé mardi. " * 3_225
    assert client.post("/v1/score", json={"text": text[:100_000]}).status_code == 200


def test_too_large_a_body_is_refused_before_parsing() -> None:
    client = create_app(Settings(max_body_bytes=1_000)).test_client()
    problem = refused(client, 413, "body_too_large", json={"text": "a" * 2_000})
    assert "1,000 bytes" in problem["detail"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "The mayor of the city said on Tuesday that the bridge would be closed for six weeks because of the storm.",
        ),
        ("es", "El alcalde de la ciudad anunció el martes el cierre del puente durante seis semanas por la tormenta."),
        (
            "de",
            "Der Bürgermeister der Stadt kündigte am Dienstag an, dass die Brücke sechs Wochen lang gesperrt bleibt.",
        ),
        (
            "it",
            "Il sindaco della città ha annunciato martedì la chiusura del ponte per sei settimane a causa della tempesta.",
        ),
    ],
)
def test_another_language_is_named(client: FlaskClient, language: str, text: str) -> None:
    problem = refused(client, 422, "language_not_supported", json={"text": text})
    assert f"'{language}'" in problem["detail"]


@pytest.mark.parametrize(
    "text", ["Yahoo!", "Jo Cox", "The Beatles au Zénith", "Mbappé, Dembélé, Griezmann, Giroud, Lloris, Kanté"]
)
def test_a_short_text_or_a_list_of_names_is_never_refused_for_its_language(client: FlaskClient, text: str) -> None:
    assert client.post("/v1/score", json={"text": text}).status_code == 200


def test_unknown_address_and_method(client: FlaskClient) -> None:
    missing = client.get("/v1/nothing")
    assert missing.status_code == 404 and missing.get_json(force=True)["code"] == "not_found"
    wrong = client.get("/v1/score")
    assert wrong.status_code == 405 and wrong.get_json(force=True)["code"] == "method_not_allowed"
    assert "POST" in wrong.headers["Allow"]
    assert wrong.mimetype == missing.mimetype == "application/problem+json"
