"""Positions of an account, with their market-value-weighted sums divided by NAV (R1.3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from app.services.domain import exposures
from app.services.domain.book import Holding, Price


@dataclass(frozen=True)
class AccountPositions:
    """NAV, cash and holdings of one account at the vendor, on one basis (`AsOf`).

    Sums and indices are computed once per object, on demand. They expire with the read that it came from.
    """

    account_id: str
    nav: Decimal | None = None
    cash: Decimal | None = None
    currency: str | None = None
    reference_date: date | None = None
    holdings: tuple[Holding, ...] = ()

    @cached_property
    def market_value(self) -> Decimal:
        """Total market value; holdings without one are left out."""
        return market_value(self.holdings)

    @cached_property
    def spread_duration(self) -> float | None:
        """Spread duration in years, None when a number is missing (R1.3)."""
        return self._average(lambda holding: holding.spread_duration)

    @cached_property
    def duration(self) -> float | None:
        """Option-adjusted duration in years, None when a number is missing (R1.3)."""
        return self._average(lambda holding: holding.duration)

    @cached_property
    def oas(self) -> float | None:
        """Option-adjusted spread in basis points, None when a number is missing (R1.3)."""
        return self._average(lambda holding: holding.oas)

    @cached_property
    def dts(self) -> float | None:
        """Duration times spread in years x basis points, None when a number is missing (R1.3)."""
        return self._average(exposures.dts)

    @cached_property
    def unvalued(self) -> tuple[str, ...]:
        """Security ids of the holdings without a market value."""
        return tuple(h.security_id for h in self.holdings if h.market_value is None)

    def of_security(self, security_id: str) -> Sequence[Holding]:
        """Return the holdings in one bond, in their order."""
        return self._by_security.get(security_id, ())

    def of_issuer(self, issuer_id: str | None) -> Sequence[Holding]:
        """Return the holdings in all bonds of one issuer, in their order; an unknown issuer has none."""
        return () if issuer_id is None else self._by_issuer.get(issuer_id, ())

    @cached_property
    def _by_security(self) -> Mapping[str, Sequence[Holding]]:
        return _indexed((h.security_id, h) for h in self.holdings)

    @cached_property
    def _by_issuer(self) -> Mapping[str, Sequence[Holding]]:
        return _indexed((h.issuer_id, h) for h in self.holdings if h.issuer_id is not None)

    def _average(self, value: Callable[[Holding], float | None]) -> float | None:
        """Return sum(market value x value) / NAV in the unit of `value`; None when one is missing (R1.3)."""
        if self.nav is None or self.nav <= 0:
            return None
        terms = []
        for holding in self.holdings:
            if holding.market_value == 0:
                continue
            one = value(holding)
            if one is None or holding.market_value is None:
                return None
            terms.append(float(holding.market_value) * one)
        return math.fsum(terms) / float(self.nav)


def market_value(holdings: Sequence[Holding]) -> Decimal:
    """Return the total market value of holdings; those without one are left out."""
    return sum((h.market_value for h in holdings if h.market_value is not None), Decimal(0))


def latest_price(positions: Sequence[AccountPositions], security_id: str) -> Price | None:
    """Return the newest price of a position in the bond; ties go to the smaller account id (R2.2).

    None when no account holds it at a price.
    """
    prices = [
        holding.price
        for account in sorted(positions, key=lambda p: p.account_id)
        for holding in account.of_security(security_id)
        if holding.price is not None
    ]
    return max(prices, key=lambda price: price.price_date or date.min, default=None)


def _indexed(named: Iterable[tuple[str, Holding]]) -> dict[str, list[Holding]]:
    found: dict[str, list[Holding]] = {}
    for name, holding in named:
        found.setdefault(name, []).append(holding)
    return found
