"""Measures of risk against skfolio, scikit-learn and pandas on S&P 500 shares.

Their numbers are in `tests/reference/risk_goldens.json`; where skfolio is installed it is asked again, about
200 portfolios.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.services.kernels.risk import Options, Panel, RiskMeasure, covariance, losses, measure, uncertainty
from tests.reference import risk_goldens as reference

GOLDENS = json.loads(reference.GOLDENS.read_text())
SHARES = Panel.of(reference.returns_of(GOLDENS["prices"]), GOLDENS["assets"])
EXACT = 1e-10


def measured(returns, portfolio):
    """Our numbers by the names of the reference's."""
    options = Options(portfolio["level"], portfolio["target"], portfolio["compounded"])
    found = {kind.value: measure(kind, returns, options) for kind in RiskMeasure}
    return found | {
        "VaR": losses.historical_var(returns, portfolio["level"], losses.Quantile.OBSERVED),
        "skewness": losses.skewness(returns),
        "kurtosis": losses.excess_kurtosis(returns) + 3,
        "probabilistic_sharpe": uncertainty.probabilistic_sharpe(returns, portfolio["target"]),
        "deflated_sharpe": uncertainty.deflated_sharpe(returns, portfolio["trials"]),
    }


@pytest.mark.parametrize("portfolio", GOLDENS["portfolios"])
def test_measures_are_those_of_skfolio(portfolio):
    weights = SHARES.weights(dict(zip(SHARES.assets, portfolio["weights"], strict=True)))
    found = measured(SHARES.portfolio(weights), portfolio)
    assert found == pytest.approx(portfolio["expected"], rel=EXACT, abs=EXACT)


def test_covariances_are_those_of_scikit_learn_and_pandas():
    goldens, few = GOLDENS["covariances"], Panel.of(SHARES.returns[:, :6], SHARES.assets[:6])
    shrunk, shrinkage = covariance.ledoit_wolf(few.returns)
    assert shrinkage == pytest.approx(goldens["shrinkage"], rel=EXACT)
    for found, name in (
        (shrunk, "ledoit_wolf"),
        (covariance.sample(few.returns), "sample"),
        (covariance.ewma(few.returns), "ewma"),
        (covariance.correlation(few), "correlation"),
    ):
        assert found == pytest.approx(np.array(goldens[name]), rel=EXACT)


@pytest.mark.parametrize(
    ("share", "power", "length"),
    [("GE", 1, 2.0557488803093897), ("JPM", 1, 2.1077373330034046), ("BBY", 2, 8.677709742528203)],
)
def test_block_lengths_are_those_of_arch(share, power, length):
    """R22.10: by `optimal_block_length` of arch 8.0.0, of returns and of their squares."""
    returns = SHARES.returns[:, SHARES.assets.index(share)]
    assert uncertainty.best_block_length(returns**power) == pytest.approx(length, rel=EXACT)


def test_200_portfolios_of_skfolio_as_it_is_installed():
    pytest.importorskip("skfolio")
    prices, assets = reference.sp500_prices()
    shares = Panel.of(reference.returns_of(prices), assets)
    rng = np.random.default_rng(1)
    for number in range(200):
        portfolio = reference.random_portfolio(rng, number)
        start = int(rng.integers(len(shares.returns) - 504))
        returns = shares.returns[start : start + 504] @ np.array(portfolio["weights"])
        expected = reference.expected_of(returns, portfolio)
        assert measured(returns, portfolio) == pytest.approx(expected, rel=EXACT, abs=EXACT)
