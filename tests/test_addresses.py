"""Where a form may lead: to a page of these, whatever it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pages import app, store  # noqa: F401
from tests.test_moderation import FIELD, PASSWORD, Browser

ELSEWHERE = [
    "/\r\nSet-Cookie: x=1",
    "/\n",
    "/\t/evil.example",
    "/\x00",
    "/\x85",
    "//evil.example/",
    "/\\evil.example/",
    "https://evil.example/",
    "\\\\evil.example",
    "",
]


@pytest.mark.parametrize("then", ELSEWHERE)
def test_an_address_that_is_none_of_these_pages_leads_to_the_queue(app: Any, then: str) -> None:
    browser = Browser(app)
    browser.get("/sign-in")
    fields = {**dict(FIELD.findall(browser.page)), "name": "Nadia", "password": PASSWORD, "then": then}
    signed_in = browser.client.post("/moderation/sign-in", data=fields)
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/moderation/")
    browser.get("/")
    fields = {**dict(FIELD.findall(browser.page)), "then": then}
    switched = browser.client.post("/moderation/blind", data=fields)
    assert (switched.status_code, switched.headers["Location"]) == (302, "/moderation/")
    browser.get("/")
    assert 'aria-pressed="true"' in browser.page


@pytest.mark.parametrize("then", ["/", "/?q=%C3%A9t%C3%A9&page=2", "/articles/1?marks=1", "/nulle part"])
def test_an_address_of_these_pages_is_kept(app: Any, then: str) -> None:
    browser = Browser(app)
    browser.sign_in()
    fields = {**dict(FIELD.findall(browser.page)), "then": then}
    switched = browser.client.post("/moderation/blind", data=fields)
    assert switched.headers["Location"] == "/moderation" + then.replace(" ", "%20")
