"""Measures by name with their units, from the kernels of risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk import (
    FaultKind,
    Options,
    RiskError,
    RiskMeasure,
    drawdown,
    losses,
    measure,
    relative,
)
from app.services.kernels.risk.covariance import volatility
from app.services.kernels.risk.rolling import rolling
from app.services.market_history.series import listed
from app.services.risk.types import (
    NEED_BENCHMARK,
    Figure,
    RelativeFigure,
    RiskFigure,
    RiskUnit,
    RollingFigure,
    RollingRequest,
    RollingSeries,
)


@dataclass(frozen=True, slots=True, eq=False)
class Portfolio:
    """What is measured: weights, covariance of a year, returns, and the rates that measures take.

    `risk_free` and `target` are of a period, `periods` are those of a year.
    """

    weights: FloatArray
    covariance: FloatArray
    returns: FloatArray
    benchmark: FloatArray | None
    periods: int
    risk_free: float
    target: float


_Measure = Callable[[Portfolio, float], float]


def _named(name: RiskFigure) -> _Measure:
    kind = RiskMeasure(name.value)
    return lambda p, level: measure(kind, p.returns, Options(level, p.target))


_BY_LEVEL = frozenset(
    {
        RiskFigure.VAR,
        RiskFigure.VAR_PARAMETRIC,
        RiskFigure.VAR_CORNISH_FISHER,
        RiskFigure.CVAR,
        RiskFigure.CVAR_PARAMETRIC,
        RiskFigure.EVAR,
        RiskFigure.CDAR,
        RiskFigure.EDAR,
    }
)
_OF_YEAR: Mapping[RiskFigure, _Measure] = {
    RiskFigure.ANNUALISED_RETURN: lambda p, _: drawdown.annualised_return(p.returns, p.periods),
    RiskFigure.VOLATILITY: lambda p, _: volatility(p.weights, p.covariance),
}
_RATIOS_OF_YEAR: Mapping[RiskFigure, _Measure] = {
    RiskFigure.SHARPE_RATIO: lambda p, _: relative.sharpe(p.returns, p.periods, p.risk_free),
    RiskFigure.SORTINO_RATIO: lambda p, _: relative.sortino(p.returns, p.periods, p.target),
    RiskFigure.CALMAR_RATIO: lambda p, _: drawdown.calmar(p.returns, p.periods),
}
_RATIOS: Mapping[RiskFigure, _Measure] = {
    RiskFigure.OMEGA_RATIO: lambda p, _: relative.omega(p.returns, p.target),
    RiskFigure.SKEWNESS: lambda p, _: losses.skewness(p.returns),
    RiskFigure.EXCESS_KURTOSIS: lambda p, _: losses.excess_kurtosis(p.returns),
}
_OF_PERIOD: Mapping[RiskFigure, _Measure] = {
    RiskFigure.VAR: lambda p, level: losses.historical_var(p.returns, level),
    RiskFigure.VAR_PARAMETRIC: lambda p, level: losses.parametric_var(p.returns, level),
    RiskFigure.VAR_CORNISH_FISHER: lambda p, level: losses.cornish_fisher_var(p.returns, level).value,
    RiskFigure.CVAR_PARAMETRIC: lambda p, level: losses.parametric_cvar(p.returns, level),
    **{
        name: _named(name)
        for name in (RiskFigure.MAD, RiskFigure.FLPM, RiskFigure.WR, RiskFigure.CVAR, RiskFigure.EVAR)
    },
}
_SQUARES = {name: _named(name) for name in (RiskFigure.MV, RiskFigure.MSV, RiskFigure.SLPM)}
_DRAWDOWNS = {
    name: _named(name)
    for name in (RiskFigure.MDD, RiskFigure.ADD, RiskFigure.CDAR, RiskFigure.EDAR, RiskFigure.UCI)
}
_FIGURES: Mapping[RiskFigure, tuple[RiskUnit, _Measure]] = {
    name: (unit, of)
    for unit, measures in (
        (RiskUnit.RETURN_PER_YEAR, _OF_YEAR),
        (RiskUnit.RATIO_PER_YEAR, _RATIOS_OF_YEAR),
        (RiskUnit.RATIO, _RATIOS),
        (RiskUnit.RETURN_PER_PERIOD, _OF_PERIOD),
        (RiskUnit.SQUARED_RETURN_PER_PERIOD, _SQUARES),
        (RiskUnit.PART_OF_PEAK, _DRAWDOWNS),
    )
    for name, of in measures.items()
}


def why_undefined(error: RiskError) -> tuple[FaultKind, str]:
    """Return the kind of what is not defined, and words for it."""
    fault = error.faults[0]
    return fault.kind, fault.message


def figures(
    portfolio: Portfolio, names: tuple[RiskFigure, ...], levels: tuple[float, ...]
) -> Iterator[Figure]:
    """Yield measures of a portfolio, those of a tail at each level; one without a value says why."""
    for name in names:
        unit, of = _FIGURES[name]
        for level in levels if name in _BY_LEVEL else levels[:1]:
            shown = level if name in _BY_LEVEL else None
            try:
                value = of(portfolio, level)
            except RiskError as error:
                yield Figure(name, shown, unit, None, *why_undefined(error))
                continue
            monotone = None
            if name is RiskFigure.VAR_CORNISH_FISHER:
                monotone = losses.cornish_fisher_var(portfolio.returns, level).is_monotone
            yield Figure(name, shown, unit, value, None, None, monotone)


def relative_figures(portfolio: Portfolio) -> Iterator[Figure]:
    """Yield all measures against the benchmark, none without one."""
    ours, theirs, periods = portfolio.returns, portfolio.benchmark, portfolio.periods
    if theirs is None:
        return
    of: Mapping[RelativeFigure, tuple[RiskUnit, Callable[[], float]]] = {
        RelativeFigure.BETA: (RiskUnit.RATIO, lambda: relative.beta(ours, theirs)),
        RelativeFigure.JENSEN_ALPHA: (
            RiskUnit.RETURN_PER_YEAR,
            lambda: relative.jensen_alpha(ours, theirs, periods, portfolio.risk_free),
        ),
        RelativeFigure.TRACKING_ERROR: (
            RiskUnit.RETURN_PER_YEAR,
            lambda: relative.tracking_error(ours, theirs, periods),
        ),
        RelativeFigure.INFORMATION_RATIO: (
            RiskUnit.RATIO_PER_YEAR,
            lambda: relative.information_ratio(ours, theirs, periods),
        ),
    }
    for name, (unit, value) in of.items():
        try:
            yield Figure(name, None, unit, value(), None, None)
        except RiskError as error:
            yield Figure(name, None, unit, None, *why_undefined(error))


def rolling_series(portfolio: Portfolio, asked: RollingRequest, level: float) -> Iterator[RollingSeries]:
    """Yield a series for each measure; those of a tail are at the first level."""
    periods = portfolio.periods
    of: Mapping[RollingFigure, tuple[RiskUnit, Callable[..., float]]] = {
        RollingFigure.VOLATILITY: (RiskUnit.RETURN_PER_YEAR, lambda r: losses.volatility(r, periods)),
        RollingFigure.SHARPE_RATIO: (
            RiskUnit.RATIO_PER_YEAR,
            lambda r: relative.sharpe(r, periods, portfolio.risk_free),
        ),
        RollingFigure.VAR: (RiskUnit.RETURN_PER_PERIOD, lambda r: losses.historical_var(r, level)),
        RollingFigure.CVAR: (RiskUnit.RETURN_PER_PERIOD, lambda r: losses.historical_cvar(r, level)),
        RollingFigure.MDD: (RiskUnit.PART_OF_PEAK, lambda r: drawdown.maximum(r).depth),
        RollingFigure.BETA: (RiskUnit.RATIO, relative.beta),
        RollingFigure.TRACKING_ERROR: (
            RiskUnit.RETURN_PER_YEAR,
            lambda r, b: relative.tracking_error(r, b, periods),
        ),
    }
    for name in asked.measures:
        unit, statistic = of[name]
        others = [portfolio.benchmark] if name in NEED_BENCHMARK and portfolio.benchmark is not None else []
        values = rolling(statistic, asked.window, portfolio.returns, *others)
        shown = level if name in {RollingFigure.VAR, RollingFigure.CVAR} else None
        yield RollingSeries(name, shown, unit, listed(values))
