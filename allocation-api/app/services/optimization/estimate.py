"""Mean and covariance of a period by the model: of the sample, of the market and views, or of factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.core.errors import FieldError
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization import Measure, View, factor_model, implied_mean, posterior
from app.services.kernels.risk import Panel
from app.services.kernels.risk.covariance import CovarianceMethod, covariance
from app.services.market_history.errors import ConstantPrice, TooFewPrices
from app.services.market_history.measures import constant_columns
from app.services.optimization.types import OptimizationRequest, PortfolioModel


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Expected returns (float64[n]), covariance (float64[n, n]) and scenarios (float64[T, n]) of a period."""

    mean: FloatArray
    covariance: FloatArray
    returns: FloatArray


def estimated(asked: OptimizationRequest, panel: Panel, periods: int) -> Estimate:
    """Return the estimate from the returns of the assets and, behind them, of the factors.

    Raises
    ------
    ConstantPrice, TooFewPrices
        Where an asset does not vary, or there are too few returns for a covariance that can be inverted.
    """
    n = len(asked.assets)
    _check(asked, panel)
    own = Panel(panel.returns[:, :n], panel.assets[:n])
    if asked.model is PortfolioModel.FACTOR:
        found = factor_model(own.returns, panel.returns[:, n:])
        return Estimate(found.mean, found.covariance, own.returns)
    sample = covariance(own, asked.covariance, periods=1, decay=asked.decay).matrix
    mean = own.returns.mean(axis=0)
    match asked.model:
        case PortfolioModel.CLASSIC:
            return Estimate(mean, sample, own.returns)
        case PortfolioModel.BLACK_LITTERMAN:
            market = _market(asked)
            prior = implied_mean(sample, market, asked.market_risk_aversion) + asked.risk_free_rate / periods
            after = posterior(prior, sample, _views(asked, periods), asked.tau)
            return Estimate(after.mean, after.covariance, own.returns + (after.mean - mean))


def _check(asked: OptimizationRequest, panel: Panel) -> None:
    where = {symbol: f"factors.{at}" for at, symbol in enumerate(asked.factors)}
    where |= {symbol: f"assets.{at}" for at, symbol in enumerate(asked.assets)}
    if still := constant_columns(panel.returns):
        names = [panel.assets[at] for at in still]
        words = "The returns do not vary on these days."
        errors = [FieldError(where[name], words) for name in names]
        raise ConstantPrice(f"The returns of {', '.join(names)} do not vary.", errors=errors)
    count, n = len(panel.returns), len(asked.assets)
    if count <= n and not _can_be_few(asked):
        other = ", or the covariance ledoit_wolf" if asked.risk_measure is Measure.MV else ""
        words = f"{count} returns are too few for {n} assets: more than {n} are needed{other}."
        raise TooFewPrices(words, errors=[FieldError("assets", words)])


def _can_be_few(asked: OptimizationRequest) -> bool:
    """Return whether the covariance can be inverted although there are fewer returns than assets."""
    is_shrunk = asked.covariance is CovarianceMethod.LEDOIT_WOLF
    return is_shrunk or asked.model is PortfolioModel.FACTOR


def _market(asked: OptimizationRequest) -> FloatArray:
    """Return the weights of the market, by default the same for all."""
    n = len(asked.assets)
    if not asked.market_weights:
        return np.full(n, 1.0 / n)
    return np.array([asked.market_weights.get(symbol, 0.0) for symbol in asked.assets])


def _views(asked: OptimizationRequest, periods: int) -> tuple[View, ...]:
    return tuple(
        View(
            np.array([view.weights.get(symbol, 0.0) for symbol in asked.assets]),
            view.expected_return / periods,
            None if view.uncertainty is None else (view.uncertainty / periods) ** 2,
        )
        for view in asked.views
    )
