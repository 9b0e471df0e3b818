"""A newsroom with keys, for the tests of the HTTP interface of moderation: the real application and its store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema
from werkzeug.test import TestResponse

from service.api import create_app
from service.config import Settings
from service.schemas import ProblemSchema
from service.store import keys, people, queue
from service.store.engine import Store
from service.store.queue import Filter
from service.store.terms import STATES
from tests.databases import fresh_database
from tests.stores import ARTICLE, PASSWORD, Clock


class Newsroom:
    """An application, its store, and people with keys: Nadia and Léo moderate, Zoé leads, a CMS sends."""

    def __init__(self, data: Path, url: str | None, *, double: bool = False, stores: bool = True) -> None:
        settings = Settings(data=data, database_url=url, secret_key="s" * 32, double_review=double, store=stores)
        self.app: Flask = create_app(settings)
        self.store = Store.open(url or f"sqlite:///{data}/sourcier.db", Clock())
        self.tokens = {"cms": keys.make(self.store, "cms", ["store", "feedback"], outlet="Le Quotidien")}
        for name, role in (("Nadia", "moderator"), ("Léo", "moderator"), ("Zoé", "lead")):
            people.add(self.store, name, role, PASSWORD)
            self.tokens[name] = keys.make(self.store, name, ["review"], user=name)

    def ask(self, who: str, method: str, path: str, status: int = 200, **body: Any) -> Any:
        """What a request of somebody's comes to; keyword arguments are its body."""
        return self.response(who, method, path, status, **body).get_json()

    def response(self, who: str, method: str, path: str, status: int = 200, **body: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        given = {"json": body} if method in ("POST", "PUT") else {}
        response = self.app.test_client().open(path, method=method, headers=headers, **given)
        assert response.status_code == status, response.get_data(as_text=True)
        if status >= 400:
            assert ProblemSchema().validate(response.get_json(force=True)) == {}
        return response

    def keep(self, text: str = ARTICLE) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask("cms", "POST", "/v1/score", text=text, store=True)
        return answer

    def number(self, words: str) -> int:
        found = [item for state in STATES for item in queue.listed(self.store, Filter(state=state))[0]]
        return next(item.sentence_id for item in found if words in item.text)

    def decide(self, who: str, number: int, status: int = 201, **asked: Any) -> Any:
        values = {"sentence": number, "seen": 0, "verdict": "right", **asked}
        return self.ask(who, "POST", "/v1/decisions", status, **values)


@pytest.fixture
def newsroom(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Newsroom]:
    is_postgres = getattr(request, "param", "sqlite") == "postgresql"
    url = fresh_database(request.getfixturevalue("server")) if is_postgres else None
    made = Newsroom(tmp_path / "data", url)
    yield made
    made.store.close()


both = pytest.mark.parametrize("newsroom", ["sqlite", "postgresql"], indirect=True)


def fits(schema: type[Schema], answer: Any) -> bool:
    assert schema().validate(answer) == {}
    return True


def pointers(problem: Any) -> list[str]:
    return [error["pointer"] for error in problem["errors"]]
