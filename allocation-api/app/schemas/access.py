"""Sessions: logging in, refreshing, logging out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marshmallow import fields
from marshmallow.validate import Length

from app.core.security import Permission, Role
from app.schemas.kit.base import RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, Identifier, Text, UtcTime, is_encodable
from app.services.access.sessions import Origin


class Keeper(StrEnum):
    """Who keeps the refresh token: the client, which gets it in the body, or a browser's cookie."""

    BODY = "body"
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True)
class Login:
    """Name and password, and who keeps the refresh token."""

    username: str
    password: str
    session: Keeper


class LoginSchema(RequestSchema):
    """Name and password of a user."""

    makes = Login

    username = Text(least=1, most=100, required=True, metadata=doc("User name.", example="demo_user"))
    password = fields.String(
        required=True,
        validate=[Length(1, 200), is_encodable],
        metadata=doc("Password.", example="demo_password", format="password"),
    )
    session = Code(
        Keeper,
        load_default=Keeper.BODY,
        metadata=added(
            "Who keeps the refresh token: `body` returns it; `cookie` puts it into a cookie that no script "
            "can read, for pages of the same origin.",
            example="body",
        ),
    )


@dataclass(frozen=True, slots=True)
class Refresh:
    """The refresh token, unless it is in a cookie or the bearer token of the request."""

    refresh_token: str | None = None


class RefreshSchema(RequestSchema):
    """What a session goes on with."""

    makes = Refresh

    refresh_token = Text(
        least=1,
        most=4096,
        allow_none=True,
        metadata=added("The refresh token; left out, it is that of the cookie, or the bearer token."),
    )


@dataclass(frozen=True, slots=True)
class Logout:
    """The refresh token that ends together with the access token."""

    refresh_token: str | None = None


class LogoutSchema(RequestSchema):
    """What ends besides the session of the token that the request carries."""

    makes = Logout

    refresh_token = Text(
        least=1, most=4096, allow_none=True, metadata=added("A refresh token, to end its session as well.")
    )


class GroupIds(fields.List[str]):
    """Ids of portfolio groups, a set inside and in their order outside; null stands for all groups."""

    def __init__(self, **more: Any) -> None:
        super().__init__(Identifier(), allow_none=True, **more)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(None if value is None else sorted(value, key=str), attr, obj, **kwargs)


class UserSchema(ResponseSchema):
    """A user and what the user may do."""

    id = fields.String(metadata=doc("The user's id.", example="9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11"))
    username = fields.String(metadata=doc("User name.", example="demo_user"))
    permissions = fields.List(
        Code(Permission), metadata=doc("What the user may do.", example=["allocations:preview"])
    )
    roles = fields.List(
        Code(Role), metadata=added("Roles, whose permissions are among them.", example=["portfolio_manager"])
    )
    groups = GroupIds(
        metadata=added("Portfolio groups that the user is limited to; null for all.", example=["PUBLICPRE"])
    )


class RolePermissionsSchema(ResponseSchema):
    """A role: a named set of permissions."""

    name = Code(Role, metadata=added("The role.", example="trader"))
    permissions = fields.List(
        Code(Permission), metadata=added("What its users may do.", example=["allocations:preview"])
    )


class RolesSchema(ResponseSchema):
    """All roles."""

    roles = fields.List(fields.Nested(RolePermissionsSchema), metadata=added("The roles, in a fixed order."))


class SessionSchema(ResponseSchema):
    """Tokens for a user: send the access token as `Authorization: Bearer <access_token>`."""

    access_token = fields.String(metadata=doc("Signed token for the API; short-lived."))
    refresh_token = fields.String(
        allow_none=True,
        metadata=doc("Signed token for POST auth/refresh only, once; null where a cookie keeps it."),
    )
    user = fields.Nested(UserSchema, metadata=doc("Who logged in."))
    token_type = fields.String(metadata=added("Always Bearer.", example="Bearer", enum=["Bearer"]))
    expires_in = fields.Integer(metadata=added("Seconds for which the access token holds.", example=1800))


class LogoutResultSchema(ResponseSchema):
    """What was ended."""

    message = fields.String(metadata=doc("What was ended.", example="Logged out"))


class OpenSessionSchema(ResponseSchema):
    """An open session of a user."""

    session_id = fields.String(
        metadata=doc("The session's id.", example="9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11")
    )
    origin = Code(Origin, metadata=doc("How the user logged in.", example="PASSWORD"))
    created_at = UtcTime(metadata=doc("When the user logged in."))
    last_used_at = UtcTime(metadata=doc("When it last got new tokens."))
    expires_at = UtcTime(metadata=doc("When it ends at the latest."))
    address = fields.String(
        allow_none=True, metadata=doc("Source address of that time.", example="192.0.2.17")
    )
    user_agent = fields.String(allow_none=True, metadata=doc("How the client named itself at that time."))
    current = fields.Boolean(metadata=doc("Whether it is the session of this request."))


class OpenSessionsSchema(ResponseSchema):
    """The open sessions of a user, the newest first."""

    sessions = fields.List(fields.Nested(OpenSessionSchema), metadata=doc("The sessions."))


class EndedSchema(ResponseSchema):
    """How many sessions were ended."""

    ended = fields.Integer(metadata=doc("Sessions that were open.", example=2))
