"""The moderators' pages with a store of their own (SQLite), an article in it, and Nadia, Léo and Zoé who moderate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.api import create_app
from service.config import Settings
from service.store import people
from service.store.engine import Store
from tests.stores import ARTICLE, PASSWORD
from tests.test_moderation import Browser


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/sourcier.db")
    for name in ("Nadia", "Léo", "Zoé"):
        people.add(opened, name, "moderator", PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def app(tmp_path: Path, store: Store) -> Any:
    made = create_app(Settings(data=tmp_path))
    assert made.test_client().post("/v1/score", json={"text": ARTICLE, "store": True}).status_code == 200
    return made


@pytest.fixture
def browser(app: Any) -> Browser:
    """Nadia's, signed in."""
    browser = Browser(app)
    browser.sign_in()
    return browser
