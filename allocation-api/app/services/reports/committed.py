"""The committed allocations of a period, as a fairness report needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.models import AllocationGroupRow, AllocationLineRow, AllocationRow, OrderRow
from app.services.allocation.problem import Side
from app.services.paging import within_days
from app.services.preview.service import Status
from app.services.reports.fairness import ZERO, AllocationFacts, LineFacts, fairness
from app.services.reports.fills import latest_fills
from app.services.reports.views import FairnessReport, Period

AT_A_TIME = 100
"""Allocations in memory at the same time."""

COMMITTED = (Status.SUBMITTED, Status.CANCELLED)
"""Allocations whose order Aladdin has taken; a cancelled one may have been filled in part."""


class FairnessService:
    """Computes fairness reports from what is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, period: Period) -> FairnessReport:
        """Return the fairness report of a period."""
        with self._database.read() as session:
            return fairness(period, _facts(session, _orders(session, period)))


def _orders(session: Session, period: Period) -> Sequence[OrderRow]:
    query = (
        select(OrderRow)
        .join(AllocationRow, AllocationRow.id == OrderRow.allocation_id)
        .where(
            AllocationRow.status.in_(COMMITTED),
            *within_days(OrderRow.created_at, period.date_from, period.date_to),
        )
        .order_by(OrderRow.created_at, OrderRow.order_id)
    )
    if period.side is not None:
        query = query.where(OrderRow.side == period.side)
    if period.method is not None:
        query = query.where(AllocationRow.method == period.method)
    if period.group_id is not None:
        asked = (AllocationGroupRow.allocation_id == AllocationRow.id) & (
            AllocationGroupRow.group_id == period.group_id
        )
        query = query.where(exists().where(asked))
    return session.scalars(query).all()


def _facts(session: Session, orders: Sequence[OrderRow]) -> Iterator[AllocationFacts]:
    line = AllocationLineRow
    for start in range(0, len(orders), AT_A_TIME):
        chunk = orders[start : start + AT_A_TIME]
        fills = latest_fills(session, [order.order_id for order in chunk])
        by_allocation: dict[str, list[LineFacts]] = {order.allocation_id: [] for order in chunk}
        order_of = {order.allocation_id: order.order_id for order in chunk}
        query = select(
            line.allocation_id, line.account_id, line.allocated_quantity, line.nav, line.max_quantity
        ).where(line.allocation_id.in_(list(by_allocation)))
        for allocation_id, account_id, allocated, nav, most in session.execute(query):
            fill = fills.get((order_of[allocation_id], account_id))
            filled, principal = (fill.quantity, fill.principal) if fill else (ZERO, ZERO)
            by_allocation[allocation_id].append(
                LineFacts(account_id, allocated, nav, most, filled, principal)
            )
        for order in chunk:
            lines = tuple(by_allocation[order.allocation_id])
            yield AllocationFacts(Side(order.side), order.average_price, order.first_day_price, lines)
