"""Block orders that were sent, their slices, and what was filled of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Date, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact, UtcDateTime
from app.core.database import Base


class OrderRow(Base):
    """One block order at the vendor, under the vendor's id, with the last state seen of it.

    `fill_count` is the sequence of its last fill and moves by compare-and-set. `average_price` is clean, per
    100 of face. `first_day_price` is the market's at the end of the trade date, once it is known.
    """

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_created", "created_at", "order_id"),)

    order_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    allocation_id: Mapped[str] = mapped_column(ForeignKey("allocations.id"), index=True)
    external_id: Mapped[str] = mapped_column(String(64))
    security_id: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(4))
    quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    status: Mapped[str] = mapped_column(String(32))
    settlement_date: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(128))
    trade_date: Mapped[date | None] = mapped_column(Date)
    filled_quantity: Mapped[Decimal] = mapped_column(Exact(24, 4), default=Decimal(0))
    average_price: Mapped[Decimal | None] = mapped_column(Exact(24, 10))
    fill_count: Mapped[int] = mapped_column(BigInteger, default=0)
    first_day_price: Mapped[Decimal | None] = mapped_column(Exact(24, 10))
    first_day_price_date: Mapped[date | None] = mapped_column(Date)


class OrderSliceRow(Base):
    """One account's slice of an order as it was last sent: what fills are allocated in proportion to."""

    __tablename__ = "order_slices"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))


class OrderFillRow(Base):
    """A step by which an order was filled, as it was seen.

    `quantity` is the face of this step, negative where the vendor took a fill back; `filled_quantity` and
    `average_price` are of the whole order after it.
    """

    __tablename__ = "order_fills"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    filled_quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    average_price: Mapped[Decimal] = mapped_column(Exact(24, 10))


class OrderFillLineRow(Base):
    """One account's part of a fill; `filled_quantity` and `principal` are the account's after it.

    `principal` is clean, in the bond's currency: filled face at the order's average price.
    """

    __tablename__ = "order_fill_lines"
    __table_args__ = (
        ForeignKeyConstraint(["order_id", "sequence"], ["order_fills.order_id", "order_fills.sequence"]),
    )

    order_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    filled_quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    principal: Mapped[Decimal] = mapped_column(Exact(24, 2))
