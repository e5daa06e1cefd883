"""An OpenID provider as a process of its own: Authlib's authorization server on Flask, with PKCE and OpenID.

`python -m tests.support.openid_provider PORT` serves it on loopback. `PUT /scene` says who logs in at the
next visit of /authorize, and what is wrong with the tokens that are issued from then on.
"""

from __future__ import annotations

import hmac
import json
import sys
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "allocator", "an odd+secret/with:signs"
CODE_SECONDS = 60


class Client:
    """The one client: confidential, with the code grant alone."""

    client_id = CLIENT_ID
    redirect_uri = ""

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """A code that was issued, with what it was asked for."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    user: dict[str, Any]
    issued: float = field(default_factory=time.time)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.issued)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Scene:
    """Who logs in, and what is wrong with tokens: changed claims, another algorithm or key."""

    user: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    sign_with: str = "key"
    issuer_said: str | None = None


class Provider:
    """The provider's state: its client, codes, keys and scene."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.client = Client()
        self.codes: dict[str, Code] = {}
        self.scene = Scene()
        self.asked: dict[str, str] = {}
        self.key = RSAKey.generate_key(2048, parameters={"kid": "first", "use": "sig", "alg": "RS256"})
        self.stranger = RSAKey.generate_key(2048, parameters={"kid": "first"})

    def id_token(self, claims: dict[str, Any]) -> str:
        """Sign the claims, as the scene says."""
        claims = {**claims, **self.scene.claims}
        match self.scene.sign_with:
            case "none":
                return jwt.encode({"alg": "none"}, claims, None, algorithms=["none"])
            case "public key as secret":  # the confusion of HS256 and RS256
                # By hand, since the libraries refuse such a secret.
                signed = ".".join(_base64(json.dumps(p)) for p in ({"alg": "HS256", "kid": "first"}, claims))
                seal = hmac.digest(self.key.as_pem(private=False), signed.encode(), "sha256")
                return f"{signed}.{urlsafe_b64encode(seal).decode().rstrip('=')}"
            case "stranger":
                return jwt.encode({"alg": "RS256", "kid": "first"}, claims, self.stranger)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def play(self, told: dict[str, Any]) -> None:
        """Play another scene, with a new key where that is asked for."""
        self.client.redirect_uri = told.pop("redirect_uri", self.client.redirect_uri)
        if told.pop("rotate", False):
            self.key = RSAKey.generate_key(2048, parameters={"kid": "second", "use": "sig", "alg": "RS256"})
        self.scene = Scene(**told)


def _base64(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


class Server(AuthorizationServer):
    """The authorization server of one provider."""

    def __init__(self, app: Flask, provider: Provider) -> None:
        super().__init__(
            app,
            query_client=lambda client_id: provider.client if client_id == CLIENT_ID else None,
            save_token=lambda token, asked: None,
        )
        self.provider = provider
        self.register_grant(CodeGrant, [OpenId(provider), Challenge(required=True)])


class CodeGrant(grants.AuthorizationCodeGrant):
    """The code grant; codes are kept in memory, and go when they are used."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012 - as the base class has it

    def save_authorization_code(self, code: str, asked: Any) -> None:
        data = asked.payload.data
        self.server.provider.codes[code] = Code(
            code,
            asked.payload.redirect_uri,
            asked.payload.scope,
            data.get("nonce"),
            data.get("code_challenge"),
            data.get("code_challenge_method"),
            self.server.provider.scene.user,
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found = self.server.provider.codes.get(code)
        return found if found and time.time() - found.issued < CODE_SECONDS else None

    def delete_authorization_code(self, code: Code) -> None:
        del self.server.provider.codes[code.code]

    def authenticate_user(self, code: Code) -> dict[str, Any]:
        return code.user


class Challenge(CodeChallenge):
    """PKCE with S256 alone, which every request must have."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - as the base class has it

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with S256 is required")
        super().validate_code_challenge(grant, redirect_uri)

    def get_authorization_code_challenge(self, code: Code) -> str | None:
        return code.code_challenge

    def get_authorization_code_challenge_method(self, code: Code) -> str | None:
        return code.code_challenge_method


class OpenId(OpenIDCode):
    """ID tokens, as the scene says."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, asked: Any) -> bool:
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
        return UserInfo(user)

    def encode_id_token(self, token: dict[str, Any], asked: Any) -> str:
        now = int(time.time())
        claims = {"iss": self.provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims |= self.get_authorization_code_claims(asked.authorization_code)
        return self.provider.id_token({**claims, **self.generate_user_info(asked.user, token["scope"])})


def build(provider: Provider) -> Flask:
    """Make the application."""
    app = Flask("provider")
    server = Server(app, provider)

    def discovery() -> Response:
        said = provider.scene.issuer_said or provider.issuer
        endpoints = {
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/jwks",
        }
        return jsonify(issuer=said, **endpoints)

    def authorize() -> Response:
        provider.asked = request.args.to_dict()
        user = provider.scene.user or None
        grant = server.get_consent_grant(end_user=user)
        return server.create_authorization_response(request, grant_user=user, grant=grant)

    def scene() -> Response:
        provider.play(dict(request.get_json()))
        return jsonify({})

    app.add_url_rule("/.well-known/openid-configuration", view_func=discovery)
    app.add_url_rule("/jwks", "jwks", view_func=lambda: jsonify(keys=[provider.key.as_dict(private=False)]))
    app.add_url_rule("/authorize", view_func=authorize)
    app.add_url_rule("/token", "token", methods=["POST"], view_func=server.create_token_response)
    app.add_url_rule("/scene", view_func=scene, methods=["PUT"])
    app.add_url_rule("/asked", "asked", view_func=lambda: jsonify(provider.asked))
    return app


def main(port: int) -> None:
    """Serve until the process is ended; the port is printed when it listens."""
    server = make_server("127.0.0.1", port, Flask("waiting"), threaded=True)
    server.app = build(Provider(f"http://127.0.0.1:{server.server_port}"))
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
