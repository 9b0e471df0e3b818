"""The real application with the real model, once a session; what it keeps goes to a folder of the tests' own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api import create_app
from tests.newsroom import newsroom  # noqa: F401
from tests.stores import ARTICLE, clock, server, store, url, user  # noqa: F401

_DATA = tempfile.mkdtemp(prefix="sourcier-tests-")
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)
os.environ["SOURCIER_DATA"] = _DATA
_NOT_HERE = (
    "DATABASE_URL",
    "SECRET_KEY",
    "RETENTION_DAYS",
    "SOURCIER_STORE",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
)
for _name in _NOT_HERE:
    os.environ.pop(_name, None)


@pytest.fixture(scope="session")
def app() -> Flask:
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def score(client: FlaskClient) -> Callable[..., dict[str, Any]]:
    """Score a request that must succeed; keyword arguments are the request."""

    def send(**request: Any) -> dict[str, Any]:
        response = client.post("/v1/score", json=request)
        assert response.status_code == 200, response.get_data(as_text=True)
        answer: dict[str, Any] = response.get_json()
        return answer

    return send
