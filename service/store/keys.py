"""Keys of the HTTP interface: made and revoked on the command line, found by the digest of their token.

A token is 256 random bits; only its SHA-256 is kept. A digest without salt is enough for what nobody could guess, and
makes a look-up one step in an index.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from service.store import tables
from service.store.engine import Store
from service.store.people import SignedIn
from service.store.terms import MAX_KEY_NAME, MAX_OUTLET, SCOPES

_PREFIX = "sourcier_"  # so that a token is known for one where it should not be: in a log, in a repository
_TOKEN = re.compile(_PREFIX + r"[A-Za-z0-9_-]{43}", re.ASCII)


class KeyFault(ValueError):
    """A key that cannot be made or revoked: says why and what to do."""


class Key(NamedTuple):
    """A key and what it may do. ``user`` is who its decisions are by; ``stores`` keeps articles without being asked."""

    id: int
    name: str
    may: tuple[str, ...]
    outlet: str | None
    user: SignedIn | None
    stores: bool
    created_at: int
    revoked_at: int | None


def make(
    store: Store,
    name: str,
    may: Collection[str],
    *,
    outlet: str | None = None,
    user: str | None = None,
    stores: bool = False,
) -> str:
    """Make a key and return its token, which is not kept. Raises `KeyFault`."""
    name = _checked(name, MAX_KEY_NAME, "the name of a key")
    outlet = _checked(outlet, MAX_OUTLET, "an outlet") if outlet is not None else None
    if unknown := sorted(set(may) - set(SCOPES)):
        raise KeyFault(f"a key cannot be for {', '.join(unknown)}; give some of {', '.join(SCOPES)}")
    if not may:
        raise KeyFault(f"a key has to be for something; give some of {', '.join(SCOPES)}")
    if stores and "store" not in may:
        raise KeyFault("a key that always stores has to be allowed to: add store to what it may")
    if ("review" in may) != (user is not None):
        raise KeyFault("a key for review acts for one user, and no other key does: name the user, or leave review out")
    scopes = [scope for scope in SCOPES if scope in may or (scope == "score" and "store" in may)]
    token = _PREFIX + secrets.token_urlsafe(32)
    with store.writing() as session:
        user_id = None
        if user is not None:
            user_id = session.scalar(
                select(tables.User.id).where(tables.User.name == unicodedata.normalize("NFC", user.strip()))
            )
            if user_id is None:
                raise KeyFault(f"there is no user {user}; python -m service users list shows them")
        row = tables.Key(
            name=name, digest=_digest(token), may=scopes, outlet=outlet, user_id=user_id, stores=stores,
            created_at=store.now(),
        )  # fmt: skip
        session.add(row)
        try:
            session.flush()
        except IntegrityError:
            raise KeyFault(f"there is or was a key {name} already; give another name") from None
        session.add(tables.Audit(at=store.now(), user_id=None, action="add key", subject=f"key {row.id}"))
    return token


def revoke(store: Store, name: str) -> None:
    """End a key for good; the row stays, since what it sent refers to it. Raises `KeyFault`."""
    with store.writing() as session:
        row = session.scalar(select(tables.Key).where(tables.Key.name == unicodedata.normalize("NFC", name.strip())))
        if row is None:
            raise KeyFault(f"there is no key {name}; python -m service keys list shows them")
        if row.revoked_at is not None:
            raise KeyFault(f"the key {name} is revoked already")
        row.revoked_at = store.now()
        session.add(tables.Audit(at=store.now(), user_id=None, action="revoke key", subject=f"key {row.id}"))


def is_token(token: str) -> bool:
    """Whether a string has the shape of a token: what has not need not be looked up."""
    return _TOKEN.fullmatch(token) is not None


def find(store: Store, token: str) -> Key | None:
    """The key that a token opens; None when there is none, or it is revoked."""
    with store.reading() as session:
        found = session.execute(_query().where(tables.Key.digest == _digest(token))).first()
    return _key(*found) if found is not None and found[0].revoked_at is None else None


def listed(store: Store) -> list[Key]:
    """All keys in the order they were made, revoked ones too."""
    with store.reading() as session:
        return [_key(row, user) for row, user in session.execute(_query().order_by(tables.Key.id))]


def any_made(store: Store) -> bool:
    """Whether there was ever a key: revoking the last one does not open what keys have closed."""
    with store.reading() as session:
        return session.scalar(select(tables.Key.id).limit(1)) is not None


def outlets(store: Store) -> list[str]:
    """The outlets that keys name, in alphabetical order."""
    with store.reading() as session:
        found = session.scalars(select(tables.Key.outlet).where(tables.Key.outlet.is_not(None)).distinct())
        return sorted(outlet for outlet in found if outlet)


def _query() -> Select[tables.Key, tables.User]:
    return select(tables.Key, tables.User).outerjoin(tables.User, tables.User.id == tables.Key.user_id)


def _key(row: tables.Key, user: tables.User | None) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        may=tuple(row.may),
        outlet=row.outlet,
        user=SignedIn(user.id, user.name, user.role, user.stamp) if user is not None else None,
        stores=row.stores,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )


def _checked(value: str, limit: int, what: str) -> str:
    value = unicodedata.normalize("NFC", value.strip())
    if not 0 < len(value) <= limit or not value.isprintable():
        raise KeyFault(f"{what} has 1 to {limit} printable characters")
    return value


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
