"""Signed tokens: making them, and checking the one that a request carries.

A token's permissions count only as far as its user still has them, which is read with every request: a
withdrawn permission and a closed account end at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask, g, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    current_user,
    decode_token,
    get_current_user,
    get_jwt,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import JWTDecodeError, JWTExtendedException, NoAuthorizationError
from jwt import ExpiredSignatureError, PyJWTError

from app.api.kit.context import request_id, services
from app.core.config import Settings
from app.core.config.signing_keys import key_id
from app.core.errors import FieldError, Forbidden, InvalidRequest, Unauthenticated
from app.core.security import Permission
from app.services.domain.caller import Caller, User

REFRESH_FIELD = "refresh_token"
"""Field of a body that holds a refresh token."""


class Access(StrEnum):
    """Who may use an operation that no permission guards.

    An operation for refresh tokens calls `authorise_refresh` itself, since the token may be in its body.
    """

    PUBLIC = "PUBLIC"
    LOGGED_IN = "LOGGED_IN"
    REFRESH_TOKEN = "REFRESH_TOKEN"  # noqa: S105 - a kind of access, not a secret


@dataclass(frozen=True, slots=True)
class Session:
    """The tokens of a user; the fields are those of the login response."""

    access_token: str
    refresh_token: str
    user: User
    token_type: str
    expires_in: int


def configure_tokens(app: Flask, settings: Settings) -> None:
    """Sign tokens with the first key of the settings and verify with any, found by its id in the header."""
    app.config.update(
        JWT_ACCESS_TOKEN_EXPIRES=settings.access.access_token_lifetime,
        JWT_REFRESH_TOKEN_EXPIRES=settings.access.refresh_token_lifetime,
        JWT_TOKEN_LOCATION=["headers"],
        JWT_REFRESH_JSON_KEY=REFRESH_FIELD,
        JWT_ALGORITHM="HS256",
        JWT_ENCODE_ISSUER="allocator",
        JWT_DECODE_ISSUER="allocator",
    )
    manager = JWTManager(app)
    keys = {key_id(key): key for key in settings.access.jwt_secret_keys}
    signing = next(iter(keys))
    manager.encode_key_loader(lambda _: keys[signing])
    manager.additional_headers_loader(lambda _: {"kid": signing})

    @manager.decode_key_loader
    def key_of(header: dict[str, Any], _: dict[str, Any]) -> str:
        key = keys.get(str(header.get("kid")))
        if key is None:
            raise JWTDecodeError("it is signed by no key of ours")
        return key

    @manager.token_in_blocklist_loader
    def is_revoked(_: dict[str, Any], claims: dict[str, Any]) -> bool:
        return services().access.sessions.is_revoked(claims["jti"])

    @manager.user_lookup_loader
    def user_of(_: dict[str, Any], claims: dict[str, Any]) -> User:
        return services().access.users.user(claims["sub"])


def authorise(access: Permission | Access) -> None:
    """Let the request pass, or refuse it.

    Raises
    ------
    Unauthenticated
        Without a token, or with one that does not hold or is of the wrong kind.
    Forbidden
        When the token lacks the permission.
    """
    if access in {Access.PUBLIC, Access.REFRESH_TOKEN}:
        return
    _verify("headers")
    if isinstance(access, Permission) and access not in live_permissions():
        raise Forbidden(f"This needs the permission {access}", extra={"permission": access.value})


def authorise_refresh(token: str | None) -> str:
    """Return the verified refresh token of the request: `token`, its body's, else that of its header.

    Where the body has one, the header does not count: clients leave an expired access token in it.

    Raises
    ------
    Unauthenticated
        Without a refresh token, or with one that does not hold.
    """
    if token is not None:
        _verify("json", refresh=True)
        return token
    _verify("headers", refresh=True)
    return request.headers["Authorization"].split()[1]


def _verify(location: str, *, refresh: bool = False) -> None:
    _spell_scheme()
    try:
        verify_jwt_in_request(refresh=refresh, locations=location)
    except ExpiredSignatureError as error:
        raise Unauthenticated("The token has expired") from error
    except NoAuthorizationError as error:
        raise Unauthenticated("A token is needed: Authorization: Bearer <token>") from error
    except (JWTExtendedException, PyJWTError) as error:
        raise Unauthenticated(f"The token is not valid: {error}") from error
    g.user = get_current_user()


def _spell_scheme() -> None:
    """Write the scheme as the token library expects it: its case has no meaning (RFC 9110, section 11.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and scheme != "Bearer":
        request.environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"


def live_permissions() -> frozenset[str]:
    """Return what the token grants and its user still has: one that was withdrawn is gone at once."""
    granted = get_jwt().get("permissions")
    return frozenset(granted if isinstance(granted, list) else ()) & frozenset(current_user.permissions)


def caller() -> Caller:
    """Return who asks, with the permissions that hold at this moment."""
    return Caller(
        user_id=current_user.id,
        username=current_user.username,
        permissions=live_permissions(),
        request_id=request_id(),
        address=request.remote_addr,
        groups=current_user.groups,
    )


def open_session(user: User, lifetime_seconds: int, refresh_token: str | None = None) -> Session:
    """Return new tokens for a user; a refresh token that is given is kept."""
    claims = {"username": user.username, "permissions": list(user.permissions)}
    return Session(
        access_token=create_access_token(user.id, additional_claims=claims),
        refresh_token=refresh_token or create_refresh_token(user.id),
        user=user,
        token_type="Bearer",  # noqa: S106 - the scheme's name
        expires_in=lifetime_seconds,
    )


def revoke_presented_token(caller: Caller) -> None:
    """Make the token of the request worthless."""
    claims = get_jwt()
    services().access.sessions.revoke(claims["jti"], _expiry(claims), caller)


def revoke_refresh_token(token: str, caller: Caller) -> None:
    """Make a refresh token of the caller worthless.

    Raises
    ------
    InvalidRequest
        Naming `refresh_token`, when it is not a refresh token of the caller.
    """
    try:
        claims = decode_token(token, allow_expired=True)
    except (JWTExtendedException, PyJWTError):
        claims = {}
    if claims.get("type") != "refresh" or claims["sub"] != caller.user_id:
        raise InvalidRequest.of(FieldError("refresh_token", "This is not a refresh token of yours."))
    services().access.sessions.revoke(claims["jti"], _expiry(claims), caller)


def _expiry(claims: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(claims["exp"], UTC)
