"""Latest recorded fill of each order and account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import OrderFillLineRow, OrderFillRow
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


@dataclass(frozen=True, slots=True)
class AccountFill:
    """Filled face of an account, its clean principal, and the average price per 100 of face."""

    quantity: Decimal
    principal: Decimal
    average_price: Decimal


NO_FILL = AccountFill(Decimal(0), Decimal(0), Decimal(0))

Fills: TypeAlias = Mapping[tuple[str, str], AccountFill]
"""Fills by (order id, account id)."""


def latest_fills(session: Session, order_ids: Sequence[str], account_id: str | None = None) -> Fills:
    """Return the totals after the last recorded fill, by order and account; absent without any fill."""
    line, fill = OrderFillLineRow, OrderFillRow
    found: dict[tuple[str, str], AccountFill] = {}
    for ids in chunks(order_ids, MAX_IDS_PER_QUERY):
        wanted: list[ColumnElement[bool]] = [line.order_id.in_(ids)]
        if account_id is not None:
            wanted.append(line.account_id == account_id)
        last = (
            select(line.order_id, line.account_id, func.max(line.sequence).label("sequence"))
            .where(*wanted)
            .group_by(line.order_id, line.account_id)
            .subquery()
        )
        query = (
            select(line.order_id, line.account_id, line.filled_quantity, line.principal, fill.average_price)
            .join(
                last,
                (last.c.order_id == line.order_id)
                & (last.c.account_id == line.account_id)
                & (last.c.sequence == line.sequence),
            )
            .join(fill, (fill.order_id == line.order_id) & (fill.sequence == line.sequence))
        )
        for order_id, account, quantity, principal, price in session.execute(query):
            found[order_id, account] = AccountFill(quantity, principal, price)
    return found
