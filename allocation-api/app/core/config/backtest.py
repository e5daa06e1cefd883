"""Settings of backtests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class BacktestSettings:
    """Backtests and their grids are deleted after `lifetime`; None keeps them until a user deletes them."""

    lifetime: timedelta | None


def backtest_settings(read: Reader) -> BacktestSettings:
    """Read the section."""
    days = read.integer("BACKTEST_DAYS", 0, 0, 3_660)
    return BacktestSettings(lifetime=timedelta(days=days) if days else None)
