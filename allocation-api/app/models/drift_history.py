"""Snapshots of drift: what each check kept of accounts and groups."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact, JsonDocument, UtcDateTime
from app.core.database import Base


class DriftSnapshotRow(Base):
    """One account or group at one check; there is one of each, which holds under `TARGETS_LOCK`.

    `check_id` is the business date of a scheduled check, and the job's id of one that was asked for. `book`
    has an account's holdings with their classes as JSON; a group has none.
    """

    __tablename__ = "drift_snapshots"
    __table_args__ = (
        Index("ix_drift_snapshots_scope", "scope", "scope_id", "business_date"),
        Index("ix_drift_snapshots_taken", "taken_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    check_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(16))
    business_date: Mapped[date] = mapped_column(Date)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    as_of: Mapped[str] = mapped_column(String(32))
    scope: Mapped[str] = mapped_column(String(16))
    scope_id: Mapped[str] = mapped_column(String(128))
    reference_date: Mapped[date | None] = mapped_column(Date)
    book: Mapped[str | None] = mapped_column(JsonDocument, deferred=True)


class DriftLineRow(Base):
    """One class or metric of a snapshot, with what a list shows of the snapshot.

    Money is to the cent. Other numbers are points, or years of a metric, to 9 decimals; `is_out` was decided
    before they were rounded.
    """

    __tablename__ = "drift_lines"
    __table_args__ = (
        Index("ix_drift_lines_taken", "taken_at", "id"),
        Index("ix_drift_lines_scope", "scope", "scope_id", "taken_at"),
        Index("ix_drift_lines_snapshot", "snapshot_id"),
    )

    id: Mapped[str] = mapped_column(String(48), primary_key=True)
    snapshot_id: Mapped[str] = mapped_column(ForeignKey("drift_snapshots.id"))
    check_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(16))
    business_date: Mapped[date] = mapped_column(Date)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reference_date: Mapped[date | None] = mapped_column(Date)
    scope: Mapped[str] = mapped_column(String(16))
    scope_id: Mapped[str] = mapped_column(String(128))
    target_set_id: Mapped[str] = mapped_column(String(36))
    target_set_version: Mapped[int] = mapped_column(BigInteger)
    dimension: Mapped[str] = mapped_column(String(32))
    class_key: Mapped[str] = mapped_column(String(128))
    level: Mapped[Decimal | None] = mapped_column(Exact(30, 9))
    benchmark: Mapped[Decimal | None] = mapped_column(Exact(30, 9))
    target: Mapped[Decimal] = mapped_column(Exact(30, 9))
    band: Mapped[Decimal] = mapped_column(Exact(30, 9))
    difference: Mapped[Decimal | None] = mapped_column(Exact(30, 9))
    is_out: Mapped[bool] = mapped_column(Boolean)
    value: Mapped[Decimal | None] = mapped_column(Exact(30, 2))
    nav: Mapped[Decimal] = mapped_column(Exact(30, 2))
    currency: Mapped[str | None] = mapped_column(String(8))
