"""Single sign-on: whether it is on, and what browsers bring."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import EXCLUDE, fields
from marshmallow.validate import Length

from app.core.security import Role
from app.schemas.kit.base import RequestSchema, ResponseSchema, doc
from app.schemas.kit.fields import Code, Pattern, Text


@dataclass(frozen=True, slots=True)
class SignOnStart:
    """Where a login starts from."""

    next: str


class SignOnStartSchema(RequestSchema):
    """Where the browser goes after the login."""

    makes = SignOnStart

    next = fields.String(
        load_default="/",
        validate=[
            Length(1, 500),
            Pattern(r"^/([!-.0-\[\]-~][!-\[\]-~]*)?$", "A path of this site like /orders is expected."),
        ],
        metadata=doc("Path of this site, with which it goes on after the login.", example="/docs"),
    )


@dataclass(frozen=True, slots=True)
class SignOnReturn:
    """What the identity provider sends back by the browser."""

    code: str | None
    state: str | None
    error: str | None
    iss: str | None


class SignOnReturnSchema(RequestSchema):
    """An authorization response (RFC 6749, section 4.1.2); providers add parameters of their own."""

    class Meta:
        """What providers add is not read."""

        unknown = EXCLUDE

    makes = SignOnReturn

    code = Text(least=1, most=4096, load_default=None, metadata=doc("The authorization code."))
    state = Text(least=1, most=256, load_default=None, metadata=doc("The state of the request."))
    error = Text(least=1, most=256, load_default=None, metadata=doc("Why there is no code."))
    iss = Text(least=1, most=512, load_default=None, metadata=doc("The issuer (RFC 9207)."))


class DemoUserSchema(ResponseSchema):
    """A demo user."""

    username = fields.String(metadata=doc("User name.", example="demo_user"))
    roles = fields.List(Code(Role), metadata=doc("Roles.", example=["portfolio_manager"]))


class DemoLoginSchema(ResponseSchema):
    """What logs a demo user in."""

    password = fields.String(metadata=doc("The password of all of them.", example="demo_password"))
    users = fields.List(fields.Nested(DemoUserSchema), metadata=doc("The demo users."))


class SignOnSchema(ResponseSchema):
    """How users log in: by single sign-on, or as a demo user."""

    configured = fields.Boolean(metadata=doc("Whether `auth/sso/login` leads to a login.", example=False))
    demo_login = fields.Nested(
        DemoLoginSchema,
        allow_none=True,
        metadata=doc("For a first look, in development where demo users exist (DEMO_USERS); else null."),
    )
