"""FIX export: stored allocations as FIX allocation instructions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.config import ReportsSettings
from app.core.database import Database
from app.core.errors import Conflict
from app.models import OrderFillRow, OrderRow, OrderSliceRow
from app.services.allocations.store import load, stored_inputs
from app.services.allocations.types import PreviewInputs
from app.services.domain.block_order import OrderStatus
from app.services.domain.money import trade_money
from app.services.domain.side import Side
from app.services.reports.fills import AccountFill, latest_fills
from app.services.reports.fix import AllocationInstruction, Header, Share, encoded


class FixExport:
    """Exports committed allocations as FIX messages, after a sync of the order with the vendor."""

    def __init__(
        self, database: Database, clock: Clock, settings: ReportsSettings, *, sync: Callable[[str], None]
    ) -> None:
        """`sync` records the present state at the vendor of the order of an allocation, by allocation id."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._sync = sync

    def message(self, allocation_id: str) -> bytes:
        """Return an allocation as a FIX 4.4 AllocationInstruction (R14.1).

        It is calculated, with the filled face, once the order is filled or final; before that it is
        preliminary, with the ordered face.

        Raises
        ------
        NotFound
            When there is no such allocation.
        Conflict
            When it has no order, no fill is recorded of a final order, or the accounts' recorded face or
            average price differs from the order's.
        DataMissing
            When the bond has neither an ISIN nor a CUSIP, or an id cannot be written in FIX.
        VendorError
            When Aladdin does not answer: a message from stored data might report too little.
        """
        self._sync(allocation_id)
        header = Header(self._settings.sender_comp_id, self._settings.target_comp_id, self._clock())
        with self._database.read() as session:
            inputs = stored_inputs(load(session, allocation_id))
            order = session.scalar(select(OrderRow).where(OrderRow.allocation_id == allocation_id))
            if order is None:
                raise Conflict(f"The allocation {allocation_id} has no order at Aladdin")
            return encoded(_instruction(session, order, inputs), header)


def _instruction(session: Session, order: OrderRow, inputs: PreviewInputs) -> AllocationInstruction:
    calculated = OrderStatus.of(order.status).is_final or 0 < order.quantity <= order.filled_quantity
    shares = _filled(session, order, inputs) if calculated else _ordered(session, order)
    last = session.get(OrderFillRow, (order.order_id, order.fill_count)) if calculated else None
    if last is not None and last.average_price != order.average_price:
        raise Conflict(
            f"The order {order.order_id} has the average price {order.average_price}, not the "
            f"{last.average_price} of its recorded fills"
        )
    return AllocationInstruction(
        # A calculated instruction does not repeat the id of the preliminary one before it.
        alloc_id=order.allocation_id if calculated else f"{order.allocation_id}-P",
        calculated=calculated,
        external_id=order.external_id,
        order_id=order.order_id,
        order_quantity=order.quantity,
        side=Side(order.side),
        isin=inputs.security.isin,
        cusip=order.security_id,
        currency=inputs.security.currency,
        average_price=order.average_price or Decimal(0),
        trade_date=order.trade_date or inputs.business_date,
        settlement_date=order.settlement_date or inputs.settlement_date,
        transacted_at=last.at if last else order.created_at,
        shares=shares,
    )


def _ordered(session: Session, order: OrderRow) -> tuple[Share, ...]:
    part = OrderSliceRow
    query = (
        select(part.account_id, part.quantity)
        .where(part.order_id == order.order_id, part.quantity != 0)
        .order_by(part.account_id)
    )
    shares = tuple(Share(account_id, quantity) for account_id, quantity in session.execute(query))
    _check_total(order, shares, order.quantity, "slices")
    return shares


def _filled(session: Session, order: OrderRow, inputs: PreviewInputs) -> tuple[Share, ...]:
    found = latest_fills(session, [order.order_id])
    shares = tuple(
        _share(inputs, account_id, fill)
        for (_, account_id), fill in sorted(found.items())
        if fill.quantity > 0
    )
    if not shares:
        raise Conflict(
            f"The order {order.order_id} is {order.status}, and no fill of it is recorded. "
            "There is nothing to export"
        )
    _check_total(order, shares, order.filled_quantity, "fills")
    return shares


def _check_total(order: OrderRow, shares: tuple[Share, ...], quantity: Decimal, what: str) -> None:
    total = sum((share.quantity for share in shares), Decimal(0))
    if total != quantity:
        raise Conflict(
            f"The accounts' {what} of the order {order.order_id} add up to {total:,f}, not {quantity:,f}"
        )


def _share(inputs: PreviewInputs, account_id: str, fill: AccountFill) -> Share:
    """Return one account's share with the principal that is recorded and its accrued interest."""
    money = trade_money(
        fill.quantity, price=fill.average_price, accrued=inputs.accrued, factor=inputs.security.factor
    )
    return Share(account_id, fill.quantity, fill.principal, money.accrued)
