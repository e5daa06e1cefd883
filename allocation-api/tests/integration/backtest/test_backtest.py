"""Backtests through the API, on prices that the tests import.

Expected values are calculated from the columns of prices by numpy alone: v = v0 x prod(1 + w.r) from the day
after the first decision on, since the trade is at that day's close.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math

import numpy as np
import pytest
from openpyxl import load_workbook

from tests.support.backtests import (
    ROWS,
    SYMBOLS,
    WEIGHTS,
    backtest,
    closes,
    fixed,
    import_prices,
    optimised,
    trading_days,
    work,
)
from tests.support.desk import Desk

MISSING = "00000000-0000-4000-8000-00000000000d"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Tests add backtests, and count on no number of them."""
    desk = Desk(tmp_path_factory.mktemp("backtest"))
    import_prices(desk)
    return desk


@pytest.fixture(scope="module")
def golden(desk):
    return backtest(desk, fixed(benchmark="BT-A", name="golden"))


def expected():
    """Value of fixed weights without costs at each close."""
    prices = np.column_stack([closes()[symbol] for symbol in SYMBOLS])
    returns = (prices[1:] / prices[:-1] - 1) @ np.array([WEIGHTS[symbol] for symbol in SYMBOLS])
    return 100000 * np.concatenate(([1.0, 1.0], np.cumprod(1 + returns[1:])))


def told(problem):
    return {each["field"]: each["message"] for each in problem["errors"]}


def test_fixed_weights_are_the_closed_form(golden):
    series = golden["time_series"]
    np.testing.assert_allclose(series["portfolio_values"], expected(), rtol=1e-10)
    assert series["dates"] == [f"{day}" for day in trading_days()]
    first = closes()["BT-A"]
    np.testing.assert_allclose(series["benchmark_values"], 100000 * first / first[0], rtol=1e-12)
    assert (series["returns"][0], series["drawdowns"][0], series["cash"][0]) == (None, 0, 100000)


def test_the_summary_is_that_of_the_series(golden):
    summary, values = golden["summary"], expected()
    returns = values[1:] / values[:-1] - 1
    assert golden["status"] == "SUCCEEDED"
    assert summary["final_value"] == pytest.approx(values[-1])
    assert summary["total_return"] == pytest.approx(values[-1] / 100000 - 1)
    assert summary["volatility"] == pytest.approx(np.std(returns, ddof=1) * math.sqrt(252))
    ratio = returns.mean() / np.std(returns, ddof=1) * math.sqrt(252)
    assert summary["sharpe_ratio"] == pytest.approx(ratio)
    assert summary["sharpe_interval"]["low"] < ratio < summary["sharpe_interval"]["high"]
    peaks = np.maximum.accumulate(values)
    assert summary["max_drawdown"] == pytest.approx((1 - values / peaks).max())
    market = np.diff(closes()["BT-A"]) / closes()["BT-A"][:-1]
    slope = np.cov(returns, market)[0, 1] / np.var(market, ddof=1)
    assert summary["beta"] == pytest.approx(slope)
    assert (summary["undefined"], summary["total_costs"]) == ({}, 0)


def test_transactions_add_up_to_the_values(desk):
    found = backtest(desk, fixed(frequency="weekly", costs=0.01))
    cash, held, at = 100000.0, dict.fromkeys(SYMBOLS, 0.0), 0
    trades, prices, values = found["transactions"], closes(), found["time_series"]["portfolio_values"]
    assert found["transaction_count"] == len(trades) == found["summary"]["trade_count"] > 90
    for row, day in enumerate(found["time_series"]["dates"]):
        while at < len(trades) and trades[at]["date"] == day:
            each, at = trades[at], at + 1
            sign = 1 if each["action"] == "BUY" else -1
            notional = each["quantity"] * each["price"]
            assert each["cost"] == pytest.approx(0.01 * notional)
            cash -= sign * notional + each["cost"]
            held[each["asset"]] += sign * each["quantity"]
        value = cash + sum(units * prices[name][row] for name, units in held.items())
        assert values[row] == pytest.approx(value, abs=0.005)
    assert at == len(trades)
    assert found["summary"]["total_costs"] == pytest.approx(math.fsum(each["cost"] for each in trades))
    days = [each["date"] for each in found["period_allocations"]]
    assert days[:3] == ["2024-01-02", "2024-01-09", "2024-01-16"]  # the day after each Monday
    charts = {each["name"]: each for each in found["charts"]}
    assert set(charts) == {"wealth", "drawdown", "weights", "costs"}
    assert charts["costs"]["series"][0]["values"][-1] == pytest.approx(found["summary"]["total_costs"])
    assert sum(line["values"][-1] for line in charts["weights"]["series"]) == pytest.approx(1)


