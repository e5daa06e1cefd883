"""Generator of the demo universe: 20 made-up assets, whose prices are the same wherever they are generated.

Daily log returns are drift + loading x market + own noise. Both noises are Student's t with 5 degrees of
freedom, scaled to a standard deviation of 1, and both grow in a stressed regime, which a Markov chain
switches: fat tails and volatility that comes in clusters. A day's draws do not depend on how many days
follow, so that a longer universe begins with the shorter one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.services.market_history.bars import Bars, Values

SOURCE = "demo"
FIRST_DAY = date(2016, 1, 4)
MIN_DAYS = 2_520
"""Ten years of weekdays but for holidays."""

SEED = 20_160_104
DEGREES = 5
CALM, STRESSED = 1.0, 2.6
"""Factor on the volatility of a day in each regime."""

TO_STRESS, TO_CALM = 0.008, 0.045
"""Chance that the next day has the other regime: stress lasts 22 days on average, calm 125."""

STRESS_DRIFT = -0.0012
"""What a day of the stressed regime adds to the market's return."""

MARKET_VOLATILITY = 0.0088
"""Standard deviation of the market's return on a calm day."""


@dataclass(frozen=True, slots=True)
class DemoAsset:
    """A made-up asset: first price, drift of a year, loading on the market, own volatility of a calm day."""

    symbol: str
    price: float
    drift: float
    loading: float
    noise: float


ASSETS = (
    DemoAsset("EQ-US-LARGE", 100.0, 0.085, 1.00, 0.0030),
    DemoAsset("EQ-US-SMALL", 60.0, 0.080, 1.15, 0.0065),
    DemoAsset("EQ-EUROPE", 45.0, 0.062, 0.95, 0.0055),
    DemoAsset("EQ-JAPAN", 52.0, 0.058, 0.80, 0.0070),
    DemoAsset("EQ-EMERGING", 38.0, 0.070, 1.05, 0.0080),
    DemoAsset("EQ-TECH", 80.0, 0.125, 1.25, 0.0070),
    DemoAsset("EQ-HEALTH", 70.0, 0.088, 0.80, 0.0055),
    DemoAsset("EQ-BANKS", 30.0, 0.064, 1.20, 0.0075),
    DemoAsset("EQ-ENERGY", 55.0, 0.050, 1.10, 0.0110),
    DemoAsset("EQ-UTILITY", 48.0, 0.056, 0.50, 0.0060),
    DemoAsset("BD-GOVT-SHORT", 84.0, 0.018, -0.01, 0.0009),
    DemoAsset("BD-GOVT-LONG", 120.0, 0.024, -0.20, 0.0068),
    DemoAsset("BD-INFLATION", 110.0, 0.026, -0.02, 0.0030),
    DemoAsset("BD-CORPORATE", 108.0, 0.034, 0.08, 0.0030),
    DemoAsset("BD-HIGH-YIELD", 82.0, 0.048, 0.38, 0.0028),
    DemoAsset("BD-EMERGING", 90.0, 0.045, 0.30, 0.0040),
    DemoAsset("RE-GLOBAL", 77.0, 0.060, 0.85, 0.0070),
    DemoAsset("CM-GOLD", 115.0, 0.055, 0.02, 0.0090),
    DemoAsset("CM-OIL", 40.0, 0.030, 0.60, 0.0190),
    DemoAsset("CM-METALS", 25.0, 0.040, 0.55, 0.0105),
)


def generate(before: date) -> dict[str, Bars]:
    """Return the bars of each asset on all weekdays before a day, and on ten years of them at least."""
    count = max(int(np.busday_count(FIRST_DAY, before)), MIN_DAYS)
    calendar = np.busday_offset(np.datetime64(FIRST_DAY, "D"), np.arange(count))
    days = calendar.astype(np.int64).astype(np.int32)
    switches, market_draws, own_draws, bar_draws = (
        np.random.Generator(np.random.PCG64(seed)) for seed in np.random.SeedSequence(SEED).spawn(4)
    )
    stressed = _regimes(switches.random(count))
    factor = np.where(stressed, STRESSED, CALM)
    unit = np.sqrt((DEGREES - 2) / DEGREES)
    shared = market_draws.standard_t(DEGREES, count) * unit * factor * MARKET_VOLATILITY
    shared += np.where(stressed, STRESS_DRIFT, 0.0)
    own = own_draws.standard_t(DEGREES, (count, len(ASSETS))) * unit * factor[:, np.newaxis]
    inner = bar_draws.random((count, len(ASSETS), 4))
    return {
        asset.symbol: Bars(days, _bars(asset, shared, own[:, at], inner[:, at]))
        for at, asset in enumerate(ASSETS)
    }


def _regimes(draws: Values) -> NDArray[np.bool_]:
    """Return on which days the regime is the stressed one; the first day is calm."""
    found = np.zeros(len(draws), bool)
    now = False
    for at, draw in enumerate(draws):
        found[at] = now
        now = bool(draw >= TO_CALM if now else draw < TO_STRESS)
    return found


def _bars(asset: DemoAsset, shared: Values, own: Values, inner: Values) -> Values:
    """Return open, high, low, close and volume; prices to the cent, as a file would have them."""
    returns = asset.drift / 252 + asset.loading * shared + asset.noise * own
    returns[0] = 0.0
    closes = asset.price * np.exp(np.cumsum(returns))
    before = np.concatenate(([asset.price], closes[:-1]))
    opens = before * np.exp(returns * inner[:, 0] * 0.5)
    spread = asset.noise * inner[:, 1:3]
    highs = np.maximum(opens, closes) * np.exp(spread[:, 0])
    lows = np.minimum(opens, closes) * np.exp(-spread[:, 1])
    volumes = np.round(1_000_000 * (0.5 + inner[:, 3]) * (1 + 20 * np.abs(returns)))
    return np.vstack([np.round((opens, highs, lows, closes), 2), volumes])
