"""Events of market data and portfolios, the recalculations that follow, and the log of changes of both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base


class EventRow(Base):
    """One event, by whichever door it came; stored under `EVENTS_LOCK`, once for its `event_key`.

    `occurred_at` is what its sender says, if anything, `received_at` when it was stored. It waits until
    `processed_at`. `changes` are the prices before and after that the sender states, by symbol, as JSON.
    `portfolio_id` is the one portfolio that it is about, NULL where that follows from its assets.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_key", "event_key"),
        Index("ix_events_processed", "processed_at", "sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    event_key: Mapped[str] = mapped_column(String(255))
    sequence: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    portfolio_id: Mapped[str | None] = mapped_column(String(64))
    occurred_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changes: Mapped[str | None] = mapped_column(Text)


class EventAssetRow(Base):
    """An asset that an event is about."""

    __tablename__ = "event_assets"

    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(64), primary_key=True)


class EventCursorRow(Base):
    """How far a source was read: the last id of a table, or the last moment of arrival.

    Rows of a table up to `first_id` were there before it was heard, and are no events.
    """

    __tablename__ = "event_cursors"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    first_id: Mapped[int | None] = mapped_column(BigInteger)
    last_id: Mapped[int | None] = mapped_column(BigInteger)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EventListenerRow(Base):
    """The connection of a listener, as the leader's process last saw it."""

    __tablename__ = "event_listeners"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(500))


class MonitorRow(Base):
    """How a portfolio is monitored, as JSON; without a row it is by the defaults.

    `next_scheduled_at` is the next of its scheduled times, which the leader moves on.
    """

    __tablename__ = "monitors"

    portfolio_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    config: Mapped[str] = mapped_column(Text)
    next_scheduled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(128))


class RecalculationRow(Base):
    """A recalculation of a portfolio; it has one PENDING and one QUEUED at most, which holds under the lock.

    `first_event_at` and `last_event_at` are when the first and the last of the `event_count` events that it
    answers were received. `queued_at` is when its job was asked for, in the same transaction. `known_at` is
    the moment up to which data counted in a DONE one.
    """

    __tablename__ = "recalculations"
    __table_args__ = (
        Index("ix_recalculations_portfolio", "portfolio_id", "first_event_at"),
        Index("ix_recalculations_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    portfolio_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32))
    requested_by: Mapped[str] = mapped_column(String(128))
    first_event_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_event_at: Mapped[datetime] = mapped_column(UtcDateTime)
    event_count: Mapped[int] = mapped_column(BigInteger)
    passes_interval: Mapped[bool] = mapped_column(Boolean)
    job_id: Mapped[str | None] = mapped_column(String(36))
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    known_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column(String(255))


class MonitorChangeRow(Base):
    """One change that clients are told of, in the order of `sequence`, which counts up under the lock."""

    __tablename__ = "monitor_changes"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(32))
    portfolio_id: Mapped[str | None] = mapped_column(String(64))
    event_id: Mapped[str | None] = mapped_column(String(36))
    recalculation_id: Mapped[str | None] = mapped_column(String(36))
