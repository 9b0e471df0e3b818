"""More than 100,000 lines: every page that is linked can be asked for, and whoever follows `next` comes to an end."""

from __future__ import annotations

import re

from sqlalchemy import text

from service.store.terms import MAX_PAGE
from tests.newsroom import Newsroom
from tests.test_moderation import Browser

_NUMBERS = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {25 * MAX_PAGE + 60})"


def links(newsroom: Newsroom, path: str) -> dict[str, str]:
    header = newsroom.response("Nadia", "GET", path).headers["Link"]
    return {name: where for where, name in re.findall(r'<([^>]+)>; rel="(\w+)"', header)}


def is_last(newsroom: Newsroom, path: str) -> bool:
    first = links(newsroom, path)
    assert first["last"].endswith(f"page={MAX_PAGE}")
    found = newsroom.ask("Nadia", "GET", first["last"])
    assert found["pages"] == MAX_PAGE and found["total"] > 25 * MAX_PAGE
    newsroom.ask("Nadia", "GET", f"{path}?page={MAX_PAGE + 1}", 422)
    return links(newsroom, first["last"]).keys() == {"first", "prev", "last"}


def test_feedback_ends_at_the_last_page_that_can_be_asked_for(newsroom: Newsroom) -> None:
    with newsroom.store.writing() as session:
        columns = "key_id, token, hash, model, fault, received_at"
        session.execute(text(
            f"INSERT INTO feedback ({columns}) {_NUMBERS} SELECT 1, 't' || i, '0123456789abcdef', 'm', 'other', i FROM n"
        ))  # fmt: skip
    assert is_last(newsroom, "/v1/feedback")


def test_the_queue_ends_at_the_last_page_that_can_be_asked_for(newsroom: Newsroom) -> None:
    newsroom.keep("Le pont de Sète a fermé mardi.")
    with newsroom.store.writing() as session:
        columns = 'start, "end", hash, state, stored_at, kind, level, uncertainty, margin, traits, model'
        session.execute(text(
            f"INSERT INTO sentence (article_id, position, {columns}) {_NUMBERS} "
            f"SELECT article_id, i, {columns} FROM n, sentence WHERE position = 0"
        ))  # fmt: skip
    assert is_last(newsroom, "/v1/reviews")
    browser = Browser(newsroom.app)
    browser.sign_in()
    browser.get(f"/?page={MAX_PAGE}")
    assert 'rel="prev"' in browser.page and 'rel="next"' not in browser.page
    browser.get(f"/?page={MAX_PAGE - 1}")
    assert 'rel="next"' in browser.page
