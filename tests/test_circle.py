"""The whole circle: an article is kept, moderators decide, their decisions are exported, imported, trained on, reported."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.api import create_app
from service.config import Settings
from service.store import people
from service.store.engine import Store
from tests.test_moderation import PASSWORD, Browser
from training import dataset

RECIPE = """
[data]
corpus = ["corpus"]
[model]
alphas = [1.0]
folds = 2
[report]
candidates = []
resamples = 20
[gate]
ece = 1.0
"""
ARTICLES = (
    "Crue à Vens\n\nLe maire de Vens, Paul Roy, a annoncé mardi l’évacuation de douze maisons du quai. "
    "Selon une source proche de la mairie, la digue aurait cédé. Il fait très beau depuis.",
    "Grève au port d’Agde\n\nLes dockers ont voté mardi la reprise du travail par 84 voix contre 31. "
    "La direction dément toute prime. On peut craindre un nouveau blocage à la rentrée.",
    "Un loup à Lodève\n\nUn éleveur, Luc Sabatier, affirme avoir perdu neuf brebis en une nuit. "
    "L’office de la biodiversité attend les analyses. Personne ne l’a vu de près.",
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store with two moderators, and a corpus of a fifth of the shipped one."""
    store = Store.open(f"sqlite:///{tmp_path}/data/sourcier.db")
    for name in ("Nadia", "Léo"):
        people.add(store, name, "moderator", PASSWORD)
    store.close()
    (tmp_path / "corpus").mkdir()
    lines = [json.dumps(article, ensure_ascii=False) + "\n" for article in dataset.read()[::5]]
    (tmp_path / "corpus" / "shipped.jsonl").write_text("".join(lines), encoding="utf-8")
    (tmp_path / "ours.toml").write_text(RECIPE)
    return tmp_path


def run(place: Path, *arguments: str) -> str:
    """A command of either half, with its store and recipe of the tests."""
    environment = {
        "SOURCIER_DATA": str(place / "data"),
        "SOURCIER_RECIPE": str(place / "ours.toml"),
        "PATH": "/usr/bin",
    }
    environment |= {"SOURCIER_MODELS": str(place / "models")} if arguments[0] == "training" else {}
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def choose(browser: Browser, number: int, level: int, kind: str = "claim", **more: str) -> None:
    browser.get(f"/sentences/{number}")
    browser.send("/decision", verdict=f"level-{level}", kind=kind, action="stay", **more)


def test_what_moderators_decide_is_what_the_next_model_learns_and_reports(place: Path) -> None:
    app: Any = create_app(Settings(data=place / "data"))
    for text in ARTICLES:
        answer = app.test_client().post("/v1/score", json={"text": text, "store": True})
        assert answer.status_code == 200 and answer.get_json()["document"]["stored"]
    nadia, leo = Browser(app), Browser(app)
    nadia.sign_in("Nadia")
    leo.sign_in("Léo")
    # Sentences are numbered through: four of each article. Nadia decides on two articles, Léo blind on one sentence.
    for number in (2, 3):
        choose(nadia, number, 4)
    choose(nadia, 6, 0, **{"words-0": "reprise", "category-0": "hedge"})
    leo.get("/sentences/7?blind=1")
    leo.send("/blind")
    leo.get("/sentences/7")
    choose(leo, 7, 1)

    exported = place / "moderation.jsonl"
    exported.write_text(run(place, "service", "export"), encoding="utf-8")
    corpus = place / "corpus" / "decisions.jsonl"
    said = json.loads(run(place, "training", "import", str(exported), "--to", str(corpus), "--json"))
    assert len(said["added"]) == 2 and said["decisions"]["new"] == 4 and said["faults"] == []

    # A week later: one changes, one is new, in the same articles.
    nadia.get("/sentences/3")
    nadia.send("/undo")
    choose(nadia, 3, 1)
    choose(nadia, 4, 2)
    exported.write_text(run(place, "service", "export"), encoding="utf-8")
    said = json.loads(run(place, "training", "import", str(exported), "--to", str(corpus), "--json"))
    assert said["decisions"] == {"new": 1, "changed": 1, "same": 3, "withdrawn": 0} and said["added"] == []
    by_text = {s["text"]: s for article in dataset.read([corpus]) for s in article["sentences"]}
    found = {text: s["level"] for text, s in by_text.items() if s["votes"]}
    assert sorted(found.values()) == [0, 1, 1, 2, 4] and len(by_text) == 8
    (cue,) = [c for text, s in by_text.items() if found.get(text) == 0 for c in s["cues"] if c["category"] == "hedge"]
    assert cue["text"] == "reprise"

    run(place, "training", "train", "--version", "next")
    report = (place / "models" / "next" / "report.md").read_text(encoding="utf-8")
    assert "Moderators decided 5 sentences of 2 articles: 5 decisions, 1 of them blind." in report
    card = json.loads((place / "models" / "next" / "card.json").read_text())
    shipped = dataset.read([place / "corpus" / "shipped.jsonl"])
    levels = sum(s["level"] is not None for article in shipped for s in article["sentences"])
    assert card["data"]["sentences"] == levels + 5, "undecided sentences teach nothing"
    measured = run(place, "training", "evaluate", "next", "--on", str(exported))
    assert re.search(r"^2 articles, 5 sentences\.$", measured, re.MULTILINE)
