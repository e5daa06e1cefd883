"""The simulation: a decision at the close of a day, its trade on the next day, at the open if there is one.

It is made step by step from a `State`, so that a job may stop after any of them and go on from what it has
stored, to the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.backtest.errors import StrategyFailed
from app.services.kernels.backtest.market import Market
from app.services.kernels.backtest.schedule import RebalancingFrequency, period_starts
from app.services.kernels.backtest.strategies import Strategy, Window
from app.services.kernels.backtest.trading import Costs, trade
from app.services.kernels.optimization import NoExcessReturn, NoRisk, NotSolved, OptimizationError
from app.services.kernels.risk.errors import FaultKind, refuse
from app.services.kernels.risk.inputs import SUM_TOLERANCE

MAX_CAPITAL = 1e15
MIN_CAPITAL = 1e-2


class SkippedReason(StrEnum):
    """Why a strategy had no target on a day, so that what was held stayed."""

    NO_EXCESS_RETURN = "NO_EXCESS_RETURN"
    NO_RISK = "NO_RISK"
    NOT_SOLVED = "NOT_SOLVED"


_REASONS: dict[type[OptimizationError], SkippedReason] = {
    NoExcessReturn: SkippedReason.NO_EXCESS_RETURN,
    NoRisk: SkippedReason.NO_RISK,
    NotSolved: SkippedReason.NOT_SOLVED,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a strategy is run: from how much money, how often it is asked, and at what costs."""

    capital: float
    frequency: RebalancingFrequency = RebalancingFrequency.MONTHLY
    costs: Costs = field(default_factory=Costs)

    def __post_init__(self) -> None:
        if not MIN_CAPITAL <= self.capital <= MAX_CAPITAL:
            text = f"{self.capital:g} is not from {MIN_CAPITAL:g} to {MAX_CAPITAL:g}."
            raise refuse(FaultKind.OUT_OF_RANGE, "capital", text)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where a simulation is: how many decisions are over, what is held, and what was decided last.

    `buckets` are those of a staggered simulation.
    """

    decisions: int
    cash: float
    quantities: FloatArray
    target: FloatArray | None
    buckets: tuple[State, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Trade:
    """The trades of a decision, all on row `row` of the market; arrays are float64[n]."""

    row: int
    traded: FloatArray
    prices: FloatArray
    costs: FloatArray
    quantities: FloatArray
    cash: float

    @property
    def weights(self) -> FloatArray:
        """What is held after the trades over the value then, by their prices."""
        owned = self.quantities * self.prices
        weights: FloatArray = owned / (self.cash + float(owned.sum()))
        return weights


@dataclass(frozen=True, slots=True)
class Skipped:
    """A decision that was not made at the close of a row, and what the optimiser said."""

    row: int
    reason: SkippedReason
    message: str


class Simulation:
    """Runs a strategy over a market; `rows` are those of its decisions, by default by the plan's frequency.

    Raises
    ------
    RiskError
        TOO_FEW_ROWS where the strategy never has the rows that it needs.
    """

    def __init__(self, market: Market, strategy: Strategy, plan: Plan, rows: IntArray | None = None) -> None:
        self.market = market
        self._strategy = strategy
        self.plan = plan
        self.first = max(market.start, strategy.min_rows - 1)
        """Row of the first decision: the backtest begins at its close."""
        last = len(market.days) - 2
        if self.first >= last:
            text = (
                f"There are {len(market.days)} days; the strategy needs {strategy.min_rows} before it "
                "decides, and two after that."
            )
            raise refuse(FaultKind.TOO_FEW_ROWS, "days", text)
        starts = period_starts(market.days, plan.frequency)
        later = starts[(starts > self.first) & (starts <= last)]
        self.rows: IntArray = np.append(self.first, later) if rows is None else rows
        """Rows at whose close the strategy is asked."""

    def begin(self) -> State:
        """Return the state before the first decision: all is cash."""
        return State(0, self.plan.capital, np.zeros(self.market.size), None)

    def step(self, state: State) -> tuple[State, Trade | Skipped | None]:
        """Return the state after the next decision, and what came of it; None: nothing was to be traded.

        Raises
        ------
        StrategyFailed
            When the strategy's constraints cannot be met.
        RiskError
            TOTAL_LOSS when the portfolio is worth nothing; WEIGHTS_SUM, NOT_FINITE for what was decided.
        """
        row, market = int(self.rows[state.decisions]), self.market
        over = state.decisions + 1
        try:
            target = self._strategy.decide(self._window(row, state))
        except tuple(_REASONS) as error:
            skipped = Skipped(row, _REASONS[type(error)], str(error))
            return State(over, state.cash, state.quantities, state.target), skipped
        except OptimizationError as error:
            raise StrategyFailed(row, error) from error
        if target is None:
            return State(over, state.cash, state.quantities, state.target), None
        target = _checked(target, market.size)
        prices, costs = market.execution_prices(row + 1), self.plan.costs
        slopes = costs.slopes(market, row, prices)
        fill = trade(state.quantities, state.cash, target, prices, costs.rate, slopes)
        made = Trade(row + 1, fill.traded, prices, fill.costs, fill.quantities, fill.cash)
        return State(over, fill.cash, fill.quantities, target), made

    def _window(self, row: int, state: State) -> Window:
        market = self.market
        first = max(row + 1 - self._strategy.lookback, 0)
        held = state.quantities * market.closes[row]
        value = state.cash + float(held.sum())
        if not value > 0.0:
            raise refuse(FaultKind.TOTAL_LOSS, "value", "The portfolio is worth nothing any more.")
        return Window(
            market.assets,
            market.days[first : row + 1].copy(),
            market.closes[first : row + 1].copy(),
            held / value,
            state.target,
        )


def _checked(target: FloatArray, size: int) -> FloatArray:
    if target.shape != (size,) or not np.isfinite(target).all():
        raise refuse(FaultKind.NOT_FINITE, "weights", f"A strategy must decide on {size} finite weights.")
    if abs((total := float(target.sum())) - 1.0) > SUM_TOLERANCE:
        text = f"The sum of a strategy's weights is {total:.8g}; it must be 1 within {SUM_TOLERANCE:g}."
        raise refuse(FaultKind.WEIGHTS_SUM, "weights", text)
    return target
