"""Settings, read once from the environment. Every mistake is reported at once, with the name to set and what it takes.

There are no secrets to invent: the service runs with the defaults.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvValidationError, validate


class ConfigError(ValueError):
    """Settings that cannot be used: one line a setting."""


@dataclass(frozen=True)
class Settings:
    """Limits (``max_characters`` a document, ``max_segments`` a request, ``max_body_bytes`` unparsed), and paths.

    ``host``, ``port`` and ``workers`` are gunicorn's; their variables go without prefix, as platforms set them.
    """

    max_characters: int = 100_000
    max_segments: int = 500
    max_body_bytes: int = 4_000_000
    models: Path = Path(__file__).parent.parent / "models"
    log_level: str = "info"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2

    @classmethod
    def from_environment(cls) -> Settings:
        """Settings of the environment; raises `ConfigError` naming every variable that is wrong."""
        env = Env(eager=False)
        positive = validate.Range(min=1)
        levels = validate.OneOf(("debug", "info", "warning", "error"))
        values = {
            "max_characters": env.int("SOURCIER_MAX_CHARACTERS", cls.max_characters, validate=positive),
            "max_segments": env.int("SOURCIER_MAX_SEGMENTS", cls.max_segments, validate=positive),
            "max_body_bytes": env.int("SOURCIER_MAX_BODY_BYTES", cls.max_body_bytes, validate=positive),
            "models": env.path("SOURCIER_MODELS", cls.models),
            "log_level": env.str("SOURCIER_LOG_LEVEL", cls.log_level, validate=levels),
            "host": env.str("HOST", cls.host, validate=validate.Length(min=1)),
            "port": env.int("PORT", cls.port, validate=validate.Range(min=1, max=65_535)),
            "workers": env.int("WEB_CONCURRENCY", cls.workers, validate=positive),
        }
        try:
            env.seal()
        except EnvValidationError as error:
            faults: dict[str, list[str]] = error.error_messages  # type: ignore[assignment]  # always by variable
            lines = [f"{name} is {os.environ.get(name)!r}: {' '.join(found)}" for name, found in sorted(faults.items())]
            raise ConfigError("these settings cannot be used:\n" + "\n".join(lines)) from error
        return cls(**values)  # type: ignore[arg-type]  # environs' field types are unions
