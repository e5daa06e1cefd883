"""Reference data that the vendor does not publish: names, strategies, restrictions, benchmarks, limits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, Float, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact
from app.core.database import Base

ADDED = "added"
"""Key of the `info` of a column that came later: digests of rows from before it leave it out where empty."""


class ReferenceSourceRow(Base):
    """Source of the reference data: row `mock` when it comes from a simulated book, `mock limits` for limits.

    `digest` is the SHA-256 of the rows as they were loaded; it tells whether they were changed since.
    """

    __tablename__ = "reference_source"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class PortfolioGroupRow(Base):
    """A portfolio group of the desk; its accounts come from the vendor."""

    __tablename__ = "portfolio_groups"

    group_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(String(1000))
    strategy: Mapped[str] = mapped_column(String(255))
    manager: Mapped[str] = mapped_column(String(255))
    created_date: Mapped[date | None] = mapped_column(Date)
    benchmark_spread_duration: Mapped[float | None] = mapped_column(Float)
    benchmark_duration: Mapped[float | None] = mapped_column(Float)
    benchmark_oas: Mapped[float | None] = mapped_column(Float)


class AccountRow(Base):
    """A client account; `restrictions` has one code per line, NONE or UNSTATED alone where there is none.

    Empty `restrictions` are from before they had to be stated: they restrict nothing.
    `home_group_id` is the group that lists the account directly; its benchmark applies where the account has
    none (R1.4). `cash_reserve_percent`, a fraction of NAV, and `cash_reserve_amount` stay in the account; the
    larger holds (R4.9).
    """

    __tablename__ = "accounts"

    account_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_name: Mapped[str] = mapped_column(String(255))
    home_group_id: Mapped[str | None] = mapped_column(String(64))
    currency: Mapped[str | None] = mapped_column(String(3))
    restrictions: Mapped[str] = mapped_column(String(2000))
    benchmark_spread_duration: Mapped[float | None] = mapped_column(Float)
    benchmark_duration: Mapped[float | None] = mapped_column(Float)
    benchmark_oas: Mapped[float | None] = mapped_column(Float)
    cash_reserve_amount: Mapped[Decimal | None] = mapped_column(Exact(24, 2), info={ADDED: True})
    cash_reserve_percent: Mapped[Decimal | None] = mapped_column(Exact(18, 8), info={ADDED: True})
