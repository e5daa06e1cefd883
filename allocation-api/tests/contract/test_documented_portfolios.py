"""The guides to optimising, backtesting and reallocating, run on the demo universe as they stand.

Numbers that the guides tell are calculated here again from the universe's prices: the weights by scipy's
SLSQP, the backtest by a loop that finds costs by bisection.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from scipy.optimize import minimize

from app.services.market_history.bars import CLOSE, OPEN, day_number
from app.services.market_history.universe import generate
from tests.support.backtests import backtest, work
from tests.support.desk import Desk
from tests.support.documents import fragments

OPTIMISATION, BACKTESTING = dict(fragments("optimisation.md")), dict(fragments("backtesting.md"))
REALLOCATION = dict(fragments("reallocation.md"))
AFTER = date(2026, 1, 2)
PERIODS = 252


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The desk's history is empty, so that it has the demo universe."""
    return Desk(tmp_path_factory.mktemp("guides"))


@cache
def universe():
    return generate(AFTER)


def prices(body, column=CLOSE):
    """Prices of a request's assets on its days (days x assets), and the days."""
    found = [universe()[name] for name in body["assets"]]
    days = found[0].days
    shown = (days >= day_number(date.fromisoformat(body["start_date"]))) & (
        days <= day_number(date.fromisoformat(body["end_date"]))
    )
    columns = np.column_stack([each.values[column][shown] for each in found])
    return columns, days[shown].astype("datetime64[D]").astype(object)


def returns_of(body):
    closes, _ = prices(body)
    return closes[1:] / closes[:-1] - 1


def least_variance(body):
    """The weights of the example by another solver, in its order of assets."""
    names, limits = body["assets"], body["constraints"]
    covariance = np.cov(returns_of(body), rowvar=False) * 1e4
    group = np.isin(names, limits["groups"]["equities"])
    floor = limits["group_constraints"]["equities"]["min"]
    found = minimize(
        lambda w: w @ covariance @ w,
        np.full(len(names), 1 / len(names)),
        jac=lambda w: 2 * covariance @ w,
        bounds=[(0, limits["upper_bound"])] * len(names),
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1},
            {"type": "ineq", "fun": lambda w: w[group].sum() - floor},
        ],
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert found.success, found.message
    return found.x


def drawdown(wealth):
    return float((1 - wealth / np.maximum.accumulate(wealth)).max())


def test_the_optimised_example_is_what_the_guide_says(desk):
    body, told = OPTIMISATION["optimise"], OPTIMISATION["optimised"]
    weights, returns = least_variance(body), returns_of(body)
    path = returns @ weights
    figures = {
        "expected_return": path.mean() * PERIODS,
        "volatility": path.std(ddof=1) * np.sqrt(PERIODS),
        "sharpe_ratio": path.mean() / path.std(ddof=1) * np.sqrt(PERIODS),
        "max_drawdown": drawdown(np.cumprod(np.concatenate(([1.0], 1 + path)))),
    }
    by_hand = {"weights": dict(zip(body["assets"], weights, strict=True)), "metrics": figures}
    answer = desk.post("portfolio/optimize", body)
    for part, numbers in told.items():
        assert numbers == pytest.approx(by_hand[part], abs=1e-4), part
        assert numbers == pytest.approx({name: answer[part][name] for name in numbers}, abs=5.1e-5), part
    assert set(told["weights"]) == set(answer["weights"])
    assert answer["optimality"]["status"] == "OPTIMAL"
    assert len(answer["efficient_frontier"]) == body["frontier_points"]
    again = desk.post(f"portfolio/{answer['portfolio_id']}/replay")
    assert again["identical"] is True


def test_the_changed_example_trades_no_more_than_the_guide_lets_it(desk):
    body, changed = OPTIMISATION["optimise"], OPTIMISATION["changed"]
    limits = {**body["constraints"], **changed["constraints"]}
    answer = desk.post("portfolio/optimize", {**body, **changed, "constraints": limits})
    held, found = changed["current_weights"], answer["weights"]
    moved = sum(abs(found[name] - held[name]) for name in held) / 2
    assert moved == pytest.approx(answer["metrics"]["turnover"])
    assert 0.01 < moved <= limits["max_turnover"] + 1e-6
    losses = np.sort(-(returns_of(body) @ [found[name] for name in body["assets"]]))[::-1]
    tail = 0.05 * len(losses)
    counted = np.clip(tail - np.arange(len(losses)), 0, 1)
    assert answer["metrics"]["risk"] == pytest.approx(losses @ counted / tail, rel=1e-9)


def test_the_refused_example_names_the_bound(desk):
    problem = desk.post("portfolio/optimize", OPTIMISATION["refused"], status=422)
    assert problem["code"] == "INFEASIBLE_CONSTRAINTS"
    assert [each["field"] for each in problem["errors"]] == ["constraints.upper_bound"]


