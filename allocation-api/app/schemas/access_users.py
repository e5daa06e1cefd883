"""Administration of users, and the change of one's own password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load
from marshmallow.validate import Length, Range

from app.core.security import Permission, Role
from app.schemas.access import GroupIds
from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, Identifier, QueryFlag, Text, UtcTime, WholeNumber, is_encodable
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.access.brake import BrakeKind
from app.services.access.names import MAX_USERNAME_CHARACTERS
from app.services.access.passwords import MAX_PASSWORD_CHARACTERS
from app.services.access.views import NewUser, UserFilter

MAX_VERSION = 1_000_000_000
MAX_GROUPS = 1_000

_ROLES = "Roles: named sets of permissions, see docs/access.md."
_GRANTED = "Single permissions, beside those of the roles."
_VERSION = "Version of the user as you read it: when another is stored, the answer is 409. Left out, any."


def _password(text: str) -> fields.String:
    return fields.String(
        required=True,
        validate=[Length(1, MAX_PASSWORD_CHARACTERS), is_encodable],
        metadata=added(text, format="password", example="ruby-otter-canal-91"),
    )


def _roles(text: str = _ROLES) -> fields.List[Any]:
    return fields.List(
        Code(Role),
        load_default=list,
        validate=Length(0, len(Role)),
        metadata=added(text, example=["trader"]),
    )


def _permissions() -> fields.List[Any]:
    return fields.List(
        Code(Permission),
        load_default=list,
        validate=Length(0, len(Permission)),
        metadata=added(_GRANTED, example=["audit:read"]),
    )


def _groups(**more: Any) -> fields.List[Any]:
    return fields.List(
        Identifier(),
        allow_none=True,
        validate=Length(0, MAX_GROUPS),
        metadata=added(
            "Portfolio groups that the user is limited to; null for all, an empty list for none.",
            example=["PUBLICPRE"],
        ),
        **more,
    )


class AddUserSchema(RequestSchema):
    """A user to add."""

    makes = NewUser

    username = Text(
        least=1,
        most=MAX_USERNAME_CHARACTERS,
        required=True,
        metadata=added("User name: letters, digits and . _ - @ + '; case has no meaning.", example="anna"),
    )
    password = fields.String(
        load_default=None,
        allow_none=True,
        validate=[Length(1, MAX_PASSWORD_CHARACTERS), is_encodable],
        metadata=added(
            "First password; null for a user of single sign-on.",
            format="password",
            example="ruby-otter-canal-91",
        ),
    )
    roles = _roles()
    permissions = _permissions()
    groups = _groups(load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewUser:
        """Return the user, with tuples for lists."""
        lists = {name: tuple(data[name]) for name in ("roles", "permissions")}
        groups = None if data["groups"] is None else tuple(data["groups"])
        return NewUser(data["username"], data["password"], groups=groups, **lists)


@dataclass(frozen=True, slots=True)
class UserQuery:
    """Which users, and which page of them."""

    filters: UserFilter
    cursor: str | None
    limit: int


class UserQuerySchema(PagingSchema):
    """Which users, and which page of them."""

    makes = UserQuery

    name = Text(
        load_default=None, most=100, metadata=added("Users whose name contains this.", example="anna")
    )
    active = QueryFlag(
        load_default=None, metadata=added("Users who may log in, or those who may not.", example=True)
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> UserQuery:
        """Return the filters and the page."""
        return UserQuery(UserFilter(data["name"], data["active"]), data["cursor"], data["limit"])


@dataclass(frozen=True, slots=True)
class Grants:
    """Roles and single permissions to give or to take."""

    roles: list[Role]
    permissions: list[Permission]
    version: int | None


class GrantsSchema(RequestSchema):
    """Roles and single permissions to give or to take."""

    makes = Grants

    roles = _roles()
    permissions = _permissions()
    version = WholeNumber(1, MAX_VERSION, load_default=None, allow_none=True, metadata=added(_VERSION))


@dataclass(frozen=True, slots=True)
class Groups:
    """Portfolio groups that a user is limited to."""

    groups: list[str] | None
    version: int | None


class GroupsSchema(RequestSchema):
    """Portfolio groups that a user is limited to."""

    makes = Groups

    groups = _groups(required=True)
    version = WholeNumber(1, MAX_VERSION, load_default=None, allow_none=True, metadata=added(_VERSION))


@dataclass(frozen=True, slots=True)
class SetPassword:
    """A user's new password."""

    password: str


class SetPasswordSchema(RequestSchema):
    """A user's new password."""

    makes = SetPassword

    password = _password("The new password.")


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """One's own password, before and after."""

    current_password: str
    new_password: str


class ChangePasswordSchema(RequestSchema):
    """One's own password, before and after."""

    makes = ChangePassword

    current_password = _password("The password as it is.")
    new_password = _password("The password as it is to be.")


class PasswordChangedSchema(ResponseSchema):
    """What was changed."""

    message = fields.String(metadata=added("What was changed.", example="Password changed. Log in again"))


class LoginLockSchema(ResponseSchema):
    """A lock of the login brake that holds."""

    kind = Code(
        BrakeKind,
        metadata=added("PAIR: the name from this address. NAME: the name from anywhere.", example="PAIR"),
    )
    address = fields.String(
        allow_none=True,
        metadata=added("Where the failed logins came from; null of NAME.", example="10.0.0.7"),
    )
    until = UtcTime(metadata=added("When it ends, in UTC."))
    refused = fields.Integer(metadata=added("Logins that it has refused, up to some seconds ago.", example=3))


class AdministeredUserSchema(ResponseSchema):
    """A user as administrators see it."""

    id = fields.String(metadata=added("The user's id.", example="9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11"))
    username = fields.String(metadata=added("User name.", example="anna"))
    active = fields.Boolean(metadata=added("Whether the user may log in.", example=True))
    roles = fields.List(Code(Role), metadata=added(_ROLES, example=["trader"]))
    permissions = fields.List(
        Code(Permission),
        metadata=added("What the user may do, by roles and singly.", example=["orders:read"]),
    )
    granted = fields.List(Code(Permission), metadata=added(_GRANTED, example=["audit:read"]))
    groups = GroupIds(
        metadata=added("Portfolio groups that the user is limited to; null for all.", example=["PUBLICPRE"])
    )
    has_password = fields.Boolean(metadata=added("false: single sign-on alone logs in.", example=True))
    version = fields.Integer(
        validate=Range(min=1), metadata=added("Number of the present state, for changes.", example=1)
    )
    created_at = UtcTime(metadata=added("When the user was added, in UTC."))
    credentials_changed_at = UtcTime(
        allow_none=True, metadata=added("Sessions from before have ended; null where none has so.")
    )
    locks = fields.List(fields.Nested(LoginLockSchema), metadata=added("Locks after failed logins."))


class UserPageSchema(NextCursorSchema):
    """A page of users, newest first."""

    users = fields.List(
        fields.Nested(AdministeredUserSchema), attribute="items", metadata=added("The users.")
    )
