"""The HTTP interface: what a caller gets, header by header and option by option."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.api import create_app
from service.schemas import ScoreAnswerSchema
from tests.conftest import ARTICLE

Score = Callable[..., dict[str, Any]]


def utf16(text: str, start: int, end: int) -> str:
    """The slice a JavaScript caller would take."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def slice_of(text: str, span: dict[str, Any], unit: str) -> str:
    """What a caller who counts in ``unit`` finds at a span."""
    start, end = span["start"], span["end"]
    return utf16(text, start, end) if unit == "utf-16" else text[start:end]


def test_a_scored_article_has_kinds_levels_sources_and_links(score: Score) -> None:
    answer = score(text=ARTICLE, id="a-1")
    sentences = answer["sentences"]
    assert [s["kind"] for s in sentences] == ["claim", "claim", "opinion", "prediction", "claim", "none"]
    assert sentences[1]["level"] > sentences[3]["level"]
    assert (
        sentences[5]["score"] is None and sentences[5]["level"] is None and sentences[5]["level_probabilities"] is None
    )
    assert {"type": "contested_by", "sentence": 4} in sentences[3]["links"]
    assert {"type": "contests", "sentence": 3} in sentences[4]["links"]
    assert {"type": "same_source", "sentence": 1} in sentences[2]["links"]
    kinds = {s["kind"] for s in answer["document"]["sources"]}
    assert kinds == {"person", "anonymous", "institution"}
    assert answer["document"]["id"] == "a-1"
    assert answer["document"]["claims"] == 3
    assert answer["document"]["independent_sources"] == 2


def test_score_is_the_expected_level_divided_by_four(score: Score) -> None:
    for sentence in score(text=ARTICLE)["sentences"][:-1]:
        probabilities = sentence["level_probabilities"]
        assert sum(probabilities) == pytest.approx(1, abs=1e-3)
        assert sentence["score"] == pytest.approx(sum(k * p for k, p in enumerate(probabilities)) / 4, abs=1e-3)


def test_contributions_sum_to_the_distance_from_a_plain_sentence(score: Score) -> None:
    plain = score(text="Rien. Il est là.", include=["contributions"])["sentences"][1]
    assert plain["contributions"] == []
    for sentence in score(text=ARTICLE, include=["contributions"])["sentences"][:-1]:
        total = sum(part["effect"] for part in sentence["contributions"])
        assert total == pytest.approx(sentence["score"] - plain["score"], abs=2e-3)


@pytest.mark.parametrize("unit", ["utf-16", "code-point"])
def test_the_words_that_a_feature_counts_are_named_with_what_they_add(score: Score, unit: str) -> None:
    text = (
        "👩‍🚒 On a toujours vu le tribunal 🔥 publier ses jugements. Cette farce devient grotesque, stupide et vaine."
    )
    answer = score(text=text, offset_unit=unit, include=["contributions"])
    found = {}
    for sentence in answer["sentences"]:
        for part in sentence["contributions"]:
            for word in part["words"]:
                assert slice_of(text, word, unit) == word["text"]
            found[sentence["index"], part["feature"]] = [word["text"] for word in part["words"]]
    assert found[0, "generic_on"] == ["On"] and found[0, "general"] == ["toujours"]
    assert found[0, "event"] == ["a toujours vu"] and found[0, "record"] == ["tribunal", "jugements"]
    assert {"grotesque", "stupide"} <= set(found[1, "leaning"]) and len(found[1, "leaning"]) <= 5


@pytest.mark.parametrize("unit", ["utf-16", "code-point"])
def test_offsets_slice_to_the_text_in_both_units(score: Score, unit: str) -> None:
    text = "👩‍🚒 Le feu a pris 🔥 à Valence. « 🚒 C'est fini », a déclaré le maire Jean Roux."
    answer = score(text=text, offset_unit=unit)
    for sentence in answer["sentences"]:
        for span in (sentence, *sentence["cues"]):
            assert slice_of(text, span, unit) == span["text"]
    assert any(sentence["cues"] for sentence in answer["sentences"])


