"""What services answer about orders: as they are now, and what was filled of them; quantities are face."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.services.domain.side import Side


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