def test_it_begins_on_its_start_date_and_has_seen_what_was_before(desk):
    found = backtest(desk, optimised(start_date="2024-02-14", end_date="2024-05-31", frequency="monthly"))
    assert (found["data"]["start_date"], found["data"]["end_date"]) == ("2024-02-14", "2024-05-31")
    assert found["data"]["history_count"] == 32
    days = [each["date"] for each in found["period_allocations"]]
    assert days == ["2024-02-15", "2024-03-04", "2024-04-02", "2024-05-02"]
    late = backtest(desk, optimised(start_date="2024-01-10", frequency="monthly"))
    assert late["data"]["start_date"] == "2024-01-29"  # the day with 20 returns behind it


def test_the_same_request_gives_the_same_bytes_and_later_prices_do_not_move_it(tmp_path):
    desk = Desk(tmp_path)
    import_prices(desk)
    once = backtest(desk, optimised(frequency="weekly"))
    ahead = desk.post(
        "backtest/run", optimised(frequency="weekly", known_at="2099-01-01T00:00:00Z"), status=202
    )
    row = {"date": "2024-03-13", "symbol": "BT-A", "close": 500}
    desk.post("data/market/import", {"rows": [row]})
    request = once["request"]
    again = backtest(desk, request)
    assert work(desk, ahead["job_id"])  # later prices have arrived between the request and its job
    known = desk.get(f"backtest/{ahead['backtest_id']}")
    for member in ("summary", "time_series", "transactions", "period_allocations", "data", "charts"):
        assert json.dumps(once[member]) == json.dumps(again[member]) == json.dumps(known[member])
    now = backtest(desk, optimised(frequency="weekly"))
    assert now["summary"]["final_value"] != once["summary"]["final_value"]


def test_rebalancing_and_holding_trade_less(desk):
    hold = backtest(desk, fixed("buy_and_hold"))
    shares = {name: WEIGHTS[name] * closes()[name][-1] / closes()[name][1] for name in SYMBOLS}
    assert hold["summary"]["final_value"] == pytest.approx(100000 * sum(shares.values()))
    assert (hold["transaction_count"], hold["summary"]["turnover"]) == (3, 0)
    near = backtest(desk, fixed("rebalancing", parameters={"weights": WEIGHTS, "threshold": 0.02}))
    trades = len(near["period_allocations"])
    assert 1 < trades < ROWS - 2
    solved = backtest(
        desk, fixed("rebalancing", parameters={"window": 40, "min_window": 20, "threshold": 0.5})
    )
    assert len(solved["period_allocations"]) == 1


def test_tables_are_csv_and_xlsx(desk, golden):
    path = f"/v1/backtest/{golden['backtest_id']}"
    answer = desk.client.get(f"{path}/transactions?format=csv", headers=desk.headers)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == ["date", "asset", "action", "quantity", "price", "cost", "weight"]
    assert [float(each["quantity"]) for each in rows] == [each["quantity"] for each in golden["transactions"]]
    answer = desk.client.get(f"{path}/time-series?format=xlsx", headers=desk.headers)
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    found = list(sheet.iter_rows(values_only=True))
    assert found[0] == (
        "date",
        "portfolio_value",
        "cash",
        "portfolio_return",
        "drawdown",
        "benchmark_value",
        "benchmark_return",
    )
    np.testing.assert_allclose([row[1] for row in found[1:]], expected(), rtol=1e-12)
    assert desk.get(f"backtest/{golden['backtest_id']}/time-series") == golden["time_series"]
    shown = desk.get(f"backtest/{golden['backtest_id']}/transactions")
    assert shown["transactions"] == golden["transactions"]


