"""Logging in, staying in, logging out."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_jwt_extended import get_jwt_identity
from flask_restx import Namespace

from app.api.kit.context import request_id, services, settings
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import (
    Access,
    Session,
    authorise_refresh,
    caller,
    open_session,
    revoke_presented_token,
    revoke_refresh_token,
)
from app.core.errors import DatabaseUnavailable, Unauthenticated
from app.schemas.access import (
    Login,
    LoginSchema,
    Logout,
    LogoutResultSchema,
    LogoutSchema,
    Refresh,
    RefreshSchema,
    SessionSchema,
    UserSchema,
)
from app.services.domain.caller import User

auth = Namespace("auth", "Logging in, staying in, logging out", path="/auth")


@auth.route("/login")
class LoginEndpoint(Endpoint):
    """Where a session begins."""

    @operation(
        "login",
        Access.PUBLIC,
        body=LoginSchema,
        returns=SessionSchema,
        fails=(Unauthenticated, DatabaseUnavailable),
        examples={"demo": {"username": "demo_user", "password": "demo_password"}},
    )
    def post(self, body: Login) -> Session:
        """Log in.

        Send the access token that comes back as `Authorization: Bearer <access_token>`. In development the
        demo user `demo_user` with the password `demo_password` exists.
        """
        user = services().access.logins.authenticate(
            body.username, body.password, request_id=request_id(), address=request.remote_addr
        )
        return open_session(user, _lifetime())


@auth.route("/refresh")
class RefreshEndpoint(Endpoint):
    """Where a session goes on."""

    @operation(
        "refresh",
        Access.REFRESH_TOKEN,
        body=RefreshSchema,
        body_required=False,
        returns=SessionSchema,
        examples={"token in the header": {}},
    )
    def post(self, body: Refresh) -> Session:
        """Get a new access token.

        The refresh token is in the body, whatever the header then holds, or else the bearer token. It comes
        back unchanged beside a new access token.
        """
        token = authorise_refresh(body.refresh_token)
        return open_session(services().access.users.user(get_jwt_identity()), _lifetime(), token)


@auth.route("/logout")
class LogoutEndpoint(Endpoint):
    """Where a session ends."""

    @operation(
        "logout",
        Access.LOGGED_IN,
        body=LogoutSchema,
        body_required=False,
        returns=LogoutResultSchema,
        examples={"access token only": {}},
    )
    def post(self, body: Logout) -> dict[str, Any]:
        """Log out.

        The access token of the request is worthless from now on; a refresh token in the body is, too.
        """
        who = caller()
        if body.refresh_token is not None:
            revoke_refresh_token(body.refresh_token, who)
        revoke_presented_token(who)
        return {"message": "Logged out"}


@auth.route("/me")
class MeEndpoint(Endpoint):
    """Who is logged in."""

    @operation("me", Access.LOGGED_IN, returns=UserSchema)
    def get(self) -> User:
        """Say who is logged in, and what the user may do."""
        return services().access.users.user(get_jwt_identity())


def _lifetime() -> int:
    return int(settings().access.access_token_lifetime.total_seconds())
