"""Filters and results of reports. Quantities are face; prices are clean, per 100 of face."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.services.allocations.request import PreviewRequest, StatedType
from app.services.allocations.store import AllocationStatus
from app.services.allocations.types import AllocationSource, PricedOrder, ReasonCode
from app.services.domain.face import Face
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Filter of allocation lines; `None` does not filter. Days are the desk's, both inclusive."""

    account_id: str | None = None
    allocation_id: str | None = None
    date_from: date | None = None
    date_to: date | None = None
    security_id: str | None = None
    status: AllocationStatus | None = None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One account's part of an allocation: previewed, ordered now, and filled.

    What is unknown is None, and nothing is 0. `ordered_quantity` is its slice after every change; it and the
    fill are None without an order, `average_price` also while nothing is filled. `booked_quantity` is what
    Aladdin was last seen to have booked; fills are final where `allocation_state` is OF_RECORD. `principal`
    is in the bond's currency, `business_date` the desk's date of the preview.
    """

    allocation_id: str
    business_date: date
    created_at: datetime
    committed_at: datetime | None
    account_id: str
    account_name: str | None
    security_id: str
    security_description: str | None
    side: Side
    method: Method
    status: AllocationStatus
    allocated_quantity: Face
    ordered_quantity: Decimal | None
    filled_quantity: Decimal | None
    booked_quantity: Decimal | None
    average_price: Decimal | None
    principal: Decimal | None
    order_id: str | None
    order_status: str | None
    allocation_state: AllocationState | None
    reason_code: ReasonCode | None
    created_by: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One account's line of an allocation: the preview's numbers, the order's now, and the fill.

    Money is in `currency`, the account's and the bond's. What is unknown is None, and nothing is 0.
    """

    account_id: str
    account_name: str | None
    security_id: str
    security_description: str | None
    side: Side
    settlement_date: date
    currency: str
    price: Decimal
    accrued: Decimal
    allocated_quantity: Decimal
    allocated_notional: Decimal
    accrued_interest: Decimal
    settlement_amount: Decimal
    available_cash: Decimal | None
    post_trade_cash: Decimal | None
    ordered_quantity: Decimal | None
    filled_quantity: Decimal | None
    booked_quantity: Decimal | None
    average_price: Decimal | None
    principal: Decimal | None
    order_id: str | None
    allocation_state: AllocationState | None
    reason_code: ReasonCode | None
    reason: str | None
    requested_type: StatedType | None
    requested_value: Decimal | None
    requested_quantity: Face | None
    allocation_source: AllocationSource | None
    owed_before: Face | None
    owed_after: Face | None


@dataclass(frozen=True, slots=True)
class AllocationSheet:
    """One allocation with its lines; totals are the preview's, the order's numbers those of now."""

    allocation_id: str
    status: AllocationStatus
    created_at: datetime
    created_by: str
    request: PreviewRequest
    priced: PricedOrder
    total_allocated: Face
    total_notional: Decimal
    total_settlement_amount: Decimal
    security_description: str | None
    isin: str | None
    currency: str
    business_date: date
    snapshot_sha256: str
    order_id: str | None
    order_status: str | None
    allocation_state: AllocationState | None
    ordered_quantity: Decimal | None
    filled_quantity: Decimal | None
    average_price: Decimal | None
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """Filter of a fairness report: orders sent on these days of the desk, both inclusive."""

    date_from: date
    date_to: date
    group_id: str | None = None
    side: Side | None = None
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class Gains:
    """Counts of allocations by first-day gain: `gained` of `known`; `unknown` have no first-day price yet."""

    gained: int
    known: int
    unknown: int
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class AccountFairness:
    """Fairness statistics of one account in a period; see `app.services.reports.fairness` for each."""

    account_id: str
    account_name: str | None
    allocations: int
    not_comparable: int
    asked_quantity: Decimal
    filled_quantity: Decimal
    entitled_quantity: Decimal | None
    fill_ratio: Decimal | None
    total_quantity: Decimal
    share: Decimal | None
    comparable_quantity: Decimal
    comparable_total: Decimal
    pro_rata_share: Decimal | None
    entitlement_ratio: Decimal | None
    difference_quantity: Decimal | None
    difference_percentage_points: Decimal | None
    average_price: Decimal | None
    block_average_price: Decimal | None
    price_difference: Decimal | None
    price_difference_bp: Decimal | None
    gains: Gains
    gain_p_value: float | None


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """Fairness statistics of the filled allocations of a period, by account.

    `provisional` counts those whose fills are not final. `not_filled` and `not_known` count the allocations
    that are left out: without a fill, and those of which it is unknown what was filled for the accounts.
    """

    period: Period
    time_zone: str
    allocations: int
    provisional: int
    not_filled: int
    not_known: int
    not_comparable: int
    asked_quantity: Decimal
    filled_quantity: Decimal
    gains: Gains
    accounts: tuple[AccountFairness, ...]
