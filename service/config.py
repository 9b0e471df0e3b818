"""Settings, read once from the environment. Every mistake is reported at once, with the name to set and what it takes.

There are no secrets to invent: the service runs with the defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvValidationError, validate


class ConfigError(ValueError):
    """Settings that cannot be used: one line a setting."""


@dataclass(frozen=True)
class Settings:
    """Limits (``max_characters`` a document, ``max_segments`` a request, ``max_body_bytes`` unparsed), and paths."""

    max_characters: int = 100_000
    max_segments: int = 500
    max_body_bytes: int = 4_000_000
    models: Path = Path(__file__).parent.parent / "models"
    log_level: str = "info"

    @classmethod
    def from_environment(cls) -> Settings:
        """Settings of ``SOURCIER_*`` variables; raises `ConfigError` naming every variable that is wrong."""
        env = Env(eager=False, prefix="SOURCIER_")
        positive = validate.Range(min=1)
        values = {
            "max_characters": env.int("MAX_CHARACTERS", cls.max_characters, validate=positive),
            "max_segments": env.int("MAX_SEGMENTS", cls.max_segments, validate=positive),
            "max_body_bytes": env.int("MAX_BODY_BYTES", cls.max_body_bytes, validate=positive),
            "models": env.path("MODELS", cls.models),
            "log_level": env.str(
                "LOG_LEVEL", cls.log_level, validate=validate.OneOf(("debug", "info", "warning", "error"))
            ),
        }
        try:
            env.seal()
        except EnvValidationError as error:
            faults: dict[str, list[str]] = error.error_messages  # type: ignore[assignment]  # always by variable
            lines = [f"{name}: {' '.join(map(str, found))}" for name, found in sorted(faults.items())]
            raise ConfigError("these settings cannot be used:\n" + "\n".join(lines)) from error
        return cls(**values)  # type: ignore[arg-type]  # environs' field types are unions
