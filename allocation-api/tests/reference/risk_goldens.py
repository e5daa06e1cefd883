"""Golden numbers of risk measures, as skfolio and scikit-learn compute them on skfolio's S&P 500 data.

Run from `allocation-api` where skfolio is installed, to write `risk_goldens.json` anew:
`python -m tests.reference.risk_goldens`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

GOLDENS = Path(__file__).with_suffix(".json")
ROWS = 253
LEVELS = (0.9, 0.95, 0.975, 0.99)
PORTFOLIOS = 24


def sp500_prices():
    """Prices of 20 shares, newest rows last, and their names."""
    from skfolio.datasets import load_sp500_dataset  # noqa: PLC0415 - a second, and not always installed

    frame = load_sp500_dataset()
    return frame.to_numpy(), list(frame)


def returns_of(prices):
    prices = np.asarray(prices)
    return prices[1:] / prices[:-1] - 1


def random_portfolio(rng, number):
    """Weights of every other portfolio are long only; all have a sum of 1."""
    weights = rng.dirichlet(np.ones(20)) if number % 2 else rng.normal(0.05, 0.1, 20)
    weights = np.round(weights, 4)
    weights[0] += 1 - weights.sum()
    return {
        "weights": weights.tolist(),
        "level": LEVELS[number % 4],
        "target": round(float(rng.normal(0, 0.005)), 4),
        "compounded": bool(number // 4 % 2),
        "trials": np.round(rng.normal(0, 0.05, 12), 4).tolist(),
    }


def expected_of(returns, portfolio):
    """All measures that skfolio has, by our names."""
    from skfolio import measures  # noqa: PLC0415 - a second, and not always installed

    level, target = portfolio["level"], portfolio["target"]
    depths = measures.get_drawdowns(returns, compounded=portfolio["compounded"])
    found = {
        "MV": measures.variance(returns),
        "MAD": measures.mean_absolute_deviation(returns),
        "MSV": measures.semi_variance(returns),
        "FLPM": measures.first_lower_partial_moment(returns, target),
        "SLPM": measures.semi_variance(returns, target),
        "CVaR": measures.cvar(returns, level),
        "EVaR": measures.evar(returns, level),
        "WR": measures.worst_realization(returns),
        "MDD": measures.max_drawdown(depths),
        "ADD": measures.average_drawdown(depths),
        "CDaR": measures.cdar(depths, level),
        "EDaR": measures.edar(depths, level),
        "UCI": measures.ulcer_index(depths),
        "VaR": measures.value_at_risk(returns, level),
        "skewness": measures.skew(returns),
        "kurtosis": measures.kurtosis(returns),
        "probabilistic_sharpe": measures.probabilistic_sharpe_ratio(returns, target),
        "deflated_sharpe": measures.deflated_sharpe_ratio(returns, portfolio["trials"]),
    }
    return {name: float(value) for name, value in found.items()}


def covariances_of(returns):
    """Ledoit and Wolf's of scikit-learn, the sample's and the exponentially weighted one of pandas."""
    import pandas as pd  # noqa: PLC0415 - comes with skfolio
    from sklearn.covariance import LedoitWolf  # noqa: PLC0415 - comes with skfolio

    fit = LedoitWolf().fit(returns)
    frame = pd.DataFrame(returns)
    weighted = frame.ewm(alpha=0.06, adjust=True).cov(bias=True).to_numpy()
    return {
        "ledoit_wolf": fit.covariance_.tolist(),
        "shrinkage": float(fit.shrinkage_),
        "sample": frame.cov().to_numpy().tolist(),
        "ewma": weighted[-returns.shape[1] :].tolist(),
        "correlation": frame.corr().to_numpy().tolist(),
    }


def main():
    import skfolio  # noqa: PLC0415 - a second, and not always installed
    import sklearn  # noqa: PLC0415 - comes with skfolio

    prices, assets = sp500_prices()
    prices = prices[-ROWS:]
    returns = returns_of(prices)
    rng = np.random.default_rng(20260101)
    portfolios = [random_portfolio(rng, number) for number in range(PORTFOLIOS)]
    for each in portfolios:
        each["expected"] = expected_of(returns @ np.array(each["weights"]), each)
    goldens = {
        "made_with": {"skfolio": skfolio.__version__, "scikit-learn": sklearn.__version__},
        "data": f"skfolio.datasets.load_sp500_dataset, last {ROWS} rows",
        "assets": assets,
        "prices": prices.tolist(),
        "covariances": covariances_of(returns[:, :6]),
        "portfolios": portfolios,
    }
    GOLDENS.write_text(json.dumps(goldens, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
