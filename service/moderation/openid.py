"""Sign-in by an OpenID Connect provider: authorization code with PKCE.

Authlib does the protocol: state, nonce, issuer, expiry, signature. Whatever the provider does wrong ends on the sign-in
page, in words.
"""

from __future__ import annotations

import shlex
from typing import Any

import structlog
from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, g, request, session, url_for

from service.moderation import accounts
from service.provider import Provider
from service.store import identities

blueprint = Blueprint("openid", __name__)

_SECONDS = 10  # that one answer of the provider may take
# Signatures that only the provider can make: not those by the client's secret, and never "none".
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_NAMES = ("preferred_username", "name", "email")
_LONGEST = 500  # characters of an address or an error's name


class _Unfit(Exception):
    """What the provider says cannot be used."""


def set_up(app: Flask, provider: Provider) -> None:
    """Give the pages sign-in by this provider. Nothing is fetched from it before the first use."""
    oauth = OAuth(app)
    oauth.register(
        "oidc",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
        },
    )
    app.extensions["provider"] = provider
    app.register_blueprint(blueprint)


@blueprint.get("/openid")
def start() -> Any:
    """Off to the provider. A link and no form: the policy of these pages lets forms go nowhere else."""
    for name in [name for name in session if name.startswith("_state_oidc_")]:
        session.pop(name)  # one at a time: the cookie has no room for more
    then = request.args.get("then", "")
    session["then"] = then if len(then) <= _LONGEST else ""
    try:
        client = _client()
        return client.authorize_redirect(url_for("openid.callback", _external=True))
    except Exception as error:  # of Authlib, requests, joserfc: no class in common
        return _failed(error)


@blueprint.get("/openid/callback")
def callback() -> Any:
    """Back from the provider, with a code."""
    provider: Provider = current_app.extensions["provider"]
    try:
        claims = _claims(provider)
    except Exception as error:  # as above; nothing of ours runs in there
        return _failed(error)
    subject, role = str(claims["sub"]), provider.role(claims)
    store = accounts.keeper().store
    found = identities.sign_in(store, provider.issuer, subject, role)
    if found is None and provider.creates_users:
        name = next((str(claims[key]) for key in _NAMES if claims.get(key)), subject)
        found = identities.make(store, provider.issuer, subject, name, role or "moderator")
    if found is None:
        return accounts.page(error=g.say("provider_unknown", subject=shlex.quote(subject))), 403
    pending = session.get("pending") or {}
    then = pending.get("then") or session.get("then") or ""
    return accounts.begin(found, then, [(name, value) for name, value in pending.get("fields", [])])


def _client() -> Any:
    """The provider's client, once it has said where its endpoints are."""
    provider: Provider = current_app.extensions["provider"]
    client = current_app.extensions["authlib.integrations.flask_client"].create_client("oidc")
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != provider.issuer:
        client.server_metadata.clear()  # asked again next time
        raise _Unfit("issuer")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in _ALGORITHMS] or ["RS256"]
    return client


def _claims(provider: Provider) -> dict[str, Any]:
    """What the provider says of who comes back from it."""
    token = _client().authorize_access_token()
    claims = dict(token.get("userinfo") or {})
    audience = claims.get("aud")
    if provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise _Unfit("audience")
    if not 0 < len(str(claims.get("sub", ""))) <= identities.MAX_SUBJECT:
        raise _Unfit("subject")
    return claims


def _failed(error: Exception) -> Any:
    """The sign-in page with what went wrong; the log has the kind of error, for whoever looks after the server."""
    reason, status = "provider_down", 502
    if isinstance(error, MismatchingStateError):
        reason, status = "provider_stale", 400
    elif isinstance(error, OAuthError) and request.args.get("error"):
        reason, status = "provider_denied", 403
    code = getattr(error, "error", None) or (str(error) if isinstance(error, _Unfit) else "")
    structlog.get_logger().warning(
        "provider", request_id=g.request_id, error=type(error).__name__, code=str(code)[:_LONGEST]
    )
    return accounts.page(error=g.say(reason)), status
