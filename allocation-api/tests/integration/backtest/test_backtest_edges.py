"""Backtests at their edges: opens and volumes, nothing to trade, few days, and requests that are repeated."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.api.backtest import BacktestGridsEndpoint, BacktestRunEndpoint
from app.schemas.backtest import BacktestRequestSchema
from app.schemas.backtest_grid import BacktestGridRequestSchema
from app.services.domain.caller import Caller
from tests.support.backtests import backtest, fixed, import_prices, optimised, trading_days, work
from tests.support.desk import Desk

WHO = Caller("u", "u", frozenset(), "r")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Tests add backtests, and count on no number of them."""
    desk = Desk(tmp_path_factory.mktemp("backtest"))
    import_prices(desk)
    return desk


def test_opens_are_traded_at_and_volumes_have_an_impact(desk):
    """The impact is 0.5 x deviation x sqrt(units / mean volume) of the money, known at the decision."""
    closes = [100.0, 102.0, 99.0, 101.0, 103.0, 104.0, 102.0, 105.0]
    days = trading_days(8)
    bars = [
        {"date": f"{day}", "symbol": "BT-OPEN", "open": c - 1, "high": c + 2, "low": c - 2, "close": c}
        for day, c in zip(days, closes, strict=True)
    ]
    desk.post("data/market/import", {"rows": [{**bar, "volume": 50000} for bar in bars]})
    strategy = {
        "type": "buy_and_hold",
        "parameters": {"weights": {"BT-OPEN": 1}},
        "transaction_costs": 0,
        "market_impact": 0.5,
    }
    body = {"strategy": strategy, "assets": ["BT-OPEN"], "start_date": f"{days[4]}"}
    found = backtest(desk, body)
    (bought,) = found["transactions"]
    assert (bought["date"], bought["price"]) == (f"{days[5]}", 103)
    known = np.array(closes[:5])
    deviation = np.std(known[1:] / known[:-1] - 1, ddof=1)
    money = bought["quantity"] * 103
    assert bought["cost"] == pytest.approx(0.5 * deviation * math.sqrt(bought["quantity"] / 50000) * money)
    assert money + bought["cost"] == pytest.approx(1e6)
    assert found["time_series"]["portfolio_values"][-1] == pytest.approx(bought["quantity"] * 105)


def test_with_no_excess_return_it_stays_in_cash_and_says_so(desk):
    """No asset is expected to earn 100 % a year."""
    body = optimised(frequency="weekly", risk_free_rate=1)
    body["strategy"]["parameters"]["objective"] = "Sharpe"
    found = backtest(desk, body)
    assert (found["transactions"], found["period_allocations"]) == ([], [])
    assert {each["reason"] for each in found["skipped"]} == {"NO_EXCESS_RETURN"}
    assert set(found["time_series"]["portfolio_values"]) == {100000}
    summary = found["summary"]
    assert (summary["sharpe_ratio"], summary["undefined"]["sharpe_ratio"]) == (None, "ZERO_VARIANCE")
    assert (summary["beta"], summary["undefined"]["beta"]) == (None, "REQUIRED")
    assert (summary["sharpe_interval"], summary["total_return"], summary["turnover"]) == (None, 0, 0)
    assert [len(each["dates"]) > 0 for each in found["charts"]] == [True, True, False, False]


def test_a_grid_of_few_days_says_that_overfitting_is_not_known(desk):
    base = fixed("rebalancing", start_date="2024-07-22")
    made = desk.post("backtest/grids", {"base": base, "grid": {"threshold": [0.01, 0.02]}}, status=202)
    for each in made["backtests"]:
        work(desk, each["job_id"])
    shown = desk.get(f"backtest/grids/{made['grid_id']}")
    assert {each["status"] for each in shown["backtests"]} == {"SUCCEEDED"}
    assert (shown["overfitting"], shown["undefined"]) == (None, "TOO_FEW_ROWS")
    assert "32 are needed" in shown["message"]


def test_of_backtests_without_days_in_common_nothing_is_compared(desk):
    early = backtest(desk, fixed("buy_and_hold", end_date="2024-02-01"))
    late = backtest(desk, fixed("buy_and_hold", start_date="2024-03-01"))
    ids = f"{early['backtest_id']},{late['backtest_id']}"
    problem = desk.get("backtest/comparison", status=422, backtest_ids=ids)
    assert problem["errors"][0]["field"] == "backtest_ids"


def test_a_request_whose_answer_was_lost_is_done_once(desk):
    """An earlier try under the same key may have stored it; without one the id is free for another."""
    service, grids = desk.services.backtest.service, desk.services.backtest.grids
    asked = BacktestRequestSchema().load(fixed())
    first = service.run(asked, WHO, key="k")
    assert service.run(asked, WHO, key="k", resumed=True) == first
    assert service.run(asked, WHO, key="k").backtest_id != first.backtest_id
    grid = BacktestGridRequestSchema().load({"base": optimised(), "grid": {"window": [20, 30]}})
    made = grids.run(grid, WHO, key="k")
    assert grids.run(grid, WHO, key="k", resumed=True) == made
    assert grids.run(grid, WHO, key="k").grid_id != made.grid_id
    work(desk, first.job_id)
    again = service.run(asked, WHO, key="k", resumed=True)
    assert (again.backtest_id, again.status) == (first.backtest_id, "SUCCEEDED")


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ({"grid": {"window": [20, 30, 40], "radius": [0, 0.1]}}, 6),
        ({"grid": {"window": [20] * 1000, "radius": [0] * 1000}}, 64),
        ({"grid": {"window": []}}, 1),
        ({"grid": {"window": 3}}, 1),
        ({"grid": 3}, 1),
        ([], 1),
    ],
)
def test_a_grid_costs_what_its_backtests_cost(body, count):
    operation = BacktestGridsEndpoint.operations["post"]
    assert operation.cost + operation.weight(body) == count * BacktestRunEndpoint.operations["post"].cost


def test_too_many_decisions_about_too_many_assets_are_refused(desk, monkeypatch):
    monkeypatch.setattr("app.services.backtest.plan.MAX_TRADES", 100)
    problem = desk.post("backtest/run", fixed(), status=422)
    assert problem["errors"][0]["field"] == "strategy.rebalancing_frequency"
    assert "159 decisions about 3 assets" in problem["errors"][0]["message"]
