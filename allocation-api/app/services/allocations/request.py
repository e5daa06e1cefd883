"""What a portfolio manager asks for: the block order, the method with its parameters, and wishes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.services.domain.cash_reserve import CashReserve
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
    EQUAL = "EQUAL"
    CASH = "CASH"
    GAP = "GAP"
    ORDER_SIZE = "ORDER_SIZE"


class TargetMetric(StrEnum):
    """The account metric whose dispersion is measured and minimised."""

    ACTIVE_SPREAD_DURATION = "ACTIVE_SPREAD_DURATION"
    DURATION = "DURATION"
    OAS = "OAS"
    DTS = "DTS"


class StatedType(StrEnum):
    """Unit of a stated amount: settlement amount, fraction of the order, or face."""

    DOLLAR_AMOUNT = "DOLLAR_AMOUNT"
    PERCENTAGE = "PERCENTAGE"
    QUANTITY = "QUANTITY"


class RemainderHandling(StrEnum):
    """Who gets what the stated amounts leave of the order: by NAV, each alike, or nobody."""

    PRO_RATA = "PRO_RATA"
    EQUAL = "EQUAL"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class StatedAmount:
    """What one account is to get of the order (R7.6); the values are in the unit of `type`.

    A smaller `priority` is served before a larger one, and None after all of them.
    """

    account_id: str
    type: StatedType
    value: Decimal
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """The block order to split: `quantity` is face, `price` an optional clean price per 100 of face.

    It has decimals only where it takes a position with cents of face whole (R1.1). `notional`, principal in
    the bond's currency, or `percent_of_nav`, a fraction, may size the order instead (R2.7): `quantity` is 0
    until the inputs are loaded, and from then on the face that this came to.
    """

    security_id: str
    side: Side
    quantity: Face
    settlement_date: date | None = None
    price: Decimal | None = None
    notional: Decimal | None = None
    percent_of_nav: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of the methods; what a method does not use is left at its default.

    `tiers` are account ids, the tier that is served first in front.
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
    allocations: tuple[StatedAmount, ...] = ()
    remainder_handling: RemainderHandling = RemainderHandling.NONE
    allow_partial: bool = False
    normalize: bool = False
    tiers: tuple[tuple[str, ...], ...] = ()
    fairness: FairnessMode | None = None
    fairness_weight: float | None = None
    max_dispersion_cost: float | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An account that the request leaves out, and why."""

    account_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccountLimit:
    """Bounds on the face that one account gets: from `min` to `max`, or just `fixed` (R4.8)."""

    min: Face | None = None
    max: Face | None = None
    fixed: Face | None = None

    @property
    def least(self) -> Face:
        """Least face that the account must get; 0 where it may get nothing."""
        return (self.min if self.fixed is None else self.fixed) or 0

    @property
    def most(self) -> Face | None:
        """Most face that the account may get; None where the request does not say."""
        return self.max if self.fixed is None else self.fixed


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits that the request itself sets; `min_allocation` and `round_to` are face.

    `exclude_accounts` and `account_limits` are by account id. `leave_tradable` is true in a request that does
    not say; false is what snapshots of before it mean.
    """

    respect_cash: bool = True
    min_allocation: int = 0
    round_to_denomination: bool = True
    compliance_check: bool = True
    exclude_accounts: tuple[Exclusion, ...] = ()
    account_limits: dict[str, AccountLimit] = field(default_factory=dict)
    cash_reserve: CashReserve | None = None
    leave_tradable: bool = False
    round_to: int | None = None
    round_to_above_only: bool = False

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

    @property
    def is_instruction(self) -> bool:
        """Whether shares are stated, by weights or a base other than NAV, so that no ledger moves them."""
        # R16.1
        has_base = self.method is Method.PRO_RATA and self.parameters.base_metric is not BaseMetric.NAV
        return self.method is Method.CUSTOM_WEIGHTS or has_base
