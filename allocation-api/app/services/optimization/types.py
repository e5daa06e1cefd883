"""What is asked of the optimiser, and what is answered and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.services.kernels.optimization import Measure, OptimizationSolver
from app.services.kernels.risk.covariance import CovarianceMethod
from app.services.market_history.types import FillMethod, SeriesFrequency
from app.services.risk.types import RiskData


class PortfolioModel(StrEnum):
    """Where expected returns and risk come from."""

    CLASSIC = "Classic"
    BLACK_LITTERMAN = "BL"
    FACTOR = "FM"


class PortfolioObjective(StrEnum):
    """What is sought; RiskParity and HRP are rules that take no limits and no expected returns."""

    MIN_RISK = "MinRisk"
    MAX_RETURN = "MaxRet"
    SHARPE = "Sharpe"
    UTILITY = "Utility"
    RISK_PARITY = "RiskParity"
    HRP = "HRP"


RULES = frozenset({PortfolioObjective.RISK_PARITY, PortfolioObjective.HRP})


class OptimalityStatus(StrEnum):
    """What is proved; NOT_SOUGHT: the rule has no objective (HRP)."""

    OPTIMAL = "OPTIMAL"
    WITHIN_GAP = "WITHIN_GAP"
    NOT_SOUGHT = "NOT_SOUGHT"


@dataclass(frozen=True, slots=True)
class GroupLimit:
    """Least and most that the assets of a group have together."""

    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class PortfolioConstraints:
    """Limits of weights; `target_return` is of a year."""

    lower_bound: float
    upper_bound: float
    groups: Mapping[str, tuple[str, ...]]
    group_constraints: Mapping[str, GroupLimit]
    max_turnover: float | None
    target_return: float | None
    max_assets: int | None
    min_weight: float


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """A portfolio that is expected to earn so much in a year, give or take `uncertainty`."""

    weights: Mapping[str, float]
    expected_return: float
    uncertainty: float | None


@dataclass(frozen=True, slots=True)
class OptimizationRequest:
    """Assets, days, and what portfolio is sought.

    Rates and costs are of a year; `threshold`, `radius` and `risk_aversion` are of a period. Rules have no
    constraints.
    """

    assets: tuple[str, ...]
    start_date: date | None
    end_date: date | None
    frequency: SeriesFrequency
    fill: FillMethod
    known_at: datetime | None
    model: PortfolioModel
    risk_measure: Measure
    objective: PortfolioObjective
    risk_free_rate: float
    constraints: PortfolioConstraints | None
    level: float
    threshold: float
    radius: float
    risk_aversion: float
    covariance: CovarianceMethod
    decay: float
    periods_per_year: int | None
    current_weights: Mapping[str, float]
    transaction_cost: float
    views: tuple[PortfolioView, ...]
    market_weights: Mapping[str, float]
    market_risk_aversion: float
    tau: float
    factors: tuple[str, ...]
    frontier_points: int


@dataclass(frozen=True, slots=True)
class PortfolioMetrics:
    """What the weights come to; `risk` is by the measure and of a period, the rest as named."""

    expected_return: float
    volatility: float
    sharpe_ratio: float | None
    max_drawdown: float | None
    risk: float
    worst_return: float
    worst_risk: float
    turnover: float | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The portfolio of least risk (of a period) for an expected return (of a year)."""

    risk: float
    expected_return: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SolverAttempt:
    """One solver's try; without a gap where it found nothing that could be judged."""

    solver: OptimizationSolver
    said: str
    iterations: int
    gap: float | None
    kkt_residual: float | None
    accepted: bool


@dataclass(frozen=True, slots=True)
class PortfolioOptimality:
    """What is proved of the weights, and who found them."""

    status: OptimalityStatus
    objective: float | None
    bound: float | None
    gap: float | None
    kkt_residual: float | None
    solver: OptimizationSolver | None
    attempts: tuple[SolverAttempt, ...]


@dataclass(frozen=True, slots=True)
class OptimizationOutcome:
    """What is kept of an optimisation, and has to come out again."""

    weights: Mapping[str, float]
    metrics: PortfolioMetrics
    expected_returns: Mapping[str, float]
    efficient_frontier: tuple[FrontierPoint, ...]
    optimality: PortfolioOptimality
    data: RiskData


@dataclass(frozen=True, slots=True)
class OptimizationSummary:
    """An optimised portfolio as a list shows it."""

    portfolio_id: str
    timestamp: datetime
    created_by: str
    model: PortfolioModel
    risk_measure: Measure
    objective: PortfolioObjective
    asset_count: int
    status: OptimalityStatus


@dataclass(frozen=True, slots=True)
class OptimizedPortfolio:
    """An optimised portfolio with what it was made of."""

    portfolio_id: str
    timestamp: datetime
    created_by: str
    request: OptimizationRequest
    versions: Mapping[str, str]
    returns_sha256: str
    outcome_sha256: str
    outcome: OptimizationOutcome


@dataclass(frozen=True, slots=True)
class OptimizationReplay:
    """Whether an optimisation comes out again.

    `identical` is by bytes. `reproduced`: identical, or on other versions of libraries no weight differs by
    more than `tolerance`.
    """

    portfolio_id: str
    identical: bool
    reproduced: bool
    same_returns: bool
    same_versions: bool
    largest_difference: float
    tolerance: float
    recorded_versions: Mapping[str, str]
    versions: Mapping[str, str]
