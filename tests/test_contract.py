"""The wire contract: every key of it, the schemas that state it, and OpenAPI, which must say the same as the server does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from service import messages
from service.api import create_app
from service.config import Settings
from service.language import other_language
from service.problems import TITLES
from service.schemas import LabelsSchema, ProblemSchema, ReadySchema, ScoreAnswerSchema
from service.store import keys, people
from service.store.engine import Store
from service.store.terms import SCOPES
from tests.conftest import ARTICLE

Score = Callable[..., dict[str, Any]]
ALL = ["cues", "contributions", "features"]


@pytest.fixture
def openapi(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").get_json()
    return document


# --- the answer -------------------------------------------------------------------------------------------------------


def test_an_answer_has_the_keys_of_the_contract_and_no_others(score: Score) -> None:
    answer = score(text=ARTICLE, include=["cues", "contributions"])
    assert set(answer) == {"model", "lexicon", "language", "offset_unit", "document", "sentences"}
    assert set(answer["model"]) == {"name", "version"}
    assert set(answer["document"]) == {"id", "score", "claims", "to_review", "independent_sources", "sources"}
    for source in answer["document"]["sources"]:
        assert set(source) == {"id", "name", "kind", "sentences"}
    sentence_keys = {
        *("index", "segment", "start", "end", "text", "kind", "score", "level", "level_probabilities", "review"),
        *("sources", "cues", "links", "contributions", "hash"),
    }
    cue_keys = {"category", "start", "end", "text", "cue", "message"}
    for sentence in answer["sentences"]:
        assert set(sentence) == sentence_keys
        for cue in sentence["cues"]:
            own = {"source_kind", "source", "role"} if cue["category"] == "source" else set()
            assert set(cue) == cue_keys | own
        for link in sentence["links"]:
            assert set(link) == {"type", "sentence"}
        for part in sentence["contributions"]:
            assert set(part) == {"feature", "effect", "message", "words"}
            for word in part["words"]:
                assert set(word) == {"start", "end", "text"}
    assert any(part["words"] for sentence in answer["sentences"] for part in sentence["contributions"])


def test_html_adds_places_in_the_source_and_the_extracted_text(score: Score) -> None:
    answer = score(html="<p>Selon Reuters, il pleut.</p>")
    assert answer["document"]["text"] == "Selon Reuters, il pleut."
    for span in (answer["sentences"][0], *answer["sentences"][0]["cues"]):
        assert {"start", "end", "source_start", "source_end"} <= set(span)


def test_html_words_behind_a_contribution_have_their_place_in_the_source(score: Score) -> None:
    html = "<p>L&#39;accord est <b>grotesque</b>.</p>"
    parts = score(html=html, include=["contributions"])["sentences"][0]["contributions"]
    words = {word["text"]: html[word["source_start"] : word["source_end"]] for part in parts for word in part["words"]}
    assert words["grotesque"] == "grotesque" and all(words[text] == text for text in words)


@pytest.mark.parametrize(
    "request_",
    [
        {"text": ARTICLE},
        {"text": ARTICLE, "include": []},
        {"text": ARTICLE, "include": ALL, "id": "a", "offset_unit": "code-point"},
        {"html": "<h1>Titre 🚒</h1><p>Selon Reuters, il pleut.</p>", "include": ALL},
        {"segments": [{"id": "a", "text": "Selon Reuters, il pleut."}, {"id": "b", "text": ""}], "only": ["a"]},
        {"text": "Qui paiera ?"},
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_answer_fits_the_schema(client: FlaskClient, request_: dict[str, Any], language: str) -> None:
    response = client.post("/v1/score", json=request_, headers={"Accept-Language": language})
    assert ScoreAnswerSchema().validate(response.get_json()) == {}


def test_the_score_of_a_document_is_the_mean_of_its_sentences(score: Score) -> None:
    answer = score(text=ARTICLE)
    scores = [sentence["score"] for sentence in answer["sentences"] if sentence["score"] is not None]
    assert answer["document"]["score"] == pytest.approx(sum(scores) / len(scores), abs=2e-4)
    assert score(text="Qui paiera ?")["document"]["score"] is None


def test_links_are_there_in_both_directions(score: Score) -> None:
    reverse = {"contests": "contested_by", "corroborates": "corroborated_by"}
    reverse |= {back: forth for forth, back in reverse.items()}
    sentences = score(text=ARTICLE)["sentences"]
    links = {(s["index"], link["type"], link["sentence"]) for s in sentences for link in s["links"]}
    assert links
    for start, kind, end in links:
        if kind in reverse:
            assert (end, reverse[kind], start) in links


# --- sentences of the caller ------------------------------------------------------------------------------------------

SEGMENTS = [
    {"id": "t", "kind": "title", "text": "Pont fermé 🚧"},
    {"id": "p", "text": "🚧 Le pont ferme. Il pleut."},
]


@pytest.mark.parametrize(("unit", "end"), [("utf-16", 17), ("code-point", 16)])
def test_sentences_given_count_in_their_segment(score: Score, unit: str, end: int) -> None:
    given = [
        {"segment": "t", "start": 0, "end": 10},
        {"segment": "p", "start": 0, "end": end},
        {"segment": "p", "start": end + 1, "end": end + 10},
    ]
    answer = score(segments=SEGMENTS, sentences_given=given, offset_unit=unit)
    assert [s["text"] for s in answer["sentences"]] == ["Pont fermé", "🚧 Le pont ferme.", "Il pleut."]
    assert [{key: s[key] for key in ("segment", "start", "end")} for s in answer["sentences"]] == given


@pytest.mark.parametrize(
    ("given", "pointer", "words"),
    [
        ([{"start": 0, "end": 4}], "/sentences_given/0/segment", "Name the segment"),
        ([{"segment": "x", "start": 0, "end": 4}], "/sentences_given/0/segment", "No segment"),
        ([{"segment": "t", "start": 0, "end": 99}], "/sentences_given/0/end", "0 to 13"),
        ([{"segment": "p", "start": 1, "end": 9}], "/sentences_given/0/start", "cuts a character"),
        ([{"segment": "p", "start": 4, "end": 4}], "/sentences_given/0/end", "start < end"),
        (
            [{"segment": "p", "start": 0, "end": 9}, {"segment": "p", "start": 8, "end": 12}],
            "/sentences_given/1/start",
            "without overlap",
        ),
        (
            [{"segment": "p", "start": 0, "end": 9}, {"segment": "t", "start": 0, "end": 4}],
            "/sentences_given/1/start",
            "reading order",
        ),
        ([], "/sentences_given", "empty list"),
    ],
)
def test_unusable_boundaries_are_named(client: FlaskClient, given: Any, pointer: str, words: str) -> None:
    response = client.post("/v1/score", json={"segments": SEGMENTS, "sentences_given": given})
    problem = response.get_json(force=True)
    assert response.status_code == 422
    assert problem["errors"][0]["pointer"] == pointer
    assert words in problem["errors"][0]["detail"]


def test_a_boundary_names_a_segment_only_with_segments(client: FlaskClient) -> None:
    given = [{"segment": "p", "start": 0, "end": 4}]
    problem = client.post("/v1/score", json={"text": "Il pleut.", "sentences_given": given}).get_json(force=True)
    assert problem["errors"][0]["pointer"] == "/sentences_given/0/segment"


# --- what a field check alone would let through -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "pointer", "words"),
    [
        ({"text": "Il pleut.", "store": 0}, "/store", "true or false"),
        ({"text": "Il pleut.", "id": ""}, "/id", "between 1 and 200"),
        ({"html": "<p>Il &eacute;tait &#1;</p>"}, "/html", "U+0001 at character 19"),
        ({"segments": [{"id": "a\u0001", "text": "Il pleut."}]}, "/segments/0/id", "U+0001"),
        ({"text": "Il pleut.", "\ud800": 1}, "", "Lone surrogate"),
    ],
)
def test_more_that_is_refused(client: FlaskClient, request_: Any, pointer: str, words: str) -> None:
    response = client.post("/v1/score", data=json.dumps(request_), content_type="application/json")
    error = response.get_json(force=True)["errors"][0]
    assert (response.status_code, error["pointer"]) == (422, pointer)
    assert words in error["detail"]


def test_a_long_list_of_faults_does_not_come_back_whole(client: FlaskClient) -> None:
    response = client.post("/v1/score", json={"text": "Il pleut.", "sentences_given": [{}] * 50_000})
    assert response.status_code == 422 and len(response.get_json(force=True)["errors"]) == 20
    assert "100000 field(s)" in response.get_json(force=True)["detail"]


def test_ids_of_segments_do_not_count_as_text(client: FlaskClient) -> None:
    segments = [{"id": f"{n:0200}", "text": "a " * 25_000} for n in range(2)]
    assert client.post("/v1/score", json={"segments": segments}).status_code == 200


def test_a_compressed_body_is_refused(client: FlaskClient) -> None:
    response = client.post(
        "/v1/score", data=b"\x1f\x8b", content_type="application/json", headers={"Content-Encoding": "gzip"}
    )
    assert response.status_code == 415 and response.get_json(force=True)["code"] == "wrong_content_encoding"


def test_a_list_of_foreign_names_or_a_foreign_opening_is_not_another_language() -> None:
    names = "Composition : Wojciech Szczęsny, Kamil Glik, Arkadiusz Milik, Jakub Błaszczykowski, Łukasz Piszczek."
    assert other_language(names) is None
    english = "We shall fight on the beaches, we shall fight on the landing grounds, and we shall never surrender. "
    french = "Le maire a cité ces mots mardi devant les habitants de la commune, réunis sur la place du marché. "
    assert other_language(5 * english) == "en"
    assert other_language(5 * english + 10 * french) is None


# --- everything that is not an answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/score", 415),
        ("GET", "/v1/score", 405),
        ("TRACE", "/v1/score", 405),
        ("POST", "/v1/labels", 405),
        ("GET", "/v1/scores", 404),
        ("POST", "/v1/score/", 404),
        ("GET", "//v1//labels", 404),
        ("GET", "/../etc/passwd", 404),
    ],
)
def test_every_error_is_a_problem_with_all_headers(client: FlaskClient, method: str, path: str, status: int) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem = response.get_json(force=True)
    assert ProblemSchema().validate(problem) == {}
    assert problem["code"] in TITLES and problem["status"] == status
    assert response.headers["Cache-Control"] == "no-store"
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert response.headers["X-Sourcier-Model"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert ("Allow" in response.headers) == (status == 405)


def test_a_service_that_does_not_score_is_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("service.api.analyse", explode)
    response = client.get("/readyz")
    assert response.status_code == 503 and response.headers["Retry-After"]
    assert response.get_json(force=True)["code"] == "not_ready"
    assert client.get("/healthz").status_code == 200, "the process is alive all the same"


def test_an_error_handler_that_fails_logs_no_text(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: Any
) -> None:
    canary = "zanzibarette"

    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError(canary)

    monkeypatch.setattr("service.api.analyse", explode)
    monkeypatch.setattr("service.api.Problem.as_dict", explode)
    response = client.post("/v1/score", json={"text": f"Le {canary} a fermé."})
    assert response.status_code == 500 and response.mimetype == "application/problem+json"
    assert response.get_json(force=True)["code"] == "internal_error"
    assert canary not in response.get_data(as_text=True) + "".join(capfd.readouterr()) + caplog.text


# --- OpenAPI ----------------------------------------------------------------------------------------------------------


def test_examples_of_requests_are_served_and_that_of_the_answer_is_current(
    client: FlaskClient, openapi: dict[str, Any], score: Score
) -> None:
    operation = openapi["paths"]["/v1/score"]["post"]
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    assert set(examples) == {"text", "html", "segments"}
    for example in examples.values():
        assert score(**example["value"])["sentences"]
    answer = operation["responses"]["200"]["content"]["application/json"]["example"]
    assert answer == score(**examples["text"]["value"])


def test_openapi_states_the_limits(openapi: dict[str, Any]) -> None:
    request = openapi["components"]["schemas"]["ScoreRequest"]
    assert request["properties"]["text"]["maxLength"] == 100_000
    assert request["properties"]["segments"]["maxItems"] == 500
    assert request["oneOf"] == [{"required": ["text"]}, {"required": ["html"]}, {"required": ["segments"]}]
    assert request["additionalProperties"] is False


def test_openapi_examples_of_problems_fit(openapi: dict[str, Any]) -> None:
    for path in openapi["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                for media_type, content in response.get("content", {}).items():
                    if media_type == "application/problem+json":
                        assert ProblemSchema().validate(content["example"]) == {}
                        assert content["example"]["status"] == int(status)


def test_labels_and_readiness_fit_their_schemas(client: FlaskClient) -> None:
    assert ReadySchema().validate(client.get("/readyz").get_json()) == {}
    for language in messages.LANGUAGES:
        labels = client.get("/v1/labels", headers={"Accept-Language": language}).get_json()
        assert labels["language"] == language
        assert LabelsSchema().validate(labels) == {}


def test_the_page_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    response = client.get("/docs")
    page = response.get_data(as_text=True)
    assert "<script" not in page and " src=" not in page and " style=" not in page and "<link" not in page
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "style-src 'sha256-" in policy
    for name in ("ScoreRequest", "Sentence", "/v1/score", "document_too_large"):
        assert name in page


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.fixture
def holder(tmp_path: Path) -> tuple[Flask, dict[str, str]]:
    """An application that has kept an article, and the header of a key that may do everything."""
    made = create_app(Settings(data=tmp_path / "data"))
    store = Store.open(f"sqlite:///{tmp_path}/data/sourcier.db")
    people.add(store, "Nadia", "lead", "quatre chevaux bleus")
    headers = {"Authorization": f"Bearer {keys.make(store, 'all', SCOPES, user='Nadia')}"}
    store.close()
    assert (
        made.test_client().post("/v1/score", json={"text": ARTICLE, "store": True}, headers=headers).status_code == 200
    )
    return made, headers


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_server_does_what_openapi_says(holder: tuple[Flask, dict[str, str]], mode: GenerationMode) -> None:
    app, headers = holder
    # Schemathesis' own pytest fixture does not work with pytest 9.2, so its operations are run one by one.
    n_operations = 0
    for found in schemathesis.openapi.from_wsgi("/openapi.json", app).get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # an invalid schema fails here, as it should
        n_operations += 1

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        def conforms(case: schemathesis.Case[Any]) -> None:
            needs_key = case.operation.definition.raw.get("security") == [{"key": []}]
            case.call_and_validate(checks=CHECKS, headers=headers if needs_key else {})

        has_input = bool(operation.body or operation.query or operation.path_parameters)
        if mode is GenerationMode.POSITIVE or has_input:  # what has no input cannot be given a wrong one
            conforms()
    assert n_operations == 14
