"""What is asked of market regimes, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.services.kernels.regimes.types import ReasonKind, Regime

MAX_DAYS = 1_830
"""Days of one history: five years."""

DEFAULT_DAYS = 365
"""Days of a history that says no first one."""

Number = float | None


@dataclass(frozen=True, slots=True)
class RegimeStatusRequest:
    """The regime as it was known at a moment, by default now."""

    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegimeHistoryRequest:
    """The regimes of days, both included."""

    start_date: date | None
    end_date: date | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegimeRecordRequest:
    """The record of days, both included, by default all; costs are of what is traded."""

    start_date: date | None
    end_date: date | None
    cost_basis_points: float
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownReason:
    """One thing that speaks for a regime: what was measured (None beyond all numbers), and all in words."""

    kind: ReasonKind
    value: Number
    threshold: float
    bars: int
    text: str


@dataclass(frozen=True, slots=True)
class ShownThresholds:
    """The thresholds that hold, as set."""

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


@dataclass(frozen=True, slots=True)
class RegimeFeatures:
    """What was measured at a bar; None where it is not known yet, or beyond all numbers."""

    annualised_volatility: Number
    volatility_rank: Number
    direction: Number
    btc_dominance_change: Number
    eth_dominance_change: Number
    stable_dominance_change: Number
    eth_lead: Number
    alt_lead: Number


@dataclass(frozen=True, slots=True)
class RegimeData:
    """The bars that were read: those of days that all series have."""

    start_date: date
    end_date: date
    bar_count: int
    left_out: int
    source: list[str]
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class RegimeStatus:
    """The regime at the close of the last bar, which trades the next one."""

    as_of: date
    age_days: int
    regime: Regime
    name: str
    confidence: float
    since: date
    bars_in_regime: int
    bar_regime: Regime
    reasons: list[ShownReason]
    features: RegimeFeatures
    thresholds: ShownThresholds
    data: RegimeData


@dataclass(frozen=True, slots=True)
class RegimeChange:
    """A bar at whose close another regime was told than before."""

    date: date
    before: Regime
    after: Regime
    confidence: float
    reasons: list[ShownReason]


@dataclass(frozen=True, slots=True)
class RegimeHistory:
    """Regimes by day, columns of one length; `traded_regimes` are those of the bar before."""

    dates: list[date]
    prices: list[float]
    regimes: list[str]
    traded_regimes: list[str | None]
    confidences: list[float]
    reasons: list[list[str]]
    changes: list[RegimeChange]
    transitions: Mapping[str, Mapping[str, int]]
    shares: Mapping[str, float]
    thresholds: ShownThresholds
    data: RegimeData


class RecordStrategy(StrEnum):
    """What a record compares."""

    REGIME = "REGIME"
    """The midpoints of the bounds of the regime, traded when it changes."""
    EQUAL_WEIGHT = "EQUAL_WEIGHT"
    """A quarter each of BTC, ETH, ALT and a stablecoin, brought back each month."""
    BUY_AND_HOLD = "BUY_AND_HOLD"
    """The same quarters, bought once."""


class RecordVerdict(StrEnum):
    """Whether holding by regimes was ahead, by the interval of the ratio of the difference."""

    AHEAD = "AHEAD"
    BEHIND = "BEHIND"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True, slots=True)
class RecordInterval:
    """A ratio of a year with the stationary bootstrap's interval, and what repeats it."""

    ratio: float
    low: float
    high: float
    confidence: float
    samples: int
    seed: int


@dataclass(frozen=True, slots=True)
class StrategyRecord:
    """What a strategy has made after costs; a figure that is not defined is None.

    `costs` are of the capital at the beginning; `trade_count` are days of trades.
    """

    strategy: RecordStrategy
    total_return: Number
    annualized_return: Number
    volatility: Number
    sharpe_ratio: Number
    max_drawdown: Number
    turnover: Number
    costs: float
    trade_count: int
    sharpe_interval: RecordInterval | None


@dataclass(frozen=True, slots=True)
class RecordComparison:
    """Holding by regimes against another strategy: information ratio of the daily difference."""

    against: RecordStrategy
    verdict: RecordVerdict
    information_ratio: RecordInterval | None


@dataclass(frozen=True, slots=True)
class RecordedRegime:
    """What the whole market has done on the days that a regime traded; None where there were none."""

    regime: Regime
    day_count: int
    mean_return: Number
    share_of_rises: Number


@dataclass(frozen=True, slots=True)
class RegimeRecord:
    """The record of regimes over days."""

    start_date: date
    end_date: date
    day_count: int
    cost_basis_points: float
    strategies: list[StrategyRecord]
    comparisons: list[RecordComparison]
    regimes: list[RecordedRegime]
    data: RegimeData
