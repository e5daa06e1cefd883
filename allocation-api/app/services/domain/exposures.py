"""Derived metrics of a bond or an account (allocation rules, section 2)."""

from __future__ import annotations

from app.services.domain.book import Analytics, Benchmark, Holding


def dts(item: Holding | Analytics) -> float | None:
    """Duration times spread: spread duration x OAS, in years x basis points."""
    if item.spread_duration is None or item.oas is None:
        return None
    return item.spread_duration * item.oas


def active(value: float | None, benchmark: Benchmark) -> float | None:
    """Return a spread duration less the benchmark's; a missing benchmark counts as zero (R1.4)."""
    return None if value is None else value - (benchmark.spread_duration or 0.0)
