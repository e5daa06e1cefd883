"""Data that cannot be measured hold up no other event (R26.3)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from app.services.market_history.errors import NotMeasurable
from tests.support.monitored import Portfolios, look, monitoring_desk, results, tell

DAYS = [date(2026, 1, 1) + timedelta(days=at) for at in range(70)]


def priced(desk, **closes):
    rows = [
        {"date": day.isoformat(), "symbol": name, "close": float(close)}
        for name, found in closes.items()
        for day, close in zip(DAYS, found, strict=True)
    ]
    desk.post("data/market/import", {"rows": rows})


def later(desk, **more):
    for _ in range(2):
        desk.clock.ahead += timedelta(**more)
        look(desk)


def test_a_price_out_of_all_bounds_holds_up_no_other_portfolio(tmp_path, monkeypatch):
    """B leaves what can be squared, its recalculation fails, and what follows is measured against before."""
    portfolios = Portfolios(broken=["A", "B"], sound=["C"])
    desk = monitoring_desk(tmp_path, portfolios, monkeypatch)
    for portfolio_id in portfolios.held:
        desk.call("PUT", f"monitor/portfolio/{portfolio_id}/config", json={"minimum_interval": 0})
    random = np.random.default_rng(5)
    steady = {name: np.cumprod(1 + random.normal(0, 0.001, len(DAYS))) for name in "ABC"}
    priced(desk, **steady)
    later(desk, minutes=1)
    assert results(desk.services.database) == ["broken", "sound"]
    wild = [1e-300 if at % 2 else 1e12 for at in range(len(DAYS) - 1)]
    portfolios.faults = [NotMeasurable("Returns are out of all bounds.")]
    priced(desk, B=[*wild, steady["B"][-1]])
    later(desk, minutes=1)
    assert portfolios.faults == []
    tell(desk, "of-A", "A")
    tell(desk, "of-C", "C")
    priced(desk, C=[*steady["C"][:-1], 2])
    later(desk, minutes=1)
    assert results(desk.services.database).count("sound") == 2
    assert desk.get("monitor/status")["waiting_events"] == 0
    states = [each["state"] for each in desk.get("monitor/portfolio/broken/status")["recalculations"]]
    assert states == ["FAILED", "DONE"]
    tell(desk, "of-B", "B")
    later(desk, minutes=1)
    (last, *_) = desk.get("monitor/portfolio/broken/status")["recalculations"]
    assert (last["state"], last["reason"]) == ("DONE", "NOT_MEASURABLE")
