"""What market history says of the assets: how much is traded, how they move, and the risk of a year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.core.errors import DataMissing
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.reallocation import Market
from app.services.kernels.risk import RiskError, relative
from app.services.kernels.risk.covariance import CovarianceMethod, covariance, volatility
from app.services.kernels.risk.inputs import MIN_ROWS
from app.services.market_history.bars import VOLUME, Bars
from app.services.market_history.series import returns_of
from app.services.market_history.service import MarketHistory
from app.services.reallocation.types import ReallocationRequest, RiskMetrics
from app.services.risk.sample import Sample, SampleRequest, read

CENTS = 100
NO_RISK = RiskMetrics(None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class AssetMarket:
    """What is traded of an asset in a day, in cents, and its market; None where history does not say."""

    daily_volume: float | None
    market: Market | None


def markets(
    history: MarketHistory, asked: ReallocationRequest, assets: tuple[str, ...]
) -> dict[str, AssetMarket]:
    """Return the markets of those assets that have a history, as it was known, up to the end date."""
    found = history.found(assets, asked.known_at)
    return {asset: _market(known.bars, asked) for asset, known in found.items()}


def _market(bars: Bars, asked: ReallocationRequest) -> AssetMarket:
    recent = bars.between(None, asked.end_date)
    returns = returns_of(bars.between(asked.start_date, asked.end_date).closes)
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is not known
        traded = (recent.values[VOLUME] * recent.closes)[-asked.volume_days :]
        stated = traded[~np.isnan(traded)]
        volume = float(stated.mean()) * CENTS if len(stated) else np.inf
        sigma = float(np.std(returns, ddof=1)) if len(returns) >= MIN_ROWS else 0.0
    if not np.isfinite(volume):
        return AssetMarket(None, None)
    is_known = volume > 0 and 0 < sigma < np.inf
    return AssetMarket(volume, Market(volume, sigma) if is_known else None)


def sample(history: MarketHistory, asked: ReallocationRequest, assets: tuple[str, ...]) -> Sample:
    """Return the returns of assets in the period of the request.

    Raises
    ------
    UnknownAsset, TooFewPrices
        When they have none, or too few.
    RiskError
        For returns that are too large.
    """
    wanted = SampleRequest(
        assets,
        None,
        {asset: f"current.{asset}" for asset in assets},
        asked.start_date,
        asked.end_date,
        asked.frequency,
        asked.fill,
        asked.known_at,
        periods_per_year=None,
    )
    return read(history, wanted)


def risk(
    history: MarketHistory,
    asked: ReallocationRequest,
    portfolios: Mapping[str, tuple[int, int, int]],
) -> tuple[RiskMetrics, str | None]:
    """Return the risk of a portfolio, of its target, and of what a plan makes of it; and why there is none.

    Parameters
    ----------
    portfolios : mapping of str to tuple of int
        Cents of each asset before, in the target, and after the plan.
    """
    values = np.array(list(portfolios.values()), float)
    totals = values.sum(axis=0)
    if not totals.all():
        return NO_RISK, "A portfolio without holdings has no risk."
    try:
        returns = sample(history, asked, tuple(portfolios))
        return _metrics(returns, values / totals, asked.risk_free_rate), None
    except (DataMissing, RiskError) as error:
        return NO_RISK, str(error)


def _metrics(returns: Sample, weights: FloatArray, risk_free_rate: float) -> RiskMetrics:
    panel, periods = returns.panel, returns.data.periods_per_year
    matrix = covariance(panel, CovarianceMethod.SAMPLE, periods=periods).matrix
    before, target, after = weights.T

    def sharpe(of: FloatArray) -> float | None:
        return _defined(lambda: relative.sharpe(panel.portfolio(of), periods, risk_free_rate / periods))

    return RiskMetrics(
        volatility(before, matrix),
        volatility(target, matrix),
        sharpe(before),
        sharpe(target),
        volatility(after - target, matrix),
    )


def _defined(measure: Callable[[], float]) -> float | None:
    try:
        return measure()
    except RiskError:
        return None
