"""Market history: imports of daily prices, and what each brought of a symbol. Rows are written once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base


class MarketImportRow(Base):
    """One import; `arrived_at` is later than that of every import before, which holds under `MARKET_LOCK`."""

    __tablename__ = "market_imports"
    __table_args__ = (Index("ix_market_imports_arrived", "arrived_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    username: Mapped[str] = mapped_column(String(128))
    row_count: Mapped[int] = mapped_column(BigInteger)
    new_count: Mapped[int] = mapped_column(BigInteger)
    corrected_count: Mapped[int] = mapped_column(BigInteger)


class MarketBlockRow(Base):
    """The days that one import brought of one symbol, as compressed columns.

    A day that an earlier import brought is superseded by a later one, and stays: what was known at a moment
    are the blocks that had arrived by then.
    """

    __tablename__ = "market_blocks"
    __table_args__ = (Index("ix_market_blocks_symbol", "symbol", "arrived_at"),)

    import_id: Mapped[str] = mapped_column(ForeignKey("market_imports.id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_date: Mapped[date] = mapped_column(Date)
    last_date: Mapped[date] = mapped_column(Date)
    day_count: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[str] = mapped_column(Text)


class MarketRefreshRow(Base):
    """The last refresh of a symbol from an exchange, written under `MARKET_LOCK`.

    `fault` is None where it went well. Counts and days are of the last refresh that did; `gaps` and
    `findings` are JSON.
    """

    __tablename__ = "market_refreshes"

    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    exchange: Mapped[str] = mapped_column(String(16))
    market: Mapped[str] = mapped_column(String(32))
    job_id: Mapped[str] = mapped_column(String(36))
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fault: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str | None] = mapped_column(String(500))
    failures_in_row: Mapped[int] = mapped_column(BigInteger)
    succeeded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[str | None] = mapped_column(String(36))
    first_date: Mapped[date | None] = mapped_column(Date)
    last_date: Mapped[date | None] = mapped_column(Date)
    row_count: Mapped[int] = mapped_column(BigInteger)
    new_count: Mapped[int] = mapped_column(BigInteger)
    corrected_count: Mapped[int] = mapped_column(BigInteger)
    gaps: Mapped[str] = mapped_column(Text)
    findings: Mapped[str] = mapped_column(Text)
