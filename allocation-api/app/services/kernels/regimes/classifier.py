"""Rule-based classifier of market regimes, with hysteresis, and with confidence by quantitative semantics.

Confidence is the robustness degree of the rule that gives a regime: each comparison has a margin in units of
its own threshold, AND takes the least, OR the largest, NOT the negative. While a feature moves by less than
the confidence (times its unit), the rule still holds. Source: Fainekos and Pappas, "Robustness of temporal
logic specifications for continuous-time signals", Theoretical Computer Science 410 (2009).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.regimes.features import features
from app.services.kernels.regimes.types import (
    MAX_PERCENT,
    Classification,
    Features,
    MarketBars,
    Reason,
    ReasonKind,
    Regime,
    Thresholds,
)

_ORDER = tuple(Regime)


def classify(bars: MarketBars, thresholds: Thresholds) -> Classification:
    """Return the regime of each bar: of features up to that bar, confirmed by bars in a row.

    Direction down, or (flat, volatility high, STABLE.D rising): RISK_OFF; flat otherwise: HODL; up with BTC.D
    rising: BTC_SEASON; up with BTC.D falling, and ETH.D rising or ETH and ALT both ahead of BTC:
    ALT_ETH_SEASON; up otherwise: RISK_ON. Before `min_bars` there is HODL with confidence 0.

    Another regime is told once `confirmation_bars` bars in a row say it, RISK_OFF at once. While a bar says
    another regime than the one that is told, the confidence is 0.
    """
    found = features(bars, thresholds)
    ready = np.arange(len(bars)) >= thresholds.min_bars - 1
    raw = tuple(
        regime if known else Regime.HODL
        for regime, known in zip(rules(found, thresholds), ready, strict=True)
    )
    regimes, streaks = confirmed(raw, thresholds.confirmation_bars)
    told = np.array([_ORDER.index(regime) for regime in regimes], np.int64)
    agreed = np.array([one is other for one, other in zip(raw, regimes, strict=True)], bool)
    degree = np.clip(margins(found, thresholds)[told, np.arange(len(bars))], 0.0, 1.0)
    confidence = np.where(ready & agreed, degree, 0.0)
    return Classification(thresholds, found, raw, regimes, streaks, confidence)


def confirmed(
    raw: Sequence[Regime], bars: int
) -> tuple[tuple[Regime, ...], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the regimes that are told with hysteresis, and how many bars in a row have said the raw one.

    The first is told as it is.
    """
    told: list[Regime] = []
    streaks = np.zeros(len(raw), np.int64)
    for at, regime in enumerate(raw):
        again = at > 0 and regime is raw[at - 1]
        streaks[at] = streaks[at - 1] + 1 if again else 1
        at_once = not told or regime is Regime.RISK_OFF or streaks[at] >= bars
        told.append(regime if at_once else told[-1])
    return tuple(told), streaks


