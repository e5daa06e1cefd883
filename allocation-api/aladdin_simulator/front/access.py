"""Authentication: OAuth2 client credentials (RFC 6749), bearer tokens (RFC 6750), the vendor's API key."""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from aladdin_simulator.wire.answers import API_KEY, JSON, refusal
from aladdin_simulator.wire.messages import ENCODER, Fault
from aladdin_simulator.wire.order_store import Clock

TOKEN_SECONDS = 3600
_FORM = "application/x-www-form-urlencoded"
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
_ONCE = ("grant_type", "client_id", "client_secret", "scope")


class OAuthError(Exception):
    """A token request is refused; `code` is one of RFC 6749, section 5.2."""

    def __init__(self, code: str, description: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(description)
        self.code = code
        self.status = status


class Access:
    """Issues and validates tokens. Thread-safe.

    Parameters
    ----------
    clients : mapping or None
        Secrets by client id. With None, every token request is granted and no operation needs a token.
    api_key : str or None
        Required value of the header `VND.com.blackrock.API-Key`; None requires none.
    token_seconds : int
        Lifetime of a token, by `clock`.
    """

    def __init__(
        self, clients: Mapping[str, str] | None, api_key: str | None, *, token_seconds: int, clock: Clock
    ) -> None:
        if clients is not None and not all(name and secret for name, secret in clients.items()):
            raise ValueError("clients: a client needs an id and a secret that are not empty")
        if api_key is not None and not api_key:
            raise ValueError("api_key: must not be empty")
        if token_seconds < 1:
            raise ValueError("token_seconds: must be at least 1")
        self._clients = None if clients is None else dict(clients)
        self._api_key = api_key
        self._life = timedelta(seconds=token_seconds)
        self._clock = clock
        self._expiry: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def refusal_of(self, request: Request) -> Response | None:
        """Return the 401 for an unauthenticated request, None for an authenticated one."""
        if self._api_key is not None and not _same(request.headers.get(API_KEY, ""), self._api_key):
            return refusal(
                HTTPStatus.UNAUTHORIZED, Fault(code="INVALID_API_KEY", message=f"header {API_KEY} is wrong")
            )
        if self._clients is None or self._is_live(_bearer(request)):
            return None
        return no_live_token()

    def revoke(self, request: Request) -> None:
        """Revoke the token of a request."""
        with self._lock:
            self._expiry.pop(_bearer(request), None)

    def token(self, request: Request) -> Response:
        """Answer a token request: `POST` of a form, section 4.4.2 of RFC 6749."""
        try:
            body = self._grant(request)
            status = HTTPStatus.OK
        except OAuthError as error:
            body, status = {"error": error.code, "error_description": str(error)}, error.status
        response = Response(ENCODER.encode(body), status=status, mimetype=JSON)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Pragma"] = "no-cache"
        return response

    def _grant(self, request: Request) -> dict[str, str | int]:
        if request.mimetype != _FORM:
            raise OAuthError("invalid_request", f"the body must be {_FORM}")
        if request.args:
            raise OAuthError("invalid_request", "parameters must be in the body, not in the URL")
        form = request.form
        repeated = [name for name in _ONCE if len(form.getlist(name)) > 1]
        if repeated:
            raise OAuthError("invalid_request", f"{repeated[0]}: given more than once")
        if not form.get("grant_type"):
            raise OAuthError("invalid_request", "grant_type: the parameter is required")
        if form["grant_type"] != "client_credentials":
            raise OAuthError("unsupported_grant_type", "grant_type: only client_credentials is served")
        self._check_client(form.get("client_id", ""), form.get("client_secret", ""))
        scope = form.get("scope", "")
        if scope and not _SCOPE.fullmatch(scope):
            raise OAuthError("invalid_scope", "scope: is not a list of words separated by one space")
        granted: dict[str, str | int] = {
            "access_token": self._issue(),
            "token_type": "Bearer",
            "expires_in": int(self._life.total_seconds()),
        }
        return granted | ({"scope": scope} if scope else {})

    def _check_client(self, client_id: str, client_secret: str) -> None:
        if self._clients is None and client_id and client_secret:
            return
        # Compared for an unknown client, too, so that it takes as long as a wrong secret.
        known = (self._clients or {}).get(client_id, "")
        if not (_same(client_secret, known) and known):
            raise OAuthError("invalid_client", "client_id or client_secret is wrong", HTTPStatus.UNAUTHORIZED)

    def _issue(self) -> str:
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._expiry = {each: expiry for each, expiry in self._expiry.items() if expiry > now}
            self._expiry[token] = now + self._life
        return token

    def _is_live(self, token: str) -> bool:
        with self._lock:
            expiry = self._expiry.get(token)
        return expiry is not None and self._clock() < expiry


def no_live_token() -> Response:
    """Return the 401 for a request without a valid token."""
    response = refusal(
        HTTPStatus.UNAUTHORIZED, Fault(code="UNAUTHORIZED", message="a valid bearer token is required")
    )
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
