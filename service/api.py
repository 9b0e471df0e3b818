"""The HTTP service: composition root, routes, errors, headers.

``create_app`` loads everything once; a request only analyses and scores. Article text is never logged.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import re
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, redirect, request
from werkzeug.exceptions import HTTPException

from service import __version__, answer, language, messages, wire
from service.answer import Options, Served
from service.article import Article
from service.challenger import Challenger
from service.champion import Champion
from service.config import Settings
from service.intake import load_request
from service.keeper import Keeper
from service.keyring import Keyring
from service.lexicon import Lexicon
from service.openapi import NOT_KEPT, page_policy
from service.openapi import document as openapi_document
from service.openapi import page as openapi_page
from service.problems import MEDIA_TYPE, Problem
from service.reviews import endpoint
from service.reviews.views import ENDPOINTS
from service.scoring import Assessment, Scorer
from service.sources import analyse
from service.store import StoreError
from service.text import Document, from_text

_REQUEST_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 500: "internal_error"}
_PAGES = "/moderation"
_NO_PAGES = "The moderation pages have no store; the log of the server says why."
_NO_STORE = "The store cannot be reached; nothing was changed. Send the request again."
_PROBE = from_text("Selon la mairie de Sète, le pont a fermé mardi.")  # readiness is shown by scoring this

_LAST_RESORT = orjson.dumps(Problem(500, "internal_error", "The request failed.").as_dict("-"))


class _Pages:
    """The moderation pages, imported and made on their first request: a worker that only scores has neither."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._lock = threading.Lock()
        self._app: Flask | None = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Hand a request over, with the prefix moved from its path to the name of the script."""
        with self._lock:
            if self._app is None:
                from service.moderation.app import create_pages

                try:
                    self._app = create_pages(self._keeper)
                except StoreError as error:
                    structlog.get_logger().error("store", request_id="-", reason=str(error))
                    body = orjson.dumps(Problem(503, "store_unavailable", _NO_PAGES).as_dict("-"))
                    return Response(body, status=503, mimetype=MEDIA_TYPE)(environ, start_response)
        path = environ["PATH_INFO"][len(_PAGES) :]
        if not path:
            return redirect(environ.get("SCRIPT_NAME", "") + f"{_PAGES}/", 308)(environ, start_response)
        moved = {**environ, "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + _PAGES, "PATH_INFO": path}
        return self._app(moved, start_response)


class _Application(Flask):
    """Flask that never shows a traceback, to anybody: its last line may quote the article."""

    pages: _Pages

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """What gets past the error handlers would be logged by the server, with its text."""
        try:
            if environ["PATH_INFO"].startswith(_PAGES) and environ["PATH_INFO"][len(_PAGES) :][:1] in ("", "/"):
                return self.pages(environ, start_response)
            return super().wsgi_app(environ, start_response)
        except Exception as error:
            _log_failure(error)
            return Response(_LAST_RESORT, status=500, mimetype=MEDIA_TYPE)(environ, start_response)

    def log_exception(self, exc_info: Any) -> None:
        """Type and place only. Flask calls this when an error handler fails in its turn."""
        _log_failure(exc_info[1])


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to answer. Raises ConfigError, LexiconError or ModelError when it could not serve."""
    settings = settings or Settings.from_environment()
    log = _configure_logs(settings.log_level)
    language.load()  # first: what it frees after loading is used by the rest
    lexicon = Lexicon.load()
    keeper = Keeper(settings)
    keyring = Keyring(keeper)

    def probe(scorer: Scorer) -> None:
        scorer.assess(analyse(_PROBE, lexicon))

    champion = Champion(settings.models, probe)
    challenger = Challenger(settings.models, settings.data, lexicon.version, probe)
    app = _Application(__name__, static_folder=None)
    app.pages = _Pages(keeper)
    app.url_map.merge_slashes = False  # "//v1/score" is a 404, not a redirect that would lose the body
    # One more than the limit: a chunked body is cut there by werkzeug, and must be told from one that just fits.
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1
    catalogues = {name: _cached(orjson.dumps(answer.labels(name))) for name in messages.LANGUAGES}

    def scored(
        document: Document, options: Options, scorer: Scorer, *, store: bool = False, outlet: str | None = None
    ) -> tuple[dict[str, Any], Article, Sequence[Assessment]]:
        explained = store or "contributions" in options.include
        article = analyse(document, lexicon, words=explained)
        assessments = scorer.assess(article, contributions=explained, features="features" in options.include)
        served = Served(scorer.name, scorer.version, lexicon.version)
        built = answer.build(article, assessments, options, served)
        if store:
            built["document"]["stored"] = kept(article, assessments, options, served, scorer.review_at, outlet)
        return built, article, assessments

    def kept(
        article: Article,
        assessments: Sequence[Assessment],
        options: Options,
        served: Served,
        review_at: float,
        outlet: str | None,
    ) -> dict[str, Any]:
        try:
            found = keeper.keep(
                article, assessments, served, external_id=options.id, review_at=review_at, outlet=outlet
            )
        except StoreError as error:
            log.error("store", request_id=wire.request_id(), reason=str(error))
            raise Problem(503, "store_unavailable", NOT_KEPT, [("/store", NOT_KEPT)], {"Retry-After": "5"}) from None
        return {"id": found.id, "until": datetime.fromtimestamp(found.until, UTC).isoformat()}

    openapi = openapi_document(
        settings,
        lambda text, include: scored(from_text(text), Options(include=include), champion.scorer)[0],
        lambda spec: endpoint.describe(spec, ENDPOINTS),
    )
    openapi_bytes, docs = orjson.dumps(openapi), openapi_page(openapi)
    # Everything loaded so far lives as long as the process: the collector need not look at it again.
    gc.collect()
    gc.freeze()

    @app.before_request
    def start() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        g.started = time.perf_counter()
        g.scorer = champion.current()  # one model for all of a request, whatever is promoted meanwhile
        challenger.look()

    @app.post("/v1/score")
    def score() -> Response:
        key = keyring.for_scoring(request.headers.get("Authorization"))
        checked = load_request(wire.json_body(settings.max_body_bytes), settings)
        found = language.other_language(checked.document.text)
        if found:
            detail = f"The text looks like {found!r}; only French (fr) is supported. Send a French text."
            raise Problem(422, "language_not_supported", detail, [("/language", detail)])
        options = Options(checked.offset_unit, checked.include, wire.language(), checked.id, checked.only)
        store, outlet = keyring.stores(key, checked.store), key.outlet if key else None
        g.characters, g.sentences = len(checked.document.text), len(checked.document.sentences)
        scorer: Scorer = g.scorer
        built, article, assessments = scored(checked.document, options, scorer, store=store, outlet=outlet)
        response = wire.json_answer(built)
        response.vary.add("Accept-Language")
        # The server closes a response once it is sent.
        response.call_on_close(lambda: challenger.offer(article, assessments, scorer))
        return response

    @app.get("/v1/labels")
    def labels() -> Response:
        content, etag = catalogues[wire.language()]
        response = wire.json_answer(content)
        response.set_etag(etag)
        response.vary.add("Accept-Language")
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        return response

    @app.get("/v1/model")
    def model() -> Response:
        return wire.json_answer({**g.scorer.card, "lexicon_in_service": lexicon.version})

    @app.get("/healthz")
    def healthz() -> Response:
        return wire.json_answer({"status": "ok"})

    @app.get("/readyz")
    def readyz() -> Response:
        try:
            scored(_PROBE, Options(), g.scorer)
        except Exception as error:
            _log_failure(error)
            detail = "The model does not score; retry later, or restart the service when this lasts."
            raise Problem(503, "not_ready", detail, headers={"Retry-After": "5"}) from None
        ready = {"status": "ready", "model": g.scorer.version, "lexicon": lexicon.version}
        ready |= {"promotion_problem": champion.problem}
        return wire.json_answer(ready | {"shadow": challenger.version, "shadow_problem": challenger.problem})

    @app.get("/openapi.json")
    def openapi_json() -> Response:
        return wire.json_answer(openapi_bytes)

    @app.get("/docs")
    def documentation() -> Response:
        response = Response(docs, mimetype="text/html")
        response.headers["Content-Security-Policy"] = page_policy()
        return response

    def desk() -> Any:
        from service.reviews.desk import Desk  # on first use: it brings the database along

        return Desk(keeper.store, settings.retention_days, keeps_text=settings.store)

    endpoint.install(app, ENDPOINTS, keyring, desk)

    @app.errorhandler(StoreError)
    def no_store(error: StoreError) -> Response:
        log.error("store", request_id=wire.request_id(), reason=str(error))
        return wire.problem_answer(Problem(503, "store_unavailable", _NO_STORE, headers={"Retry-After": "5"}))

    @app.errorhandler(Problem)
    def problem(error: Problem) -> Response:
        return wire.problem_answer(error)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        headers = {name: value for name, value in error.get_headers() if name == "Allow"}
        detail = wire.http_detail(status)
        return wire.problem_answer(Problem(status, _HTTP_CODES.get(status, "bad_request"), detail, headers=headers))

    @app.errorhandler(Exception)
    def failure(error: Exception) -> Response:
        _log_failure(error)
        return wire.problem_answer(Problem(500, "internal_error", wire.http_detail(500)))

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-ID"] = wire.request_id()
        response.headers["X-Sourcier-Model"] = g.get("scorer", champion.scorer).version
        for name, value in _SECURITY.items():
            response.headers.setdefault(name, value)
        log.info(
            "request",
            request_id=wire.request_id(),
            route=request.url_rule.rule if request.url_rule else None,
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
            bytes_in=request.content_length,
            bytes_out=response.content_length,
            characters=g.get("characters"),
            sentences=g.get("sentences"),
        )
        return response

    log.info("ready", model=champion.scorer.version, lexicon=lexicon.version, service=__version__)
    return app


def _configure_logs(level: str) -> Any:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the stream of now, not of start-up
    )
    return structlog.get_logger()


def _log_failure(error: BaseException | None) -> None:
    """Type and place of an error. Its message may quote the article, so it is never logged."""
    frame = error.__traceback__ if error is not None else None
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
    structlog.get_logger().error("failure", request_id=wire.request_id(), error=type(error).__name__, where=where)


def _cached(content: bytes) -> tuple[bytes, str]:
    return content, hashlib.sha256(content).hexdigest()[:16]
