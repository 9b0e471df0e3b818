"""The application of the pages: sessions, language, errors as pages, headers, log."""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Flask, Response, g, render_template, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from service import messages
from service.keeper import Keeper
from service.moderation import accounts, pages, shortcuts, standalone, team, words
from service.moderation.sessions import Sessions
from service.store import StoreError

_STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_MAX_FORM = 100_000  # bytes; the longest form has a note of 1,000 characters
_HOURS = 8  # without a click, and a session ends


class _Pages(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Type only: the message of an exception may quote an article."""
        structlog.get_logger().error("failure", request_id=g.get("request_id", "-"), error=exc_info[0].__name__)


def create_pages(keeper: Keeper) -> Flask:
    """The pages, to be mounted under a prefix. Raises `StoreError` when there is no key to sign sessions with."""
    settings = keeper.settings
    app = _Pages(__name__)
    app.session_interface = Sessions()
    app.extensions["keeper"] = keeper
    app.config.update(
        SECRET_KEY=keeper.secret(),
        SESSION_COOKIE_NAME="sourcier",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.has_secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=_HOURS),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        MAX_CONTENT_LENGTH=_MAX_FORM,
        MAX_FORM_MEMORY_SIZE=_MAX_FORM,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.before_request(_start)  # before the check of CSRF, whose error is a page too
    CSRFProtect(app)
    app.register_blueprint(accounts.blueprint)
    if settings.provider is not None:
        from service.moderation import openid  # Authlib is not installed where nobody uses it

        openid.set_up(app, settings.provider)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(shortcuts.blueprint)
    app.register_blueprint(standalone.blueprint)
    app.register_blueprint(team.blueprint)
    static = b"".join(path.read_bytes() for path in sorted(_STATIC.iterdir()))
    version = hashlib.sha256(static).hexdigest()[:8]

    @app.context_processor
    def names() -> dict[str, Any]:
        return {
            "say": g.say, "language": g.language, "user": g.get("user"), "messages": messages, "version": version,
            "shortcuts_on": shortcuts.are_on(), "key": shortcuts.key, "hint": shortcuts.hint,
            "blind": bool(session.get("blind")), "number": lambda value: words.number(value, g.language),
            "moment": lambda seconds: words.moment(seconds, g.language), "other_language": _other_address(),
            "named": lambda catalogue: [(name, each[g.language]) for name, each in catalogue.items()],
        }  # fmt: skip

    @app.errorhandler(CSRFError)
    def stale(_: CSRFError) -> Any:
        if accounts.current_user() is None:
            return accounts.ask_again("no_cookie")
        return render_template("error.html", title=g.say("stale_title"), text=g.say("no_cookie")), 400

    @app.errorhandler(StoreError)
    def no_store(error: StoreError) -> Any:
        structlog.get_logger().error("store", request_id=g.request_id, reason=str(error))
        return render_template("error.html", title=g.say("store_title"), text=g.say("store")), 503

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        name = "gone" if error.code == 404 else "failed"
        return render_template("error.html", title=g.say(f"{name}_title"), text=g.say(name)), error.code or 500

    app.after_request(_finish)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    return app


def _start() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if re.fullmatch(r"[\w.:-]{1,100}", given, re.ASCII) else uuid.uuid4().hex
    g.started = time.perf_counter()
    chosen = request.args.get("lang")
    if chosen in messages.LANGUAGES:
        session["language"] = chosen
    language = session.get("language") or request.accept_languages.best_match(messages.LANGUAGES, default="fr")
    g.language = language if language in messages.LANGUAGES else "fr"
    g.say = words.speaker(g.language)


def _other_address() -> str:
    """This page in the other language."""
    other = "en" if g.language == "fr" else "fr"
    path = request.path if request.method in ("GET", "HEAD") else "/"
    arguments = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.script_root}{path}?{urlencode([*arguments, ('lang', other)])}"


def _finish(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")  # the check of CSRF over HTTPS asks for it
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept-Language")
    response.headers["X-Request-ID"] = g.request_id
    structlog.get_logger().info(
        "request",
        request_id=g.request_id,
        route=f"/moderation{request.url_rule.rule}" if request.url_rule else None,
        method=request.method,
        status=response.status_code,
        ms=round((time.perf_counter() - g.started) * 1000, 1),
    )
    return response
