"""Settings, read once from the environment. Every mistake is reported at once, with the name to set and what it takes.

There are no secrets to invent: the service runs with the defaults. Beside the embedded database the key that signs
sessions is made when first needed (`service.keeper`); with PostgreSQL, which several machines may share, it is given.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environs import Env, EnvValidationError, ValidationError, validate

from service import provider
from service.provider import Provider

MIN_SECRET = 32  # characters
_ROOT = Path(__file__).parent.parent
_SECRETS = frozenset(("SECRET_KEY", "DATABASE_URL", provider.SECRET))  # never shown back


class ConfigError(ValueError):
    """Settings that cannot be used: one line a setting."""


@dataclass(frozen=True)
class Settings:
    """Limits (``max_characters`` a document, ``max_segments`` a request, ``max_body_bytes`` unparsed), and paths.

    ``host``, ``port`` and ``workers`` are gunicorn's; their variables go without prefix, as platforms set them.
    ``keys`` says whether scoring is open ("optional") or for holders of a key ("required").
    ``store`` says whether callers may have articles kept; ``data`` is the folder of the embedded database, made when
    something is kept; text is removed ``retention_days`` after it was last sent. ``secure_cookies`` holds moderators'
    sessions to HTTPS; None means wherever the service listens beyond this machine. ``proxies`` is how many of them
    stand before the service: whose word on the caller's address to take when wrong passwords are counted. ``provider``
    is who else may say who a moderator is. ``double_review`` asks for two independent decisions on every sentence.
    """

    max_characters: int = 100_000
    max_segments: int = 500
    max_body_bytes: int = 4_000_000
    models: Path = _ROOT / "models"
    log_level: str = "info"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    keys: str = "optional"
    store: bool = True
    data: Path = _ROOT / "data"
    database_url: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    retention_days: int = 90
    secure_cookies: bool | None = None
    proxies: int = 0
    provider: Provider | None = None
    double_review: bool = False

    @property
    def database(self) -> str:
        """Address of the store, as SQLAlchemy takes it."""
        return self.database_url or f"sqlite:///{self.data.absolute()}/sourcier.db"

    @property
    def has_secure_cookies(self) -> bool:
        """Whether session cookies travel by HTTPS alone."""
        if self.secure_cookies is not None:
            return self.secure_cookies
        return self.host not in ("127.0.0.1", "::1", "localhost")

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
            "keys": env.str("SOURCIER_KEYS", cls.keys, validate=validate.OneOf(("optional", "required"))),
            "store": env.bool("SOURCIER_STORE", cls.store),
            "data": env.path("SOURCIER_DATA", cls.data),
            "database_url": env.str("DATABASE_URL", None, validate=_database),
            "secret_key": env.str("SECRET_KEY", None, validate=_secret),
            "retention_days": env.int("RETENTION_DAYS", cls.retention_days, validate=validate.Range(1, 36_500)),
            "proxies": env.int("SOURCIER_PROXIES", cls.proxies, validate=validate.Range(0, 10)),
            "secure_cookies": env.bool("SOURCIER_SECURE_COOKIES", None),
            "double_review": env.bool("SOURCIER_DOUBLE_REVIEW", cls.double_review),
        }
        of_provider = provider.read(env)
        faults: dict[str, list[str]] = {}
        try:
            env.seal()
        except EnvValidationError as error:
            faults = dict(error.error_messages)  # type: ignore[arg-type]  # always by variable
        faults = {**provider.missing(), **faults}
        is_shared = os.environ.get("DATABASE_URL", "").startswith("postgres")
        if is_shared and "SECRET_KEY" not in os.environ:
            faults["SECRET_KEY"] = [
                "With PostgreSQL, give all servers the same key of at least 32 random characters, for instance that of "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'."
            ]
        if faults:
            lines = [f"{name} is {_shown(name)}: {' '.join(found)}" for name, found in sorted(faults.items())]
            raise ConfigError("these settings cannot be used:\n" + "\n".join(lines))
        if values["database_url"]:
            values["database_url"] = _with_driver(str(values["database_url"]))
        return cls(**values, provider=provider.made(of_provider))  # type: ignore[arg-type]  # environs' field types are unions


def _shown(name: str) -> str:
    value = os.environ.get(name)
    return "not set" if value is None else "set, but not shown here" if name in _SECRETS else repr(value)


def _database(value: Any) -> None:
    scheme, found, rest = str(value).partition("://")
    is_known = scheme in ("postgres", "postgresql", "postgresql+psycopg", "sqlite")
    if not is_known or not found or (scheme == "sqlite" and not rest.startswith("/")) or len(rest) < 2:
        raise ValidationError("Give postgresql://user:password@host/name or sqlite:////folder/file.db.")


def _secret(value: Any) -> None:
    if len(str(value)) < MIN_SECRET:
        raise ValidationError(f"Give at least {MIN_SECRET} random characters.")


def _with_driver(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"sqlite://{rest}" if scheme == "sqlite" else f"postgresql+psycopg://{rest}"
