"""Signed tokens (JWT) of sessions: making them, and checking those that a request carries.

A token names a user and a session, and no permission: the user and the state of the session are read with
every request, so that a withdrawn permission, a closed account and a logout hold at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import floor
from typing import Any, cast

from flask import Flask, after_this_request, g, request
from flask.wrappers import Response
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    decode_token,
    get_current_user,
    get_jwt,
    set_refresh_cookies,
    unset_refresh_cookies,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import (
    CSRFError,
    JWTDecodeError,
    JWTExtendedException,
    NoAuthorizationError,
)
from jwt import ExpiredSignatureError, PyJWTError

from app.api.kit.context import request_id, services, settings
from app.core.config import Settings
from app.core.config.signing_keys import key_id
from app.core.errors import FieldError, Forbidden, InvalidRequest, Unauthenticated
from app.core.security import Permission
from app.schemas.access import Keeper
from app.services.access.sessions import Client, OpenSession
from app.services.domain.caller import Caller, User

REFRESH_FIELD = "refresh_token"
"""Field of a body that holds a refresh token."""

REFRESH_COOKIE, CSRF_COOKIE = "__Host-allocator-refresh", "__Host-allocator-csrf"
"""Cookies of a browser's session: the refresh token, which no script can read, and what the header repeats.

