"""Asks for backtests: stores them with their jobs in one transaction, all or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.models import BacktestRow
from app.services.allocations import snapshot
from app.services.backtest.plan import Prices, prepare
from app.services.backtest.run import line_count
from app.services.backtest.types import (
    RUN,
    BacktestRequest,
    BacktestStatus,
    BacktestWork,
    SubmittedBacktest,
)
from app.services.domain.caller import Caller
from app.services.jobs.jobs import JobService


@dataclass(frozen=True, slots=True)
class Stated:
    """A backtest that can be run: its id, its request, and the lines of its job."""

    backtest_id: str
    request: BacktestRequest
    lines: int


def stated(backtest_id: str, prices: Prices, asked: BacktestRequest) -> Stated:
    """Return a request with the moment whose prices count from now on.

    Raises
    ------
    InvalidRequest, TooFewPrices, NotMeasurable
        With the fields of what cannot be run.
    """
    lines = line_count(len(prepare(prices, asked).simulation.rows))
    return Stated(backtest_id, replace(asked, known_at=prices.last_updated), lines)


class Submission:
    """Stores backtests, and asks for their jobs."""

    def __init__(self, jobs: JobService, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock

    def submit(
        self,
        backtests: Sequence[Stated],
        caller: Caller,
        grid_id: str | None = None,
        first: Callable[[Session], None] = lambda _: None,
    ) -> tuple[SubmittedBacktest, ...]:
        """Store backtests, those of a grid after what `first` stores, with their jobs."""
        now = self._clock()

        def alongside(session: Session, job_ids: tuple[str, ...]) -> None:
            first(session)
            for place, (job_id, each) in enumerate(zip(job_ids, backtests, strict=True)):
                row = BacktestRow(
                    id=each.backtest_id,
                    created_at=now,
                    user_id=caller.user_id,
                    username=caller.username,
                    job_id=job_id,
                    grid_id=grid_id,
                    place=place,
                    request=snapshot.encode(each.request),
                )
                session.add(row)

        asked = [(BacktestWork(each.backtest_id), each.lines) for each in backtests]
        job_ids = self._jobs.submit_all(RUN, asked, caller, alongside=alongside)
        return tuple(
            SubmittedBacktest(each.backtest_id, job_id, BacktestStatus.PENDING)
            for job_id, each in zip(job_ids, backtests, strict=True)
        )
