"""The risk of a portfolio of stated weights over a period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import numpy as np

from app.core.errors import FieldError, InvalidRequest
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk import Panel, RiskError, drawdown, stress
from app.services.kernels.risk.contributions import Contributions, of_cvar, of_volatility
from app.services.kernels.risk.covariance import covariance
from app.services.market_history.errors import UnknownAsset, field_errors, measurable
from app.services.market_history.service import MarketHistory
from app.services.risk.figures import Portfolio, figures, relative_figures, rolling_series, why_undefined
from app.services.risk.sample import Sample, SampleRequest, read
from app.services.risk.types import (
    ContributionReport,
    CovarianceReport,
    DrawdownReport,
    Part,
    RiskAnswer,
    RiskFigure,
    RiskRequest,
    RiskUnit,
    RollingReport,
    ShockReport,
    WindowReport,
)


class RiskService:
    """Measures portfolios by market history; it stores nothing."""

    def __init__(self, history: MarketHistory) -> None:
        self._history = history

    def analyse(self, asked: RiskRequest) -> RiskAnswer:
        """Return the risk of a portfolio that is brought back to its weights each period.

        Raises
        ------
        InvalidRequest
            For weights, shocks and windows that do not fit each other or the data.
        UnknownAsset, TooFewPrices, NotMeasurable
            With the fields of the assets.
        """
        wrong = list(_wrong_by_name(asked))
        wanted = _wanted(asked)
        with measurable(lambda asset: wanted.fields.get(asset or "", "weights")):
            try:
                sample = read(self._history, wanted)
            except UnknownAsset as error:
                if wrong:
                    raise InvalidRequest.of(*wrong, *error.errors) from error
                raise
            wrong += _too_long(asked, sample.data.return_count)
            if wrong:
                raise InvalidRequest.of(*wrong)
            return _answer(asked, sample)


def _wanted(asked: RiskRequest) -> SampleRequest:
    """Return which returns are wanted, and where each asset stands in the request."""
    benchmark = {} if asked.benchmark is None else {asked.benchmark: "benchmark"}
    return SampleRequest(
        tuple(asked.weights),
        asked.benchmark,
        {**benchmark, **{symbol: f"weights.{symbol}" for symbol in asked.weights}},
        asked.start_date,
        asked.end_date,
        asked.frequency,
        asked.fill,
        asked.known_at,
        asked.periods_per_year,
    )


def _wrong_by_name(asked: RiskRequest) -> Iterator[FieldError]:
    """Yield what is wrong with weights and shocks whatever the returns are."""
    names = Panel(np.empty((0, len(asked.weights))), tuple(asked.weights))
    checks: dict[str, Callable[[], object]] = {"weights": lambda: names.weights(asked.weights)}
    if asked.shocks:
        shocks, nothing = asked.shocks, np.zeros(len(asked.weights))
        checks["shocks"] = lambda: stress.shocked(names, nothing, shocks)
    for field, check in checks.items():
        try:
            check()
        except RiskError as error:
            yield from field_errors(error, partial(_below, field))


def _below(field: str, asset: str | None) -> str:
    return f"{field}.{asset}" if asset else field


def _too_long(asked: RiskRequest, count: int) -> Iterator[FieldError]:
    windows = {
        "worst_windows.periods": asked.worst_windows.periods if asked.worst_windows else 0,
        "rolling.window": asked.rolling.window if asked.rolling else 0,
    }
    for field, length in windows.items():
        if length > count:
            yield FieldError(field, f"There are {count:,} returns: at most {count:,} is expected.")


def _answer(asked: RiskRequest, sample: Sample) -> RiskAnswer:
    panel, periods = sample.panel, sample.data.periods_per_year
    weights = panel.weights(asked.weights)
    estimate = covariance(panel, asked.covariance, periods=periods, decay=asked.decay)
    portfolio = Portfolio(
        weights,
        estimate.matrix,
        panel.portfolio(weights),
        sample.benchmark,
        periods,
        asked.risk_free_rate / periods,
        asked.target_return,
    )
    return RiskAnswer(
        sample.data,
        CovarianceReport(asked.covariance, estimate.smallest_eigenvalue, estimate.repair, estimate.shrinkage),
        list(figures(portfolio, asked.measures, asked.levels)),
        list(relative_figures(portfolio)),
        list(_contributions(panel, portfolio, asked.levels)),
        _drawdown(portfolio.returns, sample.dates),
        _shocked(asked, panel, weights),
        list(_windows(asked, sample, weights)),
        _rolling(asked, sample, portfolio),
    )


def _contributions(
    panel: Panel, portfolio: Portfolio, levels: tuple[float, ...]
) -> Iterator[ContributionReport]:
    weights = portfolio.weights
    yield _contribution(
        panel,
        weights,
        (RiskFigure.VOLATILITY, None, RiskUnit.RETURN_PER_YEAR),
        lambda: of_volatility(weights, portfolio.covariance),
    )
    for level in levels:
        kind = (RiskFigure.CVAR, level, RiskUnit.RETURN_PER_PERIOD)
        yield _contribution(panel, weights, kind, partial(of_cvar, panel, weights, level))


def _contribution(
    panel: Panel,
    weights: FloatArray,
    kind: tuple[RiskFigure, float | None, RiskUnit],
    ask: Callable[[], Contributions],
) -> ContributionReport:
    try:
        found = ask()
    except RiskError as error:
        return ContributionReport(*kind, None, [], *why_undefined(error))
    columns = (weights.tolist(), found.parts.tolist(), found.shares.tolist(), found.marginal.tolist())
    parts = [Part(*each) for each in zip(panel.assets, *columns, strict=True)]
    return ContributionReport(*kind, found.total, parts, None, None)


def _drawdown(returns: FloatArray, dates: list[date]) -> DrawdownReport:
    try:
        found = drawdown.maximum(returns)
    except RiskError as error:
        return DrawdownReport(None, None, None, None, *why_undefined(error))
    if found.depth == 0:
        return DrawdownReport(0.0, None, None, None, None, None)
    recovery = None if found.recovery is None else dates[found.recovery]
    return DrawdownReport(found.depth, dates[found.peak], dates[found.trough], recovery, None, None)


def _shocked(asked: RiskRequest, panel: Panel, weights: FloatArray) -> ShockReport | None:
    if not asked.shocks:
        return None
    found = stress.shocked(panel, weights, asked.shocks)
    return ShockReport(found.change, _by_asset(panel, found.parts), list(found.unshocked))


def _windows(asked: RiskRequest, sample: Sample, weights: FloatArray) -> Iterator[WindowReport]:
    if asked.worst_windows is None:
        return
    panel, dates = sample.panel, sample.dates
    for each in stress.worst_windows(panel, weights, asked.worst_windows.periods, asked.worst_windows.count):
        parts = _by_asset(panel, each.parts)
        yield WindowReport(dates[each.first], dates[each.last + 1], each.change, parts)


def _rolling(asked: RiskRequest, sample: Sample, portfolio: Portfolio) -> RollingReport | None:
    if asked.rolling is None:
        return None
    series = list(rolling_series(portfolio, asked.rolling, asked.levels[0]))
    return RollingReport(asked.rolling.window, sample.dates[asked.rolling.window :], series)


def _by_asset(panel: Panel, parts: FloatArray) -> dict[str, float]:
    return dict(zip(panel.assets, parts.tolist(), strict=True))
