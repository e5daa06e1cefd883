"""The record of regimes through the API, held against a calculation of its own on drawn bars.

Wealth is calculated day by day from weights: w x r at the closes, costs paid when weights change.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from app.services.kernels.regimes.types import Regime
from tests.integration.regimes.test_regimes import MARKET, day, desk_with, rows
from tests.support.regime_markets import Leg, draw

MIDPOINTS = {
    "RISK_OFF": (0.0952380952, 0.0952380952, 0.0476190476, 0.7619047619),
    "BTC_SEASON": (0.625, 0.2083333333, 0.0416666667, 0.125),
    "ALT_ETH_SEASON": (0.2173913043, 0.3913043478, 0.3043478261, 0.0869565217),
    "RISK_ON": (0.3, 0.3, 0.3, 0.1),
    "HODL": (0.25, 0.25, 0.25, 0.25),
}
"""Midpoints of the bounds over their sum: RISK_OFF (0.1, 0.1, 0.05, 0.8) / 1.05."""

EQUAL = (0.25,) * 4


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Tests only read."""
    return desk_with(tmp_path_factory.mktemp("record"), rows(MARKET))


def prices():
    """BTC, ETH, ALT and a stablecoin (T x 4); the series that are imported have closes alone."""
    return np.column_stack([MARKET.btc, MARKET.eth, MARKET.alt, np.ones(len(MARKET.btc))])


def wealth_of(targets, rate):
    """Wealth at each close; `targets` are the weights decided at each close, None where nothing changes.

    A decision is traded at the next close. What is left of the wealth then, and the costs of that, are
    the wealth before: found by halving.
    """
    closes = prices()
    held, cash, path = np.zeros(4), 1.0, [1.0]
    for at in range(1, len(closes)):
        value = cash + held @ closes[at]
        target = targets[at - 1]
        if target is not None:
            low, high = 0.0, 1.0
            for _ in range(60):
                share = (low + high) / 2
                cost = rate * np.abs(np.array(target) * share * value - held * closes[at]).sum()
                low, high = (share, high) if share * value + cost < value else (low, share)
            held, cash = np.array(target) * low * value / closes[at], 0.0
            value = cash + held @ closes[at]
        path.append(value)
    return np.array(path)


def changes_only(weights):
    return [w if at == 0 or w != weights[at - 1] else None for at, w in enumerate(weights)]


def month_starts(count):
    """The decisions of equal weights: at the first close, and at the first one of each month."""
    days = [day(at) for at in range(count)]
    return [EQUAL if at == 0 or days[at][:7] != days[at - 1][:7] else None for at in range(count)]


def test_each_strategy_made_what_its_weights_make_after_costs(desk):
    """R27.8"""
    told = desk.get("regime/history", start_date=day(0))["regimes"]
    record = desk.get("regime/record", cost_basis_points=10)
    paths = {
        "REGIME": wealth_of(changes_only([MIDPOINTS[each] for each in told]), 0.001),
        "EQUAL_WEIGHT": wealth_of(month_starts(220), 0.001),
        "BUY_AND_HOLD": wealth_of([EQUAL] + [None] * 219, 0.001),
    }
    assert [each["strategy"] for each in record["strategies"]] == list(paths)
    for found in record["strategies"]:
        path = paths[found["strategy"]]
        returns = path[1:] / path[:-1] - 1
        assert found["total_return"] == pytest.approx(path[-1] - 1, abs=1e-7)
        assert found["volatility"] == pytest.approx(returns.std(ddof=1) * np.sqrt(365), rel=1e-6)
        assert found["max_drawdown"] == pytest.approx(
            1 - (path / np.maximum.accumulate(path)).min(), abs=1e-7
        )
    ours = record["strategies"][0]
    assert ours["trade_count"] == 1 + sum(a != b for a, b in pairwise(told[:-1]))
    assert (record["start_date"], record["end_date"], record["day_count"]) == (day(0), day(219), 220)


def test_costs_are_what_they_are_set_to(desk):
    free = desk.get("regime/record", cost_basis_points=0)["strategies"]
    dear = desk.get("regime/record", cost_basis_points=100)["strategies"]
    assert [each["costs"] for each in free] == [0, 0, 0]
    for cheap, costly in zip(free, dear, strict=True):
        assert costly["total_return"] < cheap["total_return"]
    # All is bought once: c / (1 + c) of it is cost for what is bought, a stablecoin too.
    assert dear[2]["costs"] == pytest.approx(0.01 / 1.01, rel=1e-9)


def test_comparisons_have_the_interval_that_their_verdict_is_of(desk):
    """R27.8"""
    found = desk.get("regime/record")["comparisons"]
    assert [each["against"] for each in found] == ["EQUAL_WEIGHT", "BUY_AND_HOLD"]
    for each in found:
        ratio = each["information_ratio"]
        assert ratio["low"] <= ratio["ratio"] <= ratio["high"]
        expected = "AHEAD" if ratio["low"] > 0 else "BEHIND" if ratio["high"] < 0 else "UNDECIDED"
        assert each["verdict"] == expected


def test_the_market_by_regime_is_that_of_the_days_after_it_was_told(desk):
    """R27.5, R27.8"""
    told = desk.get("regime/history", start_date=day(0))["regimes"]
    returns = np.array(MARKET.closes[1:]) / np.array(MARKET.closes[:-1]) - 1
    for each in desk.get("regime/record")["regimes"]:
        own = [r for r, regime in zip(returns, told[:-1], strict=True) if regime == each["regime"]]
        assert each["day_count"] == len(own)
        assert each["mean_return"] == (pytest.approx(np.mean(own), abs=1e-12) if own else None)
        assert each["share_of_rises"] == (pytest.approx(np.mean(np.array(own) > 0)) if own else None)
    assert sum(each["day_count"] for each in desk.get("regime/record")["regimes"]) == 219


def test_a_record_knows_nothing_of_later_days(desk, tmp_path):
    """R27.8: what a shorter history had made by a day, the longer one has made by that day."""
    span = {"start_date": day(100), "end_date": day(185)}
    whole = desk.get("regime/record", **span)
    other = draw(Leg(120), Leg(60, 0.01, btc_dominance=0.0625), Leg(6, -0.01))
    part = desk_with(tmp_path, rows(other)).get("regime/record", **span)
    assert part["strategies"] == whole["strategies"]
    assert part["regimes"] == whole["regimes"]


def test_few_days_have_figures_without_intervals_and_fewer_none(desk):
    short = desk.get("regime/record", start_date=day(100), end_date=day(110))
    assert [each["sharpe_interval"] for each in short["strategies"]] == [None] * 3
    assert {each["verdict"] for each in short["comparisons"]} == {"UNDECIDED"}
    for query in ({"start_date": day(218)}, {"start_date": "2030-01-01"}):
        problem = desk.get("regime/record", status=422, **query)
        assert problem["code"] == "NOT_MEASURABLE"
        assert [each["field"] for each in problem["errors"]] == ["start_date"]
    problem = desk.get("regime/record", status=422, cost_basis_points=1001, end_date="2020-01-01")
    assert [each["field"] for each in problem["errors"]] == ["cost_basis_points"]


def test_midpoints_are_those_that_are_held():
    assert set(MIDPOINTS) == set(Regime)
    assert all(sum(each) == pytest.approx(1, abs=1e-9) for each in MIDPOINTS.values())
