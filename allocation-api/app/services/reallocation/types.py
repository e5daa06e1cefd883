"""What is asked of a reallocation, and what is kept and shown of it. Money is in the portfolio's currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from app.services.compliance.vault import VaultFinding
from app.services.domain.side import Side
from app.services.market_history.types import MAX_ASSETS, FillMethod, SeriesFrequency

__all__ = ["MAX_ASSETS"]

MAX_TOTAL = Decimal(10) ** 13
"""Most that is held with the cash, in money: up to it JSON's numbers, which are float64, have exact cents."""

MAX_ADJUSTMENTS = 5
"""Adjustments that a summary lists at most."""


class ReallocationStatus(StrEnum):
    """How an evaluation ended. NOT_NEEDED: every asset is within the threshold of its target."""

    NOT_NEEDED = "NOT_NEEDED"
    MATCHED = "MATCHED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"


class ReallocationOutput(StrEnum):
    """Which of the three outputs an evaluation has."""

    CURRENT_PORTFOLIO = "CURRENT_PORTFOLIO"
    REALLOCATION_PLAN = "REALLOCATION_PLAN"
    FAILED_REPORT = "FAILED_REPORT"


OUTPUTS: Mapping[ReallocationStatus, ReallocationOutput] = {
    ReallocationStatus.NOT_NEEDED: ReallocationOutput.CURRENT_PORTFOLIO,
    ReallocationStatus.MATCHED: ReallocationOutput.REALLOCATION_PLAN,
    ReallocationStatus.PARTIAL: ReallocationOutput.REALLOCATION_PLAN,
    ReallocationStatus.FAILED: ReallocationOutput.FAILED_REPORT,
}


class ReallocationReason(StrEnum):
    """Why a plan is not matched, or a number is not known."""

    INSUFFICIENT_LIQUIDITY = "INSUFFICIENT_LIQUIDITY"
    LIQUIDITY_UNKNOWN = "LIQUIDITY_UNKNOWN"
    LIQUIDITY_SERVICE_UNAVAILABLE = "LIQUIDITY_SERVICE_UNAVAILABLE"
    BELOW_MINIMUM_TRADE = "BELOW_MINIMUM_TRADE"
    MARKET_IMPACT_UNKNOWN = "MARKET_IMPACT_UNKNOWN"
    RISK_UNKNOWN = "RISK_UNKNOWN"


class LiquiditySource(StrEnum):
    """Where it comes from what can be traded of an asset."""

    GIVEN = "GIVEN"
    SERVICE = "SERVICE"
    VOLUME = "VOLUME"
    ASSUMED = "ASSUMED"
    UNKNOWN = "UNKNOWN"


class TargetObjective(StrEnum):
    """What an optimised target is best at, by the covariance of the period."""

    MIN_RISK = "MinRisk"
    SHARPE = "Sharpe"


@dataclass(frozen=True, slots=True)
class ReallocationRequest:
    """A portfolio in money by asset, its target, and what limits the trades.

    One of `target` (money), `target_weights` (parts of 1), `target_set_id` (a stored set, whose classes are
    the assets) and `target_objective` (optimised) is given. `cash` is free cash to be invested, `threshold`
    a part of the target; `liquidity` is money by asset. With `vault_limits` those of the vault are checked, a
    day's change from `day_start_weights`, by default from what is held.
    """

    current: Mapping[str, Decimal]
    target: Mapping[str, Decimal] | None
    target_weights: Mapping[str, Decimal] | None
    target_set_id: str | None
    target_objective: TargetObjective | None
    cash: Decimal
    threshold: Decimal
    minimum_trade: Decimal
    participation: Decimal
    volume_days: int
    liquidity: Mapping[str, Decimal] | None
    assume_liquid: bool
    impact_coefficient: float
    vault_limits: bool
    day_start_weights: Mapping[str, Decimal] | None
    risk_free_rate: float
    start_date: date | None
    end_date: date | None
    frequency: SeriesFrequency
    fill: FillMethod
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class PortfolioHolding:
    """An asset of a portfolio; `weight` is a part of its total value."""

    asset: str
    weight: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class PortfolioState:
    """A portfolio, free cash not counted."""

    total_value: Decimal
    holdings: tuple[PortfolioHolding, ...]


