"""No page reads a table from end to end: what SQLite plans for every statement of the pages, in every order and filter."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from service.store import people, queue
from service.store.engine import Store
from service.store.queue import Filter
from tests.stores import PASSWORD, keep
from tests.test_moderation import Browser

FILTERS: dict[str, Any] = {
    "level": 1, "kind": "claim", "cue": "hedge", "source": "person", "since": "2026-01-01", "until": "2026-12-31",
    "model": "m1", "q": "« un pont » maire", "outlet": "Le Quotidien", "feedback": True,
}  # fmt: skip


def faults(path: Path, statements: dict[str, Any]) -> list[tuple[str, str]]:
    """Steps of plans that grow with the number of sentences, with their statement. No statistics, so no size matters."""
    found = []
    with sqlite3.connect(path) as connection:
        for statement, parameters in statements.items():
            is_progress = "lock.expires_at >" in statement and "NOT (EXISTS" not in statement
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
                is_scan = step.startswith("SCAN ") and not step.startswith(
                    # A search by words; the versions of models, from an index with a line an article; outlets of keys;
                    # the sentences that somebody said something about.
                    (
                        "SCAN CONSTANT ROW",
                        "SCAN (subquery",  # of nothing
                        "SCAN feedback USING COVERING INDEX ix_feedback_hash",
                        "SCAN key USING COVERING INDEX ix_key_outlet",
                        "SCAN sentence_search VIRTUAL TABLE INDEX 0:M",
                        "SCAN article USING COVERING INDEX ix_article_model",
                    )
                )
                is_sorted = "TEMP B-TREE FOR ORDER BY" in step  # but few sentences are open at once
                # A sentence that does not fit is passed over without being read.
                is_read = "SEARCH sentence USING INDEX ix_sentence_" in step and "(hash=?)" not in step
                if is_scan or is_read or (is_sorted and not is_progress):
                    found.append((step, statement))
    return found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans") / "sourcier.db"


@pytest.fixture(scope="module")
def statements(path: Path) -> Iterator[dict[str, Any]]:
    """What the pages ask of the store, with parameters: the queue in all orders with every two filters, and all of them."""
    from service.api import create_app
    from service.config import Settings

    store = Store.open(f"sqlite:///{path}")
    user = people.add(store, "Nadia", "moderator", PASSWORD)
    article = keep(store)
    noted: dict[str, Any] = {}

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, executemany: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            noted.setdefault(statement, parameters[0] if executemany else parameters)

    browser = Browser(create_app(Settings(data=path.parent)))
    browser.sign_in()
    event.listen(Engine, "before_cursor_execute", note)
    for order in queue.ORDERS:
        for names in [names for n in (0, 1, 2, len(FILTERS)) for names in combinations(FILTERS, n)]:
            chosen = Filter(order=order, **{name: FILTERS[name] for name in names})
            queue.listed(store, chosen)
            if len(names) != 2:
                queue.following(store, chosen, user, passed=1)
                queue.listed(store, Filter(order=order, state="progress", **{name: FILTERS[name] for name in names}))
    for address in ("/", "/?order=level&q=pont", "/?state=decided", "/next", f"/articles/{article}", "/sentences/1"):
        browser.get(address)
    browser.send("/decision", verdict="right", kind="claim", action="next")
    browser.send("/undo")
    browser.send("/blind")
    for address in ("/", f"/articles/{article}"):
        browser.get(address)
    event.remove(Engine, "before_cursor_execute", note)
    yield noted
    store.close()


def test_no_statement_of_a_page_reads_a_whole_table(path: Path, statements: dict[str, Any]) -> None:
    assert faults(path, statements) == []
    assert len(statements) > 300
    assert sum("sentence_search MATCH" in statement for statement in statements) > 50


@pytest.mark.parametrize("index", ["ix_sentence_uncertainty", "ix_sentence_margin", "ix_sentence_age", "ix_sentence_level", "ix_lock_expires_at", "ix_decision_sentence_id", "ix_article_model"])  # fmt: skip
def test_without_any_of_the_indexes_it_would_be_seen(
    path: Path, statements: dict[str, Any], index: str, tmp_path: Path
) -> None:
    with sqlite3.connect(path) as whole, sqlite3.connect(tmp_path / "copy.db") as copy:
        whole.backup(copy)
        copy.execute(f"DROP INDEX {index}")
    assert faults(tmp_path / "copy.db", statements)
