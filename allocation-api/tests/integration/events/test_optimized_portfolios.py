"""Optimised portfolios are monitored (R26.4, R26.5): a recalculation is a new portfolio by newer prices."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from app.core.security import Permission
from app.services.events.changes import MonitorChanges
from app.services.visibility.visibility import EVERYTHING, Visibility
from tests.support.monitored import look, monitoring_desk
from tests.support.users import add_user

DAYS = 90
BEGIN = date(2026, 1, 1)
ASKED = {
    "assets": ["A", "B"],
    "start_date": "2026-01-01",
    "end_date": "2026-03-31",
    "model": "Classic",
    "risk_measure": "MV",
    "objective": "MinRisk",
    "constraints": {"upper_bound": 1},
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        made = monitoring_desk(tmp_path_factory.mktemp("optimized"), None, patch)
    random = np.random.default_rng(11)
    closes = 100 * np.cumprod(1 + random.normal(0, [0.004, 0.02], (DAYS, 2)), axis=0)
    days = [BEGIN + timedelta(days=at) for at in range(DAYS)]
    rows = [
        {"date": day.isoformat(), "symbol": name, "close": round(close, 6)}
        for day, pair in zip(days, closes, strict=True)
        for name, close in zip("AB", pair, strict=True)
    ]
    made.post("data/market/import", {"rows": rows})
    look(made)
    return made


@pytest.fixture
def portfolio(desk):
    return desk.post("portfolio/optimize", ASKED)


def later_prices(desk, day, **closes):
    rows = [{"date": day, "symbol": name, "close": close} for name, close in closes.items()]
    desk.post("data/market/import", {"rows": rows})
    for _ in range(2):
        desk.clock.ahead += timedelta(minutes=1)
        look(desk)


def recalculations(desk, portfolio_id):
    return desk.get(f"monitor/portfolio/{portfolio_id}/status")["recalculations"]


def length(portfolio):
    first, last = (date.fromisoformat(portfolio["data"][name]) for name in ("start_date", "end_date"))
    return last - first


def shown(desk, result):
    return desk.get(result.removeprefix("/v1/"))


def test_prices_recalculate_a_portfolio_once_somebody_has_configured_it(desk, portfolio):
    found = portfolio["portfolio_id"]
    later_prices(desk, "2026-04-01", A=101)
    assert recalculations(desk, found) == []
    desk.call("PUT", f"monitor/portfolio/{found}/config", json={})
    later_prices(desk, "2026-04-02", A=140, B=90)
    (done,) = recalculations(desk, found)
    assert (done["state"], done["reason"]) == ("DONE", "FIRST")
    newer = shown(desk, done["result"])
    assert newer["portfolio_id"] != found
    assert newer["created_by"] == portfolio["created_by"]
    # B has a price on 31 March and on 2 April, A on 1 April as well: days of both.
    assert newer["data"]["end_date"] == "2026-04-02"
    assert newer["weights"]["A"] < portfolio["weights"]["A"]  # A jumped by two fifths
    assert shown(desk, f"/v1/portfolio/{found}") == portfolio
    assert recalculations(desk, newer["portfolio_id"]) == []


def test_the_window_moves_and_stays_as_long(desk, portfolio):
    found = portfolio["portfolio_id"]
    desk.post(f"monitor/portfolio/{found}/recalculate", status=202)
    look(desk)
    newer = shown(desk, recalculations(desk, found)[0]["result"])
    assert newer["data"]["end_date"] > portfolio["data"]["end_date"]
    assert length(newer) == length(portfolio)


def test_a_portfolio_of_somebody_else_is_not_there(desk, portfolio):
    found, token = portfolio["portfolio_id"], desk.token
    password = "correct horse battery staple 17"
    add_user(desk.services, "olga", password, permissions=tuple(Permission), groups=["PUBLICPRE"])
    desk.token = desk.login("olga", password)["access_token"]
    try:
        desk.get(f"monitor/portfolio/{found}/status", status=404)
        desk.call("PUT", f"monitor/portfolio/{found}/config", json={}, status=404)
        desk.post(f"monitor/portfolio/{found}/recalculate", status=404)
        own = desk.post("portfolio/optimize", ASKED)["portfolio_id"]
        desk.call("PUT", f"monitor/portfolio/{own}/config", json={})
        seen = Visibility(frozenset({"PUBLICPRE"}), frozenset(), desk.get("auth/me")["id"], "olga")
    finally:
        desk.token = token
    desk.call("PUT", f"monitor/portfolio/{found}/config", json={})
    changes = MonitorChanges(desk.services.database, 1)
    assert {own, found} <= {each.portfolio_id for each in changes.follow(0, EVERYTHING)}
    assert {each.portfolio_id for each in changes.follow(0, seen)} == {None, own}
    assert [each.portfolio_id for each in changes.follow(None, seen)] == [own]
