"""Account metrics from holdings (allocation rules, section 2)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from app.services.domain.book import Analytics, Benchmark, Holding


def average(
    holdings: Sequence[Holding], nav: Decimal | None, value: Callable[[Holding], float | None]
) -> float | None:
    """Return sum(market value x value) / NAV, or None when a number that it takes is missing (R1.3)."""
    if nav is None or nav <= 0:
        return None
    terms = []
    for holding in holdings:
        if holding.market_value == 0:
            continue
        one = value(holding)
        if one is None or holding.market_value is None:
            return None
        terms.append(float(holding.market_value) * one)
    return math.fsum(terms) / float(nav)


def spread_duration(holding: Holding) -> float | None:
    """Years."""
    return holding.spread_duration


def duration(holding: Holding) -> float | None:
    """Years."""
    return holding.duration


def oas(holding: Holding) -> float | None:
    """Basis points."""
    return holding.oas


def dts(item: Holding | Analytics) -> float | None:
    """Duration times spread: spread duration x OAS, in years x basis points."""
    if item.spread_duration is None or item.oas is None:
        return None
    return item.spread_duration * item.oas


def active(value: float | None, benchmark: Benchmark) -> float | None:
    """Return a spread duration less the benchmark's; a missing benchmark counts as zero (R1.4)."""
    return None if value is None else value - (benchmark.spread_duration or 0.0)


def market_value(holdings: Sequence[Holding]) -> Decimal:
    """Return the market value of holdings, those that the vendor did not value left out."""
    return sum((h.market_value for h in holdings if h.market_value is not None), Decimal(0))
