"""Orders and fills as they are kept, to the value objects that are answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.models import OrderFillLineRow, OrderFillRow
from app.services.domain.block_order import PostedOrder
from app.services.domain.side import Side
from app.services.trading.orders.ledger import StoredOrder


@dataclass(frozen=True, slots=True)
class OrderSlice:
    """One account's slice of a block order; quantities are face.

    `filled_quantity` is what we allocated to the account, `booked_quantity` what the vendor says of it.
    """

    account_id: str
    quantity: Decimal
    filled_quantity: Decimal
    booked_quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class Order:
    """A block order that this system sent, with the vendor's present word on it.

    `touch_count` grows with every change of the order at the vendor.
    """

    order_id: str
    allocation_id: str
    security_id: str
    side: Side
    quantity: Decimal
    filled_quantity: Decimal | None
    average_price: Decimal | None
    status: str
    settlement_date: date | None
    created_at: datetime
    updated_at: datetime
    created_by: str
    touch_count: int | None
    slices: tuple[OrderSlice, ...]


@dataclass(frozen=True, slots=True)
class AllocatedFill:
    """One account's part of a fill; all but `quantity` are the account's after it, `principal` is clean."""

    account_id: str
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None
    principal: Decimal


@dataclass(frozen=True, slots=True)
class Fill:
    """A step by which an order was filled, when it was seen; a negative `quantity` was taken back.

    `filled_quantity` and `average_price` are the order's after it.
    """

    sequence: int
    at: datetime
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None
    allocations: tuple[AllocatedFill, ...]


@dataclass(frozen=True, slots=True)
class OrderFills:
    """What was filled of an order in all, and step by step."""

    order_id: str
    quantity: Decimal
    filled_quantity: Decimal | None
    average_price: Decimal | None
    fills: tuple[Fill, ...]


def order_view(kept: StoredOrder, posted: PostedOrder | None) -> Order:
    """Return an order as it is kept, with what the vendor says of it where it shows it."""
    row = kept.row
    booked = {part.account_id: part.booked_face for part in posted.slices} if posted else {}
    return Order(
        order_id=row.order_id,
        allocation_id=row.allocation_id,
        security_id=row.security_id,
        side=Side(row.side),
        quantity=row.quantity,
        filled_quantity=posted.filled_face if posted else row.filled_quantity,
        average_price=posted.average_price if posted else row.average_price,
        status=row.status,
        settlement_date=row.settlement_date,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        touch_count=posted.touch_count if posted else None,
        slices=tuple(
            OrderSlice(
                account_id=account,
                quantity=Decimal(kept.slices.get(account, 0)),
                filled_quantity=Decimal(kept.allocated.get(account, 0)),
                booked_quantity=booked.get(account),
            )
            for account in sorted({*kept.slices, *(a for a, face in kept.allocated.items() if face)})
        ),
    )


def fill_view(row: OrderFillRow, lines: Sequence[OrderFillLineRow]) -> Fill:
    """Return a recorded fill with the accounts' parts of it."""
    return Fill(
        sequence=row.sequence,
        at=row.at,
        quantity=row.quantity,
        filled_quantity=row.filled_quantity,
        average_price=row.average_price if row.filled_quantity else None,
        allocations=tuple(
            AllocatedFill(
                account_id=line.account_id,
                quantity=line.quantity,
                filled_quantity=line.filled_quantity,
                average_price=row.average_price if line.filled_quantity else None,
                principal=line.principal,
            )
            for line in lines
        ),
    )
