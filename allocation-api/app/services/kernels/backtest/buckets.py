"""Staggered rebalancing: sub-portfolios of a third of the capital each, whose cycles begin apart.

A bucket is a simulation of its own, with its own cash, quantities and target. Orders of a day are the sum of
those of the buckets that are due, netted, and cost what the net costs; what netting saves, or adds, goes to
the buckets by their costs. Portfolios that overlap in this way: Jegadeesh and Titman, "Returns to buying
winners and selling losers", Journal of Finance 48 (1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.backtest.market import Market
from app.services.kernels.backtest.simulation import Plan, Simulation, Skipped, State, Trade
from app.services.kernels.backtest.strategies import Strategy
from app.services.kernels.risk.errors import FaultKind, refuse

BUCKETS = 3
CYCLE = 7
"""Rows of a cycle by default: a week of days."""

MIN_CYCLE = BUCKETS
MAX_CYCLE = 366


def offsets(cycle: int) -> tuple[int, ...]:
    """Return after how many rows of a cycle each bucket is due: 0, F/3 and 2F/3, rounded."""
    return tuple(round(each * cycle / BUCKETS) for each in range(BUCKETS))


class StaggeredSimulation(Simulation):
    """Runs a strategy in three buckets over a market.

    Parameters
    ----------
    cycle : int
        Rows from one decision of a bucket to its next; the frequency of the plan is not looked at.
    starts : sequence of int or None
        Rows after the first one at which each bucket begins; None: `offsets`.

    Raises
    ------
    RiskError
        As `Simulation`; OUT_OF_RANGE for a cycle that is not from 3 to 366 rows.
    """

    def __init__(
        self,
        market: Market,
        strategy: Strategy,
        plan: Plan,
        cycle: int = CYCLE,
        starts: Sequence[int] | None = None,
    ) -> None:
        if not MIN_CYCLE <= cycle <= MAX_CYCLE:
            text = f"{cycle} is not from {MIN_CYCLE} to {MAX_CYCLE}."
            raise refuse(FaultKind.OUT_OF_RANGE, "cycle", text)
        super().__init__(market, strategy, plan)
        begins = offsets(cycle) if starts is None else tuple(starts)
        part = replace(plan, capital=plan.capital / len(begins))
        last = len(market.days) - 1
        due: list[IntArray] = [np.arange(self.first + each, last, cycle) for each in begins]
        self.buckets = tuple(Simulation(market, strategy, part, rows) for rows in due)
        self.rows = np.unique(np.concatenate(due))

    def begin(self) -> State:
        """Return the state before the first decision: all is cash."""
        return _together(0, [each.begin() for each in self.buckets])

    def step(self, state: State) -> tuple[State, Trade | Skipped | None]:
        """Return the state after the decisions of the next day on which buckets are due, and their net trade.

        Raises
        ------
        StrategyFailed, RiskError
            As `Simulation.step`, of any bucket.
        """
        row, states = int(self.rows[state.decisions]), list(state.buckets)
        trades: dict[int, Trade] = {}
        skipped: Skipped | None = None
        for at, bucket in enumerate(self.buckets):
            done = states[at].decisions
            if done == len(bucket.rows) or int(bucket.rows[done]) != row:
                continue
            states[at], made = bucket.step(states[at])
            if isinstance(made, Trade):
                trades[at] = made
            elif made is not None:
                skipped = made
        if not trades:
            return _together(state.decisions + 1, states), skipped
        return self._netted(state.decisions + 1, states, trades)

    def _netted(self, decisions: int, states: list[State], trades: dict[int, Trade]) -> tuple[State, Trade]:
        """Return the state and the trade of the sum of the buckets' orders."""
        market, made = self.market, list(trades.values())
        row, prices = made[0].row, made[0].prices
        traded: FloatArray = np.sum([each.traded for each in made], axis=0)
        alone: FloatArray = np.sum([each.costs for each in made], axis=0)
        size = np.abs(traded * prices)
        slopes = self.plan.costs.slopes(market, row - 1, prices)
        costs = alone if len(made) == 1 else self.plan.costs.rate * size + slopes * size * np.sqrt(size)
        total = float(alone.sum())
        saved = total - float(costs.sum())
        for at, each in trades.items():
            share = float(each.costs.sum()) / total if total > 0.0 else 0.0
            states[at] = replace(states[at], cash=states[at].cash + saved * share)
        after = _together(decisions, states)
        return after, Trade(row, traded, prices, costs, after.quantities, after.cash)


def _together(decisions: int, buckets: Sequence[State]) -> State:
    """Return the state whose cash and quantities are those of all buckets."""
    quantities: FloatArray = np.sum([each.quantities for each in buckets], axis=0)
    return State(decisions, sum(each.cash for each in buckets), quantities, None, tuple(buckets))
