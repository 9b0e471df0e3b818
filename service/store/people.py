"""Users: made on the command line, signed in by password, slowed down after wrong ones."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from service.store import tables
from service.store.engine import Store
from service.store.terms import ROLES

MIN_PASSWORD = 10
MAX_PASSWORD = 200  # characters; hashing a megabyte is a way to keep a server busy
MAX_NAME = 80
_WINDOW = 900  # seconds in which wrong passwords count
_WRONG_FROM_ONE_PLACE = 5  # for one name from one address
_WRONG_IN_ALL = 20  # for one name, or from one address
# OWASP's setting of least memory: the library's own takes 64 MB a sign-in, and four threads may check at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex())  # an unknown name takes as long as a wrong password


class UserError(ValueError):
    """A user that cannot be made: says the limit and the remedy."""


class SignedIn(NamedTuple):
    """Somebody with a name and a role. ``stamp`` changes with the password."""

    id: int
    name: str
    role: str
    stamp: str


class Slowed(Exception):
    """Too many wrong passwords: try again after ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong passwords; wait {seconds} s")
        self.seconds = seconds


def add(store: Store, name: str, role: str, password: str) -> int:
    """Make a user; raises `UserError`. Names are compared as typed, case included."""
    name = unicodedata.normalize("NFC", name.strip())
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise UserError(f"a name has 1 to {MAX_NAME} printable characters")
    if role not in ROLES:
        raise UserError(f"role {role!r} is unknown; give one of {', '.join(ROLES)}")
    hashed = _hash(password)
    with store.writing() as session:
        row = tables.User(
            name=name, role=role, password_hash=hashed, stamp=secrets.token_hex(8), created_at=store.now()
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError:
            raise UserError(f"{name} is there already; give another name, or set a new password") from None
        session.add(tables.Audit(at=store.now(), user_id=None, action="add user", subject=f"user {row.id} {role}"))
        return row.id


def set_password(store: Store, name: str, password: str) -> None:
    """Give a user another password; ends the user's sessions. Raises `UserError`."""
    hashed = _hash(password)
    with store.writing() as session:
        row = session.scalar(select(tables.User).where(tables.User.name == unicodedata.normalize("NFC", name.strip())))
        if row is None:
            raise UserError(f"there is no user {name}; python -m service users list shows them")
        row.password_hash, row.stamp = hashed, secrets.token_hex(8)
        session.add(tables.Audit(at=store.now(), user_id=None, action="set password", subject=f"user {row.id}"))


def listed(store: Store) -> list[SignedIn]:
    """All users, in the order they were made."""
    with store.reading() as session:
        rows = session.scalars(select(tables.User).order_by(tables.User.id))
        return [SignedIn(row.id, row.name, row.role, row.stamp) for row in rows]


def known(store: Store, user_id: int, stamp: str) -> SignedIn | None:
    """The user of a session; None when the password has changed since."""
    with store.reading() as session:
        row = session.get(tables.User, user_id)
        return SignedIn(row.id, row.name, row.role, row.stamp) if row is not None and row.stamp == stamp else None


def sign_in(store: Store, name: str, password: str, address: str) -> SignedIn | None:
    """Whose name and password these are; None when wrong. Raises `Slowed` after too many wrong ones."""
    name = unicodedata.normalize("NFC", name.strip())[:MAX_NAME].replace("\0", "\N{REPLACEMENT CHARACTER}")
    now = store.now()
    keys = {
        _key("name and address", name, address): _WRONG_FROM_ONE_PLACE,
        _key("name", name): _WRONG_IN_ALL,
        _key("address", address): _WRONG_IN_ALL,
    }
    with store.reading() as session:
        for key, limit in keys.items():
            count, oldest = session.execute(
                select(func.count(), func.min(tables.SignInFailure.failed_at)).where(
                    tables.SignInFailure.key == key, tables.SignInFailure.failed_at > now - _WINDOW
                )
            ).one()
            if count >= limit:
                raise Slowed(max(oldest + _WINDOW - now, 1))
        row = session.scalar(select(tables.User).where(tables.User.name == name))
        found = SignedIn(row.id, row.name, row.role, row.stamp) if row is not None else None
        hashed = (row.password_hash if row is not None else "") or _NOBODY  # "": signs in by a provider alone
    is_right = len(password) <= MAX_PASSWORD and _verify(hashed, password) and found is not None
    with store.writing() as session:
        session.execute(delete(tables.SignInFailure).where(tables.SignInFailure.failed_at <= now - _WINDOW))
        if is_right and found is not None:
            session.execute(delete(tables.SignInFailure).where(tables.SignInFailure.key == next(iter(keys))))
        else:
            session.add_all([tables.SignInFailure(key=key, failed_at=now) for key in keys])
        user_id = found.id if found else None
        action = "sign in" if is_right else "wrong password"
        session.add(tables.Audit(at=now, user_id=user_id, action=action, subject=f"user {user_id or 'unknown'}"))
    return found if is_right else None


def _hash(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UserError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters; this one has {len(password)}")
    return _hasher.hash(password)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


def _key(*parts: str) -> str:
    """A digest, so that what was typed into the name field (perhaps a password) is not kept."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
