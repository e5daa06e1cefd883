"""The examples of R24, each by arithmetic on paper."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.kernels.backtest import (
    BuyAndHold,
    Costs,
    FixedWeights,
    Market,
    Plan,
    Rebalancing,
    RebalancingFrequency,
    Simulation,
    Window,
    ledger,
)
from app.services.kernels.backtest.trading import trade
from tests.unit.kernels.backtest_markets import run, weekdays

ALL = np.array([1.0])


def values(closes, opens=None, rate=0.0):
    found = Market.of(("A",), weekdays(len(closes)), np.array(closes)[:, np.newaxis], opens)
    plan = Plan(1000.0, RebalancingFrequency.DAILY, Costs(rate))
    simulation = Simulation(found, BuyAndHold(ALL), plan)
    return ledger(found, simulation.first, 1000.0, run(simulation)[1])


def test_a_decision_is_traded_on_the_next_day():
    """R24.1: bought at the close of 110 it ends at 1,100, at an open of 100 it ends at 1,210."""
    assert values([100.0, 110.0, 121.0]).values.tolist() == pytest.approx([1000, 1000, 1100])
    opens = np.array([[100.0], [100.0], [110.0]])
    assert values([100.0, 110.0, 121.0], opens).values.tolist() == pytest.approx([1000, 1100, 1210])
    some = np.array([[100.0], [np.nan], [110.0]])  # an open that is not known is the close
    assert values([100.0, 110.0, 121.0], some).values[-1] == pytest.approx(1100)


@pytest.mark.parametrize(("held", "trades"), [(0.56, True), (0.54, False), (0.44, True), (0.46, False)])
def test_a_weight_may_be_as_far_away_as_the_threshold(held, trades):
    """R24.3."""
    target = np.array([0.5, 0.5])
    window = Window(("A", "B"), weekdays(1), np.ones((1, 2)), np.array([held, 1 - held]), target)
    decided = Rebalancing(FixedWeights(target), 0.05).decide(window)
    assert (decided is not None) is trades


def test_costs_come_off_what_is_held():
    """R24.4: at 25 % 1,000 buy 800, for 800 + 200 = 1,000."""
    fill = trade(np.zeros(1), 1000.0, ALL, np.array([10.0]), 0.25, np.zeros(1))
    assert (fill.quantities.tolist(), fill.costs.tolist()) == ([80.0], [pytest.approx(200)])
    assert fill.cash == pytest.approx(0, abs=1e-9)


def test_costs_of_an_impact():
    """R24.4: 4 % of the volume at a volatility of 2 % cost 2 % x sqrt(0.04) = 0.4 % of the money.

    1,004 buy 100 units at 10: q / ADV = 100 / 2,500.
    """
    slope = 1.0 * 0.02 / np.sqrt(10.0 * 2500.0)
    fill = trade(np.zeros(1), 1004.0, ALL, np.array([10.0]), 0.0, np.array([slope]))
    assert fill.quantities[0] == pytest.approx(100)
    assert fill.costs[0] == pytest.approx(4)


def test_value_is_cash_and_units_by_their_closes():
    """R24.5: at 1 %, 1,000 buy 9.90099 units at 100; at 110 these are 1,089.11, and costs were 9.90."""
    book = values([100.0, 100.0, 110.0], rate=0.01)
    assert book.values[-1] == pytest.approx(1000 / 1.01 * 1.1)
    assert book.values[1] == pytest.approx(1000 - 9.900990)
