"""What services answer with, beside previews: rows for lists and details, as value objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from app.services.allocations.types import PreviewRequest, PreviewResult
from app.services.domain.book import AsOf, Benchmark
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method

T = TypeVar("T")

PENDING_COMPLIANCE = "PENDING_COMPLIANCE"
"""What became of an order that the vendor has, but whose compliance has not finished: no success yet."""


@dataclass(frozen=True, slots=True)
class AccountName:
    """An account in a list."""

    account_id: str
    account_name: str


@dataclass(frozen=True, slots=True)
class PortfolioGroup:
    """A portfolio group with the accounts under it, nested groups walked."""

    group_id: str
    group_name: str
    description: str
    strategy: str
    manager: str
    created_date: date | None
    benchmark: Benchmark
    account_count: int
    accounts: tuple[AccountName, ...]


@dataclass(frozen=True, slots=True)
class GroupAccount:
    """An account of a group: money in its currency, durations in years. `strategy` is its group's."""

    account_id: str
    account_name: str
    strategy: str
    currency: str | None
    restrictions: tuple[str, ...]
    nav: Decimal | None
    cash: Decimal | None
    market_value: Decimal
    position_count: int
    duration: float | None
    oas: float | None
    spread_duration: float | None
    benchmark_spread_duration: float | None
    active_spread_duration: float | None
    benchmark: Benchmark


@dataclass(frozen=True, slots=True)
class SecurityHit:
    """A bond found by a search."""

    cusip: str
    isin: str | None
    ticker: str | None
    description: str
    issuer: str | None
    sector: str | None
    rating: str | None
    country: str | None
    currency: str
    coupon: Decimal | None
    maturity: date | None
    duration: float | None
    spread_duration: float | None
    oas: float | None
    min_denomination: int
    increment: int


@dataclass(frozen=True, slots=True)
class SecurityDetail:
    """All terms of a bond with its price; `price` is clean, per 100 of face."""

    hit: SecurityHit
    day_count: str | None
    coupon_frequency: int | None
    issue_date: date | None
    amount_issued: Decimal | None
    settle_days: int
    factor: Decimal
    price: Decimal | None
    price_date: date | None


@dataclass(frozen=True, slots=True)
class SecurityAnalytics:
    """Risk numbers of a bond. Yield in per cent, OAS in bp, durations in years, DV01 per 100 of face."""

    cusip: str
    risk_date: date | None
    price: Decimal | None
    accrued: Decimal | None
    yield_to_maturity: float | None
    duration: float | None
    spread_duration: float | None
    convexity: float | None
    oas: float | None
    dts: float | None
    dv01: float | None


@dataclass(frozen=True, slots=True)
class Position:
    """One position of an account; `quantity` is face."""

    account_id: str
    cusip: str
    description: str | None
    quantity: Decimal
    settled_quantity: Decimal
    price: Decimal | None
    market_value: Decimal | None
    duration: float | None
    spread_duration: float | None
    oas: float | None


@dataclass(frozen=True, slots=True)
class Positions:
    """An account's positions on one basis."""

    account_id: str
    as_of: AsOf
    reference_date: date | None
    nav: Decimal | None
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class CashPosition:
    """Cash before (`settled_cash`) and after (`available_cash`) today's trades and live orders."""

    account_id: str
    currency: str
    settled_cash: Decimal | None
    available_cash: Decimal | None


@dataclass(frozen=True, slots=True)
class StoredAllocation:
    """A stored preview with what became of it: request and result exactly as they were first answered."""

    allocation_id: str
    status: str
    created_at: datetime
    expires_at: datetime
    created_by: str
    request: PreviewRequest
    result: PreviewResult
    commit: CommitResult | None


@dataclass(frozen=True, slots=True)
class AllocationSummary:
    """A line of the allocation history."""

    allocation_id: str
    status: str
    created_at: datetime
    expires_at: datetime
    created_by: str
    security_id: str
    side: Side
    method: Method
    quantity: int
    total_allocated: int
    unallocated: int
    portfolio_groups: tuple[str, ...]
    aladdin_order_id: str | None


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which allocations are wanted; `None` filters nothing."""

    date_from: date | None = None
    date_to: date | None = None
    status: str | None = None
    security_id: str | None = None
    group_id: str | None = None
    username: str | None = None
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class CommitLine:
    """What became of one account's slice."""

    account_id: str
    allocated_quantity: int
    aladdin_order_id: str | None
    status: str
    message: str


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What became of a commit: status SUCCESS, FAILED or PENDING_COMPLIANCE."""

    allocation_id: str
    status: str
    aladdin_order_ids: tuple[str, ...]
    allocations: tuple[CommitLine, ...]
    audit_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the service can do its work, and on which data: mode is mock or real.

    `reference_date` is of the vendor's positions and risk, with its age in business days; what is not known
    is None. `stale` says what a preview warns of; old data does not make the service unready.
    """

    ready: bool
    mode: str
    database: str
    aladdin: str
    business_date: date
    reference_date: date | None
    reference_age_business_days: int | None
    stale: bool | None


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Whether a recomputation from the stored snapshot gives the stored numbers."""

    allocation_id: str
    identical: bool
    snapshot_sha256: str
    engine_version: str
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """What became of a modify or a cancel: status SUCCESS or FAILED, of a modify PENDING_COMPLIANCE too."""

    status: str
    aladdin_order_id: str
    message: str
    audit_id: str


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Who did what, when, in which request, and what it changed; `day` and `sequence` are its place."""

    audit_id: str
    at: datetime
    user_id: str | None
    username: str
    action: str
    entity_type: str
    entity_id: str
    request_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    day: date
    sequence: int
    hash: str
