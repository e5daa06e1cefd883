"""What is asked of market history, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

MAX_ASSETS = 50
"""Assets of one request."""


class SeriesFrequency(StrEnum):
    """Periods of a series; a week begins on Monday. A period's price is its last one."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class FillMethod(StrEnum):
    """What becomes of days on which only other assets have a price."""

    NONE = "none"
    FORWARD = "forward"


class ReturnType(StrEnum):
    """How a return is computed: p / p' - 1, or ln(p / p')."""

    SIMPLE = "simple"
    LOG = "log"


class SeriesField(StrEnum):
    """Columns of a series."""

    PRICES = "prices"
    RETURNS = "returns"
    VOLUMES = "volumes"
    OPENS = "opens"
    HIGHS = "highs"
    LOWS = "lows"


class LatestField(StrEnum):
    """Values of the last day."""

    PRICE = "price"
    RETURN = "return"
    VOLUME = "volume"


class MarketPeriod(StrEnum):
    """A span that ends on the last day on which all assets have a price."""

    MONTH = "1m"
    QUARTER = "3m"
    HALF_YEAR = "6m"
    YEAR = "1y"
    TWO_YEARS = "2y"
    THREE_YEARS = "3y"
    FIVE_YEARS = "5y"
    TEN_YEARS = "10y"
    MAX = "max"


MONTHS: Mapping[MarketPeriod, int] = {
    MarketPeriod.MONTH: 1,
    MarketPeriod.QUARTER: 3,
    MarketPeriod.HALF_YEAR: 6,
    MarketPeriod.YEAR: 12,
    MarketPeriod.TWO_YEARS: 24,
    MarketPeriod.THREE_YEARS: 36,
    MarketPeriod.FIVE_YEARS: 60,
    MarketPeriod.TEN_YEARS: 120,
}


class MarketMetric(StrEnum):
    """Measures of an asset."""

    VOLATILITY = "volatility"
    SHARPE_RATIO = "sharpe_ratio"
    BETA = "beta"
    VAR_95 = "var_95"
    MAX_DRAWDOWN = "max_drawdown"


class CorrelationMethod(StrEnum):
    """Coefficients of correlation; kendall is tau-b."""

    PEARSON = "pearson"
    SPEARMAN = "spearman"
    KENDALL = "kendall"


@dataclass(frozen=True, slots=True)
class Asset:
    """A symbol with prices: the days that they are of, and when the last of them arrived."""

    symbol: str
    first_date: date
    last_date: date
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """Series of assets."""

    assets: tuple[str, ...]
    start_date: date | None = None
    end_date: date | None = None
    frequency: SeriesFrequency = SeriesFrequency.DAILY
    fields: tuple[SeriesField, ...] = (SeriesField.PRICES, SeriesField.RETURNS, SeriesField.VOLUMES)
    return_type: ReturnType = ReturnType.SIMPLE
    fill: FillMethod = FillMethod.NONE
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LatestRequest:
    """The last day of assets."""

    assets: tuple[str, ...]
    fields: tuple[LatestField, ...] = tuple(LatestField)
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MetricsRequest:
    """Measures of assets; the market is `benchmark`, else the mean of the assets."""

    assets: tuple[str, ...]
    period: MarketPeriod = MarketPeriod.YEAR
    metrics: tuple[MarketMetric, ...] = tuple(MarketMetric)
    benchmark: str | None = None
    risk_free_rate: float = 0.0
    periods_per_year: int = 252
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CorrelationRequest:
    """How assets move together."""

    assets: tuple[str, ...]
    period: MarketPeriod = MarketPeriod.YEAR
    method: CorrelationMethod = CorrelationMethod.PEARSON
    known_at: datetime | None = None


Number = float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Columns of one asset, None where they were not asked for; `filled` are days whose price is carried."""

    dates: list[date]
    prices: list[Number] | None
    returns: list[Number] | None
    volumes: list[Number] | None
    opens: list[Number] | None
    highs: list[Number] | None
    lows: list[Number] | None
    filled: list[date]


@dataclass(frozen=True, slots=True)
class SeriesMetadata:
    """Where series come from; `count` is of all their rows, `period_days` from the first to the last day."""

    frequency: SeriesFrequency
    source: list[str]
    last_updated: datetime
    count: int
    period_days: int


@dataclass(frozen=True, slots=True)
class SeriesAnswer:
    """Series by symbol."""

    data: dict[str, Series]
    metadata: SeriesMetadata


@dataclass(frozen=True, slots=True)
class Latest:
    """The last day of one asset; None what was not asked for or is not known."""

    date: date
    price: Number
    return_: Number
    volume: Number


@dataclass(frozen=True, slots=True)
class LatestAnswer:
    """The last day of each asset by symbol."""

    data: dict[str, Latest]


@dataclass(frozen=True, slots=True)
class SampleMetadata:
    """The common days that something was measured on; `left_out` are days on which not all had a price."""

    start_date: date
    end_date: date
    return_count: int
    left_out: int
    source: list[str]
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class Metrics:
    """Measures of one asset, None where they were not asked for."""

    volatility: Number
    sharpe_ratio: Number
    beta: Number
    var_95: Number
    max_drawdown: Number


Matrix = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class MarketMetrics:
    """Measures of the assets together."""

    correlation_matrix: Matrix
    market_volatility: float
    risk_free_rate: float


@dataclass(frozen=True, slots=True)
class MetricsAnswer:
    """Measures by symbol."""

    data: dict[str, Metrics]
    market_metrics: MarketMetrics
    metadata: SampleMetadata


@dataclass(frozen=True, slots=True)
class CorrelationAnswer:
    """Coefficients by symbol and symbol."""

    matrix: Matrix
    method: CorrelationMethod
    metadata: SampleMetadata


class MarketItemType(StrEnum):
    """What an item of a batch asks for."""

    HISTORICAL = "historical"
    LATEST = "latest"
    METRICS = "metrics"
