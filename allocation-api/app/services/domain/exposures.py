"""Account metrics: market-value-weighted sums over holdings, divided by NAV (R1.3, R1.4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from app.services.domain.book import Analytics, Benchmark, Holding


def average(
    holdings: Sequence[Holding], nav: Decimal | None, value: Callable[[Holding], float | None]
) -> float | None:
    """Return sum(market value x value) / NAV in the unit of `value`; None when a number is missing (R1.3)."""
    if nav is None or nav <= 0:
        return None
    terms = []
    for holding in holdings:
        if holding.market_value == 0:
            continue
        number = value(holding)
        if number is None or holding.market_value is None:
            return None
        terms.append(float(holding.market_value) * number)
    return math.fsum(terms) / float(nav)


def spread_duration(holding: Holding) -> float | None:
    """Return the spread duration in years."""
    return holding.spread_duration


def duration(holding: Holding) -> float | None:
    """Return the option-adjusted duration in years."""
    return holding.duration


def oas(holding: Holding) -> float | None:
    """Return the option-adjusted spread in basis points."""
    return holding.oas


def dts(item: Holding | Analytics) -> float | None:
    """Return DTS, spread duration x OAS, in years x basis points; None when one is missing."""
    if item.spread_duration is None or item.oas is None:
        return None
    return item.spread_duration * item.oas


def active(value: float | None, benchmark: Benchmark) -> float | None:
    """Return the active spread duration in years; a missing benchmark counts as zero (R1.4)."""
    return None if value is None else value - (benchmark.spread_duration or 0.0)


def market_value(holdings: Sequence[Holding]) -> Decimal:
    """Return the total market value of holdings; those without one are left out."""
    return sum((h.market_value for h in holdings if h.market_value is not None), Decimal(0))
