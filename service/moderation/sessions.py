"""The cookie of a session: signed, with no record on the server."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, for these pages alone and safe from forms of other sites."""

    def get_cookie_path(self, app: Flask) -> str:
        """The prefix of these pages, below that of the service: under any other the cookie would not come back."""
        return request.script_root or "/"

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing in answer to a form of another site.

        It comes without the cookie (SameSite), so the session looks new; to save it would end the one there is.
        """
        if request.method != "POST" or request.headers.get("Sec-Fetch-Site") != "cross-site":
            super().save_session(app, session, response)
