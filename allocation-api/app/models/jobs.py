"""Jobs: work that takes longer than a request."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import JsonDocument, UtcDateTime
from app.core.database import Base


class JobRow(Base):
    """One job; the table is the queue.

    `payload` is what the kind was asked for, canonical JSON. `state` moves by compare-and-set only. A worker
    holds a RUNNING or ABORTING job until `lease_until`; `fence` counts the claims, so that a worker whose job
    was claimed by another one changes nothing any more. `attempts` are the claims that count against
    `max_attempts`, from that which did the last line. Lines are done in their order: `done` is how many are,
    and with a line's effect it is stored in one transaction. A job that is not over by `deadline_at`,
    `timeout_seconds` after its first claim, is given up. `version` counts the changes that people are shown;
    `sent_at` is when a message broker was last told of the job.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "state", "due_at"),
        Index("ix_jobs_created", "created_at", "id"),
        Index("ix_jobs_user", "user_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(JsonDocument, deferred=True)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(BigInteger)
    max_attempts: Mapped[int] = mapped_column(BigInteger)
    timeout_seconds: Mapped[int] = mapped_column(BigInteger)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)
    phase: Mapped[str | None] = mapped_column(String(64))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column(String(255))
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_reason: Mapped[str | None] = mapped_column(String(1000))
    version: Mapped[int] = mapped_column(BigInteger)
