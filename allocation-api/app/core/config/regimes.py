"""Settings of market regimes."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class RegimesSettings:
    """Thresholds of the classifier of regimes, and how many bars a year has.

    Windows are in bars, ranks in per cent, direction in standard deviations, bands in percentage points.
    """

    volatility_window: int
    trend_window: int
    rank_window: int
    tight_rank: float
    high_rank: float
    direction: float
    btc_band: float
    eth_band: float
    stable_band: float
    min_bars: int
    confirmation_bars: int
    bars_per_year: int


def regimes_settings(read: Reader) -> RegimesSettings:
    """Read the section; what one threshold leaves to another is checked, too."""
    found = RegimesSettings(
        volatility_window=read.integer("REGIME_VOLATILITY_BARS", 30, 2, 365),
        trend_window=read.integer("REGIME_TREND_BARS", 30, 2, 365),
        rank_window=read.integer("REGIME_RANK_BARS", 365, 30, 3_660),
        tight_rank=float(read.percent("REGIME_TIGHT_RANK", "33")),
        high_rank=float(read.percent("REGIME_HIGH_RANK", "67")),
        direction=float(read.number("REGIME_DIRECTION", "0.5", 100)),
        btc_band=float(read.percent("REGIME_BTC_BAND", "1")),
        eth_band=float(read.percent("REGIME_ETH_BAND", "0.5")),
        stable_band=float(read.percent("REGIME_STABLE_BAND", "0.5")),
        min_bars=read.integer("REGIME_MIN_BARS", 90, 3, 3_660),
        confirmation_bars=read.integer("REGIME_CONFIRMATION_BARS", 2, 1, 30),
        bars_per_year=read.integer("REGIME_BARS_PER_YEAR", 365, 52, 8_784),
    )
    if found.tight_rank > found.high_rank:
        read.fail("REGIME_TIGHT_RANK must not be above REGIME_HIGH_RANK")
    if found.min_bars <= max(found.volatility_window, found.trend_window):
        read.fail("REGIME_MIN_BARS must be above REGIME_VOLATILITY_BARS and REGIME_TREND_BARS")
    return found
