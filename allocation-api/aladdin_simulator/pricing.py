"""Prices and risk numbers of bonds on one date, computed with QuantLib from a Treasury curve.

A bullet bond without options has an OAS equal to its z-spread: the constant that, added to every semiannually
compounded zero rate of the curve, discounts the cash flows to the dirty price. The curve is bootstrapped from
par yields. For every bond, Treasuries included:

- `duration` (OAD) and `convexity` move the par yields by one basis point up and down at a constant OAS;
- `spread_duration` moves the OAS by one basis point up and down on an unmoved curve;
- the yield is the street convention's: semiannual compounding over coupon periods, unadjusted dates.

The clean price is rounded first and everything else follows from the rounded price. QuantLib's global
evaluation date is never used: every call names its settlement date.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import QuantLib as ql

from aladdin_simulator.book import BookError
from aladdin_simulator.calendar import from_ql, is_business_day, settlement, to_ql
from bonds.interest import Payment, accrued_interest, payments
from bonds.terms import InterestUnknownError, Terms

PAR_YIELDS: Mapping[float, float] = MappingProxyType(
    {0.5: 4.08, 1: 4.02, 2: 3.96, 3: 3.97, 5: 4.04, 7: 4.14, 10: 4.28, 20: 4.52, 30: 4.54}
)
"""Par yields in per cent by maturity in years: linear between the points, flat beyond the last."""

SETTLE_DAYS = 1
SETTLE_DAYS_OF_CLOSE = SETTLE_DAYS + 1
"""Business days from a day's close to the settlement of what is traded on the next business day."""

BUMP = 1e-4
_CURVE_PERIODS = 80
_SEMIANNUAL = (ql.Compounded, ql.Semiannual)
_SOLVER_ACCURACY = 1e-12
_MIN_YIELD, _MAX_YIELD = -0.5, 100.0
_ACCRUED_UNIT = Decimal("1e-6")


class PricingError(BookError):
    """A bond's numbers cannot be computed from its terms and price."""


@dataclass(frozen=True, slots=True)
class BondNumbers:
    """A bond's numbers at one clean price; units as in `book.Bond`."""

    accrued: Decimal
    yield_to_maturity: float
    oas: float
    duration: float
    spread_duration: float
    convexity: float


def par_yield(years: float) -> float:
    """Return the curve's par yield in per cent for a maturity in years, linear between its points."""
    points = list(PAR_YIELDS.items())
    if years <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if years <= right:
            return low + (high - low) * (years - left) / (right - left)
    return points[-1][1]


def quoted(price: float, *, treasury: bool) -> Decimal:
    """Round a clean price as the market quotes it: Treasuries in 64ths, other bonds to three decimals."""
    return Decimal(round(price * 64)) / 64 if treasury else Decimal(f"{price:.3f}")


