"""Backtests: what was asked for, trades as far as they are simulated, the result.

Rows are written once, and deleted with their backtest.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import JsonDocument, UtcDateTime
from app.core.database import Base


class BacktestGridRow(Base):
    """A grid of backtests; `request` is canonical JSON."""

    __tablename__ = "backtest_grids"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    request: Mapped[str] = mapped_column(Text)


class BacktestRow(Base):
    """A backtest and its job; `request` is canonical JSON with the moment whose prices it is about."""

    __tablename__ = "backtests"
    __table_args__ = (
        Index("ix_backtests_user", "user_id", "created_at", "id"),
        Index("ix_backtests_grid", "grid_id", "place"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    job_id: Mapped[str] = mapped_column(String(36))
    grid_id: Mapped[str | None] = mapped_column(ForeignKey("backtest_grids.id"))
    place: Mapped[int] = mapped_column(BigInteger)
    request: Mapped[str] = mapped_column(Text)


class BacktestPartRow(Base):
    """The trades of some decisions in a row, and the state after them, as canonical JSON."""

    __tablename__ = "backtest_parts"

    backtest_id: Mapped[str] = mapped_column(ForeignKey("backtests.id"), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    content: Mapped[str] = mapped_column(JsonDocument)


class BacktestResultRow(Base):
    """What a backtest came to, as canonical JSON; `summary` is a part of `result`."""

    __tablename__ = "backtest_results"

    backtest_id: Mapped[str] = mapped_column(ForeignKey("backtests.id"), primary_key=True)
    summary: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(JsonDocument, deferred=True)
