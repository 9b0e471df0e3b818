"""A service in use removes what is past its time; where that fails, nobody's request does, and it is tried again soon."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from service.config import Settings
from service.keeper import RETRY_SECONDS, SWEEP_SECONDS, Keeper
from service.store import articles
from service.store.engine import Store
from tests.stores import DAY, Clock, keep

REFUSE = {
    "sqlite": [
        "CREATE TRIGGER broken BEFORE UPDATE OF purged_at ON article BEGIN SELECT RAISE(ABORT, 'no space'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no space'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER broken BEFORE UPDATE OF purged_at ON article FOR EACH ROW WHEN (NEW.purged_at IS NOT NULL) "
        "EXECUTE FUNCTION broken()",
    ],
}


@pytest.fixture
def keeper(app: Flask, url: str, store: Store, tmp_path: Path, clock: Clock) -> Iterator[Keeper]:
    """As the application has one, which also sets the log up."""
    made = Keeper(Settings(data=tmp_path / "data", database_url=url, retention_days=30), clock=clock)
    assert made.store.now() == clock.now
    yield made
    made.store.close()


def test_a_purge_that_fails_is_logged_and_tried_again_soon(
    keeper: Keeper, store: Store, clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    number = keep(store)
    with store.writing() as session:
        for statement in REFUSE["sqlite" if store.is_sqlite else "postgresql"]:
            session.execute(text(statement))
    clock.now += 31 * DAY
    assert articles.load(keeper.store, number) is not None, "the request goes on"
    (line,) = [json.loads(line) for line in capfd.readouterr().err.splitlines() if "purge" in line]
    assert line["event"] == "purge" and line["level"] == "error" and "no space" in line["reason"]
    assert "Jean Roux" not in str(line) and "Sète" not in str(line)
    clock.now += RETRY_SECONDS - 1
    assert articles.load(keeper.store, number) is not None and capfd.readouterr().err == "", "not at every request"
    with store.writing() as session:
        session.execute(text("DROP TRIGGER broken" + ("" if store.is_sqlite else " ON article")))
    clock.now += 1
    assert articles.load(keeper.store, number) is None, "tried again within minutes"
    number = keep(store)
    clock.now += 31 * DAY
    assert articles.load(keeper.store, number) is None and SWEEP_SECONDS > RETRY_SECONDS
