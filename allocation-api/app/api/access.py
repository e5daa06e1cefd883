"""Logging in, staying in, logging out."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_restx import Namespace

from app.api.kit.context import request_id, services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import (
    Access,
    Session,
    authorise_logout,
    authorise_refresh,
    caller,
    clear_cookies,
    client,
    tokens_of,
    user,
)
from app.core.errors import DatabaseUnavailable, Unauthenticated
from app.core.security import HashingBusy, Role, effective_permissions
from app.schemas.access import (
    EndedSchema,
    Login,
    LoginSchema,
    Logout,
    LogoutResultSchema,
    LogoutSchema,
    OpenSessionsSchema,
    Refresh,
    RefreshSchema,
    RolesSchema,
    SessionSchema,
    UserSchema,
)
from app.services.access.errors import LoginBlocked
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
        fails=(Unauthenticated, LoginBlocked, HashingBusy, DatabaseUnavailable),
        examples={"demo": {"username": "demo_user", "password": "demo_password"}},
    )
    def post(self, body: Login) -> Session:
        """Log in.

        Send the access token that comes back as `Authorization: Bearer <access_token>`. In development the
        demo user `demo_user` with the password `demo_password` exists.
        """
        since = services().clock()
        who = services().access.logins.authenticate(
            body.username, body.password, request_id=request_id(), address=request.remote_addr
        )
        opened = services().access.sessions.begin(who, since=since, client=client())
        return tokens_of(opened, body.session)


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
        """Get new tokens.

        The refresh token is in the body, whatever the header then holds, or in the cookie of a login with
        `session: cookie`, or else the bearer token. With the cookie, the header `X-CSRF-Token` repeats the
        value of the cookie `__Host-allocator-csrf`.

        A refresh token holds once, and its successor comes back. It holds once more for 10 seconds, in case
        the answer was lost; after that, using it again ends the session. New tokens do not prolong a session.
        """
        shown = authorise_refresh(body.refresh_token)
        opened = services().access.sessions.refresh(
            shown.session_id, shown.user_id, shown.refresh_id, request_id=request_id(), client=client()
        )
        return tokens_of(opened, shown.keeper)


@auth.route("/logout")
class LogoutEndpoint(Endpoint):
    """Where a session ends."""

    @operation(
        "logout",
        Access.ANY_TOKEN,
        cost=0,
        body=LogoutSchema,
        body_required=False,
        returns=LogoutResultSchema,
        examples={"access token only": {}},
    )
    def post(self, body: Logout) -> dict[str, Any]:
        """Log out.

        The session of the request's token ends, whether that is an access token or a refresh token: all of
        its tokens are worthless from now on. A refresh token in the body ends its session, too. Cookies are
        cleared.
        """
        session_ids = authorise_logout(body.refresh_token)
        services().access.sessions.log_out(session_ids, caller())
        clear_cookies()
        return {"message": "Logged out"}


@auth.route("/me")
class MeEndpoint(Endpoint):
    """Who is logged in."""

    @operation("me", Access.LOGGED_IN, returns=UserSchema)
    def get(self) -> User:
        """Say who is logged in, and what the user may do."""
        return user()


@auth.route("/roles")
class RolesEndpoint(Endpoint):
    """What roles allow."""

    @operation("listRoles", Access.LOGGED_IN, returns=RolesSchema, addition=True, cost=0)
    def get(self) -> dict[str, Any]:
        """List the roles with the permissions of each."""
        roles = [{"name": role, "permissions": effective_permissions([role], ())} for role in Role]
        return {"roles": roles}


@auth.route("/sessions")
class SessionsEndpoint(Endpoint):
    """The sessions of a user."""

    @operation(
        "listSessions",
        Access.LOGGED_IN,
        returns=OpenSessionsSchema,
        addition=True,
    )
    def get(self) -> dict[str, Any]:
        """List the open sessions of the user who asks, the newest first."""
        return {"sessions": services().access.sessions.list(caller())}

    @operation(
        "endSessions",
        Access.LOGGED_IN,
        returns=EndedSchema,
        addition=True,
    )
    def delete(self) -> dict[str, Any]:
        """End all sessions of the user who asks, this one included."""
        who = caller()
        ended = services().access.sessions.end_all(who.user_id, who.username, who)
        clear_cookies()
        return {"ended": ended}


@auth.route("/sessions/<session_id>")
class SessionEndpoint(Endpoint):
    """A session of a user."""

    @operation(
        "endSession",
        Access.LOGGED_IN,
        returns=EndedSchema,
        addition=True,
    )
    def delete(self, session_id: str) -> dict[str, Any]:
        """End a session of the user who asks."""
        services().access.sessions.end_one(session_id, caller())
        return {"ended": 1}
