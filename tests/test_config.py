"""Settings: defaults that serve, and every mistake reported together."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.config import ConfigError, Settings


def test_defaults_need_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCIER_MAX_CHARACTERS", raising=False)
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
