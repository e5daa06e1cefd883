"""Block orders that were sent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, UtcDateTime


class OrderRow(Base):
    """One block order at the vendor, under the vendor's id, with the last state seen of it."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_created", "created_at", "order_id"),)

    order_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    allocation_id: Mapped[str] = mapped_column(ForeignKey("allocations.id"), index=True)
    external_id: Mapped[str] = mapped_column(String(64))
    security_id: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(4))
    quantity: Mapped[Decimal] = mapped_column(Numeric(24, 4))
    status: Mapped[str] = mapped_column(String(32))
    settlement_date: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(128))
