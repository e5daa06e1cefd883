"""The book: value objects for accounts, holdings, bonds and their prices, as of one time.

All are immutable. Units: face in the bond's currency, clean price and accrued interest per 100 of face, money
in the account's currency, durations in years, OAS in basis points. `None` means that the source has no value;
nothing is estimated.

The vendor publishes prices on positions only, so the market price of a bond is the newest price of a position
in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias, TypeVar

T = TypeVar("T")


class AsOf(StrEnum):
    """Basis of positions; the values are the vendor's `posType`."""

    EOD = "EOD"
    SOD = "SOD"
    TRADES = "SOD+Trades"
    TRADES_AND_ORDERS = "SOD+Trades+Orders"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Benchmark values of an account: spread duration and duration in years, OAS in basis points."""

    spread_duration: float | None = None
    duration: float | None = None
    oas: float | None = None


@dataclass(frozen=True, slots=True)
class Security:
    """Static terms of one bond, from the vendor's security master.

    `security_id` is the vendor's asset id (the CUSIP for all that have one). `min_piece` is the smallest
    tradable face, `increment` the step above it; `factor` is current over original face.

    Interest accrues from `accrual_date`, else from `issue_date`; `last_coupon` is set before an irregular
    last period only. `pays_at_month_end` is None where the vendor does not say; `special_schedule` is the
    vendor's word for coupons that do not come some number of times a year. `trades_flat`: without accrued
    interest.
    """

    security_id: str
    isin: str | None
    ticker: str | None
    description: str
    issuer: str | None
    issuer_id: str | None
    sector: str | None
    country: str | None
    rating: str | None
    currency: str
    coupon: Decimal | None
    coupon_frequency: int | None
    day_count: str | None
    issue_date: date | None
    maturity: date | None
    min_piece: int
    increment: int
    amount_issued: Decimal | None
    settle_days: int
    factor: Decimal = Decimal(1)
    accrual_date: date | None = None
    first_coupon: date | None = None
    last_coupon: date | None = None
    pays_at_month_end: bool | None = None
    special_schedule: str | None = None
    is_floating: bool = False
    trades_flat: bool = False


@dataclass(frozen=True, slots=True)
class Analytics:
    """Risk numbers of one bond on one date; `accrued` per 100 of face for standard settlement.

    Yield in per cent, durations in years (`duration` is option-adjusted), OAS in basis points.
    """

    security_id: str
    risk_date: date | None
    duration: float | None
    spread_duration: float | None
    oas: float | None
    convexity: float | None
    yield_to_maturity: float | None
    accrued: Decimal | None


@dataclass(frozen=True, slots=True)
class Price:
    """A clean price per 100 of face, its date, and its source."""

    clean: Decimal
    price_date: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Holding:
    """One account's position in one bond: the sum of the vendor's rows.

    `face` is on the requested basis (`AsOf`); `settled_face` can be sold: settled long face less what trades
    and live orders already sell. `market_value` includes accrued interest, in the account's currency; None
    where a row has no value and none can be computed. `sec_group` is the vendor's, such as BND.
    """

    account_id: str
    security_id: str
    issuer_id: str | None
    face: Decimal
    settled_face: Decimal
    market_value: Decimal | None
    price: Price | None
    duration: float | None
    spread_duration: float | None
    oas: float | None
    isin: str | None = None
    ticker: str | None = None
    description: str | None = None
    issuer: str | None = None
    currency: str | None = None
    sec_group: str | None = None


@dataclass(frozen=True, slots=True)
class AssetFault:
    """The vendor's error for one asset, in place of its data."""

    security_id: str
    code: str
    message: str


ById: TypeAlias = Mapping[str, T | AssetFault]
"""Results by requested id: the value, or the vendor's error for it."""


@dataclass(frozen=True, slots=True)
class AgencyRating:
    """One agency's rating in its own notation, with its effective date; agency ids are the vendor's."""

    agency_id: int
    value: str
    effective_date: date


@dataclass(frozen=True, slots=True)
class Ratings:
    """The newest rating of each agency for one asset or issuer, and their composite in S&P's notation."""

    security_id: str
    composite: str | None
    agencies: tuple[AgencyRating, ...]


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A portfolio or group at the vendor: its ticker, its code, and the codes of its children.

    A group is a node with children; the vendor has no other mark of it.
    """

    ticker: str
    portfolio_id: str | None
    child_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupMembers:
    """The accounts under a portfolio group and its nested groups, and these groups: distinct and sorted."""

    group_id: str
    account_ids: tuple[str, ...] = field(default=())
    group_ids: tuple[str, ...] = field(default=())
