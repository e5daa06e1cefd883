"""Backtests, run by jobs."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from app.core.jobs.embedded import Job, Where
from app.services.backtest.deletion import BacktestDeletion
from app.services.backtest.grids import BacktestGrids
from app.services.backtest.run import BacktestRuns
from app.services.backtest.service import BacktestService
from app.services.backtest.submission import Submission
from app.services.backtest.types import RUN
from app.services.jobs.kinds import Handler
from app.wiring.container import Backtests, Room, Services

CLEARING_SECONDS = 3_600
"""Period of the job that deletes old ones."""


def build(house: Services) -> Room[Backtests]:
    """Build what takes, shows and runs backtests."""
    history = house.market_history.history
    submission = Submission(house.jobs.service, house.clock)
    service = BacktestService(house.database, history, submission)
    grids = BacktestGrids(house.database, history, submission, house.clock)
    runs = BacktestRuns(house.database, history)
    deletion = BacktestDeletion(house.database, house.audit, house.jobs.service, house.clock)
    return Room(
        Backtests(service, grids, deletion, runs),
        jobs=_clearing(deletion, house.settings.backtest.lifetime),
        handlers=(Handler(RUN, runs.work),),
    )


def _clearing(deletion: BacktestDeletion, lifetime: timedelta | None) -> tuple[Job, ...]:
    if lifetime is None:
        return ()
    return (Job("old-backtests", CLEARING_SECONDS, partial(deletion.forget, lifetime), Where.SCHEDULE),)
