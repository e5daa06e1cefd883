"""Derived metrics: DTS of a bond or holding, active spread duration of an account (R1.4)."""

from __future__ import annotations

from app.services.domain.book import Analytics, Benchmark, Holding


def dts(item: Holding | Analytics) -> float | None:
    """Return DTS, spread duration x OAS, in years x basis points; None when one is missing."""
    if item.spread_duration is None or item.oas is None:
        return None
    return item.spread_duration * item.oas


def active(value: float | None, benchmark: Benchmark) -> float | None:
    """Return the active spread duration in years; a missing benchmark counts as zero (R1.4)."""
    return None if value is None else value - (benchmark.spread_duration or 0.0)