class Market:
    """The curve as of one date, and the numbers of any bond on it for standard settlement.

    Parameters
    ----------
    as_of : date
        The curve's date.
    settle_days : int
        Business days from the curve's date to settlement, on the US government bond calendar. One for a book
        that trades on its own date, two for one that trades on the next.
    shift : float
        Parallel move of the par yields, as a fraction (0.0001 is a basis point).
    """

    def __init__(self, as_of: date, *, settle_days: int = SETTLE_DAYS, shift: float = 0.0) -> None:
        self._as_of = as_of
        self._settlement = to_ql(settlement(as_of, settle_days))
        self._shift = shift

    # Accrued interest and dates need no curve.
    @cached_property
    def _curve(self) -> Any:
        return self._bootstrap(self._shift)

    @cached_property
    def _curve_up(self) -> Any:
        return self._bootstrap(self._shift + BUMP)

    @cached_property
    def _curve_down(self) -> Any:
        return self._bootstrap(self._shift - BUMP)

    @property
    def settlement(self) -> date:
        """The settlement date of the numbers."""
        return from_ql(self._settlement)

    @property
    def is_business_day(self) -> bool:
        """Whether US government bonds trade on the curve's date."""
        return is_business_day(self._as_of)

    def clean_price(self, terms: Terms, oas: float) -> float:
        """Return the clean price per 100 of face at an OAS in basis points."""
        bond = self._bond(terms, self._payments(terms))
        return self._dirty(bond, self._curve, oas * BUMP) - float(self.accrued(terms))

    def accrued(self, terms: Terms) -> Decimal:
        """Return the accrued interest per 100 of face at settlement, six decimals.

        Raises
        ------
        PricingError
            If the terms do not determine it.
        """
        try:
            return accrued_interest(terms, self._interest_from(terms)).quantize(_ACCRUED_UNIT)
        except InterestUnknownError as error:
            raise PricingError(str(error)) from error

    def numbers(self, terms: Terms, clean_price: Decimal) -> BondNumbers:
        """Compute all numbers of a bond from its clean price.

        Raises
        ------
        PricingError
            If the bond has no cash flow after settlement, or no yield or spread explains the price.
        """
        coupons, accrued = self._payments(terms), self.accrued(terms)
        bond = self._bond(terms, coupons)
        dirty = float(clean_price + accrued)
        try:
            bond_yield = _yield(coupons, dirty)
            price = ql.BondPrice(dirty, ql.BondPrice.Dirty)
            spread = ql.BondFunctions.zSpread(
                bond, price, self._curve, *_SEMIANNUAL, self._settlement, _SOLVER_ACCURACY
            )
        except RuntimeError as error:
            raise PricingError(f"no yield or spread explains a clean price of {clean_price}") from error
        here = self._dirty(bond, self._curve, spread)
        up, down = self._dirty(bond, self._curve_up, spread), self._dirty(bond, self._curve_down, spread)
        wide, tight = (self._dirty(bond, self._curve, spread + bump) for bump in (BUMP, -BUMP))
        return BondNumbers(
            accrued=accrued,
            yield_to_maturity=round(bond_yield * 100, 8),
            oas=round(spread / BUMP, 6),
            duration=round((down - up) / (2 * BUMP * here), 6),
            spread_duration=round((tight - wide) / (2 * BUMP * here), 6),
            convexity=round((up + down - 2 * here) / (BUMP * BUMP * here) / 100, 6),
        )

    def _bootstrap(self, shift: float) -> Any:
        """Turn the par yields, moved by `shift`, into a discount curve with semiannual nodes.

        A par bond of n periods prices at 100: D_n = (1 - c/2 sum_{k<n} D_k) / (1 + c/2).
        """
        dates, discounts, annuity = [self._settlement], [1.0], 0.0
        for period in range(1, _CURVE_PERIODS + 1):
            half_coupon = (par_yield(period / 2) / 100 + shift) / 2
            discount = (1 - half_coupon * annuity) / (1 + half_coupon)
            annuity += discount
            dates.append(ql.NullCalendar().advance(self._settlement, 6 * period, ql.Months))
            discounts.append(discount)
        curve = ql.DiscountCurve(dates, discounts, ql.Actual365Fixed())
        curve.enableExtrapolation()
        return curve

    def _bond(self, terms: Terms, coupons: Sequence[Payment]) -> Any:
        """Return the cash flows after settlement as a bond of QuantLib's; the last is the principal."""
        flows = [ql.SimpleCashFlow(float(each.amount), to_ql(each.day)) for each in coupons]
        flows.append(ql.SimpleCashFlow(100.0, to_ql(terms.maturity)))
        return ql.Bond(SETTLE_DAYS, ql.NullCalendar(), 100.0, to_ql(terms.maturity), self._settlement, flows)

    def _payments(self, terms: Terms) -> Sequence[Payment]:
        if terms.maturity <= self.settlement:
            raise PricingError(f"a maturity of {terms.maturity} is not after settlement {self.settlement}")
        try:
            return payments(terms, self._interest_from(terms))
        except InterestUnknownError as error:
            raise PricingError(str(error)) from error

    def _interest_from(self, terms: Terms) -> date:
        """Return the settlement date, or the start of interest of a bond that is issued later."""
        return self.settlement if terms.start is None else max(self.settlement, terms.start)

    def _dirty(self, bond: Any, curve: Any, spread: float) -> float:
        return float(ql.BondFunctions.dirtyPrice(bond, curve, spread, *_SEMIANNUAL, self._settlement))


def _yield(coupons: Sequence[Payment], dirty: float) -> float:
    """Return the semiannually compounded rate that discounts the cash flows to the dirty price."""
    flows = [(float(each.amount), each.years) for each in coupons]
    flows.append((100.0, coupons[-1].years))

    def error(rate: float) -> float:
        return sum(amount * math.pow(1 + rate / 2, -2 * years) for amount, years in flows) - dirty

    return float(ql.Brent().solve(error, _SOLVER_ACCURACY, 0.04, _MIN_YIELD, _MAX_YIELD))
