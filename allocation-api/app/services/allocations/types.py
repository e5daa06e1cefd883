"""Value objects of a preview: its complete input and its result.

`PreviewInputs` is all that the pure function `app.services.allocations.engine.compute` reads. It is stored
beside the preview as its snapshot, and a replay computes from the stored one: whatever can move a number
belongs in here, and nothing that cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from app.services.allocations import snapshot
from app.services.allocations.fairness_types import FairnessSummary
from app.services.allocations.origins import BlotterPlace, Choice, Edit, JointShare
from app.services.allocations.request import PreviewRequest, StatedType, TargetMetric
from app.services.domain.account import AccountInput, Limit
from app.services.domain.block_order import VendorCheck
from app.services.domain.book import Analytics, AssetFault, Benchmark, Price, Security
from app.services.domain.face import Face
from app.services.domain.fairness import FairnessInputs
from app.services.domain.fix_fields import FixGap
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import ProofStatus, Solver, Weighting

WARNING_ID_DIGITS = 12
"""Hex digits of a warning's id: enough to tell apart the warnings of one preview."""


class WarningType(StrEnum):
    """Kinds of warning of a preview."""

    INSUFFICIENT_CASH = "INSUFFICIENT_CASH"
    INSUFFICIENT_POSITION = "INSUFFICIENT_POSITION"
    MIN_LOT_SIZE = "MIN_LOT_SIZE"
    COMPLIANCE = "COMPLIANCE"
    ROUNDING = "ROUNDING"
    STALE_DATA = "STALE_DATA"
    MISSING_DATA = "MISSING_DATA"
    ALLOCATION_DIFFERENT = "ALLOCATION_DIFFERENT"
    STATED_AMOUNT = "STATED_AMOUNT"
    LIMITED_BY_REQUEST = "LIMITED_BY_REQUEST"


class ReasonCode(StrEnum):
    """Why an account got nothing.

    INSUFFICIENT_CASH, INSUFFICIENT_POSITION, COMPLIANCE, MISSING_DATA: what limits it to less than a
    tradable piece. MIN_LOT_SIZE: its share does not reach one. ZERO_WEIGHT: its base amount or weight is 0.
    NOT_OPTIMAL: face in it would raise the dispersion. ORDER_EXHAUSTED: the order had nothing left to give.
    EXCLUDED_BY_REQUEST: the request names it as excluded. LIMITED_BY_REQUEST: the request limits it to less.
    STATED_AMOUNT: what it could get is not what the request states for it.
    NOTHING_OWED: by the ledger of entitlements it has had its part and more.
    """

    INSUFFICIENT_CASH = "INSUFFICIENT_CASH"
    INSUFFICIENT_POSITION = "INSUFFICIENT_POSITION"
    COMPLIANCE = "COMPLIANCE"
    MISSING_DATA = "MISSING_DATA"
    MIN_LOT_SIZE = "MIN_LOT_SIZE"
    ZERO_WEIGHT = "ZERO_WEIGHT"
    NOT_OPTIMAL = "NOT_OPTIMAL"
    ORDER_EXHAUSTED = "ORDER_EXHAUSTED"
    EXCLUDED_BY_REQUEST = "EXCLUDED_BY_REQUEST"
    LIMITED_BY_REQUEST = "LIMITED_BY_REQUEST"
    STATED_AMOUNT = "STATED_AMOUNT"
    NOTHING_OWED = "NOTHING_OWED"


class AllocationSource(StrEnum):
    """Where an account's face comes from, in a split by stated amounts.

    DIRECT: its stated amount, as far as it can take it. PRO_RATA: its part of a priority that asked for more
    than was left. REMAINDER: its part of what the stated amounts left; nothing is stated for it.
    """

    DIRECT = "DIRECT"
    PRO_RATA = "PRO_RATA"
    REMAINDER = "REMAINDER"


# --- in -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreviewInputs:
    """Everything that determines the numbers of a preview.

    `price` is what is reckoned with: the request's where it gave one, else `market_price`, the newest at
    which an account of the desk holds the bond. `vendor_check` is what the vendor's compliance said of the
    split that comes out of all the rest, None where it was not asked: it adds warnings, it moves no quantity.
    `fix_gaps` too only add warnings: what the messages after a commit could not say. `fairness` is None in
    previews from before the ledger of entitlements. `choice` and `edit` say where the request comes from,
    `blotter` where the book does; they move nothing. `joint` is the split itself, where that was made for all
    lines of a blotter at once: no method is asked then.
    """

    request: PreviewRequest
    business_date: date
    settlement_date: date
    security: Security
    analytics: Analytics
    price: Price
    market_price: Price | None
    accrued: Decimal
    accounts: tuple[AccountInput, ...]
    limits: tuple[Limit, ...]
    faults: tuple[AssetFault, ...] = ()
    engine_version: str = ""
    vendor_check: VendorCheck | None = None
    fix_gaps: tuple[FixGap, ...] = ()
    fairness: FairnessInputs | None = None
    choice: Choice | None = None
    edit: Edit | None = None
    blotter: BlotterPlace | None = None
    joint: JointShare | None = None

    @property
    def increment(self) -> int:
        """Increment of the bond, which fills come in; the request's own grid is `grid.Grid` (R3.1)."""
        return self.security.increment if self.request.constraints.round_to_denomination else 1


