"""Requests: answers stored by idempotency key, user activity, and use of the screens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base


class IdempotencyKeyRow(Base):
    """A request with an `Idempotency-Key` and, once it is finished, its answer.

    `id` is the SHA-256 of user and key, `fingerprint` that of operation, path parameters and body. While
    there is no answer, `token` and `held_until` are the lease of the process that executes the request.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_created", "created_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36))
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    token: Mapped[str] = mapped_column(String(36))
    held_until: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None] = mapped_column(BigInteger)
    content_type: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str | None] = mapped_column(Text)


class UserActivityRow(Base):
    """One request: user, endpoint, status and duration in milliseconds."""

    __tablename__ = "user_activity"
    __table_args__ = (Index("ix_activity_at", "at", "id"), Index("ix_activity_user", "user_id", "at"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str | None] = mapped_column(String(36))
    username: Mapped[str | None] = mapped_column(String(128))
    method: Mapped[str] = mapped_column(String(8))
    endpoint: Mapped[str] = mapped_column(String(128))
    status: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int] = mapped_column(BigInteger)
    request_id: Mapped[str] = mapped_column(String(64))


class UsageEventRow(Base):
    """One use of a screen: a page that was shown, a step that was done, or an order from entry to commit.

    `name` is of a closed list and says nothing of what was on the screen. `milliseconds` is how long it took,
    to a tenth of a second; None where that was not measured.
    """

    __tablename__ = "usage_events"
    __table_args__ = (Index("ix_usage_at", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(32))
    milliseconds: Mapped[int | None] = mapped_column(BigInteger)