def test_a_grid_runs_each_combination_and_tells_how_much_is_luck(desk):
    grid = {"window": [20, 40], "upper_bound": [0.5, 1]}
    made = desk.post("backtest/grids", {"base": optimised(frequency="weekly"), "grid": grid}, status=202)
    assert len(made["backtests"]) == 4
    before = desk.get(f"backtest/grids/{made['grid_id']}")
    assert (before["overfitting"], before["backtests"][0]["status"]) == (None, "PENDING")
    for each in made["backtests"]:
        work(desk, each["job_id"])
    shown = desk.get(f"backtest/grids/{made['grid_id']}")
    asked = [each["request"] for each in shown["backtests"]]
    assert [(a["strategy"]["parameters"]["window"], a["constraints"]["upper_bound"]) for a in asked] == [
        (20, 0.5),
        (20, 1),
        (40, 0.5),
        (40, 1),
    ]
    found, ratios = shown["overfitting"], [each["summary"]["sharpe_ratio"] for each in shown["backtests"]]
    assert found["best_backtest_id"] == shown["backtests"][int(np.argmax(ratios))]["backtest_id"]
    assert (found["blocks"], found["split_count"]) == (16, 12870)
    assert 0 <= found["probability_of_overfitting"] <= 1
    assert shown["request"]["grid"]["window"] == [20, 40]
    assert (shown["request"]["grid"]["radius"], shown["request"]["base"]["assets"]) == (None, list(SYMBOLS))


def test_a_grid_tells_what_choosing_comes_to_on_other_days(desk):
    """R24.10, from the series of both backtests alone: three folds of which one is tested make one path."""
    cut = {"folds": 3, "test_folds": 1, "purged_days": 2, "embargo_days": 3}
    body = {"base": optimised(frequency="weekly"), "grid": {"window": [20, 40]}, "cross_validation": cut}
    made = desk.post("backtest/grids", body, status=202)
    assert desk.get(f"backtest/grids/{made['grid_id']}")["cross_validation"] is None
    for each in made["backtests"]:
        work(desk, each["job_id"])
    shown = desk.get(f"backtest/grids/{made['grid_id']}")
    found = shown["cross_validation"]
    assert shown["cross_validation_undefined"] is None
    series = [desk.get(f"backtest/{each['backtest_id']}/time-series") for each in made["backtests"]]
    assert series[0]["dates"] == series[1]["dates"]
    returns = np.array([each["returns"][1:] for each in series])
    length = returns.shape[1] // 3
    edges = [0, length, 2 * length, returns.shape[1]]
    chosen, path = [], []
    for low, high in itertools.pairwise(edges):
        kept = np.r_[0 : max(low - 2, 0), high + 5 : returns.shape[1]]
        past = returns[:, kept]
        chosen.append(int(np.argmax(past.mean(axis=1) / past.std(axis=1, ddof=1))))
        path.append(returns[chosen[-1], low:high])
    whole = np.concatenate(path)
    ratio = whole.mean() / whole.std(ddof=1) * math.sqrt(252)
    assert found["sharpe_ratios"] == [pytest.approx(ratio)]
    assert (found["mean_sharpe"], found["sharpe_deviation"]) == (pytest.approx(ratio), None)
    assert (found["split_count"], found["path_count"]) == (3, 1)
    assert found["chosen"] == {
        each["backtest_id"]: chosen.count(at) for at, each in enumerate(made["backtests"])
    }
    assert {name: found[name] for name in cut} == cut


def test_folds_that_the_days_do_not_fill_are_told(desk):
    body = {
        "base": fixed("rebalancing", end_date="2024-03-29"),
        "grid": {"threshold": [0.02, 0.05]},
        "cross_validation": {"folds": 12, "test_folds": 11, "purged_days": 2},
    }
    made = desk.post("backtest/grids", body, status=202)
    for each in made["backtests"]:
        work(desk, each["job_id"])
    shown = desk.get(f"backtest/grids/{made['grid_id']}")
    assert shown["cross_validation"] is None
    assert shown["cross_validation_undefined"]["reason"] == "TOO_FEW_ROWS"
    assert shown["overfitting"]["blocks"] == 16
    body["cross_validation"] = {"folds": 4, "test_folds": 4}
    problem = desk.post("backtest/grids", body, status=422)
    assert "4 folds" in told(problem)["cross_validation.test_folds"]


def test_backtests_are_compared_over_the_days_of_all(desk, golden):
    late = backtest(desk, fixed("buy_and_hold", start_date="2024-03-01"))
    ids = f"{golden['backtest_id']},{late['backtest_id']}"
    found = desk.get("backtest/comparison", backtest_ids=ids)
    assert found["dates"] == late["time_series"]["dates"]
    values = expected()[-len(found["dates"]) :]
    np.testing.assert_allclose(found["backtests"][0]["wealth"], values / values[0], rtol=1e-10)
    assert found["backtests"][0]["total_return"] == pytest.approx(values[-1] / values[0] - 1)
    assert found["backtests"][0]["summary"] == golden["summary"]
    one, other = (found["correlation"][golden["backtest_id"]][each] for each in ids.split(","))
    assert one == 1
    assert 0.5 < other < 1


