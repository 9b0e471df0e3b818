"""Who an OpenID Connect provider says somebody is: its issuer and subject, which never change, tied to a user."""

from __future__ import annotations

import secrets
import unicodedata

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.store import tables
from service.store.engine import Store
from service.store.people import MAX_NAME, SignedIn, UserError

MAX_ISSUER, MAX_SUBJECT = 300, 255  # characters; OpenID Connect allows a subject 255
_SAME_NAMES = 100


class _Taken(Exception):
    """The name or the subject is somebody's; the transaction is over."""


def sign_in(store: Store, issuer: str, subject: str, role: str | None) -> SignedIn | None:
    """The user tied to a subject, with ``role`` from now on where one is given; None when nobody is."""
    with store.writing() as session:
        row = _user(session, issuer, subject)
        if row is None:
            return None
        if role is not None and row.role != role:
            row.role = role
            session.add(tables.Audit(at=store.now(), user_id=row.id, action="role", subject=f"user {row.id} {role}"))
        session.add(tables.Audit(at=store.now(), user_id=row.id, action="sign in", subject=f"user {row.id} provider"))
        return SignedIn(row.id, row.name, row.role, row.stamp)


def make(store: Store, issuer: str, subject: str, name: str, role: str) -> SignedIn:
    """A new user without password, tied to a subject; the name gets a number where it is there already.

    When the same subject was tied meanwhile, its user.
    """
    name = "".join(c for c in unicodedata.normalize("NFC", name) if c.isprintable()).strip()[: MAX_NAME - 4]
    for number in range(1, _SAME_NAMES):
        wanted = (name or "?") if number == 1 else f"{name or '?'} {number}"
        try:
            with store.writing() as session:
                row = _user(session, issuer, subject)
                if row is None:
                    row = tables.User(
                        name=wanted, role=role, password_hash="", stamp=secrets.token_hex(8), created_at=store.now()
                    )
                    session.add(row)
                    _tie(store, session, row, issuer, subject)
                    session.add(
                        tables.Audit(at=store.now(), user_id=None, action="add user", subject=f"user {row.id} {role}")
                    )
                return SignedIn(row.id, row.name, row.role, row.stamp)
        except _Taken:
            continue
    raise UserError(f"there are {_SAME_NAMES} users called {name} already")


def link(store: Store, name: str, issuer: str, subject: str) -> None:
    """Tie a subject to a user who is there; raises `UserError`."""
    if not 0 < len(issuer) <= MAX_ISSUER or not 0 < len(subject) <= MAX_SUBJECT:
        raise UserError(f"a subject has 1 to {MAX_SUBJECT} characters, an issuer 1 to {MAX_ISSUER}")
    with store.writing() as session:
        row = session.scalar(select(tables.User).where(tables.User.name == unicodedata.normalize("NFC", name.strip())))
        if row is None:
            raise UserError(f"there is no user {name}; python -m service users list shows them")
        other = _user(session, issuer, subject)
        if other is not None:
            raise UserError(f"this subject is {other.name} already; a subject is one user's")
        try:
            _tie(store, session, row, issuer, subject)
        except _Taken:
            raise UserError("this subject was tied to somebody meanwhile") from None


def _user(session: Session, issuer: str, subject: str) -> tables.User | None:
    return session.scalar(
        select(tables.User)
        .join(tables.Identity, tables.Identity.user_id == tables.User.id)
        .where(tables.Identity.issuer == issuer, tables.Identity.subject == subject)
    )


def _tie(store: Store, session: Session, user: tables.User, issuer: str, subject: str) -> None:
    try:
        session.flush()  # gives a new user its number
        session.add(tables.Identity(user_id=user.id, issuer=issuer, subject=subject, made_at=store.now()))
        session.flush()
    except IntegrityError:
        raise _Taken from None
    session.add(tables.Audit(at=store.now(), user_id=None, action="link user", subject=f"user {user.id}"))
