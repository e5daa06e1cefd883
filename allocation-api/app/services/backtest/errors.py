"""Errors of backtests."""

from __future__ import annotations

from app.core.errors import Conflict, DataMissing


class StrategyNotSolvable(DataMissing):
    """The strategy's constraints cannot be met by the prices of a day."""

    code, title = "STRATEGY_NOT_SOLVABLE", "The strategy has no portfolio on a day"


class BacktestNotReady(Conflict):
    """The backtest has no result: its job is under way, or has ended without one."""

    code, title = "BACKTEST_NOT_READY", "The backtest has no result"


class BacktestOfGrid(Conflict):
    """The backtest is one of a grid, and cannot be deleted without it."""

    code, title = "BACKTEST_OF_GRID", "The backtest is one of a grid"
