"""The cookie that ties a single sign-on to the browser that started it: signed, for ten minutes.

It holds what is secret of the request (state, nonce, code verifier), so that several processes need no table
for logins that anybody can start. Lax, not Strict: the browser comes back from another site.
"""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from hmac import compare_digest

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer

from app.api.kit.context import settings
from app.services.access.errors import SignOnFailed
from app.services.access.provider import SignOnRequest

COOKIE = "__Host-allocator-sign-on"
LIFETIME_SECONDS = 600
SALT = "allocator.sign-on"


def keep(response: Response, started: SignOnRequest) -> None:
    """Give a request to the browser."""
    response.set_cookie(
        COOKIE,
        _serializer().dumps(asdict(started)),
        max_age=LIFETIME_SECONDS,
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def take_back(state: str | None) -> SignOnRequest:
    """Return the request that this browser started, if the state is its own.

    Raises
    ------
    SignOnFailed
        Without the cookie, with one that does not hold, or with another state.
    """
    try:
        started = SignOnRequest(
            **_serializer().loads(request.cookies.get(COOKIE, ""), max_age=LIFETIME_SECONDS)
        )
    except (BadData, TypeError):
        raise SignOnFailed("This browser has started no login lately. Start again.") from None
    if state is None or not compare_digest(state.encode(), started.state.encode()):
        raise SignOnFailed("This answer belongs to another login. Start again.")
    return started


def forget(response: Response) -> None:
    """Let the browser delete the cookie."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax")


def _serializer() -> URLSafeTimedSerializer:
    # The library signs with the last key of the list and verifies with each.
    return URLSafeTimedSerializer(
        list(reversed(settings().access.jwt_secret_keys)),
        salt=SALT,
        signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
    )
