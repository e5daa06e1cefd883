"""Where risk comes from: contributions of assets, shocks, worst windows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.services.kernels.risk import FaultKind, Panel, RiskError, contributions, stress
from app.services.kernels.risk.covariance import covariance, volatility
from app.services.kernels.risk.losses import historical_cvar

RETURNS = arrays(np.float64, (20, 4), elements=st.floats(-0.5, 0.5, width=32))
WEIGHTS = st.lists(st.floats(-1, 1), min_size=4, max_size=4)
# Half in each loses 0.02, 0.05, -0.03, 0.01.
TWO = Panel.of([[-0.06, 0.02], [-0.02, -0.08], [0.04, 0.02], [-0.01, -0.01]], ["A", "B"])
HALVES = np.array([0.5, 0.5])


def test_golden_contributions_to_volatility():
    """R22.3: S w = (0.025, 0.05), w'S w = 0.0375."""
    found = contributions.of_volatility(HALVES, np.array([[0.04, 0.01], [0.01, 0.09]]))
    assert found.total == pytest.approx(0.19364916731037085, rel=1e-12)
    assert found.shares == pytest.approx([1 / 3, 2 / 3], rel=1e-12)
    assert found.parts[0] == pytest.approx(0.06454972243679029, rel=1e-12)
    assert found.marginal[1] == pytest.approx(0.05 / 0.0375**0.5, rel=1e-12)


def test_golden_contributions_to_cvar():
    """R22.4: the worst 1.5 of 4 rows are the second, and half of the first: (0.05 + 0.01) / 1.5 = 0.04."""
    found = contributions.of_cvar(TWO, HALVES, 0.625)
    assert found.total == pytest.approx(0.04, rel=1e-12)
    assert found.parts == pytest.approx([(0.01 + 0.015) / 1.5, (0.04 - 0.005) / 1.5], rel=1e-12)


def test_rows_of_one_loss_share_the_tail():
    """R22.4: three rows of 4 lose 0.04, and the tail is two: each asset's part is the mean of the three."""
    returns = np.array([[-0.08, 0.0], [0.0, -0.08], [0.02, 0.02], [-0.04, -0.04]])
    for rows in ([0, 1, 2, 3], [3, 2, 1, 0]):
        found = contributions.of_cvar(Panel.of(returns[rows], ["A", "B"]), HALVES, 0.5)
        assert found.total == pytest.approx(0.04, rel=1e-12)
        assert found.parts == pytest.approx([0.02, 0.02], rel=1e-12)


@given(RETURNS, WEIGHTS, st.floats(0.05, 0.99))
def test_parts_add_up_to_the_whole(returns, weights, level):
    """R22.3, R22.4."""
    panel, weights = Panel.of(returns, "ABCD"), np.array(weights)
    matrix = covariance(panel).matrix
    assume(volatility(weights, matrix) > 1e-6)
    cvar = historical_cvar(panel.portfolio(weights), level)
    assume(abs(cvar) > 1e-6)
    for found, whole in (
        (contributions.of_volatility(weights, matrix), volatility(weights, matrix)),
        (contributions.of_cvar(panel, weights, level), cvar),
    ):
        assert math.fsum(found.parts) == found.total
        assert found.total == pytest.approx(whole, rel=1e-8)
        assert found.shares * found.total == pytest.approx(found.parts, rel=1e-9, abs=1e-15)


@given(RETURNS, WEIGHTS)
def test_the_marginal_is_the_derivative(returns, weights):
    """R22.3: by differences."""
    matrix, weights = covariance(Panel.of(returns, "ABCD")).matrix, np.array(weights)
    assume(volatility(weights, matrix) > 0.05)
    found = contributions.of_volatility(weights, matrix)
    for asset, step in enumerate(np.eye(4) * 1e-6):
        slope = (volatility(weights + step, matrix) - volatility(weights - step, matrix)) / 2e-6
        assert slope == pytest.approx(found.marginal[asset], rel=1e-3, abs=1e-3)


def test_no_risk_has_no_shares():
    with pytest.raises(RiskError) as caught:
        contributions.of_volatility(HALVES, np.zeros((2, 2)))
    assert caught.value.kinds == (FaultKind.ZERO_VARIANCE,)
    with pytest.raises(RiskError) as caught:
        contributions.of_cvar(Panel.of(np.zeros((3, 2)), ["A", "B"]), HALVES)
    assert caught.value.kinds == (FaultKind.UNDEFINED,)


