"""Users with their grants, and revoked tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, ForeignKey, String
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


class RevokedTokenRow(Base):
    """A token revoked by logout before its expiry."""

    __tablename__ = "revoked_tokens"

    jti: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36))
    revoked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
