"""Audit trail: append-only records in a hash chain, stored in the transaction of what they record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


@append_only
class AuditRow(Base):
    """One audit record: user, action, entity, time and request; `before` and `after` are JSON objects.

    `address` is the source address of the request. `day` is the day of the chain (UTC, ISO 8601), `sequence`
    the position in it, from 1. `previous_hash` is the `hash` of the record before, across days; see
    `app.services.audit.chain`. The two JSON columns are text on every database, because the hash covers their
    characters.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_at", "at", "id"),
        Index("ix_audit_entity", "entity_type", "entity_id"),
        Index("ix_audit_chain", "day", "sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str | None] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(32))
    entity_type: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[str] = mapped_column(String(128))
    request_id: Mapped[str] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(64))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    day: Mapped[str] = mapped_column(String(10))
    sequence: Mapped[int] = mapped_column(BigInteger)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Base):
    """Head of a day's hash chain: position and hash of its last record.

    The only head without a `next_day` is open: the next record is appended there, or closes it and opens a
    day. Heads move by compare-and-set only. The migration inserts the first, of a day before all records.
    """

    __tablename__ = "audit_heads"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    next_day: Mapped[str | None] = mapped_column(String(10))
