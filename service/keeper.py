"""The store of a running service: opened when it is first needed, swept of what is past its time, with its secret."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from service.answer import Served
from service.article import Article
from service.config import Settings
from service.scoring import Assessment
from service.store import StoreError

if TYPE_CHECKING:
    from service.store.articles import Kept
    from service.store.engine import Store

_SWEEP_SECONDS = 3600


class Keeper:
    """One a process. Nothing is opened, made or imported before the first use; every use may raise `StoreError`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store: Store | None = None
        self._lock = threading.Lock()
        self._swept_at = 0
        self._secret: str | None = settings.secret_key

    @property
    def store(self) -> Store:
        """The store, ready, and purged within the last hour."""
        with self._lock:
            if self._store is None:
                from service.store.engine import Store

                self._store = Store.open(self.settings.database, double_review=self.settings.double_review)
            store = self._store
            is_due = store.now() - self._swept_at >= _SWEEP_SECONDS
            if is_due:
                self._swept_at = store.now()
        if is_due:
            from service.store import articles

            articles.purge(store, self.settings.retention_days)
        return store

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
