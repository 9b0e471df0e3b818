"""A small OpenID Connect provider for tests: Authlib's server side, RSA keys and signed tokens, over HTTP.

It checks what it is sent as a provider does (client secret, redirect address, PKCE) and misbehaves on demand.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "sourcier", "un secret de test, 32 lettres..."


class Person(dict[str, Any]):
    """Claims of somebody who is signed in at the provider already."""

    def get_user_id(self) -> str:
        return str(self["sub"])


class _Client(ClientMixin):
    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/moderation/openid/callback")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class _Code(AuthorizationCodeMixin):
    def __init__(self, sent: Any, person: Person) -> None:
        self.sent, self.person = sent.payload.data, person
        self.code_challenge = self.sent["code_challenge"]
        self.code_challenge_method = self.sent["code_challenge_method"]

    def get_redirect_uri(self) -> str:
        return str(self.sent["redirect_uri"])

    def get_scope(self) -> str:
        return str(self.sent["scope"])

    def get_nonce(self) -> str:
        return str(self.sent["nonce"])

    def get_auth_time(self) -> None:
        return None

    get_acr = get_amr = get_auth_time


class Provider:
    """Its address, who is at the browser (``person``), and how it misbehaves (``fault``, ``claims`` that it adds)."""

    def __init__(self) -> None:
        self.address = ""
        self.person = Person(sub="248289761001", preferred_username="nadia@desk")
        self.fault = ""
        self.claims: dict[str, Any] = {}
        self.key, self._other = (RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}) for _ in range(2))
        self.codes: dict[str, _Code] = {}
        self.app = Flask(__name__)
        self._routes(self._server())

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return "https://elsewhere.example" if self.fault == "issuer" else self.address

    def _server(self) -> AuthorizationServer:
        provider = self

        class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012

            def save_authorization_code(self, code: str, sent: Any) -> None:
                provider.codes[code] = _Code(sent, sent.user)

            def query_authorization_code(self, code: str, client: Any) -> _Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, code: _Code) -> None:
                provider.codes = {name: kept for name, kept in provider.codes.items() if kept is not code}

            def authenticate_user(self, code: _Code) -> Person:
                return code.person

        class IdToken(OpenIDCode):  # type: ignore[misc]
            def exists_nonce(self, nonce: str, sent: Any) -> bool:
                return False

            def resolve_client_private_key(self, client: Any) -> RSAKey:
                return provider._other if provider.fault == "signature" else provider.key

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                return {"iss": provider.issuer}

            def get_encode_header(self, client: Any) -> dict[str, str]:
                return {"alg": self.get_client_algorithm(client), "kid": "one"}

            def get_client_algorithm(self, client: Any) -> str:
                return "none" if provider.fault == "unsigned" else "RS256"

            def generate_user_info(self, user: Person, scope: str) -> dict[str, Any]:
                return {**user, **provider.claims}  # the last word, over nonce, iss, aud and exp

        server = AuthorizationServer(
            self.app, lambda name: _Client() if name == CLIENT else None, lambda token, sent: None
        )
        server.register_grant(Grant, [CodeChallenge(required=True), IdToken(require_nonce=True)])
        return server

    def _routes(self, server: AuthorizationServer) -> None:
        @self.app.get("/.well-known/openid-configuration")
        def metadata() -> Any:
            if self.fault == "metadata":
                return "<html>down for maintenance</html>"
            return jsonify(
                issuer=self.issuer,
                authorization_endpoint=f"{self.address}/authorize",
                token_endpoint=f"{self.address}/token",
                jwks_uri=f"{self.address}/jwks",
                id_token_signing_alg_values_supported=["RS256", "none"],
            )

        @self.app.get("/jwks")
        def keys() -> Any:
            return jsonify(KeySet([self.key]).as_dict(private=False))

        @self.app.get("/authorize")
        def authorize() -> Any:
            person = None if self.fault == "denied" else self.person
            grant = server.get_consent_grant(end_user=person)
            return server.create_authorization_response(grant=grant, grant_user=person)

        @self.app.post("/token")
        def token() -> Any:
            if self.fault == "token":
                return Response("boom", status=500)
            return server.create_token_response(request)


@contextmanager
def providing() -> Iterator[Provider]:
    """One that answers on a free port of this machine."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