@dataclass(frozen=True, slots=True)
class AssetUtilization:
    """Current over target of an asset; None where it is to be sold entirely."""

    asset: str
    utilization: Decimal | None
    difference: Decimal
    is_out: bool


@dataclass(frozen=True, slots=True)
class UtilizationState:
    """Utilisation of a portfolio; `worst` is the largest distance from 1."""

    overall: Decimal | None
    worst: Decimal | None
    by_asset: tuple[AssetUtilization, ...]


@dataclass(frozen=True, slots=True)
class UtilizationMetrics:
    """Utilisation before and after the plan."""

    pre_reallocation: UtilizationState
    post_reallocation: UtilizationState


@dataclass(frozen=True, slots=True)
class AssetLiquidity:
    """What can be traded of an asset, in money; None where that is not known, or assumed to be enough."""

    asset: str
    source: LiquiditySource
    available: Decimal | None


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What the liquidity service said: its status and body as they came, or why there is no answer."""

    asked_at: datetime
    assets: tuple[str, ...]
    status: int | None
    body: str | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class LiquidityMetrics:
    """Liquidity of a plan; amounts are of both sides. The impact is None where no market is known."""

    fully_matched: bool
    estimated_market_impact: Decimal | None
    total_reallocation_amount: Decimal
    liquidity_shortfall: Decimal
    by_asset: tuple[AssetLiquidity, ...]


@dataclass(frozen=True, slots=True)
class RiskMetrics:
    """Risk of a year by the history of the period, as fractions and ratios; None where not defined.

    `expected_tracking_error` is of the portfolio after the plan against the target.
    """

    current_volatility: float | None
    target_volatility: float | None
    current_sharpe: float | None
    target_sharpe: float | None
    expected_tracking_error: float | None


@dataclass(frozen=True, slots=True)
class PlannedTrade:
    """A trade of a plan; `amount` is money, `wanted` what the target asks for, both above 0."""

    asset: str
    side: Side
    amount: Decimal
    wanted: Decimal


@dataclass(frozen=True, slots=True)
class DirectionChanges:
    """How many assets are bought and sold."""

    increased: int
    decreased: int


@dataclass(frozen=True, slots=True)
class ReallocationSummary:
    """What a plan moves; the largest adjustments come first."""

    total_assets_adjusted: int
    direction_changes: DirectionChanges
    largest_adjustments: tuple[PlannedTrade, ...]


@dataclass(frozen=True, slots=True)
class ReasonGiven:
    """A reason with the assets that it is about."""

    code: ReallocationReason
    message: str
    assets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VaultReport:
    """What the limits of the vault say of the target and the trades that it asks for."""

    allowed: bool
    findings: tuple[VaultFinding, ...]


@dataclass(frozen=True, slots=True)
class ReallocationOutcome:
    """What an evaluation came to. Sales come first among the trades; purchases are sales and cash used."""

    status: ReallocationStatus
    output: ReallocationOutput
    reasons: tuple[ReasonGiven, ...]
    current_portfolio: PortfolioState
    target_portfolio: PortfolioState
    utilization_metrics: UtilizationMetrics
    trades: tuple[PlannedTrade, ...]
    cash_used: Decimal
    cash_after: Decimal
    liquidity_metrics: LiquidityMetrics
    risk_metrics: RiskMetrics
    reallocation_summary: ReallocationSummary
    vault: VaultReport | None
    service_answer: ServiceAnswer | None


@dataclass(frozen=True, slots=True)
class ReallocationHead:
    """A reallocation in a list."""

    reallocation_id: str
    timestamp: datetime
    created_by: str
    status: ReallocationStatus
    output: ReallocationOutput
    blotter_id: str | None


@dataclass(frozen=True, slots=True)
class ShownReallocation(ReallocationOutcome):
    """A reallocation with what came out."""

    reallocation_id: str
    timestamp: datetime
    created_by: str
    blotter_id: str | None


@dataclass(frozen=True, slots=True)
class BlotterWish:
    """How the trades of a reallocation become orders: a bond for each asset, split over groups."""

    portfolio_groups: tuple[str, ...]
    securities: Mapping[str, str] = field(default_factory=dict)
