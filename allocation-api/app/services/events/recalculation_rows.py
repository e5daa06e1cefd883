"""Rows of recalculations and configurations, read and moved under the lock of events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.database import new_id, rows_changed
from app.models import MonitorRow, RecalculationRow
from app.services.events import store
from app.services.events.planning import DAY, Wanted
from app.services.events.store import NewChange
from app.services.events.types import ChangeKind, MonitorConfig, RecalculationReason, RecalculationState
from app.services.jobs.schedules import SYSTEM

_CONFIG = msgspec.json.Decoder(MonitorConfig)

DEFAULT = MonitorConfig()


def config_of(row: MonitorRow | None) -> MonitorConfig:
    """Return the configuration of a portfolio, by default where it has no row."""
    return DEFAULT if row is None else _CONFIG.decode(row.config)


def config_text(config: MonitorConfig) -> str:
    """Return a configuration as it is stored."""
    return msgspec.json.encode(config, order="deterministic").decode()


def open_one(session: Session, portfolio_id: str, state: RecalculationState) -> RecalculationRow | None:
    """Return the recalculation of a portfolio in a state of which there is one at most."""
    query = select(RecalculationRow).where(
        RecalculationRow.portfolio_id == portfolio_id, RecalculationRow.state == state
    )
    return session.scalar(query)


def queued_times(session: Session, portfolio_id: str, now: datetime, least: int) -> list[datetime]:
    """Return when recalculations were queued, oldest first: those of 24 hours, the last `least` at least."""
    query = (
        select(RecalculationRow.queued_at)
        .where(RecalculationRow.portfolio_id == portfolio_id, RecalculationRow.queued_at.is_not(None))
        .order_by(RecalculationRow.queued_at.desc())
    )
    found = [min(at, now) for at in session.scalars(query.limit(max(least, 1))) if at is not None]
    return found[::-1]


def queued_in_day(queued: Sequence[datetime], now: datetime) -> int:
    """Return how many were queued within 24 hours."""
    return sum(at > now - DAY for at in queued)


def last_known_at(session: Session, portfolio_id: str) -> datetime | None:
    """Return up to when data counted in the last recalculation that is done; None if there is none."""
    query = select(func.max(RecalculationRow.known_at)).where(
        RecalculationRow.portfolio_id == portfolio_id, RecalculationRow.state == RecalculationState.DONE
    )
    return session.scalar(query)


def wanted(row: RecalculationRow, now: datetime) -> Wanted:
    """Return what a row asks for; what it has of the future is of a clock that was set back."""
    return Wanted(min(row.first_event_at, now), min(row.last_event_at, now), row.passes_interval)


def want(
    session: Session,
    portfolio_id: str,
    reason: RecalculationReason,
    received: Sequence[datetime],
    now: datetime,
    *,
    passes_interval: bool = False,
    by: str = SYSTEM.username,
) -> RecalculationRow:
    """Add events to the PENDING recalculation of a portfolio, or make one; the lock is held."""
    row = open_one(session, portfolio_id, RecalculationState.PENDING)
    if row is not None:
        row.last_event_at = max(row.last_event_at, *received)
        row.event_count += len(received)
        row.passes_interval = row.passes_interval or passes_interval
        return row
    row = RecalculationRow(
        id=new_id(),
        portfolio_id=portfolio_id,
        state=RecalculationState.PENDING,
        reason=reason,
        requested_by=by,
        first_event_at=min(received),
        last_event_at=max(received),
        event_count=len(received),
        passes_interval=passes_interval,
    )
    session.add(row)
    session.flush()
    store.tell(session, [NewChange(ChangeKind.RECALCULATION_PENDING, portfolio_id, None, row.id)], now)
    return row


def move(
    session: Session,
    row: RecalculationRow,
    state: RecalculationState,
    change: ChangeKind,
    now: datetime,
    **values: object,
) -> bool:
    """Move a recalculation by compare-and-set and tell of it; False where it has moved already."""
    moved = update(RecalculationRow).where(RecalculationRow.id == row.id, RecalculationRow.state == row.state)
    if not rows_changed(session, moved.values(state=state, **values)):
        return False
    store.tell(session, [NewChange(change, row.portfolio_id, None, row.id)], now)
    return True


def typical_duration(session: Session) -> timedelta | None:
    """Return how long the last ten recalculations took from being queued on, on average; None without any."""
    query = (
        select(RecalculationRow.queued_at, RecalculationRow.ended_at)
        .where(RecalculationRow.state == RecalculationState.DONE)
        .order_by(RecalculationRow.ended_at.desc())
    )
    taken = [
        max(ended - queued, timedelta(0))
        for queued, ended in session.execute(query.limit(10))
        if queued is not None and ended is not None
    ]
    return sum(taken, timedelta(0)) / len(taken) if taken else None