# --- out ----------------------------------------------------------------------------------------------------


class AccountMetrics(Struct, frozen=True):
    """Metrics of one account; contribution is of the ordered bond. `None` where the data is missing."""

    active_spread_duration: float | None
    spread_duration: float | None
    duration: float | None
    oas: float | None
    dts: float | None
    contribution_to_duration: float | None


@dataclass(frozen=True, slots=True)
class NoAllocation:
    """Why an account got nothing, for machines and for people."""

    code: ReasonCode
    message: str


class AccountAllocation(Struct, frozen=True, omit_defaults=True):
    """One account's row of a preview; money with two decimals, `max_quantity` the face it could take.

    `entitlement_weight` is None where the account is not eligible (R15.1), and in rows from before it.
    `requested_value` is in the unit of `requested_type`, in a split by stated amounts, `requested_quantity`
    the same in face. `owed_before` and `owed_after` are face by the ledger of entitlements, negative where
    the account has had too much, None in rows from before it; `fairness_weight` is how much that counted.
    """

    account_id: str
    account_name: str
    allocated_quantity: Face
    allocated_notional: Decimal
    accrued_interest: Decimal
    settlement_amount: Decimal
    available_cash: Decimal | None
    post_trade_cash: Decimal | None
    max_quantity: Face
    pre_trade_metrics: AccountMetrics
    post_trade_metrics: AccountMetrics
    reason: NoAllocation | None
    entitlement_weight: Decimal | None = None
    requested_type: StatedType | None = None
    requested_value: Decimal | None = None
    requested_quantity: Face | None = None
    allocation_source: AllocationSource | None = None
    owed_before: Face | None = None
    owed_after: Face | None = None
    fairness_weight: float | None = None


class ShownAllocation(AccountAllocation, frozen=True, kw_only=True):
    """A row with the account's NAV and benchmark, which the result does not repeat: its snapshot has them."""

    nav: Decimal | None
    benchmark: Benchmark


@dataclass(frozen=True, slots=True)
class DispersionMetrics:
    """Dispersion over all accounts with a metric, in the metric's unit; improvement is a fraction."""

    target_metric: TargetMetric
    weighting: Weighting
    pre_trade_std_dev: float
    post_trade_std_dev: float
    improvement: float
    max_deviation: float
    min_deviation: float
    target_value: float
    within_tolerance: bool


@dataclass(frozen=True, slots=True)
class OptimalityReport:
    """How good the minimum-dispersion answer is proved to be.

    `objective_std_dev` is the root of what was minimised, which the bound is of: the variance, or a sum of it
    and of what is owed. None in previews from before that.
    """

    status: ProofStatus
    lower_bound_std_dev: float | None
    gap: float | None
    kkt_residual: float | None
    solver: Solver
    iterations: int
    reason: str | None
    objective_std_dev: float | None = None


@dataclass(frozen=True, slots=True)
class AllocationBreakdown:
    """Accounts that got face of their stated amount, by its type, and accounts that got some of the rest."""

    dollar_amount_count: int
    percentage_count: int
    quantity_count: int
    remainder_count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals of a preview; quantities are face, `allocation_rate` a fraction.

    `direct_allocations` to `allocation_breakdown` are of a split by stated amounts.
    """

    total_allocated: Face
    unallocated: Face
    allocation_rate: float
    accounts_allocated: int
    accounts_skipped: int
    total_notional: Decimal
    total_settlement_amount: Decimal
    dispersion_metrics: DispersionMetrics
    optimality: OptimalityReport | None
    direct_allocations: Face | None = None
    remainder_allocations: Face | None = None
    allocation_breakdown: AllocationBreakdown | None = None
    fairness: FairnessSummary | None = None


@dataclass(frozen=True, slots=True)
class PreviewWarning:
    """Something the portfolio manager must have seen before committing; `details` holds the numbers."""

    type: WarningType
    account_id: str | None
    message: str
    details: dict[str, int | float | str | None]

    @property
    def warning_id(self) -> str:
        """Id by which it is acknowledged: a hash of its content, so that stored previews have it, too."""
        return snapshot.digest(snapshot.encode(self))[:WARNING_ID_DIGITS]


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """The order as it was priced: clean price and accrued per 100 of face.

    Where it was asked for as principal or as a fraction of NAV, that is `requested_*`.
    """

    security_id: str
    side: Side
    total_quantity: Face
    settlement_date: date
    price: Decimal
    accrued: Decimal
    price_source: str
    requested_notional: Decimal | None = None
    requested_percent_of_nav: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """The computed part of a preview: equal inputs give an equal result, to the last bit."""

    order: PricedOrder
    allocations: tuple[AccountAllocation, ...]
    summary: Summary
    warnings: tuple[PreviewWarning, ...]
    errors: tuple[AssetFault, ...]
