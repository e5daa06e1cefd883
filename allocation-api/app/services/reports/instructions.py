"""Stored orders as FIX allocation instructions: what a message of them says now."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.models import OrderFillRow, OrderRow, OrderSliceRow
from app.services.allocations.types import PreviewInputs
from app.services.domain.block_order import OrderStatus
from app.services.domain.face import face_text
from app.services.domain.money import trade_money
from app.services.domain.record import is_over
from app.services.domain.side import Side
from app.services.reports.fills import AccountFill, latest_fills
from app.services.reports.fix import AllocationInstruction, AllocType, Share
from app.services.reports.of_record import check_of_record


def allocation_instruction(session: Session, order: OrderRow, inputs: PreviewInputs) -> AllocationInstruction:
    """Return an order's allocation as it is recorded (R14.1).

    It is calculated, with the filled face, once the order is filled or final; before that it is preliminary,
    with the ordered face. Without shares where the order ended before any fill.

    Raises
    ------
    AllocationDifferent
        When the order is over and Aladdin's booking differs from what is filled.
    Conflict
        When no fill is recorded of a final order, or the accounts' recorded face or average price differs
        from the order's.
    """
    calculated = is_over(order.status, order.quantity, order.filled_quantity)
    if calculated:
        check_of_record(order)
    shares = _filled(session, order, inputs) if calculated else _ordered(session, order)
    last = session.get(OrderFillRow, (order.order_id, order.fill_count)) if calculated else None
    if last is not None and last.average_price != (order.average_price or Decimal(0)):
        raise Conflict(
            f"The order {order.order_id} has the average price {order.average_price}, not the "
            f"{last.average_price} of its recorded fills"
        )
    return AllocationInstruction(
        type=AllocType.CALCULATED if calculated else AllocType.PRELIMINARY,
        external_id=order.external_id,
        order_id=order.order_id,
        order_quantity=order.quantity,
        side=Side(order.side),
        isin=inputs.security.isin,
        cusip=order.security_id,
        currency=inputs.security.currency,
        factor=inputs.security.factor,
        quantity=sum((share.quantity for share in shares), Decimal(0)),
        # A preliminary message does not change while its order fills.
        average_price=(order.average_price or Decimal(0)) if calculated else Decimal(0),
        trade_date=order.trade_date or inputs.business_date,
        settlement_date=order.settlement_date or inputs.settlement_date,
        transacted_at=last.at if last else order.updated_at if calculated else order.created_at,
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
    if not shares and not (OrderStatus.of(order.status).is_refused and order.filled_quantity == 0):
        raise nothing_to_export(order)
    _check_total(order, shares, order.filled_quantity, "fills")
    return shares


def nothing_to_export(order: OrderRow) -> Conflict:
    """Return the refusal of a message of an order of which no fill is recorded."""
    return Conflict(
        f"The order {order.order_id} is {order.status}, and no fill of it is recorded. "
        "There is nothing to export"
    )


def _check_total(order: OrderRow, shares: tuple[Share, ...], quantity: Decimal, what: str) -> None:
    total = sum((share.quantity for share in shares), Decimal(0))
    if total != quantity:
        raise Conflict(
            f"The accounts' {what} of the order {order.order_id} add up to "
            f"{face_text(total)}, not {face_text(quantity)}"
        )


def _share(inputs: PreviewInputs, account_id: str, fill: AccountFill) -> Share:
    """Return one account's share with the principal that is recorded and its accrued interest."""
    money = trade_money(
        fill.quantity, price=fill.average_price, accrued=inputs.accrued, factor=inputs.security.factor
    )
    return Share(account_id, fill.quantity, fill.principal, money.accrued)