def test_each_user_has_the_own_ones(desk, golden):
    token = desk.login("demo_supervisor")["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for path in (
        f"backtest/{golden['backtest_id']}",
        f"backtest/{golden['backtest_id']}/transactions",
        f"backtest/comparison?backtest_ids={golden['backtest_id']}",
        f"backtest/grids/{MISSING}",
    ):
        assert desk.client.get(f"/v1/{path}", headers=headers).status_code == 404
    assert desk.client.get("/v1/backtest", headers=headers).get_json()["backtests"] == []
    listed = desk.get("backtest", limit=200)["backtests"]
    assert golden["backtest_id"] in [each["backtest_id"] for each in listed]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"strategy": {"type": "regime"}}, "strategy.type", "not supported yet"),
        ({"strategy": {"type": "fixed_weights"}}, "strategy.parameters.weights", "needs weights"),
        (
            {"strategy": {"type": "optimization", "parameters": {"weights": WEIGHTS}}},
            "strategy.parameters.weights",
            "itself",
        ),
        (
            {"strategy": {"type": "buy_and_hold", "parameters": {"weights": {"BT-A": 0.5}}}},
            "strategy.parameters.weights",
            "must be 1",
        ),
        (
            {"strategy": {"type": "buy_and_hold", "parameters": {"weights": {"BT-Z": 1}}}},
            "strategy.parameters.weights.BT-Z",
            "no returns",
        ),
        ({**optimised(), "constraints": {"upper_bound": 0.3}}, "constraints", "UPPER_BOUND"),
        (
            {**optimised(), "constraints": {"group_constraints": {"x": {"max": 1}}}},
            "constraints.group_constraints.x",
            "no such group",
        ),
        (
            {"strategy": {"type": "optimization", "parameters": {"window": 30, "min_window": 40}}},
            "strategy.parameters.min_window",
            "30",
        ),
        ({"assets": ["BT-A", "BT-B", "NONE"]}, "assets", "NONE"),
        ({"benchmark": "NONE"}, "benchmark", "NONE"),
        ({"start_date": "2024-05-01", "end_date": "2024-04-01"}, "end_date", "before start_date"),
        ({"start_date": "2030-01-01"}, "start_date", "0 days"),
        ({"strategy": {"type": "optimization"}, "end_date": "2024-02-01"}, "start_date", "61"),
        ({"initial_capital": 0}, "initial_capital", "out of bounds"),
        ({"initial_capital": 1e300}, "initial_capital", "out of bounds"),
    ],
)
def test_what_cannot_be_run_is_refused_by_field(desk, change, field, words):
    before = len(desk.get("backtest", limit=200)["backtests"])
    problem = desk.post("backtest/run", {**fixed(), **change}, status=422)
    assert words in told(problem)[field]
    assert len(desk.get("backtest", limit=200)["backtests"]) == before


def test_grids_of_one_or_too_many_are_refused(desk):
    one = desk.post("backtest/grids", {"base": optimised(), "grid": {}}, status=422)
    assert "1 combinations" in told(one)["grid"]
    many = {"window": list(range(20, 36)), "risk_aversion": [1, 2, 3, 4, 5]}
    assert (
        "80 combinations"
        in told(desk.post("backtest/grids", {"base": optimised(), "grid": many}, status=422))["grid"]
    )
    most = {
        "threshold": [at / 100 for at in range(16)],
        "window": list(range(20, 36)),
        "risk_aversion": list(range(16)),
        "radius": [at / 100 for at in range(16)],
        "upper_bound": [0.5 + at / 100 for at in range(16)],
        "rebalancing_frequency": ["daily", "weekly", "monthly", "quarterly"],
    }
    problem = desk.post("backtest/grids", {"base": optimised(), "grid": most}, status=422)
    assert f"{4 * 16**5} combinations" in told(problem)["grid"]


def test_a_result_that_is_not_there_is_a_conflict(desk):
    asked = desk.post("backtest/run", fixed(), status=202)
    shown = desk.get(f"backtest/{asked['backtest_id']}")
    assert (shown["status"], shown["summary"], shown["time_series"], shown["charts"]) == (
        "PENDING",
        None,
        None,
        [],
    )
    problem = desk.get(f"backtest/{asked['backtest_id']}/transactions", status=409)
    assert problem["code"] == "BACKTEST_NOT_READY"


def test_a_repeated_request_is_one_backtest(desk):
    headers = {"Idempotency-Key": "backtest-once"}
    answers = [desk.call("POST", "backtest/run", json=fixed(), headers=headers, status=202) for _ in range(2)]
    assert answers[0] == answers[1]
