"""Backtests on a desk: asked for, worked on as a worker does, and read."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Event

import numpy as np

FIRST = date(2024, 1, 1)
"""A Monday."""

SYMBOLS = ("BT-A", "BT-B", "BT-C")
WEIGHTS = {"BT-A": 0.5, "BT-B": 0.3, "BT-C": 0.2}
ROWS = 160


def trading_days(count=ROWS):
    return [(FIRST + timedelta(days=at // 5 * 7 + at % 5)) for at in range(count)]


def closes(seed=5, rows=ROWS):
    """Prices by symbol, with as many digits as JSON keeps."""
    drawn = np.random.default_rng(seed).normal(0.0004, 0.01, (rows, len(SYMBOLS)))
    return dict(zip(SYMBOLS, (100 * np.exp(np.cumsum(drawn, axis=0))).round(4).T, strict=True))


def import_prices(desk):
    rows = [
        {"date": f"{day}", "symbol": symbol, "close": float(close)}
        for symbol, values in closes().items()
        for day, close in zip(trading_days(), values, strict=True)
    ]
    desk.post("data/market/import", {"rows": rows})


def fixed(kind="fixed_weights", *, parameters=None, frequency="daily", costs=0.0, **more):
    """A request."""
    strategy = {
        "type": kind,
        "parameters": {"weights": WEIGHTS} if parameters is None else parameters,
        "rebalancing_frequency": frequency,
        "transaction_costs": costs,
    }
    return {"strategy": strategy, "assets": list(SYMBOLS), "initial_capital": 100000, **more}


def optimised(**more):
    return fixed("optimization", parameters={"window": 40, "min_window": 20}, **more)


def work(desk, job_id, stopping=None):
    """Do a job as a worker does."""
    return desk.services.jobs.executor.run(job_id, stopping or Event(), lambda: None)


def backtest(desk, body):
    """Ask for a backtest, run it, and read it."""
    asked = desk.post("backtest/run", body, status=202)
    assert work(desk, asked["job_id"])
    return desk.get(f"backtest/{asked['backtest_id']}")
