"""Markets for the classifier, drawn by segments of constant growth, and a plain-Python calculation of it."""

import math
import statistics
from dataclasses import dataclass

import numpy as np

from app.services.kernels.regimes.types import MarketBars, Regime
from app.services.kernels.regimes.volatility import Candles

WICK = 0.01
"""Log distance of high and low from the body."""


@dataclass(frozen=True)
class Leg:
    """A run of bars with the same growth of each series by bar; `swing` makes bars go up and down in turn."""

    bars: int
    market: float = 0.0
    btc_dominance: float = 0.0
    eth_dominance: float = 0.0
    stable_dominance: float = 0.0
    eth: float | None = None
    alt: float | None = None
    swing: float = 0.0


@dataclass(frozen=True)
class Drawn:
    """Columns of a market as lists."""

    opens: list
    highs: list
    lows: list
    closes: list
    btc: list
    eth: list
    alt: list
    btc_dominance: list
    eth_dominance: list
    stable_dominance: list

    @property
    def bars(self):
        return MarketBars.of(
            Candles.of(self.opens, self.highs, self.lows, self.closes),
            btc=self.btc,
            eth=self.eth,
            alt=self.alt,
            btc_dominance=self.btc_dominance,
            eth_dominance=self.eth_dominance,
            stable_dominance=self.stable_dominance,
        )

    def first(self, count):
        return Drawn(*(column[:count] for column in vars(self).values()))


def draw(*legs):
    """A market; BTC grows as the market does, ETH and ALT, too, where a leg says nothing else."""
    columns = [[] for _ in range(10)]
    logs, levels = [4.0, 4.0, 4.0, 4.0], [50.0, 20.0, 8.0]
    turn = 1
    for leg in legs:
        for _ in range(leg.bars):
            before = logs[0]
            turn = -turn
            logs[0] += leg.market + turn * leg.swing
            logs[1] += leg.market
            logs[2] += leg.market if leg.eth is None else leg.eth
            logs[3] += leg.market if leg.alt is None else leg.alt
            levels[0] += leg.btc_dominance
            levels[1] += leg.eth_dominance
            levels[2] += leg.stable_dominance
            candle = (before, max(before, logs[0]) + WICK, min(before, logs[0]) - WICK, logs[0])
            row = [math.exp(value) for value in (*candle, *logs[1:])] + levels
            for column, value in zip(columns, row, strict=True):
                column.append(value)
    return Drawn(*columns)


def walk(seed, bars):
    """A market at random, whose steps are large enough for each regime to come up."""
    generator = np.random.default_rng(seed)
    steps = generator.standard_normal((bars, 7))
    phase = np.repeat(generator.standard_normal((bars // 20 + 1, 7)), 20, axis=0)[:bars]
    noise = 0.02 * np.exp(0.5 * np.repeat(generator.standard_normal(bars // 40 + 1), 40)[:bars])
    logs = 4 + np.cumsum(noise[:, None] * (steps[:, :4] + 0.4 * phase[:, :4]), axis=0)
    opens = np.append(4.0, logs[:-1, 0]) + 0.002 * steps[:, 4]
    highs = np.maximum(opens, logs[:, 0]) + noise * generator.random(bars)
    lows = np.minimum(opens, logs[:, 0]) - noise * generator.random(bars)
    levels = np.array([50, 20, 8]) + np.cumsum(0.15 * steps[:, 4:] + 0.05 * phase[:, 4:], axis=0)
    levels = np.clip(levels, 0, 100)
    prices = np.exp(np.column_stack([opens, highs, lows, logs]))
    prices[:, 1] = np.maximum(prices[:, 1], prices[:, [0, 3]].max(axis=1))
    prices[:, 2] = np.minimum(prices[:, 2], prices[:, [0, 3]].min(axis=1))
    return Drawn(*np.column_stack([prices, levels]).T.tolist())


def variance_by_hand(drawn, bar, window, alpha=1.34, *, exchanged=False):
    """Yang-Zhang by the book, one bar, with the standard library; the options are the two classic faults."""
    rows = range(bar - window + 1, bar + 1)
    gaps = [math.log(drawn.opens[t] / drawn.closes[t - 1]) for t in rows]
    inner = [math.log(drawn.closes[t] / drawn.opens[t]) for t in rows]
    satchell = [
        math.log(drawn.highs[t] / drawn.closes[t]) * math.log(drawn.highs[t] / drawn.opens[t])
        + math.log(drawn.lows[t] / drawn.closes[t]) * math.log(drawn.lows[t] / drawn.opens[t])
        for t in rows
    ]
    k = 0.34 / (alpha + (window + 1) / (window - 1))
    overnight, intraday = statistics.variance(gaps), statistics.variance(inner)
    if exchanged:
        overnight, intraday = intraday, overnight
    return overnight + k * intraday + (1 - k) * statistics.mean(satchell)


def volatilities_by_hand(drawn, window):
    """The volatility of each bar, None where it is not known."""
    known = range(window, len(drawn.closes))
    return [None] * window + [math.sqrt(variance_by_hand(drawn, bar, window)) for bar in known]


def raw_by_hand(drawn, bar, limits, volatilities):
    """What a bar says, by the rules in words, with the standard library."""
    if bar + 1 < limits.min_bars:
        return Regime.HODL
    past = bar - limits.trend_window
    trailing = volatilities[max(bar - limits.rank_window + 1, limits.volatility_window) : bar + 1]
    now = trailing[-1]
    same = sum(math.isclose(each, now, rel_tol=1e-9) for each in trailing)
    less = sum(each < now and not math.isclose(each, now, rel_tol=1e-9) for each in trailing)
    rank = 100 * (less + same / 2) / len(trailing)
    score = math.log(drawn.closes[bar] / drawn.closes[past]) / (now * math.sqrt(limits.trend_window))
    btc, eth, stable = (
        column[bar] - column[past]
        for column in (drawn.btc_dominance, drawn.eth_dominance, drawn.stable_dominance)
    )
    leads = [
        math.log(column[bar] / column[past]) - math.log(drawn.btc[bar] / drawn.btc[past])
        for column in (drawn.eth, drawn.alt)
    ]
    up, down = score >= limits.direction, score <= -limits.direction
    if down or (not up and rank >= limits.high_rank and stable >= limits.stable_band):
        return Regime.RISK_OFF
    if not up:
        return Regime.HODL
    if btc >= limits.btc_band:
        return Regime.BTC_SEASON
    if btc <= -limits.btc_band and (eth >= limits.eth_band or min(leads) > 0):
        return Regime.ALT_ETH_SEASON
    return Regime.RISK_ON
