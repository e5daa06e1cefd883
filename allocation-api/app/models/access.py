"""Users with their grants, their identities elsewhere, their sessions, and failed logins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.columns import UtcDateTime
from app.core.database import Base

NO_PASSWORD = ""
"""Password hash of a user who logs in by single sign-on alone: no password matches it."""


class GrantKind(StrEnum):
    """What a grant gives: a role, one permission, or sight of a portfolio group."""

    ROLE = "ROLE"
    PERMISSION = "PERMISSION"
    GROUP = "GROUP"


class UserGrantRow(Base):
    """A role, a permission or a portfolio group of a user."""

    __tablename__ = "user_grants"

    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)


class UserRow(Base):
    """A user; `grants` are read with it in one statement.

    `version` counts the changes, for the optimistic lock. With `all_groups` the user sees every portfolio
    group, else those among the grants. Sessions from before `credentials_changed_at` have ended.
    """

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    username: Mapped[str] = mapped_column(String(128), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    credentials_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    all_groups: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[int] = mapped_column(BigInteger, default=1)
    grants: Mapped[list[UserGrantRow]] = relationship(
        lazy="joined", cascade="all, delete-orphan", passive_deletes=False, order_by=UserGrantRow.name
    )


class SessionRow(Base):
    """A session, open until `ended_at` or `expires_at`.

    Its refresh token is the one with the id `refresh_id` (claim `jti`); the one before it, while it was used
    once only, is `previous_refresh_id`, replaced at `rotated_at`. `sign_on` is the hash of the state of the
    single sign-on that began it, so that no state begins two.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"), Index("ix_sessions_sign_on", "sign_on"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36))
    origin: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(200))
    refresh_id: Mapped[str] = mapped_column(String(36))
    previous_refresh_id: Mapped[str | None] = mapped_column(String(36))
    rotated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sign_on: Mapped[str | None] = mapped_column(String(64))


class UserIdentityRow(Base):
    """The user that a subject (`sub`) of an OpenID provider is here."""

    __tablename__ = "user_identities"

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginBrakeRow(Base):
    """Failed logins of a user name, of an address, or of a name from an address, in the present window.

    `key` is a hash of kind, name and address. While `locked_until` lies ahead logins are refused and counted
    in `refused`. `known_until`: the name has logged in from the address lately.
    """

    __tablename__ = "login_brakes"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name_hash: Mapped[str | None] = mapped_column(String(64))
    username: Mapped[str | None] = mapped_column(String(128))
    address: Mapped[str | None] = mapped_column(String(64))
    window_from: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(BigInteger)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    known_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
