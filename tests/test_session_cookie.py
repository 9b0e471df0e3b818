"""The cookie of the session: where it is for, and who cannot take it away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pages import app, store  # noqa: F401
from tests.test_moderation import FIELD, Browser


@pytest.mark.parametrize("path", ["/blind", "/sign-in", "/sign-out", "/sentences/1/decision", "/nowhere?lang=en"])
def test_a_form_of_another_site_does_not_end_the_session(app: Any, path: str) -> None:
    # SameSite=Lax: the browser sends such a form without the cookie, but keeps one that the answer sets.
    elsewhere = app.test_client()
    answer = elsewhere.post(f"/moderation{path}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code in (401, 404, 405) and "Set-Cookie" not in answer.headers
    expired = elsewhere.post(f"/moderation{path}", headers={"Sec-Fetch-Site": "same-origin"})
    assert "Set-Cookie" in expired.headers, "of these pages: to sign in with"


def test_the_cookies_are_for_these_pages_below_whatever_prefix(app: Any) -> None:
    below = {"SCRIPT_NAME": "/sourcier"}
    browser = Browser(app)
    browser.sign_in()
    browser.get("/shortcuts")
    held = browser.client.get_cookie("sourcier", path="/moderation")
    assert held is not None
    switched = app.test_client(use_cookies=False).post(
        "/moderation/shortcuts",
        data=dict(FIELD.findall(browser.page)),
        headers={"Cookie": f"sourcier={held.value}"},
        environ_overrides=below,
    )
    assert switched.headers["Location"] == "/sourcier/moderation/shortcuts"
    cookies = switched.headers.getlist("Set-Cookie")
    assert len(cookies) == 2 and all("Path=/sourcier/moderation;" in f"{cookie};" for cookie in cookies), cookies


def test_who_comes_by_a_link_of_another_site_can_sign_in(app: Any) -> None:
    arrived = app.test_client().get("/moderation/sign-in", headers={"Sec-Fetch-Site": "cross-site"})
    assert arrived.status_code == 200 and "Set-Cookie" in arrived.headers