By the prefix a browser keeps them for this very host alone, and sends them over HTTPS alone (RFC 6265bis).
"""

CSRF_HEADER = "X-CSRF-Token"
"""Header with the value of `CSRF_COOKIE`, which a page of another site cannot read (double submit)."""

CLAIM = re.compile(r"[!-~]{1,64}")
"""Ids in claims: users, sessions and tokens."""

MAX_MOMENT = 253402300799
"""Last second of the year 9999: moments in claims are real ones."""


class Access(StrEnum):
    """Who may use an operation that no permission guards.

    An operation for refresh tokens calls `authorise_refresh` or `authorise_logout` itself, since the token
    may be in its body.
    """

    PUBLIC = "PUBLIC"
    LOGGED_IN = "LOGGED_IN"
    REFRESH_TOKEN = "REFRESH_TOKEN"  # noqa: S105 - a kind of access, not a secret
    ANY_TOKEN = "ANY_TOKEN"  # noqa: S105 - a kind of access, not a secret


@dataclass(frozen=True, slots=True)
class Session:
    """The tokens of a user; the fields are those of the login response."""

    access_token: str
    refresh_token: str | None
    user: User
    token_type: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Presented:
    """What a refresh token says: its session, its user and its id; and who keeps it."""

    session_id: str
    user_id: str
    refresh_id: str
    keeper: Keeper


def configure_tokens(app: Flask, settings: Settings) -> None:
    """Sign tokens with the first key of the settings and verify with any, found by its id in the header."""
    app.config.update(
        JWT_TOKEN_LOCATION=["headers"],
        JWT_REFRESH_JSON_KEY=REFRESH_FIELD,
        JWT_REFRESH_COOKIE_NAME=REFRESH_COOKIE,
        JWT_REFRESH_CSRF_COOKIE_NAME=CSRF_COOKIE,
        JWT_REFRESH_CSRF_HEADER_NAME=CSRF_HEADER,
        JWT_COOKIE_SECURE=True,
        JWT_COOKIE_SAMESITE="Strict",
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
    def key_of(header: dict[str, Any], claims: dict[str, Any]) -> str:
        # The one place that sees the claims as they came: the library puts defaults for missing ones.
        _check_claims(claims)
        key = keys.get(str(header.get("kid")))
        if key is None:
            raise JWTDecodeError("it is signed by no key of ours")
        return key

    @manager.user_lookup_loader
    def user_of(_: dict[str, Any], claims: dict[str, Any]) -> User:
        return services().access.sessions.user(claims["sid"], claims["sub"])


def _check_claims(claims: dict[str, Any]) -> None:
    if "sid" not in claims and "sub" in claims:
        raise JWTDecodeError("it belongs to no session; log in again")
    ids = {name: claims.get(name) for name in ("sub", "sid", "jti")}
    for name, value in {**ids, "csrf": claims.get("csrf", "-")}.items():
        if not (isinstance(value, str) and CLAIM.fullmatch(value)):
            raise JWTDecodeError(f"the claim {name} is missing or malformed")
    for name in ("iat", "exp"):
        value = claims.get(name)
        if not (type(value) is int and 0 <= value <= MAX_MOMENT):
            raise JWTDecodeError(f"the claim {name} is missing or malformed")
    if claims.get("type") not in ("access", "refresh"):
        raise JWTDecodeError("the claim type is missing or malformed")


def authorise(access: Permission | Access) -> None:
    """Let the request pass, or refuse it.

    Raises
    ------
    Unauthenticated
        Without a token, or with one that does not hold or is of the wrong kind.
    Forbidden
        When the user lacks the permission.
    """
    if access in {Access.PUBLIC, Access.REFRESH_TOKEN, Access.ANY_TOKEN}:
        return
    _verify("headers")
    if isinstance(access, Permission) and access not in user().permissions:
        raise Forbidden(f"This needs the permission {access}", extra={"permission": access.value})


def authorise_refresh(token: str | None) -> Presented:
    """Check the refresh token of the request: `token`, its body's, else that of its cookie or its header.

    Where the body or a cookie has one, the header does not count: clients leave an expired access token in
    it.

    Raises
    ------
    Unauthenticated
        Without a refresh token, or with one that does not hold.
    """
    if token is not None:
        return _presented("json", Keeper.BODY)
    if REFRESH_COOKIE in request.cookies and (
        CSRF_HEADER in request.headers or "Authorization" not in request.headers
    ):
        return _presented("cookies", Keeper.COOKIE)
    return _presented("headers", Keeper.BODY)


def _presented(location: str, keeper: Keeper) -> Presented:
    _verify(location, refresh=True)
    claims = get_jwt()
    return Presented(claims["sid"], claims["sub"], claims["jti"], keeper)


def authorise_logout(token: str | None) -> frozenset[str]:
    """Return the sessions that the request may end: those of its token, of either kind, and of `token`.

    An access token in the header that does not hold is no obstacle to a refresh token that does.

    Raises
    ------
    Unauthenticated
        Without a token that holds.
    InvalidRequest
        Naming `refresh_token`, when it is not a refresh token of the caller.
    """
    try:
        _verify("headers", any_kind=True)
    except Unauthenticated:
        if token is None and REFRESH_COOKIE not in request.cookies:
            raise
        return frozenset({authorise_refresh(token).session_id})
    mine: str = get_jwt()["sid"]
    return frozenset({mine} if token is None else {mine, _session_of(token)})


def _session_of(token: str) -> str:
    """Return the session of a refresh token of the caller, which may have expired."""
    try:
        claims = decode_token(token, allow_expired=True)
    except (JWTExtendedException, PyJWTError, RecursionError):
        claims = {}
    if claims.get("type") != "refresh" or claims["sub"] != user().id:
        raise InvalidRequest.of(FieldError("refresh_token", "This is not a refresh token of yours."))
    return str(claims["sid"])


def _verify(location: str, *, refresh: bool = False, any_kind: bool = False) -> None:
    _spell_scheme()
    try:
        _check_csrf_header()
        verify_jwt_in_request(refresh=refresh, locations=location, verify_type=not any_kind)
    except ExpiredSignatureError as error:
        raise Unauthenticated("The token has expired") from error
    except NoAuthorizationError as error:
        raise Unauthenticated("A token is needed: Authorization: Bearer <token>") from error
    except CSRFError as error:
        raise Unauthenticated(f"The header {CSRF_HEADER} must repeat the cookie {CSRF_COOKIE}.") from error
    except RecursionError as error:
        raise Unauthenticated("The token is not valid: it is nested too deeply") from error
    except (JWTExtendedException, PyJWTError) as error:
        raise Unauthenticated(f"The token is not valid: {error}") from error
    g.user = user()
    g.session_id = get_jwt()["sid"]


def _check_csrf_header() -> None:
    if not request.headers.get(CSRF_HEADER, "").isascii():
        raise CSRFError("the library compares ASCII texts only")


def _spell_scheme() -> None:
    """Write the scheme as the token library expects it: its case has no meaning (RFC 9110, section 11.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and scheme != "Bearer":
        request.environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"


def user() -> User:
    """Return the user of the request's token."""
    return cast("User", get_current_user())


def caller() -> Caller:
    """Return who asks, with the permissions that hold at this moment."""
    who = user()
    return Caller(
        user_id=who.id,
        username=who.username,
        permissions=frozenset(who.permissions),
        request_id=request_id(),
        address=request.remote_addr,
        groups=who.groups,
        session_id=get_jwt()["sid"],
    )


def client() -> Client:
    """Return where the request comes from."""
    return Client(request.remote_addr, request.headers.get("User-Agent"))


def tokens_of(opened: OpenSession, keeper: Keeper) -> Session:
    """Return tokens of a session, the refresh token in the cookies of the answer where a browser keeps it.

    Neither outlives the session.
    """
    now = services().clock()
    lifetime = min(settings().access.access_token_lifetime, opened.expires_at - now)
    end = floor(opened.expires_at.timestamp())
    access = create_access_token(opened.user.id, expires_delta=lifetime, additional_claims={"sid": opened.id})
    refresh = create_refresh_token(
        opened.user.id,
        additional_claims={
            "sid": opened.id,
            "jti": opened.refresh_id,
            "csrf": opened.refresh_id,  # the same in a token that is issued again
            "exp": end,
        },
    )
    if keeper is Keeper.COOKIE:
        _keep_in_cookies(refresh, opened.expires_at - now)
    return Session(
        access_token=access,
        refresh_token=refresh if keeper is Keeper.BODY else None,
        user=opened.user,
        token_type="Bearer",  # noqa: S106 - the scheme's name
        expires_in=int(lifetime.total_seconds()),
    )


def _keep_in_cookies(token: str, lifetime: timedelta) -> None:
    @after_this_request
    def keep(response: Response) -> Response:
        set_refresh_cookies(response, token, max_age=int(lifetime.total_seconds()))
        return response


def clear_cookies() -> None:
    """Let the answer delete the cookies of a browser's session."""

    @after_this_request
    def clear(response: Response) -> Response:
        if REFRESH_COOKIE in request.cookies:
            unset_refresh_cookies(response)
        return response
