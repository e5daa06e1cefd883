"""Regimes, what decides them, and why: the types of the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.regimes.volatility import MAX_WINDOW, MIN_WINDOW, Candles, price_faults
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError
from app.services.kernels.risk.inputs import numbers

MAX_PERCENT = 100.0


class Regime(StrEnum):
    """A market regime: the state of the market that decides which bounds weights of a portfolio keep to."""

    RISK_OFF = "RISK_OFF"
    """The market declines: flight to stablecoins."""
    BTC_SEASON = "BTC_SEASON"
    """Bitcoin rallies and gains dominance."""
    ALT_ETH_SEASON = "ALT_ETH_SEASON"
    """Altcoins and ether rally ahead of bitcoin ("Altcoin Season + ETH Season")."""
    RISK_ON = "RISK_ON"
    """The whole market rallies."""
    HODL = "HODL"
    """The market is undecided: hold."""


class ReasonKind(StrEnum):
    """What speaks for a regime at a bar; callers decide by this, never by words."""

    TOO_FEW_BARS = "TOO_FEW_BARS"
    DIRECTION_UP = "DIRECTION_UP"
    DIRECTION_FLAT = "DIRECTION_FLAT"
    DIRECTION_DOWN = "DIRECTION_DOWN"
    VOLATILITY_TIGHT = "VOLATILITY_TIGHT"
    VOLATILITY_NORMAL = "VOLATILITY_NORMAL"
    VOLATILITY_HIGH = "VOLATILITY_HIGH"
    BTC_DOMINANCE = "BTC_DOMINANCE"
    ETH_DOMINANCE = "ETH_DOMINANCE"
    STABLE_DOMINANCE = "STABLE_DOMINANCE"
    ETH_LEAD = "ETH_LEAD"
    ALT_LEAD = "ALT_LEAD"
    HELD = "HELD"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a regime: what was measured, and the threshold that it is held against.

    Direction is in standard deviations, volatility in per cent of the bars of its window that had less,
    dominance in percentage points, a lead is a log return more than that of BTC; for TOO_FEW_BARS and HELD
    both are numbers of bars. `bars` is the window that it was measured in.
    """

    kind: ReasonKind
    value: float
    threshold: float
    bars: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All thresholds of the classifier.

    Raises
    ------
    RiskError
        OUT_OF_RANGE, once for each threshold that is.
    """

    volatility_window: int = 30
    """Bars of the Yang-Zhang volatility of the whole market."""
    trend_window: int = 30
    """Bars over which the return, the leads and the changes of dominance are measured."""
    rank_window: int = 365
    """Bars among whose volatilities that of a bar is ranked."""
    tight_rank: float = 33.0
    """Percentile rank up to which volatility is tight."""
    high_rank: float = 67.0
    """Percentile rank from which volatility is high."""
    direction: float = 0.5
    """Standard deviations of the trend's return from which the market goes up; down from the negative."""
    btc_band: float = 1.0
    """Percentage points from which the dominance of BTC rises or falls."""
    eth_band: float = 0.5
    """Percentage points from which the dominance of ETH rises or falls."""
    stable_band: float = 0.5
    """Percentage points from which the dominance of stablecoins rises."""
    min_bars: int = 90
    """Bars without which no regime is told."""
    confirmation_bars: int = 2
    """Bars in a row that another regime takes to be told; RISK_OFF is told at once."""

    def __post_init__(self) -> None:
        bounds: dict[str, tuple[float, float]] = {
            "volatility_window": (MIN_WINDOW, MAX_WINDOW),
            "trend_window": (1, MAX_WINDOW),
            "rank_window": (MIN_WINDOW, MAX_WINDOW),
            "tight_rank": (0, self.high_rank),
            "high_rank": (self.tight_rank, MAX_PERCENT),
            "direction": (1e-6, 1e6),
            "btc_band": (1e-6, MAX_PERCENT),
            "eth_band": (1e-6, MAX_PERCENT),
            "stable_band": (1e-6, MAX_PERCENT),
            "min_bars": (max(self.volatility_window, self.trend_window) + 1, MAX_WINDOW),
            "confirmation_bars": (1, MAX_WINDOW),
        }
        faults = [
            Fault(FaultKind.OUT_OF_RANGE, name, f"{value:g} is not from {low:g} to {high:g}.")
            for name, (low, high) in bounds.items()
            if not low <= (value := getattr(self, name)) <= high
        ]
        if faults:
            raise RiskError(*faults)


@dataclass(frozen=True, slots=True, eq=False)
class MarketBars:
    """The bars that the classifier reads, each series of shape (T,); `of` checks them.

    `total` is the whole market without stablecoins; `btc`, `eth` and `alt` are closes; dominances are in per
    cent of the market.
    """

    total: Candles
    btc: FloatArray
    eth: FloatArray
    alt: FloatArray
    btc_dominance: FloatArray
    eth_dominance: FloatArray
    stable_dominance: FloatArray

    @classmethod
    def of(
        cls,
        total: Candles,
        *,
        btc: ArrayLike,
        eth: ArrayLike,
        alt: ArrayLike,
        btc_dominance: ArrayLike,
        eth_dominance: ArrayLike,
        stable_dominance: ArrayLike,
        rows: Sequence[object] = (),
    ) -> MarketBars:
        """Return these bars; `rows` names them in messages, by default with numbers from 0.

        Raises
        ------
        RiskError
            SHAPE, NOT_FINITE, OVERFLOW, OUT_OF_RANGE: a price that is not above 0, a dominance that is not
            from 0 to 100; all that apply.
        """
        prices = {"btc": btc, "eth": eth, "alt": alt}
        dominances = {
            "btc_dominance": btc_dominance,
            "eth_dominance": eth_dominance,
            "stable_dominance": stable_dominance,
        }
        found = {name: numbers(values, name) for name, values in (prices | dominances).items()}
        faults = [
            Fault(FaultKind.SHAPE, name, f"One number for each of the {len(total.closes)} bars is needed.")
            for name, values in found.items()
            if values.shape != total.closes.shape
        ]
        for name in prices:
            faults += price_faults(found[name], name, rows)
        for name in dominances:
            if not ((found[name] >= 0) & (found[name] <= MAX_PERCENT)).all():
                faults.append(Fault(FaultKind.OUT_OF_RANGE, name, "It is not from 0 to 100 in all bars."))
        if faults:
            raise RiskError(*faults)
        return cls(total, **found)

    def __len__(self) -> int:
        return len(self.total.closes)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What decides the regime at each bar, each of shape (T,), NaN where it is not known yet.

    `volatility` is of one bar, `rank` its percentile; `direction` is in standard deviations; changes of
    dominance in percentage points; leads are log returns less that of BTC.
    """

    volatility: FloatArray
    rank: FloatArray
    direction: FloatArray
    btc_change: FloatArray
    eth_change: FloatArray
    stable_change: FloatArray
    eth_lead: FloatArray
    alt_lead: FloatArray

    def at(self, bar: int) -> dict[str, float]:
        """Return the features of one bar by name."""
        return {each.name: float(getattr(self, each.name)[bar]) for each in fields(self)}


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """The regime of each bar, known at its end: the one of bar t - 1 trades bar t.

    `raw` is what the bar alone says, `regimes` what is told after confirmation; `streaks` are the bars in a
    row that have said the raw one; `confidence`, from 0 to 1, is of the regime that is told.
    """

    thresholds: Thresholds
    features: Features
    raw: tuple[Regime, ...]
    regimes: tuple[Regime, ...]
    streaks: NDArray[np.int64]
    confidence: FloatArray