def test_segments_are_scored_in_context_with_offsets_of_their_own(score: Score) -> None:
    segments = [
        {"id": "t", "kind": "title", "text": "Pont fermé 🚧"},
        {"id": "p1", "text": "Une source policière a déclaré que le pont est fermé."},
        {"id": "p2", "text": "La mairie de Sète a démenti ces informations. Elle se réunit mardi."},
    ]
    answer = score(segments=segments)
    by_id = {segment["id"]: segment["text"] for segment in segments}
    for sentence in answer["sentences"]:
        for span in (sentence, *sentence["cues"]):
            assert utf16(by_id[sentence["segment"]], span["start"], span["end"]) == span["text"]
    assert {"type": "contests", "sentence": 1} in answer["sentences"][2]["links"]

    partial = score(segments=segments, only=["p1"])
    assert [s["segment"] for s in partial["sentences"]] == ["p1"]
    assert partial["sentences"][0] == answer["sentences"][1], "the other segments still count as context"
    assert partial["document"] == answer["document"]


def test_html_gives_offsets_in_the_text_and_in_the_source(score: Score) -> None:
    html = "<h1>Pont ferm&eacute;</h1><p>Selon <b>une source</b> polici&egrave;re, il &laquo;&nbsp;pourrait&nbsp;&raquo; tomber.</p><script>alert('Selon X')</script>"
    answer = score(html=html)
    text = answer["document"]["text"]
    assert "alert" not in text
    cues = [cue for sentence in answer["sentences"] for cue in sentence["cues"]]
    assert "une source policière" in {cue["text"] for cue in cues}
    for cue in cues:
        assert utf16(text, cue["start"], cue["end"]) == cue["text"]
    source = next(cue for cue in cues if cue["text"] == "une source policière")
    assert html[source["source_start"] : source["source_end"]] == "une source</b> polici&egrave;re"


def test_sentences_given_are_kept(score: Score) -> None:
    text = "🚧 Le pont ferme. Il pleut."
    given_ = [{"start": 0, "end": 17}, {"start": 18, "end": 27}]
    answer = score(text=text, sentences_given=given_)
    assert [s["text"] for s in answer["sentences"]] == ["🚧 Le pont ferme.", "Il pleut."]
    code_points = [{"start": 0, "end": 26}]
    answer = score(text=text, sentences_given=code_points, offset_unit="code-point")
    assert [s["text"] for s in answer["sentences"]] == [text]


def test_include_says_what_comes_with_each_sentence(score: Score) -> None:
    assert set(score(text=ARTICLE)["sentences"][0]) >= {"cues"}
    bare = score(text=ARTICLE, include=[])["sentences"][0]
    assert not {"cues", "contributions", "features"} & set(bare)
    full = score(text=ARTICLE, include=["cues", "contributions", "features"])["sentences"][0]
    assert {"cues", "contributions", "features"} <= set(full)


def test_messages_follow_accept_language(client: FlaskClient) -> None:
    def message(accept: str) -> str:
        response = client.post("/v1/score", json={"text": ARTICLE}, headers={"Accept-Language": accept})
        return str(response.get_json()["sentences"][1]["cues"][0]["message"])

    assert message("fr-FR,fr;q=0.9") == "Personne nommée"
    assert message("en-GB,en;q=0.8,fr;q=0.5") == "Named person"
    assert message("de") == "Personne nommée"


def test_the_hash_ignores_white_space_and_composition(score: Score) -> None:
    one = score(text="Le  pre\u0301fet dort. Il ronfle.")["sentences"][0]["hash"]
    other = score(text="Le préfet dort. Il mange.")["sentences"][0]["hash"]
    assert one == other


@pytest.mark.parametrize(
    "options", [{}, {"include": ["cues", "contributions", "features"]}, {"html": "<p>Le pont ferme.</p>"}]
)
def test_the_answer_fits_its_schema(score: Score, options: dict[str, Any]) -> None:
    request = options if "html" in options else {"text": ARTICLE, **options}
    assert ScoreAnswerSchema().validate(score(**request)) == {}