def test_golden_shocks():
    """R22.8: 0.6 x -0.2 + 0.3 x 0.05."""
    panel = Panel.of(np.zeros((2, 3)), ["A", "B", "C"])
    weights = panel.weights({"A": 0.6, "B": 0.3, "C": 0.1})
    found = stress.shocked(panel, weights, {"B": 0.05, "A": -0.2})
    assert found.change == pytest.approx(-0.105, rel=1e-12)
    assert found.parts == pytest.approx([-0.12, 0.015, 0], rel=1e-12)
    assert found.unshocked == ("C",)


def test_shocks_that_are_none_are_refused_all_at_once():
    """R22.8."""
    with pytest.raises(RiskError) as caught:
        stress.shocked(TWO, HALVES, {"A": -1.01, "X": 0.1, "B": float("nan")})
    assert [(each.kind, each.assets) for each in caught.value.faults] == [
        (FaultKind.UNKNOWN_ASSET, ("X",)),
        (FaultKind.OUT_OF_RANGE, ("A", "B")),
    ]
    with pytest.raises(RiskError) as caught:
        stress.shocked(TWO, HALVES, {"A": 1e300})
    assert caught.value.kinds == (FaultKind.OUT_OF_RANGE,)


def test_golden_windows():
    """R22.8: two periods at 0.9 x 0.8 - 1 = -0.28 are the worst, then 0.9 - 1, which does not overlap."""
    panel = Panel.of([[-0.1], [0.0], [0.5], [-0.1], [-0.2], [-0.05], [0.4]], ["A"])
    found = stress.worst_windows(panel, np.array([1.0]), 2)
    assert [(each.first, each.last) for each in found] == [(3, 4), (0, 1)]
    assert [each.change for each in found] == pytest.approx([-0.28, -0.1], rel=1e-12)
    assert [each.first for each in stress.worst_windows(panel, np.array([1.0]), 2, number=1)] == [3]


def test_a_window_holds_what_is_bought_at_its_start():
    """R22.8: 0.5 x (0.5 x 0.5 - 1) + 0.5 x (1.2 x 1.2 - 1) = -0.375 + 0.22."""
    panel = Panel.of([[-0.5, 0.2], [-0.5, 0.2]], ["A", "B"])
    (found,) = stress.worst_windows(panel, HALVES, 2)
    assert found.parts == pytest.approx([-0.375, 0.22], rel=1e-12)
    assert found.change == pytest.approx(-0.155, rel=1e-12)


@given(RETURNS, WEIGHTS, st.integers(1, 20), st.integers(1, 8))
def test_windows_are_apart_and_none_that_is_free_is_worse(returns, weights, length, number):
    weights = np.array(weights)
    found = stress.worst_windows(Panel.of(returns, "ABCD"), weights, length, number)
    taken = [row for each in found for row in range(each.first, each.last + 1)]
    assert len(taken) == len(set(taken)) == length * len(found)
    assert [each.change for each in found] == sorted(each.change for each in found)
    assert all(each.change < 0 for each in found)
    changes = [
        float(weights @ (np.prod(1 + returns[first : first + length], axis=0) - 1))
        for first in range(len(returns) - length + 1)
    ]
    if found:
        assert found[0].change == pytest.approx(min(changes), abs=1e-12)
    free = [
        change for first, change in enumerate(changes) if not set(range(first, first + length)) & set(taken)
    ]
    assert len(found) == number or min(free, default=0) >= -1e-12


@pytest.mark.parametrize(
    ("length", "number", "field"), [(0, 1, "length"), (5, 1, "length"), (2, 0, "number")]
)
def test_windows_out_of_range_are_refused(length, number, field):
    with pytest.raises(RiskError) as caught:
        stress.worst_windows(TWO, HALVES, length, number)
    assert [(each.kind, each.field) for each in caught.value.faults] == [(FaultKind.OUT_OF_RANGE, field)]


def test_a_window_that_overflows_is_refused():
    with pytest.raises(RiskError) as caught:
        stress.worst_windows(Panel.of(np.full((9, 1), 1e59), ["A"]), np.array([1.0]), 9)
    assert caught.value.kinds == (FaultKind.OVERFLOW,)
