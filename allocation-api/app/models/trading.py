"""Block orders, their slices and fills."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Date, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact, UtcDateTime
from app.core.database import Base


class OrderRow(Base):
    """One block order at the vendor, under the vendor's id, with its last recorded state in face.

    `updated_at` is the row's version and `fill_count` the sequence of its last fill; the row changes by
    compare-and-set on both. `average_price` is per 100 of face. `first_day_price` is the market price at the
    end of the trade date, once it is known (R13.3). `allocation_state` says whether what is recorded of the
    accounts is final (R12.6). `booked` is what Aladdin was last seen to have booked by account, a JSON object
    of decimal texts; NULL where it did not say.
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
    allocation_state: Mapped[str] = mapped_column(String(16), default="PROVISIONAL")
    booked: Mapped[str | None] = mapped_column(Text)


class OrderSliceRow(Base):
    """One account's slice of an order, in face; fills are allocated in proportion to the slices (R12.1)."""

    __tablename__ = "order_slices"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))


class OrderFillRow(Base):
    """One recorded fill of an order; quantities are face.

    `quantity` is the face of this fill, negative where the vendor took a fill back; `filled_quantity` and
    `average_price` are of the whole order after it. `kind` is whose split it is (R12.6), `warnings` a JSON
    list of what is odd in one that Aladdin booked.
    """

    __tablename__ = "order_fills"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    filled_quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    average_price: Mapped[Decimal] = mapped_column(Exact(24, 10))
    kind: Mapped[str] = mapped_column(String(16), default="CALCULATED")
    warnings: Mapped[str | None] = mapped_column(Text)


class OrderFillLineRow(Base):
    """One account's part of a fill; `filled_quantity` and `principal` are the account's totals after it.

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
