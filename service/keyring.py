"""Whose key a request carries, and whether it may do what it asks for. Knows no Flask.

A key that was found is believed for five seconds, so that a worker asks the database once in that time and not at every
request; a revoked key works for as long at most. What is wrong is never remembered: a new key works at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from service.keeper import Keeper
from service.problems import Problem

if TYPE_CHECKING:
    from service.store.keys import Key

TTL_SECONDS = 5
_REALM = 'Bearer realm="sourcier"'


class Keyring:
    """One a process. Without a key in the request the store is neither opened nor imported."""

    def __init__(self, keeper: Keeper, clock: Callable[[], float] = time.monotonic) -> None:
        self._keeper = keeper
        self._clock = clock
        self._found: dict[str, tuple[float, Key]] = {}  # never more than there are keys
        self._is_any_made = False

    def key_of(self, authorization: str | None) -> Key | None:
        """The key in an ``Authorization`` header; None without one, or when it is of another scheme than Bearer.

        Raises `Problem` 401 for a wrong or revoked key, `service.store.StoreError` when keys cannot be looked up.
        """
        scheme, _, token = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token.strip()
        now = self._clock()
        until, key = self._found.get(token, (now, None))
        if key is not None and until > now:
            return key
        self._found.pop(token, None)
        from service.store import keys

        key = keys.find(self._keeper.store, token) if keys.is_token(token) else None
        if key is None:
            detail = "This key is unknown or was revoked; ask for one where the service is run, or send none."
            raise Problem(401, "key_wrong", detail, headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'})
        self._found[token] = (now + TTL_SECONDS, key)
        return key

    def needed(self, authorization: str | None, scope: str | None = None) -> Key:
        """The key of a request that needs one, for ``scope`` if one is given. Raises `Problem` 401 or 403."""
        key = self.key_of(authorization)
        if key is None:
            raise _missing("This needs a key: send Authorization: Bearer and the key.")
        if scope is not None and scope not in key.may:
            raise _not_for(scope)
        return key

    def for_scoring(self, authorization: str | None) -> Key | None:
        """The key of a request to score: needed where the service requires keys, and right wherever one is sent."""
        if self._keeper.settings.keys == "required":
            return self.needed(authorization, "score")
        return self.key_of(authorization)

    def stores(self, key: Key | None, asked: bool | None) -> bool:
        """Whether the article is to be kept. ``asked`` is what the request says, None for nothing.

        As soon as there was ever a key, only one for `store` may have articles kept. Raises `Problem` 401 or 403.
        """
        if asked is None:
            return key is not None and key.stores and self._keeper.settings.store
        if asked:
            if key is None and self._has_keys():
                raise _missing("This server keeps articles for holders of a key only: send one, or leave store out.")
            if key is not None and "store" not in key.may:
                raise _not_for("store")
        return asked

    def _has_keys(self) -> bool:
        if not self._is_any_made:
            from service.store import keys

            self._is_any_made = keys.any_made(self._keeper.store)
        return self._is_any_made


def _missing(detail: str) -> Problem:
    return Problem(401, "key_missing", detail, headers={"WWW-Authenticate": _REALM})


def _not_for(scope: str) -> Problem:
    detail = (
        f"This key is not for {scope}; use one that is, or have one made: python -m service keys add NAME --may {scope}"
    )
    challenge = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
    return Problem(403, "scope_missing", detail, headers={"WWW-Authenticate": challenge})
