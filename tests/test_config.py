"""Settings: defaults that serve, and every mistake reported together."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.config import ConfigError, Settings


def test_defaults_need_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCIER_MAX_CHARACTERS", raising=False)
    monkeypatch.delenv("SOURCIER_DATA")
    assert Settings.from_environment() == Settings()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCIER_MAX_SEGMENTS", "7")
    monkeypatch.setenv("SOURCIER_MODELS", str(tmp_path))
    found = Settings.from_environment()
    assert (found.max_segments, found.models) == (7, tmp_path)


def test_every_mistake_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_MAX_SEGMENTS", "many")
    monkeypatch.setenv("SOURCIER_MAX_BODY_BYTES", "0")
    monkeypatch.setenv("SOURCIER_LOG_LEVEL", "loud")
    with pytest.raises(ConfigError) as caught:
        Settings.from_environment()
    for name in ("SOURCIER_MAX_SEGMENTS", "SOURCIER_MAX_BODY_BYTES", "SOURCIER_LOG_LEVEL"):
        assert name in str(caught.value)


def test_the_embedded_store_needs_no_secret_and_a_shared_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment().database.startswith("sqlite:////")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:hush@db/sourcier")
    monkeypatch.setenv("RETENTION_DAYS", "0")
    with pytest.raises(ConfigError) as caught:
        Settings.from_environment()
    assert "SECRET_KEY is not set" in str(caught.value) and "RETENTION_DAYS" in str(caught.value)
    monkeypatch.setenv("RETENTION_DAYS", "30")
    monkeypatch.setenv("SECRET_KEY", "s" * 32)
    found = Settings.from_environment()
    assert found.database == "postgresql+psycopg://u:hush@db/sourcier" and found.retention_days == 30
    assert "hush" not in repr(found) and "ssss" not in repr(found)


def test_secrets_are_never_shown_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://u:hush@db/x")
    monkeypatch.setenv("SECRET_KEY", "hush")
    with pytest.raises(ConfigError) as caught:
        Settings.from_environment()
    assert (
        "DATABASE_URL" in str(caught.value) and "at least 32" in str(caught.value) and "hush" not in str(caught.value)
    )


@pytest.mark.parametrize(
    ("host", "given", "secure"), [("127.0.0.1", None, False), ("0.0.0.0", None, True), ("0.0.0.0", "false", False)]
)
def test_sessions_beyond_this_machine_travel_by_https(
    monkeypatch: pytest.MonkeyPatch, host: str, given: str | None, secure: bool
) -> None:
    monkeypatch.setenv("HOST", host)
    if given:
        monkeypatch.setenv("SOURCIER_SECURE_COOKIES", given)
    assert Settings.from_environment().has_secure_cookies is secure
