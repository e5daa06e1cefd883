"""The simulated desk's book: portfolio groups, accounts, bonds and positions at the vendor.

Units are the field's: face in the bond's currency, clean price and accrued per 100 of face, money in the
account's currency with two decimals, durations in years, yields and coupons in per cent, OAS in basis points.
Convexity is the second derivative of the price over the price, divided by 100, as screens quote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from bonds import interest
from bonds.terms import DayCount, InterestUnknownError, Terms

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
BASIS_POINT = Decimal("0.0001")


class BookError(ValueError):
    """A book cannot be built: the scenario is unknown, or the book file is invalid."""


class SecurityKind(StrEnum):
    """The vendor's security type within the group `BND`."""

    GOVERNMENT = "GOVT"
    AGENCY = "AGENCY"
    SOVEREIGN = "SOVEREIGN"
    CORPORATE = "CORP"


def to_cents(amount: Decimal) -> Decimal:
    """Round money to two decimals, half a cent to the even one."""
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


def exact(number: float) -> Decimal:
    """Return the decimal number of a JSON text: the shortest one that parses as this float."""
    return Decimal(int(number)) if number.is_integer() else Decimal(repr(number))


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Benchmark values of an account or a group; None for a value that the benchmark does not have."""

    spread_duration: float | None = None
    duration: float | None = None
    oas: float | None = None


@dataclass(frozen=True, slots=True)
class Bond:
    """One bond: its terms, and its numbers for `settlement`, the standard one after the book's date.

    `country` is the issuer's domicile (it leads the ISIN, which a private placement does not have),
    `risk_country` where the credit risk lies. `spread_duration` and `oas` are None where the vendor reports
    no value; `ratings` are by agency id.
    """

    cusip: str
    isin: str | None
    ticker: str
    description: str
    issuer: str
    issuer_id: str
    kind: SecurityKind
    sector: str
    country: str
    risk_country: str
    rating: str
    ratings: Mapping[int, str]
    currency: str
    terms: Terms
    min_piece: int
    increment: int
    amount_issued: Decimal
    private_144a: bool
    price: Decimal
    settlement: date
    accrued: Decimal
    yield_to_maturity: float
    duration: float
    spread_duration: float | None
    convexity: float
    oas: float | None

    @property
    def coupon(self) -> Decimal:
        """Coupon in per cent a year."""
        return self.terms.coupon

    @property
    def issue_date(self) -> date | None:
        """The day from which interest accrues."""
        return self.terms.start

    @property
    def maturity(self) -> date:
        """Maturity."""
        return self.terms.maturity

    @property
    def day_count(self) -> DayCount:
        """Day count."""
        return self.terms.day_count

    @property
    def dirty_price(self) -> Decimal:
        """Clean price plus accrued, per 100 of face."""
        return self.price + self.accrued

    @property
    def dv01(self) -> float:
        """Price change of 100 of face for one basis point: duration x dirty price x 0.0001."""
        return self.duration * float(self.dirty_price * BASIS_POINT)

    def market_value(self, face: Decimal) -> Decimal:
        """Return the market value of `face` with accrued, to the cent; also its settlement amount."""
        return to_cents(face * self.dirty_price / HUNDRED)

    def accrued_interest(self, face: Decimal) -> Decimal:
        """Return the accrued interest on `face` in money, to the cent."""
        return to_cents(face * self.accrued / HUNDRED)

    def settling(self, day: date | None) -> Bond:
        """Return the bond with the accrued interest of another settlement date, where its terms tell it."""
        if day is None or day == self.settlement:
            return self
        try:
            return replace(self, settlement=day, accrued=interest.accrued_interest(self.terms, day))
        except InterestUnknownError:
            return self


@dataclass(frozen=True, slots=True)
class Position:
    """A long holding: face of one bond."""

    cusip: str
    face: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """One client account (the vendor's portfolio). `benchmark` overrides that of its group.

    `cash_reserve_percent`, a fraction of NAV, is no data of the vendor's: the desk keeps so much cash in it.
    """

    account_id: str
    account_name: str
    currency: str
    nav: Decimal
    cash: Decimal
    restrictions: tuple[str, ...]
    benchmark: Benchmark | None
    positions: tuple[Position, ...]
    cash_reserve_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReferenceGroup:
    """A portfolio group; a member is an account or another group. The vendor only publishes the members."""

    group_id: str
    group_name: str
    description: str
    strategy: str
    manager: str
    created_date: date
    benchmark: Benchmark | None
    member_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferenceAccount:
    """Reference data of an account that the vendor does not publish."""

    account_id: str
    account_name: str
    currency: str
    restrictions: tuple[str, ...]
    benchmark: Benchmark | None
    cash_reserve_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReferenceSecurity:
    """Fields of a bond for a search index; `country` is the country of risk."""

    security_id: str
    isin: str | None
    ticker: str
    description: str
    issuer: str
    issuer_id: str
    sector: str
    country: str
    rating: str
    coupon: Decimal
    maturity: date
    currency: str


@dataclass(frozen=True, slots=True)
class ReferenceLimit:
    """A compliance limit as a fraction; `scope_id` is the account or sector, `*` by default."""

    code: str
    scope: str
    scope_id: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """Names, strategies, restrictions, benchmarks and limits, for the client's own reference tables."""

    as_of: date
    groups: tuple[ReferenceGroup, ...]
    accounts: tuple[ReferenceAccount, ...]
    securities: tuple[ReferenceSecurity, ...]
    limits: tuple[ReferenceLimit, ...] = ()


@dataclass(frozen=True, slots=True)
class SimulatorBook:
    """Everything that one simulator serves, as of one date; `warnings` are of the files that it came from."""

    as_of: date
    groups: tuple[ReferenceGroup, ...]
    accounts: tuple[Account, ...]
    securities: tuple[Bond, ...]
    limits: tuple[ReferenceLimit, ...] = ()
    warnings: tuple[str, ...] = ()
    bond_by_cusip: Mapping[str, Bond] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bond_by_cusip", {bond.cusip: bond for bond in self.securities})

    def holdings_value(self, account: Account) -> Decimal:
        """Return the market value of the account's positions with accrued, without cash."""
        bonds = self.bond_by_cusip
        return sum(
            (bonds[position.cusip].market_value(position.face) for position in account.positions), Decimal(0)
        )

    def reference(self) -> ReferenceData:
        """Return the part of the book that the vendor does not publish."""
        return ReferenceData(
            as_of=self.as_of,
            groups=self.groups,
            accounts=tuple(_reference_account(account) for account in self.accounts),
            securities=tuple(_reference_security(bond) for bond in self.securities),
            limits=self.limits,
        )


def _reference_account(account: Account) -> ReferenceAccount:
    return ReferenceAccount(
        account_id=account.account_id,
        account_name=account.account_name,
        currency=account.currency,
        restrictions=account.restrictions,
        benchmark=account.benchmark,
        cash_reserve_percent=account.cash_reserve_percent,
    )


def _reference_security(bond: Bond) -> ReferenceSecurity:
    return ReferenceSecurity(
        security_id=bond.cusip,
        isin=bond.isin,
        ticker=bond.ticker,
        description=bond.description,
        issuer=bond.issuer,
        issuer_id=bond.issuer_id,
        sector=bond.sector,
        country=bond.risk_country,
        rating=bond.rating,
        coupon=bond.coupon,
        maturity=bond.maturity,
        currency=bond.currency,
    )
