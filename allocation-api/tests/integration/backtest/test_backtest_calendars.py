"""The trading days of a year that a backtest counts by: those of its own days, of mixed calendars too."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from tests.support.backtests import backtest
from tests.support.desk import Desk

FIRST, SWITCH, DAYS = date(2023, 1, 2), date(2024, 1, 1), 420
"""Mondays; from the second one on the coin is priced on weekends, too."""

COIN, INDEX = "BT-COIN", "BT-INDEX"


def moves(seed):
    return np.random.default_rng(seed).normal(0.0, 0.02, DAYS)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("calendars"))
    calendar = [FIRST + timedelta(days=at) for at in range(DAYS)]
    rows = []
    for symbol, seed in ((COIN, 1), (INDEX, 2)):
        closes = 100 * np.exp(np.cumsum(moves(seed)))
        rows += [
            {"date": f"{day}", "symbol": symbol, "close": round(float(close), 4)}
            for day, close in zip(calendar, closes, strict=True)
            if day.weekday() < 5 or (symbol == COIN and day >= SWITCH)
        ]
    desk.post("data/market/import", {"rows": rows})
    return desk


def hold(*assets, **more):
    weights = {each: 1 / len(assets) for each in assets}
    strategy = {"type": "buy_and_hold", "parameters": {"weights": weights}, "transaction_costs": 0}
    return {"strategy": strategy, "assets": list(assets), **more}


@pytest.mark.parametrize(
    ("body", "periods"),
    [
        (hold(COIN, start_date="2024-01-01"), 365),
        (hold(COIN, start_date="2024-02-20"), 365),  # a few days, of which three are a weekend's
        (hold(COIN, end_date="2023-12-31"), 252),
        (hold(COIN), 252),  # most of its days are without weekends
        (hold(COIN, INDEX, start_date="2024-01-01"), 252),
        (hold(COIN, start_date="2024-01-01", benchmark=INDEX), 252),
        (hold(COIN, start_date="2024-01-01", periods_per_year=360), 360),
    ],
)
def test_a_year_has_the_trading_days_of_the_backtest(desk, body, periods):
    """R24.7: days before the backtest are not counted."""
    found = backtest(desk, body)
    assert found["data"]["periods_per_year"] == periods
    returns = np.array(found["time_series"]["returns"][1:])
    expected = returns.std(ddof=1) * math.sqrt(periods)
    assert found["summary"]["volatility"] == pytest.approx(expected)


def test_days_that_a_window_has_seen_alone_are_not_counted(desk):
    """A first decision that needs 250 returns is in 2024: on its days the coin has weekends."""
    strategy = {"type": "optimization", "parameters": {"window": 262, "min_window": 262}}
    found = backtest(desk, {"strategy": strategy, "assets": [COIN]})
    assert found["data"]["start_date"] >= "2024-01-01"
    assert found["data"]["periods_per_year"] == 365
