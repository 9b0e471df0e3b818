"""The store of a running service: opened when it is first needed, swept of what is past its time, with its secret."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from service.answer import Served
from service.article import Article
from service.config import Settings
from service.scoring import Assessment
from service.store import StoreError

if TYPE_CHECKING:
    from service.store.articles import Kept
    from service.store.engine import Store

SWEEP_SECONDS = 3600
RETRY_SECONDS = 60  # after a sweep that failed


class Keeper:
    """One a process. Nothing is opened, made or imported before the first use; every use may raise `StoreError`."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self._clock = clock
        self._store: Store | None = None
        self._lock = threading.Lock()
        self._sweep_at = 0
        self._secret: str | None = settings.secret_key

    @property
    def store(self) -> Store:
        """The store, ready, and purged within the last hour, unless that failed: then the log says so."""
        with self._lock:
            if self._store is None:
                from service.store.engine import Store

                self._store = Store.open(self.settings.database, self._clock, double_review=self.settings.double_review)
            store = self._store
            is_due = store.now() >= self._sweep_at
            if is_due:
                self._sweep_at = store.now() + SWEEP_SECONDS
        if is_due:
            self._sweep(store)
        return store

    def _sweep(self, store: Store) -> None:
        from service.store import articles

        try:
            articles.purge(store, self.settings.retention_days)
        except Exception as error:  # whoever asks for something else has no part in it
            self._sweep_at = store.now() + RETRY_SECONDS
            # Only what the store says of itself is known to quote no article.
            reason = str(error) if isinstance(error, StoreError) else type(error).__name__
            structlog.get_logger().error("purge", reason=reason)

    def keep(
        self,
        article: Article,
        assessments: Sequence[Assessment],
        served: Served,
        *,
        external_id: str | None,
        review_at: float,
        outlet: str | None = None,
    ) -> Kept:
        """Keep a scored article; see `service.store.articles.keep`."""
        store = self.store
        from service.store import articles

        return articles.keep(
            store,
            article,
            assessments,
            served,
            external_id=external_id,
            review_at=review_at,
            retention_days=self.settings.retention_days,
            outlet=outlet,
        )

    def secret(self) -> str:
        """The key that signs sessions: SECRET_KEY, or one made once and kept, 0600, beside the embedded database."""
        if self._secret is None:
            path = self.settings.data / "secret-key"
            try:
                self._secret = _secret(path)
            except OSError as error:
                raise StoreError(
                    f"{path}: cannot be used ({error.strerror}); set SECRET_KEY, or SOURCIER_DATA to another folder"
                ) from error
        return self._secret


def _secret(path: Path) -> str:
    """What the file holds, after making it: complete or not at all, even when two processes make it at once."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial-{secrets.token_hex(4)}")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(32))
        with suppress(FileExistsError):
            os.link(partial, path)
        partial.unlink()
    return path.read_text(encoding="ascii").strip()
