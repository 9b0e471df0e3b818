"""The settings of sign-in by an OpenID Connect provider, and their mistakes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from environs import Env, ValidationError, validate

SECRET = "OIDC_CLIENT_SECRET"
_NEEDED = ("OIDC_ISSUER", "OIDC_CLIENT_ID", SECRET)
_OTHERS = ("OIDC_CREATE_USERS", "OIDC_ROLE_CLAIM", "OIDC_ROLES")
_ROLES = ("moderator", "lead", "admin")  # least first
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Provider:
    """Whose word to take on who somebody is.

    ``creates_users``: who signs in for the first time becomes a moderator. ``roles`` are pairs (value of the claim
    ``role_claim``, role here); empty where the provider says nothing of roles.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    creates_users: bool = False
    role_claim: str = ""
    roles: tuple[tuple[str, str], ...] = ()

    def role(self, claims: dict[str, Any]) -> str | None:
        """The highest role that the claims give, moderator when they give none; None where roles are kept here."""
        if not self.role_claim:
            return None
        given = claims.get(self.role_claim)
        if given is None:  # Keycloak's realm_access.roles
            given = claims
            for name in self.role_claim.split("."):
                given = given.get(name) if isinstance(given, dict) else None
        values = {str(value) for value in given} if isinstance(given, list) else {str(given)}
        found = [_ROLES.index(role) for value, role in self.roles if value in values]
        return _ROLES[max(found, default=0)]


def read(env: Env) -> dict[str, Any]:
    """The variables; their mistakes are collected by ``env``."""
    return {
        "issuer": env.str("OIDC_ISSUER", None, validate=_issuer),
        "client_id": env.str("OIDC_CLIENT_ID", None, validate=validate.Length(min=1)),
        "client_secret": env.str(SECRET, None, validate=validate.Length(min=1)),
        "creates_users": env.bool("OIDC_CREATE_USERS", False),
        "role_claim": env.str("OIDC_ROLE_CLAIM", ""),
        "roles": env.str("OIDC_ROLES", "", validate=_pairs),
    }


def missing() -> dict[str, list[str]]:
    """What is wrong with the variables taken together, by variable."""
    found: dict[str, list[str]] = {}
    if not any(name in os.environ for name in (*_NEEDED, *_OTHERS)):
        return found
    for name in _NEEDED:
        if name not in os.environ:
            found[name] = [f"{', '.join(_NEEDED)} go together: give all three or no OIDC variable."]
    if bool(os.environ.get("OIDC_ROLE_CLAIM")) != bool(os.environ.get("OIDC_ROLES")):
        name = "OIDC_ROLES" if os.environ.get("OIDC_ROLE_CLAIM") else "OIDC_ROLE_CLAIM"
        found[name] = ["OIDC_ROLE_CLAIM (groups) and OIDC_ROLES (chefs=lead;it=admin) go together."]
    if "OIDC_ISSUER" not in found and (find_spec("authlib") is None or find_spec("requests") is None):
        found["OIDC_ISSUER"] = ["It needs Authlib: pip install --require-hashes -r requirements-oidc.txt."]
    return found


def made(values: dict[str, Any]) -> Provider | None:
    """The provider of variables without mistakes."""
    if values["issuer"] is None:
        return None
    return Provider(**{**values, "roles": _pairs(values["roles"])})


def _issuer(value: Any) -> None:
    parts = urlsplit(str(value))
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    if not is_safe or not parts.hostname or parts.query or parts.fragment:
        raise ValidationError("Give the issuer as its provider writes it, https://login.example.org/realms/desk.")


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """``chefs=lead;cn=it,dc=example=admin``: what stands before the last = is the claim's value."""
    pairs = []
    for part in filter(None, (part.strip() for part in str(value).split(";"))):
        given, _, role = part.rpartition("=")
        if not given.strip() or role.strip() not in _ROLES:
            raise ValidationError(f"Give value=role;value=role, with a role of {', '.join(_ROLES)}.")
        pairs.append((given.strip(), role.strip()))
    return tuple(pairs)
