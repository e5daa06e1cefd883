"""The work of a backtest's job: some decisions a line, then the result; killed anywhere, the same bytes.

A line stores its trades and the state after them in one transaction with the progress of the job. The next
worker goes on from the last stored state, whose numbers are the same to the last bit.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from app.core.database import Database
from app.services.allocations import snapshot
from app.services.backtest import store
from app.services.backtest.errors import StrategyNotSolvable
from app.services.backtest.plan import Prepared, prepare, read
from app.services.backtest.result import result_of
from app.services.backtest.types import (
    BacktestWork,
    Part,
    SkippedRecord,
    StateRecord,
    TradeRecord,
)
from app.services.jobs.progress import Progress
from app.services.kernels.backtest import Simulation, Skipped, State, StrategyFailed, Trade
from app.services.market_history.errors import measurable
from app.services.market_history.series import dates_of
from app.services.market_history.service import MarketHistory

DECISIONS_PER_LINE = 25


def line_count(decisions: int) -> int:
    """Return the lines of a job: parts of decisions, and the result."""
    return -(-decisions // DECISIONS_PER_LINE) + 1


class BacktestRuns:
    """Work of the jobs that run backtests."""

    def __init__(self, database: Database, history: MarketHistory) -> None:
        self._database = database
        self._history = history

    def work(self, progress: Progress, asked: BacktestWork) -> str:
        """Make the decisions that are left, and return the path of the backtest.

        Raises
        ------
        StrategyNotSolvable, NotMeasurable
            When the strategy has no portfolio on a day, or everything is lost.
        """
        backtest_id = asked.backtest_id
        progress.check()  # who deletes a backtest cancels its job
        with self._database.read() as session:
            request = store.request_of(session, backtest_id)
            parts = store.parts(session, backtest_id)
        prepared = prepare(read(self._history, request), request)
        simulation = prepared.simulation
        progress.describe(total=line_count(len(simulation.rows)), phase="simulate")
        state = _state(parts[-1].state) if parts else simulation.begin()
        with measurable(lambda _: "strategy"):
            while state.decisions < len(simulation.rows):
                state, part = _part(simulation, state)
                progress.advance(partial(store.add_part, backtest_id, len(parts), snapshot.encode(part)))
                parts.append(part)
            if progress.done < (progress.total or 0):
                self._finish(progress, backtest_id, prepared, parts)
        return f"/v1/backtest/{backtest_id}"

    def _finish(self, progress: Progress, backtest_id: str, prepared: Prepared, parts: list[Part]) -> None:
        progress.describe(phase="measure")
        result = result_of(prepared, parts)
        summary, text = snapshot.encode(result.summary), snapshot.encode(result)
        progress.advance(partial(store.add_result, backtest_id, summary, text))


def _part(simulation: Simulation, state: State) -> tuple[State, Part]:
    """Make the next decisions."""
    trades, skipped, days = [], [], simulation.market.days
    last = min(state.decisions + DECISIONS_PER_LINE, len(simulation.rows))
    while state.decisions < last:
        try:
            state, made = simulation.step(state)
        except StrategyFailed as error:
            (day,) = dates_of(days[[error.row]])
            raise StrategyNotSolvable(f"At the close of {day}: {error.cause}") from error
        match made:
            case Trade():
                trades.append(_trade(made))
            case Skipped():
                (day,) = dates_of(days[[made.row]])
                skipped.append(SkippedRecord(day, made.reason, made.message))
    target = None if state.target is None else state.target.tolist()
    record = StateRecord(state.decisions, state.cash, state.quantities.tolist(), target)
    return state, Part(record, trades, skipped)


def _trade(made: Trade) -> TradeRecord:
    return TradeRecord(
        made.row,
        made.traded.tolist(),
        made.prices.tolist(),
        made.costs.tolist(),
        made.quantities.tolist(),
        made.cash,
    )


def _state(kept: StateRecord) -> State:
    target = None if kept.target is None else np.array(kept.target)
    return State(kept.decisions, kept.cash, np.array(kept.quantities), target)
