"""Rows of the paper broker, read and changed inside a unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import PaperAccountRow, PaperHoldingRow, PaperOrderRow
from app.services.domain.side import Side
from app.services.execution.errors import BrokerNotFound
from app.services.execution.paper.matching import Fill, PaperTerms, Working, average, reserved
from app.services.execution.types import (
    EXACT,
    UNKNOWN_FEE,
    BrokerAccount,
    BrokerOrder,
    Fee,
    FeeSource,
    OrderState,
    OrderType,
)

WORKING = (OrderState.OPEN, OrderState.PARTIALLY_FILLED)
"""States of orders that may still trade."""

OUT_OF_CASH = "The price rose, and the account has not the cash for the rest."

_TERMS = msgspec.json.Decoder(PaperTerms)


def encoded(terms: PaperTerms) -> str:
    """Return terms as they are stored."""
    return msgspec.json.encode(terms).decode()


def terms_of(account: PaperAccountRow) -> PaperTerms:
    """Return the terms of an account."""
    return _TERMS.decode(account.terms)


def account_of(row: PaperAccountRow) -> BrokerAccount:
    """Return an account as the port has it."""
    return BrokerAccount(row.id, row.name, row.currency, is_paper=True)


def load_account(session: Session, owner: str, account_id: str) -> PaperAccountRow:
    """Return an account of the owner.

    Raises
    ------
    BrokerNotFound
        When the owner has none of this id.
    """
    row = session.get(PaperAccountRow, account_id)
    if row is None or row.owner != owner:
        raise BrokerNotFound(f"The paper broker has no account {account_id!r}")
    return row


def load_order(session: Session, account_id: str, order_id: str) -> PaperOrderRow:
    """Return an order of an account.

    Raises
    ------
    BrokerNotFound
        When the account has none of this id.
    """
    row = session.get(PaperOrderRow, order_id)
    if row is None or row.account_id != account_id:
        raise BrokerNotFound(f"The paper broker has no order {order_id!r} in this account")
    return row


def working_orders(session: Session, account_id: str) -> list[PaperOrderRow]:
    """Return the orders of an account that may still trade, in the order of their arrival."""
    query = select(PaperOrderRow).where(
        PaperOrderRow.account_id == account_id, PaperOrderRow.state.in_(WORKING)
    )
    return list(session.scalars(query.order_by(PaperOrderRow.sequence)))


def working_of(row: PaperOrderRow) -> Working:
    """Return an order as matching sees it."""
    return Working(
        Side(row.side),
        OrderType(row.type),
        row.limit_price,
        row.quantity,
        row.filled_quantity,
        row.fills_in_parts,
        row.next_fill_at,
    )


def free_cash(account: PaperAccountRow, working: Iterable[PaperOrderRow]) -> Decimal:
    """Return the cash of an account without what its open purchases may take."""
    terms = terms_of(account)
    taken = (
        reserved(row.quantity - row.filled_quantity, row.reserve_price, terms)
        for row in working
        if row.side == Side.BUY
    )
    return account.cash - sum(taken, Decimal())


def free_units(session: Session, account_id: str, symbol: str, working: Iterable[PaperOrderRow]) -> Decimal:
    """Return the units of an asset without those that open sales may take."""
    holding = session.get(PaperHoldingRow, (account_id, symbol))
    taken = (
        row.quantity - row.filled_quantity
        for row in working
        if row.side == Side.SELL and row.symbol == symbol
    )
    return (holding.quantity if holding else Decimal()) - sum(taken, Decimal())


def apply(session: Session, account: PaperAccountRow, row: PaperOrderRow, fill: Fill) -> None:
    """Book a trade: order, cash and holding. A purchase without the cash for it ends the order instead."""
    if row.side == Side.BUY and fill.amount + fill.fee > account.cash:
        row.state, row.reason = OrderState.CANCELLED, OUT_OF_CASH
        return
    before = [(row.filled_quantity, row.average_price)] if row.average_price is not None else []
    row.average_price = average([*before, (fill.quantity, fill.price)])
    row.filled_quantity += fill.quantity
    row.fee += fill.fee
    row.next_fill_at = fill.next_fill_at
    is_filled = row.filled_quantity == row.quantity
    row.state = OrderState.FILLED if is_filled else OrderState.PARTIALLY_FILLED
    if row.side == Side.BUY:
        account.cash -= fill.amount + fill.fee
        _add(session, row, fill)
    else:
        account.cash += fill.amount - fill.fee
        _take(session, row, fill)


def _add(session: Session, row: PaperOrderRow, fill: Fill) -> None:
    holding = session.get(PaperHoldingRow, (row.account_id, row.symbol))
    if holding is None:
        holding = PaperHoldingRow(
            account_id=row.account_id, symbol=row.symbol, quantity=Decimal(), cost=Decimal()
        )
        session.add(holding)
    holding.quantity += fill.quantity
    holding.cost += fill.amount


def _take(session: Session, row: PaperOrderRow, fill: Fill) -> None:
    holding = session.get_one(PaperHoldingRow, (row.account_id, row.symbol))
    if holding.quantity == fill.quantity:
        session.execute(
            delete(PaperHoldingRow).where(
                PaperHoldingRow.account_id == row.account_id, PaperHoldingRow.symbol == row.symbol
            )
        )
        return
    part = EXACT.divide(EXACT.multiply(holding.cost, fill.quantity), holding.quantity)
    holding.cost -= part.quantize(holding.cost, context=EXACT)
    holding.quantity -= fill.quantity


def order_of(account: PaperAccountRow, row: PaperOrderRow) -> BrokerOrder:
    """Return an order as the port has it."""
    fee = Fee(row.fee, account.currency, FeeSource.BROKER)
    return BrokerOrder(
        broker_order_id=row.id,
        client_order_id=row.client_order_id,
        symbol=row.symbol,
        side=Side(row.side),
        type=OrderType(row.type),
        quantity=row.quantity,
        limit_price=row.limit_price,
        state=OrderState(row.state),
        filled_quantity=row.filled_quantity,
        average_price=row.average_price,
        fee=fee if terms_of(account).states_fees else UNKNOWN_FEE,
        placed_at=row.placed_at,
        reason=row.reason,
    )
