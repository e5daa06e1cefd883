"""Backtests, run by jobs."""

from __future__ import annotations

from app.services.backtest.grids import BacktestGrids
from app.services.backtest.run import BacktestRuns
from app.services.backtest.service import BacktestService
from app.services.backtest.submission import Submission
from app.services.backtest.types import RUN
from app.services.jobs.kinds import Handler
from app.wiring.container import Backtests, Room, Services


def build(house: Services) -> Room[Backtests]:
    """Build what takes, shows and runs backtests."""
    history = house.market_history.history
    submission = Submission(house.jobs.service, house.clock)
    service = BacktestService(house.database, history, submission)
    grids = BacktestGrids(house.database, history, submission, house.clock)
    runs = BacktestRuns(house.database, history)
    return Room(Backtests(service, grids, runs), handlers=(Handler(RUN, runs.work),))
