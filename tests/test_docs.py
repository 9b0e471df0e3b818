"""The documents tell the truth: the README's request gives the README's answer, its files exist, its commands run."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.entries import _FIELDS
from service.reviews.schemas import DecisionRequestSchema, FeedbackRequestSchema
from service.reviews.views import ENDPOINTS
from service.store.terms import FAULTS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shape(value: Any) -> Any:
    """What must not differ between the README and the service: keys, words, kinds and levels, but not the numbers."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if key not in ("version", "lexicon", "hash")}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value) if isinstance(value, float) else value


def test_the_request_of_the_readme_gives_its_answer(client: FlaskClient) -> None:
    body = re.search(r"curl -s \S+/v1/score .*?-d '(.*?)'\n", README, re.DOTALL)
    shown = re.search(r"```json\n(.*?)```", README, re.DOTALL)
    assert body and shown
    answer = client.post("/v1/score", data=body[1].encode(), content_type="application/json").get_json()
    del answer["sentences"][1]["cues"]  # the README says that they are left out
    assert shape(answer) == shape(json.loads(shown[1]))


def test_the_french_readme_shows_the_same_request() -> None:
    french = (ROOT / "README.fr.md").read_text(encoding="utf-8")
    request = re.search(r"```sh\ncurl.*?```", README, re.DOTALL)
    assert request and request[0] in french


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "README.fr.md",
        "CONTRIBUTING.md",
        "docs/api.md",
        "docs/adding-a-cue.md",
        "docs/moderation.md",
        "docs/retraining.md",
    ],
)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_guide_to_cues_names_fields_that_exist() -> None:
    guide = (ROOT / "docs" / "adding-a-cue.md").read_text(encoding="utf-8")
    table = guide.split("| field | meaning |")[1].split("\n\n")[0]
    named = {
        name
        for row in table.split("\n")
        for name in re.findall(r"`([a-z_]+)(?: = [^`]*)?`", row.split("|")[1] if "|" in row else "")
    }
    assert named <= set(_FIELDS) | {"unless_"}, named
    example = re.search(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert example and set(tomllib.loads(example[1])["cue"][0]) <= {*_FIELDS, "lemma"}


def test_the_guide_to_moderation_lists_every_address_with_its_scope_and_sends_what_fits() -> None:
    guide = (ROOT / "docs" / "moderation.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+) (/v1/\S+)` \| `?(\w+)`? \|", guide, re.MULTILINE)
    assert rows == [(each.method, each.path, each.scope or "any") for each in ENDPOINTS]
    decision, said = (json.loads(body) for body in re.findall(r"```json\n(.*?)```", guide, re.DOTALL))
    assert DecisionRequestSchema().validate(decision) == FeedbackRequestSchema().validate(said) == {}
    for fault in FAULTS:
        assert f"`{fault}`" in guide


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`|PORT=8123 )make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
