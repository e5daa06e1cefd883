"""Format of a book file as types: the values of each key, and which keys are optional.

`null` in an optional key is the same as leaving it out.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from aladdin_simulator.book import exact
from aladdin_simulator.words import LimitCode, LimitScope
from bonds.terms import DayCount, Terms

_MAX_MONEY = 1e13

Finite = Annotated[float, Meta(ge=-1e6, le=1e6)]
Money = Annotated[float, Meta(ge=-_MAX_MONEY, le=_MAX_MONEY)]
Face = Annotated[float, Meta(ge=0, le=_MAX_MONEY)]
Size = Annotated[float, Meta(gt=0, le=_MAX_MONEY)]
Lot = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Price = Annotated[float, Meta(gt=0, le=10_000)]
Coupon = Annotated[float, Meta(ge=0, le=100)]
Accrued = Annotated[float, Meta(ge=-100, le=100)]
NavFraction = Annotated[float, Meta(ge=0, le=1)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
# Tickers are sent in comma-separated lists, in which a leading minus excludes one.
Ticker = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$",
        description="an id: a letter or digit, then up to 39 more, or `_`, `.`, `-`",
    ),
]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$", description="a country of two capital letters, like US")]
Currency = Annotated[
    str, Meta(pattern=r"^[A-Z]{3}$", description="a currency of three capital letters, like USD")
]


class BenchmarkEntry(Struct, forbid_unknown_fields=True):
    """Benchmark values of a group or an account: any finite numbers."""

    spread_duration: Finite | None = None
    duration: Finite | None = None
    oas: Finite | None = None


class GroupEntry(Struct, forbid_unknown_fields=True):
    """A portfolio group; `accounts` may name other groups."""

    group_id: Ticker
    group_name: Text
    created_date: date
    accounts: list[Ticker]
    description: str = ""
    strategy: str = ""
    manager: str = ""
    benchmark: BenchmarkEntry | None = None


class PositionEntry(Struct, forbid_unknown_fields=True):
    """A holding."""

    cusip: str
    face: Face


class AccountEntry(Struct, forbid_unknown_fields=True):
    """An account; `nav` left out is cash plus the positions' market value.

    `cash_reserve_percent` is a fraction of NAV that the desk keeps in cash: 0.02 is 2 %.
    """

    account_id: Ticker
    account_name: Text
    cash: Money
    currency: Currency
    nav: Money | None = None
    restrictions: list[Text] = field(default_factory=list)
    benchmark: BenchmarkEntry | None = None
    cash_reserve_percent: NavFraction | None = None
    positions: list[PositionEntry] = field(default_factory=list)


class RatingsEntry(Struct, forbid_unknown_fields=True):
    """Ratings of a bond by agency, in the agency's own notation; an agency that is left out has none."""

    moodys: str | None = None
    sp: str | None = None
    fitch: str | None = None


class LimitEntry(Struct, forbid_unknown_fields=True):
    """A compliance limit as a fraction; `scope_id` is the account or sector that it limits."""

    code: LimitCode
    value: Annotated[float, Meta(ge=0, le=1)]
    scope: LimitScope = LimitScope.DEFAULT
    scope_id: Text = "*"


class SecurityEntry(Struct, forbid_unknown_fields=True):
    """A bond.

    `accrued`, `duration`, `convexity` and `yield` left out are computed from the terms and the price. Without
    `spread_duration` or `oas` the vendor reports none. Coupons are counted back from maturity, or from
    `last_coupon` before an irregular last period; interest accrues from `issue_date`. A bond that matures on
    the last day of a month pays at month ends, unless `pays_at_month_end` is false. `rating` is every
    agency's, unless `ratings` gives them one by one.
    """

    cusip: str
    ticker: Text
    description: Text
    issuer: Text
    issuer_id: Text
    sector: Text
    country: Country
    coupon: Coupon
    maturity: date
    day_count: DayCount
    price: Price
    min_piece: Lot
    increment: Lot
    amount_issued: Size
    currency: Currency
    rating: str | None = None
    ratings: RatingsEntry | None = None
    accrued: Accrued | None = None
    duration: Finite | None = None
    spread_duration: Finite | None = None
    oas: Finite | None = None
    convexity: Finite | None = None
    yield_: Finite | None = field(default=None, name="yield")
    frequency: Literal[1, 2, 3, 4, 6, 12] = 2
    issue_date: date | None = None
    first_coupon: date | None = None
    last_coupon: date | None = None
    pays_at_month_end: bool | None = None
    ex_dividend_days: Annotated[int, Meta(ge=0, le=60)] = 0

    def terms(self) -> Terms:
        """Return the terms that the coupons follow from."""
        return Terms(
            coupon=exact(self.coupon),
            maturity=self.maturity,
            day_count=self.day_count,
            frequency=self.frequency,
            start=self.issue_date,
            first_coupon=self.first_coupon,
            last_coupon=self.last_coupon,
            pays_at_month_end=self.pays_at_month_end,
            ex_dividend_days=self.ex_dividend_days,
        )


class BookEntry(Struct, forbid_unknown_fields=True):
    """A whole book file."""

    as_of: date
    groups: list[GroupEntry]
    accounts: list[AccountEntry]
    securities: list[SecurityEntry]
    limits: list[LimitEntry] = field(default_factory=list)
