"""What a portfolio manager asks for: the block order, the method with its parameters, and wishes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.services.domain.face import Face
from app.services.domain.fairness import FairnessMode
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import Solver, Weighting
from app.services.kernels.allocation.registry import Method


class BaseMetric(StrEnum):
    """What a pro-rata share is proportional to."""

    NAV = "NAV"
    MARKET_VALUE = "MARKET_VALUE"
    POSITION = "POSITION"
    CUSTOM = "CUSTOM"


class TargetMetric(StrEnum):
    """The account metric whose dispersion is measured and minimised."""

    ACTIVE_SPREAD_DURATION = "ACTIVE_SPREAD_DURATION"
    DURATION = "DURATION"
    OAS = "OAS"
    DTS = "DTS"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """The block order to split: `quantity` is face, `price` an optional clean price per 100 of face.

    It has decimals only where it takes a position with cents of face whole (R1.1).
    """

    security_id: str
    side: Side
    quantity: Face
    settlement_date: date | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of the methods; what a method does not use is left at its default.

    `fairness` None is the mode of the policy in force, `fairness_weight` None its weight.
    `max_dispersion_cost` is a fraction of the least standard deviation.
    """

    base_metric: BaseMetric = BaseMetric.NAV
    base_amounts: dict[str, Decimal] = field(default_factory=dict)
    weights: dict[str, Decimal] = field(default_factory=dict)
    redistribute: bool = False
    target_metric: TargetMetric = TargetMetric.ACTIVE_SPREAD_DURATION
    weighting: Weighting = Weighting.EQUAL
    solver: Solver = Solver.EXACT
    tolerance: float = 0.05
    max_iterations: int = 1000
    fairness: FairnessMode | None = None
    fairness_weight: float | None = None
    max_dispersion_cost: float | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An account that the request leaves out, and why."""

    account_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits that the request itself sets; `min_allocation` is face, `exclude_accounts` by account id."""

    respect_cash: bool = True
    min_allocation: int = 0
    round_to_denomination: bool = True
    compliance_check: bool = True
    exclude_accounts: tuple[Exclusion, ...] = ()

    @property
    def excluded(self) -> dict[str, str]:
        """Return the reason of each excluded account."""
        return {exclusion.account_id: exclusion.reason for exclusion in self.exclude_accounts}


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What the portfolio manager asks for."""

    order: OrderRequest
    method: Method
    portfolio_groups: tuple[str, ...]
    parameters: Parameters = field(default_factory=Parameters)
    constraints: Constraints = field(default_factory=Constraints)
