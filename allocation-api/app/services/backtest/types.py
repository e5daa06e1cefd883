"""What is asked of a backtest, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.services.domain.side import Side
from app.services.jobs.kinds import JobKind
from app.services.kernels.backtest import Figure, RebalancingFrequency, SkippedReason
from app.services.kernels.backtest.strategies import MIN_WINDOW, THRESHOLD, WINDOW
from app.services.kernels.optimization import Measure, Objective
from app.services.kernels.risk import FaultKind

MAX_TRADES = 150_000
"""Decisions times assets of a backtest."""

MAX_COMPARED = 10


class StrategyType(StrEnum):
    """Strategies; regime is not supported yet."""

    FIXED_WEIGHTS = "fixed_weights"
    OPTIMIZATION = "optimization"
    REBALANCING = "rebalancing"
    BUY_AND_HOLD = "buy_and_hold"
    REGIME = "regime"


class BacktestStatus(StrEnum):
    """States of a backtest's job; FAILED, too, where the job was forgotten without a result."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    ABORTING = "ABORTING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ABORTED = "ABORTED"
    TIMED_OUT = "TIMED_OUT"


class ChartType(StrEnum):
    """How a chart is drawn."""

    LINE = "line"
    AREA = "area"
    STACKED_AREA = "stacked_area"


@dataclass(frozen=True, slots=True)
class StrategyParameters:
    """Parameters of strategies; rates are of a year, the minimum acceptable return of a day.

    Each type uses its own.
    """

    weights: dict[str, float] | None = None
    objective: Objective = Objective.MIN_RISK
    risk_measure: Measure = Measure.MV
    window: int = WINDOW
    min_window: int = MIN_WINDOW
    threshold: float = THRESHOLD
    target_return: float | None = None
    risk_aversion: float = 1.0
    confidence: float = 0.95
    radius: float = 0.0
    minimum_acceptable_return: float = 0.0


@dataclass(frozen=True, slots=True)
class StrategyRequest:
    """A strategy, how often it decides, and what its trades cost."""

    type: StrategyType
    parameters: StrategyParameters = field(default_factory=StrategyParameters)
    rebalancing_frequency: RebalancingFrequency = RebalancingFrequency.MONTHLY
    transaction_costs: float = 0.001
    market_impact: float = 0.0


@dataclass(frozen=True, slots=True)
class GroupLimits:
    """Least and most of the weights of a group together."""

    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class BacktestConstraints:
    """Limits of an optimisation."""

    lower_bound: float = 0.0
    upper_bound: float = 1.0
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    group_constraints: dict[str, GroupLimits] = field(default_factory=dict)
    max_turnover: float | None = None


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """A backtest; days are those on which all assets and the benchmark have a price."""

    strategy: StrategyRequest
    assets: tuple[str, ...]
    start_date: date | None = None
    end_date: date | None = None
    initial_capital: float = 1_000_000.0
    benchmark: str | None = None
    constraints: BacktestConstraints = field(default_factory=BacktestConstraints)
    risk_free_rate: float = 0.0
    periods_per_year: int | None = None
    known_at: datetime | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class BacktestWork:
    """The work of a job."""

    backtest_id: str


RUN = JobKind("backtest.run", BacktestWork)


@dataclass(frozen=True, slots=True)
class BacktestData:
    """What the prices were; `known_at` repeats them."""

    start_date: date
    end_date: date
    return_count: int
    history_count: int
    left_out: int
    periods_per_year: int
    source: list[str]
    last_updated: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True)
class TradeRecord:
    """The trades of a decision, by asset in the order of the request."""

    row: int
    traded: list[float]
    prices: list[float]
    costs: list[float]
    quantities: list[float]
    cash: float


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A decision that was not made, for the optimiser had no portfolio: what was held stayed."""

    date: date
    reason: SkippedReason
    message: str


@dataclass(frozen=True, slots=True)
class StateRecord:
    """A simulation between two decisions."""

    decisions: int
    cash: float
    quantities: list[float]
    target: list[float] | None


@dataclass(frozen=True, slots=True)
class Part:
    """Some decisions in a row, stored together: their trades, and the state after them."""

    state: StateRecord
    trades: list[TradeRecord]
    skipped: list[SkippedRecord]


@dataclass(frozen=True, slots=True)
class Interval:
    """The stationary bootstrap's interval of the Sharpe ratio, with what repeats it."""

    low: float
    high: float
    confidence: float
    samples: int
    block_length: float
    seed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of a backtest; None is explained in `undefined`."""

    initial_capital: float
    final_value: float
    total_costs: float
    trade_count: int
    figures: dict[Figure, float | None]
    undefined: dict[Figure, FaultKind]
    sharpe_interval: Interval | None


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """One number for each day; the first day is that of the first decision, and has no return."""

    dates: list[date]
    portfolio_values: list[float]
    cash: list[float]
    returns: list[float | None]
    drawdowns: list[float]
    benchmark_values: list[float] | None
    benchmark_returns: list[float | None] | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One trade of an asset; `weight` is its part of the portfolio after the trades of that day."""

    date: date
    asset: str
    action: Side
    quantity: float
    price: float
    cost: float
    weight: float


@dataclass(frozen=True, slots=True)
class PeriodAllocation:
    """Weights after the trades of a day, at their prices."""

    date: date
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """A line of a chart."""

    name: str
    values: list[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be plotted: its lines over the same days."""

    name: str
    title: str
    type: ChartType
    dates: list[date]
    series: list[ChartSeries]


@dataclass(frozen=True, slots=True)
class Trades:
    """The trades of a backtest, and the weights after those of each day."""

    transactions: list[Transaction]
    period_allocations: list[PeriodAllocation]


@dataclass(frozen=True, slots=True)
class Result:
    """What a backtest came to, as it is stored; its trades are in its parts."""

    data: BacktestData
    summary: Summary
    time_series: TimeSeries
    skipped: list[SkippedRecord]
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class BacktestView:
    """A backtest as a list shows it."""

    backtest_id: str
    name: str | None
    grid_id: str | None
    job_id: str
    status: BacktestStatus
    created_at: datetime
    created_by: str
    request: BacktestRequest
    summary: Summary | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Backtest(BacktestView):
    """A backtest with its result; None while there is none."""

    data: BacktestData | None
    time_series: TimeSeries | None
    transactions: list[Transaction]
    transaction_count: int
    period_allocations: list[PeriodAllocation]
    skipped: list[SkippedRecord]
    charts: list[Chart]
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class SubmittedBacktest:
    """A backtest that was asked for."""

    backtest_id: str
    job_id: str
    status: BacktestStatus


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the compared backtests: figures over the days that all have, and its value from 1 on them."""

    backtest_id: str
    name: str | None
    summary: Summary
    figures: dict[Figure, float | None]
    undefined: dict[Figure, FaultKind]
    wealth: list[float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Backtests over the days that all of them have."""

    dates: list[date]
    backtests: list[Compared]
    correlation: Mapping[str, Mapping[str, float | None]]