def test_headers(client: FlaskClient) -> None:
    response = client.post("/v1/score", json={"text": ARTICLE}, headers={"X-Request-ID": "desk-42"})
    assert response.headers["X-Request-ID"] == "desk-42"
    assert response.headers["X-Sourcier-Model"] == response.get_json()["model"]["version"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    odd = client.get("/healthz", headers={"X-Request-ID": "a b\tc"})
    assert odd.headers["X-Request-ID"] != "a b\tc"


def test_labels_are_a_catalogue_with_an_etag(client: FlaskClient) -> None:
    response = client.get("/v1/labels", headers={"Accept-Language": "en"})
    labels = response.get_json()
    assert [level["name"] for level in labels["levels"]] == [
        "unverifiable",
        "fragile",
        "partial",
        "attributed",
        "well supported",
    ]
    assert {feature["name"] for feature in labels["features"]} >= {"source_anonymous", "hedge"}
    again = client.get("/v1/labels", headers={"Accept-Language": "en", "If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    french = client.get("/v1/labels", headers={"If-None-Match": response.headers["ETag"]})
    assert french.status_code == 200


def test_model_card_health_and_readiness(client: FlaskClient) -> None:
    card = client.get("/v1/model").get_json()
    assert card["metrics"]["test"]["n"] > 0 and card["artifact"]["sha256"]
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz").get_json()
    assert ready["model"] == card["version"]


def test_openapi_describes_every_route_and_the_answer(client: FlaskClient, app: Flask, score: Score) -> None:
    spec = client.get("/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    routes = {re.sub(r"<.*?:(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    assert set(spec["paths"]) == routes - {"/openapi.json", "/docs"}
    sentence = spec["components"]["schemas"]["Sentence"]
    assert set(score(text=ARTICLE)["sentences"][0]) <= set(sentence["properties"])
    page = client.get("/docs")
    assert b"/v1/score" in page.data and b"http" not in page.data.split(b"<style>")[0]


def test_no_word_of_the_text_reaches_a_log(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = create_app().test_client()  # made here, so that its log goes to the captured stream
    caplog.set_level(logging.DEBUG)
    canary = "zanzibarette"
    text = f"Le {canary} a fermé mardi, selon la mairie de Sète."
    client.post("/v1/score", json={"text": text})
    client.post("/v1/score", json={"text": text, canary: 1})
    client.post("/v1/score", data=f'{{"text": "{canary}', content_type="application/json")
    client.get(f"/{canary}?{canary}")

    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr("service.api.analyse", explode)
    failed = client.post("/v1/score", json={"text": text})
    assert failed.status_code == 500 and canary not in failed.get_data(as_text=True)
    assert failed.mimetype == "application/problem+json"
    out, err = capfd.readouterr()
    assert canary not in out + err + caplog.text
    assert '"error": "RuntimeError"' in err


any_text = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("Le maire a dit «»“”\"'’.,;:!?…\n\t-–—0123456789éàç 🔥\u0301\u00a0\u202f")),
        st.characters(),
    ),
    max_size=400,
)


@given(text=any_text, unit=st.sampled_from(["utf-16", "code-point"]))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_scored_or_refused_and_spans_are_exact(client: FlaskClient, text: str, unit: str) -> None:
    body = json.dumps({"text": text, "offset_unit": unit})  # lone surrogates travel as \\ud800
    response = client.post("/v1/score", data=body, content_type="application/json")
    assert response.status_code in (200, 413, 422)
    if response.status_code == 200:
        for sentence in response.get_json()["sentences"]:
            for span in (sentence, *sentence["cues"]):
                assert slice_of(text, span, unit) == span["text"] != ""


@given(html=st.text(alphabet=st.sampled_from(list("<>/&;=\"' aeépbrdivscript!-#x1 Lemaire.")), max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_html_is_scored_or_refused(client: FlaskClient, html: str) -> None:
    response = client.post("/v1/score", json={"html": html})
    assert response.status_code in (200, 422)
