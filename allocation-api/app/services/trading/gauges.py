"""Gauges of the desk's orders: what is open, what differs from Aladdin, who holds the right to send."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.state_gauges import StateGauge
from app.models import ORDERS_LOCK, AllocationRow, LockRow, OrderRow
from app.services.allocations.store import AllocationStatus
from app.services.domain.record import AllocationState
from app.services.trading.states import UNSETTLED

OPEN = (AllocationStatus.PENDING_APPROVAL, *UNSETTLED)
"""Statuses in which something is still to happen."""


def gauges(clock: Clock) -> tuple[StateGauge, ...]:
    """Return the gauges of the room."""
    return (
        StateGauge(
            "allocator_allocations_open", "Allocations in which something is to happen.", _open, "status"
        ),
        StateGauge(
            "allocator_orders_different",
            "Orders that are over and booked at Aladdin otherwise than they are filled (R12.6).",
            _different,
        ),
        StateGauge(
            "allocator_desk_lease_seconds",
            "Seconds that the lease of the desk's lock still holds; 0 while nobody sends.",
            lambda session: _lease(session, clock),
        ),
    )


def _open(session: Session) -> Mapping[str, float]:
    query = select(AllocationRow.status, func.count()).where(AllocationRow.status.in_(OPEN))
    counts = dict(session.execute(query.group_by(AllocationRow.status)).all())
    return {status: counts.get(status, 0) for status in OPEN}


def _different(session: Session) -> Mapping[str, float]:
    query = select(func.count()).where(OrderRow.allocation_state == AllocationState.DIFFERENT)
    return {"": session.scalar(query) or 0}


def _lease(session: Session, clock: Clock) -> Mapping[str, float]:
    query = select(LockRow.held_until).where(LockRow.name == ORDERS_LOCK, LockRow.token.is_not(None))
    held_until = session.scalar(query)
    return {"": 0.0 if held_until is None else max(0.0, (held_until - clock()).total_seconds())}
