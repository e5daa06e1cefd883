"""Search index of bonds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact
from app.core.database import Base

COMPUTED = "computed"
"""Key of the `info` of a column that the service computes from others of its row."""


class SecurityRow(Base):
    """One bond of the search index, which exists because the vendor has no search."""

    __tablename__ = "securities"

    security_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    isin: Mapped[str | None] = mapped_column(String(12), index=True)
    ticker: Mapped[str | None] = mapped_column(String(32))
    description: Mapped[str] = mapped_column(String(255))
    issuer: Mapped[str | None] = mapped_column(String(255))
    issuer_id: Mapped[str | None] = mapped_column(String(64))
    sector: Mapped[str | None] = mapped_column(String(64))
    country: Mapped[str | None] = mapped_column(String(2))
    rating: Mapped[str | None] = mapped_column(String(16))
    coupon: Mapped[Decimal | None] = mapped_column(Exact(18, 8))
    maturity: Mapped[date | None] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    search_text: Mapped[str | None] = mapped_column(Text, info={COMPUTED: True})
