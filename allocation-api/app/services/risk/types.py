"""What is asked of the risk of a portfolio, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.services.kernels.risk import FaultKind
from app.services.kernels.risk.covariance import CovarianceMethod
from app.services.market_history.types import FillMethod, SeriesFrequency

Number = float | None


class RiskFigure(StrEnum):
    """Measures of a portfolio; VaR, CVaR and EVaR are historical unless their name says otherwise."""

    ANNUALISED_RETURN = "annualised_return"
    VOLATILITY = "volatility"
    SHARPE_RATIO = "sharpe_ratio"
    SORTINO_RATIO = "sortino_ratio"
    OMEGA_RATIO = "omega_ratio"
    CALMAR_RATIO = "calmar_ratio"
    SKEWNESS = "skewness"
    EXCESS_KURTOSIS = "excess_kurtosis"
    MV = "MV"
    MAD = "MAD"
    MSV = "MSV"
    FLPM = "FLPM"
    SLPM = "SLPM"
    WR = "WR"
    VAR = "VaR"
    VAR_PARAMETRIC = "VaR_parametric"
    VAR_CORNISH_FISHER = "VaR_Cornish_Fisher"
    CVAR = "CVaR"
    CVAR_PARAMETRIC = "CVaR_parametric"
    EVAR = "EVaR"
    MDD = "MDD"
    ADD = "ADD"
    CDAR = "CDaR"
    EDAR = "EDaR"
    UCI = "UCI"


class RelativeFigure(StrEnum):
    """Measures of a portfolio against its benchmark."""

    BETA = "beta"
    JENSEN_ALPHA = "jensen_alpha"
    TRACKING_ERROR = "tracking_error"
    INFORMATION_RATIO = "information_ratio"


class RollingFigure(StrEnum):
    """Measures that are shown over windows; beta and tracking error need a benchmark."""

    VOLATILITY = "volatility"
    SHARPE_RATIO = "sharpe_ratio"
    VAR = "VaR"
    CVAR = "CVaR"
    MDD = "MDD"
    BETA = "beta"
    TRACKING_ERROR = "tracking_error"


NEED_BENCHMARK = frozenset({RollingFigure.BETA, RollingFigure.TRACKING_ERROR})


class RiskUnit(StrEnum):
    """Units of measures. Returns and losses are fractions, 0.01 for 1 %; losses are positive."""

    RETURN_PER_YEAR = "return_per_year"
    RETURN_PER_PERIOD = "return_per_period"
    SQUARED_RETURN_PER_PERIOD = "squared_return_per_period"
    PART_OF_PEAK = "part_of_peak"
    RATIO_PER_YEAR = "ratio_per_year"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class WindowsRequest:
    """How many of the worst windows, of how many periods each."""

    periods: int
    count: int


@dataclass(frozen=True, slots=True)
class RollingRequest:
    """Measures over windows of so many periods."""

    window: int
    measures: tuple[RollingFigure, ...]


@dataclass(frozen=True, slots=True)
class RiskRequest:
    """A portfolio, the days that it is measured on, and what is measured.

    `risk_free_rate` is of a year, `target_return` of a period; without `periods_per_year` the calendar of
    the data says it.
    """

    weights: Mapping[str, float]
    measures: tuple[RiskFigure, ...]
    levels: tuple[float, ...]
    covariance: CovarianceMethod
    decay: float
    start_date: date | None
    end_date: date | None
    frequency: SeriesFrequency
    fill: FillMethod
    known_at: datetime | None
    benchmark: str | None
    risk_free_rate: float
    target_return: float
    periods_per_year: int | None
    shocks: Mapping[str, float] | None
    worst_windows: WindowsRequest | None
    rolling: RollingRequest | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure, or why there is none; `is_monotone` says whether Cornish and Fisher's correction holds."""

    measure: RiskFigure | RelativeFigure
    level: Number
    unit: RiskUnit
    value: Number
    undefined: FaultKind | None
    message: str | None
    is_monotone: bool | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What an asset contributes: its part in the unit of the measure, as a share, and by unit of weight."""

    symbol: str
    weight: float
    part: float
    share: float
    marginal: float


@dataclass(frozen=True, slots=True)
class ContributionReport:
    """Where a measure comes from; without assets where it is 0 or not defined."""

    measure: RiskFigure
    level: Number
    unit: RiskUnit
    total: Number
    assets: list[Part]
    undefined: FaultKind | None
    message: str | None


@dataclass(frozen=True, slots=True)
class DrawdownReport:
    """The deepest drawdown with its days; all None without one, the recovery also while there is none."""

    depth: Number
    peak_date: date | None
    trough_date: date | None
    recovery_date: date | None
    undefined: FaultKind | None
    message: str | None


@dataclass(frozen=True, slots=True)
class ShockReport:
    """The portfolio under given shocks."""

    change: float
    assets: Mapping[str, float]
    unshocked: list[str]


@dataclass(frozen=True, slots=True)
class WindowReport:
    """A window from the close of one day to that of another."""

    start_date: date
    end_date: date
    change: float
    assets: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RollingSeries:
    """A measure of each window, None where it is not defined."""

    measure: RollingFigure
    level: Number
    unit: RiskUnit
    values: list[Number]


@dataclass(frozen=True, slots=True)
class RollingReport:
    """Measures of the windows that end on `dates`."""

    window: int
    dates: list[date]
    series: list[RollingSeries]


@dataclass(frozen=True, slots=True)
class CovarianceReport:
    """How the covariance was estimated, and what of it had to be repaired."""

    method: CovarianceMethod
    smallest_eigenvalue: float
    repair: float
    shrinkage: float


@dataclass(frozen=True, slots=True)
class RiskData:
    """What the returns were."""

    start_date: date
    end_date: date
    frequency: SeriesFrequency
    return_count: int
    fill: FillMethod
    left_out: int
    missing_days: Mapping[str, int]
    longest_gap_days: int
    periods_per_year: int
    observed_periods_per_year: float
    source: list[str]
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class RiskAnswer:
    """The risk of a portfolio."""

    data: RiskData
    covariance: CovarianceReport
    measures: list[Figure]
    relative: list[Figure]
    contributions: list[ContributionReport]
    drawdown: DrawdownReport
    stress: ShockReport | None
    worst_windows: list[WindowReport]
    rolling: RollingReport | None