def transitions(regimes: Sequence[Regime]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return how often a regime (column) followed another (row) a bar later, of shape (5, 5)."""
    counts = np.zeros((len(_ORDER), len(_ORDER)), np.int64)
    places = np.array([_ORDER.index(regime) for regime in regimes], np.int64)
    np.add.at(counts, (places[:-1], places[1:]), 1)
    return counts


def reasons(found: Classification, bar: int) -> tuple[Reason, ...]:
    """Return what speaks for the regime that a bar says, and whether another one is still told."""
    limits, at = found.thresholds, found.features.at(bar)
    if bar < limits.min_bars - 1:
        return (Reason(ReasonKind.TOO_FEW_BARS, bar + 1, limits.min_bars, bar + 1),)
    window = limits.trend_window
    listed = [
        _direction(at["direction"], limits),
        _volatility(at["rank"], limits),
    ]
    if listed[0].kind is ReasonKind.DIRECTION_FLAT:
        listed.append(Reason(ReasonKind.STABLE_DOMINANCE, at["stable_change"], limits.stable_band, window))
    elif listed[0].kind is ReasonKind.DIRECTION_UP:
        listed.append(Reason(ReasonKind.BTC_DOMINANCE, at["btc_change"], limits.btc_band, window))
        if at["btc_change"] <= -limits.btc_band:
            listed += [
                Reason(ReasonKind.ETH_DOMINANCE, at["eth_change"], limits.eth_band, window),
                Reason(ReasonKind.ETH_LEAD, at["eth_lead"], 0.0, window),
                Reason(ReasonKind.ALT_LEAD, at["alt_lead"], 0.0, window),
            ]
    if found.raw[bar] is not found.regimes[bar]:
        streak = int(found.streaks[bar])
        listed.append(Reason(ReasonKind.HELD, streak, limits.confirmation_bars, streak))
    return tuple(listed)


def _direction(score: float, limits: Thresholds) -> Reason:
    if score >= limits.direction:
        return Reason(ReasonKind.DIRECTION_UP, score, limits.direction, limits.trend_window)
    if score <= -limits.direction:
        return Reason(ReasonKind.DIRECTION_DOWN, score, -limits.direction, limits.trend_window)
    return Reason(ReasonKind.DIRECTION_FLAT, score, limits.direction, limits.trend_window)


def _volatility(rank: float, limits: Thresholds) -> Reason:
    if rank >= limits.high_rank:
        return Reason(ReasonKind.VOLATILITY_HIGH, rank, limits.high_rank, limits.rank_window)
    if rank <= limits.tight_rank:
        return Reason(ReasonKind.VOLATILITY_TIGHT, rank, limits.tight_rank, limits.rank_window)
    return Reason(ReasonKind.VOLATILITY_NORMAL, rank, limits.high_rank, limits.rank_window)


def rules(at: Features, limits: Thresholds) -> list[Regime]:
    """Return what each bar alone says; features that are not known compare as false, and say HODL."""
    up, down = at.direction >= limits.direction, at.direction <= -limits.direction
    fear = (at.rank >= limits.high_rank) & (at.stable_change >= limits.stable_band)
    rotation = (at.eth_change >= limits.eth_band) | ((at.eth_lead > 0) & (at.alt_lead > 0))
    places = np.select(
        [
            down | (~up & fear),
            ~up,
            at.btc_change >= limits.btc_band,
            (at.btc_change <= -limits.btc_band) & rotation,
        ],
        [
            _ORDER.index(Regime.RISK_OFF),
            _ORDER.index(Regime.HODL),
            _ORDER.index(Regime.BTC_SEASON),
            _ORDER.index(Regime.ALT_ETH_SEASON),
        ],
        _ORDER.index(Regime.RISK_ON),
    )
    return [_ORDER[place] for place in places]


def margins(at: Features, limits: Thresholds) -> FloatArray:
    """Return the robustness degree of the rule of each regime at each bar, of shape (5, T).

    A margin is in units of its threshold, that of the rank in what is left up to 100; a lead's threshold is
    0, and its unit that of the direction.
    """
    up, down = at.direction / limits.direction - 1, -at.direction / limits.direction - 1
    flat = np.minimum(-up, -down)
    high = (at.rank - limits.high_rank) / max(MAX_PERCENT - limits.high_rank, 1.0)
    fear = np.minimum(high, at.stable_change / limits.stable_band - 1)
    rising, falling = at.btc_change / limits.btc_band - 1, -at.btc_change / limits.btc_band - 1
    unit = at.volatility * np.sqrt(limits.trend_window) * limits.direction
    unit = np.where(unit > 0, unit, np.finfo(np.float64).tiny)
    with np.errstate(over="ignore"):
        ahead = np.minimum(at.eth_lead, at.alt_lead) / unit
    rotation = np.minimum(falling, np.maximum(at.eth_change / limits.eth_band - 1, ahead))
    of = {
        Regime.RISK_OFF: np.maximum(down, np.minimum(flat, fear)),
        Regime.BTC_SEASON: np.minimum(up, rising),
        Regime.ALT_ETH_SEASON: np.minimum(up, rotation),
        Regime.RISK_ON: np.minimum(up, np.minimum(-rising, -rotation)),
        Regime.HODL: np.minimum(flat, -fear),
    }
    return np.array([of[regime] for regime in _ORDER])
