"""Administration of users, and the change of one's own password."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.access import auth
from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, caller
from app.core.errors import NotFound
from app.core.security import HashingBusy, Permission
from app.schemas.access_users import (
    AddUserSchema,
    AdministeredUserSchema,
    ChangePassword,
    ChangePasswordSchema,
    Grants,
    GrantsSchema,
    Groups,
    GroupsSchema,
    PasswordChangedSchema,
    SetPassword,
    SetPasswordSchema,
    UserPageSchema,
    UserQuery,
    UserQuerySchema,
)
from app.services.access.administration import UserAdministration
from app.services.access.errors import (
    DemoUserNotAllowed,
    LastAdministrator,
    LoginBlocked,
    OwnUser,
    UserChanged,
    UserExists,
)
from app.services.access.views import Actor, NewUser, UserView
from app.utils.paging import Page

users = Namespace("users", "Users, their roles and permissions", path="/admin/users")

CHANGE_FAILS = (NotFound, OwnUser)


def _administration() -> UserAdministration:
    return services().access.administration


def _actor() -> Actor:
    return Actor.of(caller())


@auth.route("/password")
class PasswordEndpoint(Endpoint):
    """One's own password."""

    @operation(
        "changePassword",
        Access.LOGGED_IN,
        body=ChangePasswordSchema,
        returns=PasswordChangedSchema,
        fails=(LoginBlocked, HashingBusy),
        addition=True,
        examples={
            "change": {
                "current_password": "ruby-otter-canal-91",
                "new_password": "velvet anchor twelve plums",
            }
        },
    )
    def post(self, body: ChangePassword) -> dict[str, Any]:
        """Change your own password.

        All your sessions end, this one too: log in again. Wrong current passwords count as failed logins.
        """
        services().access.logins.change_password(caller(), body.current_password, body.new_password)
        return {"message": "Password changed. Log in again"}


@users.route("")
class UsersEndpoint(Endpoint):
    """All users."""

    @operation(
        "listUsers",
        Permission.USERS_MANAGE,
        whole_desk=True,
        query=UserQuerySchema,
        returns=UserPageSchema,
        addition=True,
    )
    def get(self, query: UserQuery) -> Page[UserView]:
        """List users, newest first."""
        return _administration().list(query.filters, cursor=query.cursor, limit=query.limit)

    @operation(
        "addUser",
        Permission.USERS_MANAGE,
        whole_desk=True,
        body=AddUserSchema,
        returns=AdministeredUserSchema,
        fails=(UserExists, HashingBusy),
        addition=True,
        examples={
            "trader": {
                "username": "anna",
                "password": "ruby-otter-canal-91",
                "roles": ["trader"],
                "groups": ["PUBLICPRE"],
            }
        },
    )
    def post(self, body: NewUser) -> UserView:
        """Add an active user.

        User names are unique whatever their case; they are stored in lower case. The password must have 12
        characters (a setting) and withstand guessing.
        """
        return _administration().add(body, _actor())


@users.route("/<user_id>")
class UserEndpoint(Endpoint):
    """One user."""

    @operation(
        "getUser",
        Permission.USERS_MANAGE,
        whole_desk=True,
        returns=AdministeredUserSchema,
        fails=(NotFound,),
        addition=True,
    )
    def get(self, user_id: str) -> UserView:
        """Show a user."""
        return _administration().get(user_id)


@users.route("/<user_id>/password")
class UserPasswordEndpoint(Endpoint):
    """A user's password."""

    @operation(
        "setPassword",
        Permission.USERS_MANAGE,
        whole_desk=True,
        body=SetPasswordSchema,
        returns=AdministeredUserSchema,
        fails=(*CHANGE_FAILS, HashingBusy),
        addition=True,
        examples={"new": {"password": "ruby-otter-canal-91"}},
    )
    def put(self, user_id: str, body: SetPassword) -> UserView:
        """Set a user's password, which ends the user's sessions. For your own there is auth/password."""
        return _administration().set_password(user_id, body.password, _actor())


