"""Generator of the demo market of crypto assets: TOTALES, BTC, ETH, ALT and dominances, on all days.

Log capitalisations of bitcoin, ether and altcoins follow a hidden Markov chain of five phases, each with a
drift of its own; the market is drawn back to steady growth, shares to their long-run level.
Noises are Student's t with 5 degrees of freedom. All series are of the same four capitalisations, so that
dominances agree with prices. A day's draws do not depend on how many days follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from app.services.market_history.bars import CLOSE, COLUMN_COUNT, Bars, Values, day_number

FIRST_DAY = date(2018, 1, 1)
MIN_DAYS = 2_922
"""Eight years."""

TOTAL, BTC, ETH, ALT = "TOTALES", "BTC", "ETH", "ALT"
BTC_DOMINANCE, ETH_DOMINANCE, STABLE_DOMINANCE = "BTC.D", "ETH.D", "STABLE.D"
SYMBOLS = (TOTAL, BTC, ETH, ALT, BTC_DOMINANCE, ETH_DOMINANCE, STABLE_DOMINANCE)

SEED = 20_180_101
DEGREES = 5
STAY = 0.975
"""Chance that the next day has the same phase: a phase lasts 40 days on average."""

PULL = 0.004
"""Part of the distance of a share's logarithm from its long-run level that a day takes back."""

GROWTH, MARKET_PULL = 0.0007, 0.002
"""Steady growth of a day, and the part of the market's distance from it that a day takes back."""

MARKET_VOLATILITY = 0.024
"""Standard deviation of the market's return on a day of a phase with the factor 1."""

OWN_VOLATILITY = np.array([0.006, 0.014, 0.012])
"""Of BTC, ETH and ALT, beside the market."""

START = np.array([240.0, 75.0, 150.0])
"""Capitalisations of BTC, ETH and ALT on the first day, in billions; each is drawn back to these shares."""

STABLE_START = 18.0
UNITS = np.array([240.0 / 14_000, 75.0 / 750, 150.0 / 1_000])
"""Capitalisation over price: BTC begins at 14,000, ETH at 750, the index of ALT at 1,000."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Drift of a day of BTC, ETH and ALT, and the factor on the volatility of the market."""

    drifts: tuple[float, float, float]
    factor: float


PHASES = (
    Phase((0.0000, 0.0000, 0.0000), 0.55),
    Phase((0.0070, 0.0025, 0.0020), 0.95),
    Phase((0.0030, 0.0085, 0.0075), 1.10),
    Phase((0.0055, 0.0055, 0.0055), 0.85),
    Phase((-0.0085, -0.0110, -0.0115), 1.45),
)


def generate(before: date) -> dict[str, Bars]:
    """Return the bars of each symbol on all days before a day, and on eight years of them at least."""
    first = day_number(FIRST_DAY)
    count = max(day_number(before) - first, MIN_DAYS)
    days = (first + np.arange(count)).astype(np.int32)
    switches, market_draws, own_draws, stable_draws, bar_draws = (
        np.random.Generator(np.random.PCG64(seed)) for seed in np.random.SeedSequence(SEED).spawn(5)
    )
    phases = _phases(switches.random((count, 2)))
    unit = np.sqrt((DEGREES - 2) / DEGREES)
    factors = np.array([phase.factor for phase in PHASES])[phases]
    drifts = np.array([phase.drifts for phase in PHASES])[phases]
    shared = market_draws.standard_t(DEGREES, count) * unit * MARKET_VOLATILITY * factors
    own = own_draws.standard_t(DEGREES, (count, 3)) * unit * OWN_VOLATILITY * factors[:, np.newaxis]
    steps = drifts + shared[:, np.newaxis] + own
    capitals = START * np.exp(_pulled(steps))
    noise = stable_draws.standard_t(DEGREES, count) * unit * 0.002
    stable = STABLE_START * np.exp(np.cumsum(GROWTH + noise))
    total, whole = capitals.sum(axis=1), capitals.sum(axis=1) + stable
    prices = np.column_stack([total, capitals / UNITS])
    inner = bar_draws.random((count, 4, 3))
    found = {
        symbol: Bars(days, _candles(prices[:, at], inner[:, at], factors))
        for at, symbol in enumerate((TOTAL, BTC, ETH, ALT))
    }
    shares = {
        BTC_DOMINANCE: capitals[:, 0] / whole,
        ETH_DOMINANCE: capitals[:, 1] / whole,
        STABLE_DOMINANCE: stable / whole,
    }
    return found | {symbol: Bars(days, _closes(100 * share)) for symbol, share in shares.items()}


def _phases(draws: Values) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the phase of each day, the first one calm; a new phase is any of the others."""
    found = np.zeros(len(draws), np.int64)
    now = 0
    for at, (stay, which) in enumerate(draws):
        found[at] = now
        if stay >= STAY:
            now = (now + 1 + int(which * (len(PHASES) - 1))) % len(PHASES)
    return found


def _pulled(steps: Values) -> Values:
    """Return logs over the first day's capitalisation, drawn back to the market, and it to its growth."""
    found = np.empty_like(steps)
    now = np.zeros(3)
    for at, step in enumerate(steps):
        market = now.mean()
        now = now + step - PULL * (now - market) - MARKET_PULL * (market - GROWTH * at)
        found[at] = now
    return found


def _candles(closes: Values, inner: Values, factors: Values) -> Values:
    """Return open, high, low, close and volume; prices to the cent, as a file would have them."""
    before = np.concatenate((closes[:1], closes[:-1]))
    opens = before * np.exp(0.002 * (inner[:, 0] - 0.5))
    wicks = 0.6 * MARKET_VOLATILITY * factors[:, np.newaxis] * inner[:, 1:]
    highs = np.maximum(opens, closes) * np.exp(wicks[:, 0])
    lows = np.minimum(opens, closes) * np.exp(-wicks[:, 1])
    volumes = np.full(len(closes), np.nan)
    return np.vstack([np.round((opens, highs, lows, closes), 2), volumes])


def _closes(values: Values) -> Values:
    found = np.full((COLUMN_COUNT, len(values)), np.nan)
    found[CLOSE] = np.round(values, 3)
    return found
