"""Each measure of risk in a walk-forward: a step has the weights of the live optimiser on its window."""

from __future__ import annotations

import pytest

from app.services.kernels.optimization import Measure
from tests.support.backtests import SYMBOLS, backtest, fixed, import_prices, trading_days
from tests.support.desk import Desk

WINDOW = 60
PARAMETERS = {"window": WINDOW, "min_window": WINDOW, "confidence": 0.9, "minimum_acceptable_return": 0.001}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("measures"))
    import_prices(desk)
    return desk


@pytest.mark.parametrize("measure", Measure)
def test_a_step_by_each_measure_is_a_solve_on_its_window(desk, measure):
    """The second decision, on the first trading day of April, which sees the 60 returns before its close."""
    body = fixed("optimization", parameters={**PARAMETERS, "risk_measure": measure}, frequency="monthly")
    found = backtest(desk, {**body, "constraints": {"upper_bound": 0.6}, "end_date": "2024-04-10"})
    assert found["status"] == "SUCCEEDED", found["error"]
    step = found["period_allocations"][1]
    days = [f"{day}" for day in trading_days()]
    decided = days.index(step["date"]) - 1
    assert days[decided] == "2024-04-01"
    live = desk.post(
        "portfolio/optimize",
        {
            "assets": list(SYMBOLS),
            "start_date": days[decided - WINDOW],
            "end_date": days[decided],
            "risk_measure": measure,
            "objective": "MinRisk",
            "level": 0.9,
            "threshold": 0.001,
            "constraints": {"upper_bound": 0.6},
            "frontier_points": 0,
        },
    )
    assert live["data"]["return_count"] == WINDOW
    assert step["weights"] == pytest.approx(live["weights"], abs=1e-6)


def test_what_a_measure_does_not_take_is_told_by_field(desk):
    body = fixed("optimization", parameters={"risk_measure": "MAD", "radius": 0.01, "window": 60})
    (error,) = desk.post("backtest/run", body, status=422)["errors"]
    assert error["field"] == "strategy.parameters.radius"
    assert "MV and CVaR" in error["message"]
    body = fixed("optimization", parameters={"risk_measure": "VaR"})
    (error,) = desk.post("backtest/run", body, status=422)["errors"]
    assert error["field"] == "strategy.parameters.risk_measure"
    assert "CDaR" in error["message"]
