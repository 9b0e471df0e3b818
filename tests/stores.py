"""A store on either real database, for the tests: fixtures (see tests/conftest.py) and what fills it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.answer import Served
from service.lexicon import Lexicon
from service.scoring import Scorer
from service.sources import analyse
from service.store import articles, decisions, people, queue
from service.store.decisions import Verdict
from service.store.engine import Store
from service.store.queue import Filter
from service.text import from_text
from tests.databases import fresh_database, postgres

ARTICLE = (
    "Pont fermé à Sète\n\n"
    "Le maire de Sète, Jean Roux, a annoncé mardi la fermeture du pont pour six semaines. "
    "« Il est dangereux », a-t-il ajouté. "
    "Selon une source proche du dossier, les travaux pourraient durer un an. "
    "La préfecture de l'Hérault a démenti ces informations.\n\n"
    "Qui paiera ?"
)
DAY = 86_400
PASSWORD = "quatre chevaux bleus"
LEXICON = Lexicon.load()
SCORER = Scorer.load()
RIGHT = Verdict("right", "claim", 2)


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = 1_800_000_000

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/sourcier.db"
    return fresh_database(request.getfixturevalue("server"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    opened = Store.open(url, clock)
    yield opened
    opened.close()


def keep(store: Store, text: str = ARTICLE, version: str = "m1", external_id: str | None = None) -> int:
    article = analyse(from_text(text), LEXICON, words=True)
    served = Served("sourcier-fr", version, LEXICON.version)
    assessments = SCORER.assess(article, contributions=True)
    kept = articles.keep(
        store, article, assessments, served, external_id=external_id, review_at=SCORER.review_at, retention_days=30
    )
    return kept.id


def ids(store: Store, **filters: Any) -> list[int]:
    return [item.sentence_id for item in queue.listed(store, Filter(**filters))[0]]


def decide(store: Store, sentence: int, user: int, verdict: Verdict = RIGHT, token: str = "t", seen: int = 0) -> int:
    return decisions.decide(store, sentence, user, verdict, token=token, seen=seen, model="m1").id


@pytest.fixture
def user(store: Store) -> int:
    return people.add(store, "Nadia", "moderator", PASSWORD)