def by_loop(body):
    """The figures of fixed weights, by a loop over days; what a trade leaves is found by bisection."""
    stated = body["strategy"]
    weights = np.array([stated["parameters"]["weights"][name] for name in body["assets"]])
    rate, cash, held = stated["transaction_costs"], float(body["initial_capital"]), np.zeros(len(weights))
    closes, days = prices(body)
    opens, _ = prices(body, OPEN)
    values, costs, trades, first, is_due = [], 0.0, 0, None, False
    for row, day in enumerate(days):
        if is_due:
            low, high = 0.0, cash + held @ opens[row]
            value = high
            for _ in range(200):
                left = (low + high) / 2
                paid = rate * np.abs(weights * left - held * opens[row]).sum()
                low, high = (left, high) if left + paid < value else (low, left)
            trades += int((np.abs(weights * low - held * opens[row]) > 1e-6).sum())
            held, cash, costs = weights * low / opens[row], 0.0, costs + value - low
            first = first or f"{day}"
        is_due = row == 0 or (day.month - 1) // 3 != (days[row - 1].month - 1) // 3
        values.append(cash + held @ closes[row])
    wealth = np.array(values)
    path = wealth[1:] / wealth[:-1] - 1
    summary = {
        "final_value": wealth[-1],
        "total_return": wealth[-1] / body["initial_capital"] - 1,
        "volatility": path.std(ddof=1) * np.sqrt(PERIODS),
        "max_drawdown": drawdown(wealth),
        "total_costs": costs,
        "trade_count": trades,
    }
    return summary, first


def test_the_backtest_is_what_the_guide_says(desk):
    body, told = BACKTESTING["run"], BACKTESTING["result"]
    by_hand, first = by_loop(body)
    found = backtest(desk, body)
    assert set(told["summary"]) == set(by_hand)
    for name, number in told["summary"].items():
        within = 5.1e-5 if abs(number) < 1 else 0.0051
        assert number == pytest.approx(by_hand[name], abs=within), name
        assert found["summary"][name] == pytest.approx(by_hand[name], rel=1e-7), name
    assert (told["first_trade"], found["transactions"][0]["date"]) == (first, first)
    interval = found["summary"]["sharpe_interval"]
    assert interval["low"] < -0.5
    assert interval["high"] > 0.5


def test_the_policy_decides_as_the_optimiser_does(desk):
    body = BACKTESTING["policy"]
    stated, decided = body["strategy"]["parameters"], date.fromisoformat(body["start_date"])
    found = backtest(desk, body)
    assert found["skipped"] == []
    (allocation, *later) = found["period_allocations"]
    assert allocation["date"] == f"{decided + timedelta(days=1)}"
    assert len(later) == 7
    first = universe()[body["assets"][0]].days
    at = int(np.searchsorted(first, day_number(decided)))
    begins = first[at - stated["window"]].astype("datetime64[D]")
    asked = {
        "assets": body["assets"],
        "start_date": f"{begins}",
        "end_date": f"{decided}",
        "objective": stated["objective"],
        "risk_measure": stated["risk_measure"],
        "constraints": body["constraints"],
        "frontier_points": 0,
    }
    optimised = desk.post("portfolio/optimize", asked)
    assert optimised["data"]["return_count"] == stated["window"]
    assert allocation["weights"] == pytest.approx(optimised["weights"], abs=1e-6)


def test_the_grid_is_run_in_every_combination(desk):
    made = desk.post(
        "backtest/grids", {"base": BACKTESTING["policy"], "grid": BACKTESTING["grid"]}, status=202
    )
    for each in made["backtests"]:
        assert work(desk, each["job_id"])
    shown = desk.get(f"backtest/grids/{made['grid_id']}")
    assert {each["status"] for each in shown["backtests"]} == {"SUCCEEDED"}
    assert len(shown["backtests"]) == 4
    assert 0 <= shown["overfitting"]["probability_of_overfitting"] <= 1


def test_reallocations_are_what_the_guide_says(desk):
    body, scarce = REALLOCATION["evaluate"], REALLOCATION["scarce"]

    def shown(found):
        trades = {each["asset"]: [each["side"], each["amount"]] for each in found["trades"]}
        return {"status": found["status"], "trades": trades}

    found = desk.post("reallocation/evaluate", body)
    before = found["utilization_metrics"]["pre_reallocation"]["by_asset"]
    by_hand = {name: body["current"][name] / body["target"][name] for name in body["current"]}
    assert REALLOCATION["plan"]["utilization"] == pytest.approx(by_hand)
    assert {each["asset"]: each["utilization"] for each in before} == pytest.approx(by_hand)
    told = {name: REALLOCATION["plan"][name] for name in ("status", "trades")}
    assert (shown(found), found["output"]) == (told, REALLOCATION["plan"]["output"])

    part = desk.post("reallocation/evaluate", {**body, **scarce})
    partial = dict(REALLOCATION["partial"])
    missing = part["liquidity_metrics"]["liquidity_shortfall"]
    assert missing == partial.pop("liquidity_shortfall") == 2 * (20 - 12)
    assert shown(part) == partial
