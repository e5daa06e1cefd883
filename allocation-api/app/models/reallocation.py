"""Reallocations: what was asked for, and what came out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import JsonDocument, UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


@append_only
class ReallocationRow(Base):
    """One evaluation, never changed, of a business date of the desk.

    `request` and `outcome` are canonical JSON; the outcome has the answer of the liquidity service.
    """

    __tablename__ = "reallocations"
    __table_args__ = (Index("ix_reallocations_user", "user_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    business_date: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(16))
    request: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(JsonDocument, deferred=True)
