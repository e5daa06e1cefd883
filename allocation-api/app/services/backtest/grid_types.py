"""What is asked of a grid of backtests, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from app.services.backtest.types import BacktestRequest, BacktestStatus, BacktestView, SubmittedBacktest
from app.services.kernels.backtest import RebalancingFrequency
from app.services.kernels.risk import FaultKind

MAX_TRIALS = 64
"""Backtests of a grid."""


@dataclass(frozen=True, slots=True)
class GridParameters:
    """Values that are tried in every combination; None is not varied."""

    threshold: tuple[float, ...] | None = None
    window: tuple[int, ...] | None = None
    risk_aversion: tuple[float, ...] | None = None
    radius: tuple[float, ...] | None = None
    upper_bound: tuple[float, ...] | None = None
    rebalancing_frequency: tuple[RebalancingFrequency, ...] | None = None


@dataclass(frozen=True, slots=True)
class CrossValidationRequest:
    """How days are cut to cross-validate the choice among backtests; no embargo given is 1 % of the days."""

    folds: int = 10
    test_folds: int = 2
    purged_days: int = 1
    embargo_days: int | None = None


@dataclass(frozen=True, slots=True)
class GridRequest:
    """One backtest for each combination of parameters."""

    base: BacktestRequest
    grid: GridParameters
    cross_validation: CrossValidationRequest = field(default_factory=CrossValidationRequest)


@dataclass(frozen=True, slots=True)
class SubmittedGrid:
    """The backtests of a grid that were asked for."""

    grid_id: str
    backtests: tuple[SubmittedBacktest, ...]


@dataclass(frozen=True, slots=True)
class GridView:
    """A grid as a list shows it: how many backtests it has, and how many of them are in which state."""

    grid_id: str
    created_at: datetime
    request: GridRequest
    backtest_count: int
    statuses: dict[BacktestStatus, int]


@dataclass(frozen=True, slots=True)
class OverfittingReport:
    """How much of the best trial's Sharpe ratio is luck; ratios are of a year."""

    probability_of_overfitting: float
    loss_probability: float
    performance_slope: float | None
    best_backtest_id: str
    expected_maximum_sharpe: float
    deflated_sharpe_ratio: float
    blocks: int
    split_count: int
    start_date: date
    end_date: date


@dataclass(frozen=True, slots=True)
class CrossValidationReport:
    """Sharpe ratios of a year that choosing the best backtest has on days that it was not chosen by.

    `sharpe_ratios` are those of the paths; `chosen` is in how many splits each backtest was.
    """

    folds: int
    test_folds: int
    purged_days: int
    embargo_days: int
    split_count: int
    path_count: int
    sharpe_ratios: list[float]
    mean_sharpe: float
    median_sharpe: float
    sharpe_deviation: float | None
    loss_probability: float
    chosen: dict[str, int]


@dataclass(frozen=True, slots=True)
class Undefined:
    """Why something is not defined for some results."""

    reason: FaultKind
    message: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid: its backtests, and what is known of them together once all have a result."""

    grid_id: str
    created_at: datetime
    request: GridRequest
    backtests: list[BacktestView]
    overfitting: OverfittingReport | None = None
    undefined: FaultKind | None = None
    message: str | None = None
    cross_validation: CrossValidationReport | None = None
    cross_validation_undefined: Undefined | None = None