@users.route("/<user_id>/disable")
class UserDisableEndpoint(Endpoint):
    """Closing a user's access."""

    @operation(
        "disableUser",
        Permission.USERS_MANAGE,
        whole_desk=True,
        returns=AdministeredUserSchema,
        fails=(*CHANGE_FAILS, LastAdministrator),
        addition=True,
    )
    def post(self, user_id: str) -> UserView:
        """End a user's sessions at once; the user cannot log in any more."""
        return _administration().disable(user_id, _actor())


@users.route("/<user_id>/enable")
class UserEnableEndpoint(Endpoint):
    """Opening a user's access."""

    @operation(
        "enableUser",
        Permission.USERS_MANAGE,
        whole_desk=True,
        returns=AdministeredUserSchema,
        fails=(*CHANGE_FAILS, DemoUserNotAllowed),
        addition=True,
    )
    def post(self, user_id: str) -> UserView:
        """Let a user log in again."""
        return _administration().enable(user_id, _actor())


@users.route("/<user_id>/grant")
class UserGrantEndpoint(Endpoint):
    """Giving roles and permissions."""

    @operation(
        "grantUser",
        Permission.USERS_MANAGE,
        whole_desk=True,
        body=GrantsSchema,
        returns=AdministeredUserSchema,
        fails=(*CHANGE_FAILS, UserChanged),
        addition=True,
        examples={"auditor": {"roles": ["auditor"]}},
    )
    def post(self, user_id: str, body: Grants) -> UserView:
        """Give a user roles and single permissions; they hold from the user's next request."""
        return _administration().grant(
            user_id, _actor(), roles=body.roles, permissions=body.permissions, version=body.version
        )


@users.route("/<user_id>/revoke")
class UserRevokeEndpoint(Endpoint):
    """Taking roles and permissions."""

    @operation(
        "revokeUser",
        Permission.USERS_MANAGE,
        whole_desk=True,
        body=GrantsSchema,
        returns=AdministeredUserSchema,
        fails=(*CHANGE_FAILS, UserChanged, LastAdministrator),
        addition=True,
        examples={"auditor": {"roles": ["auditor"]}},
    )
    def post(self, user_id: str, body: Grants) -> UserView:
        """Take roles and single permissions from a user, at once.

        A permission that comes by a role goes with the role alone.
        """
        return _administration().revoke(
            user_id, _actor(), roles=body.roles, permissions=body.permissions, version=body.version
        )


@users.route("/<user_id>/groups")
class UserGroupsEndpoint(Endpoint):
    """The portfolio groups that a user is limited to."""

    @operation(
        "setUserGroups",
        Permission.USERS_MANAGE,
        whole_desk=True,
        body=GroupsSchema,
        returns=AdministeredUserSchema,
        fails=(*CHANGE_FAILS, UserChanged, LastAdministrator),
        addition=True,
        examples={"one group": {"groups": ["PUBLICPRE"]}, "all groups": {"groups": None}},
    )
    def put(self, user_id: str, body: Groups) -> UserView:
        """Limit a user to portfolio groups, or with null give back all of them."""
        groups = None if body.groups is None else tuple(body.groups)
        return _administration().set_groups(user_id, _actor(), groups, version=body.version)


@users.route("/<user_id>/sessions")
class UserSessionsEndpoint(Endpoint):
    """The sessions of a user."""

    @operation(
        "endUserSessions",
        Permission.USERS_MANAGE,
        whole_desk=True,
        returns=AdministeredUserSchema,
        fails=CHANGE_FAILS,
        addition=True,
    )
    def delete(self, user_id: str) -> UserView:
        """End all sessions of a user, who can log in again."""
        return _administration().end_sessions(user_id, _actor())


@users.route("/<user_id>/unlock")
class UserUnlockEndpoint(Endpoint):
    """Locks after failed logins."""

    @operation(
        "unlockUser",
        Permission.USERS_MANAGE,
        whole_desk=True,
        returns=AdministeredUserSchema,
        fails=(NotFound,),
        addition=True,
    )
    def post(self, user_id: str) -> UserView:
        """Forget the failed logins of a user, who can log in at once.

        `python -m app users unlock --address` does the same for an address.
        """
        return _administration().unlock(user_id, _actor())
