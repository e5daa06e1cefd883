"""Covariance, correlation, volatility: numbers by hand, repair, refusals of returns and weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.services.kernels.risk import FaultKind, Panel, RiskError
from app.services.kernels.risk.covariance import (
    CovarianceMethod,
    correlation,
    covariance,
    ledoit_wolf,
    repaired,
    volatility,
)

# Means 0.02 and 0.01; sums of squares 0.0038 and 0.0014, of products 0.001.
ROWS = [[0.07, 0.02], [-0.01, -0.02], [0.02, 0.01], [0.00, 0.03]]
TWO = Panel.of(ROWS, ["A", "B"])
PANELS = arrays(
    np.float64,
    st.tuples(st.integers(2, 12), st.integers(1, 6)),
    elements=st.floats(-0.5, 0.5, width=32),
)


def named(returns):
    return Panel.of(returns, [f"asset {column}" for column in range(np.shape(returns)[1])])


def test_golden_sample():
    """R22.2: divided by 3, times the periods of a year."""
    found = covariance(TWO, periods=12)
    assert found.matrix == pytest.approx(np.array([[0.0152, 0.004], [0.004, 0.0056]]), rel=1e-12)
    assert (found.repair, found.shrinkage) == (0, 0)
    assert found.smallest_eigenvalue == pytest.approx(0.0104 - (0.0048**2 + 0.004**2) ** 0.5, rel=1e-9)


def test_golden_ewma():
    """R22.2: of two rows the last has the weight 1 / (1 + l), so the variance is l / (1 + l)^2 x 0.03^2."""
    two = Panel.of([[0.01], [0.04]], ["A"])
    found = covariance(two, CovarianceMethod.EWMA, periods=1, decay=0.5)
    assert found.matrix[0, 0] == pytest.approx(0.5 / 2.25 * 0.0009, rel=1e-12)
    three = Panel.of([[0.00], [0.00], [0.07]], ["A"])
    found = covariance(three, CovarianceMethod.EWMA, periods=1, decay=0.5)
    assert found.matrix[0, 0] == pytest.approx(4 / 7 * 3 / 7 * 0.0049, rel=1e-12)


def test_golden_ledoit_wolf():
    """R22.2: rows (2, 0), (-2, 0), (0, 1), (0, -1) have S = diag(2, 0.5).

    The mean of its diagonal is 1.25, |S|^2 = 4.25, the mean of the fourth powers 8.5, so
    d = ((8.5 - 4.25) / 8) / (4.25 / 2 - 1.5625) = 0.53125 / 0.5625 = 17 / 18.
    """
    matrix, shrinkage = ledoit_wolf(np.array([[2.0, 0], [-2, 0], [0, 1], [0, -1]]))
    assert shrinkage == pytest.approx(17 / 18, rel=1e-12)
    assert matrix == pytest.approx(np.diag([1.25 + 0.75 / 18, 1.25 - 0.75 / 18]), rel=1e-12)


def test_golden_volatility_and_correlation():
    """R22.2, R22.3: with half in each, (0.0152 + 2 x 0.004 + 0.0056) / 4 = 0.0072."""
    weights = TWO.weights({"B": 0.5, "A": 0.5})
    assert volatility(weights, covariance(TWO, periods=12).matrix) == pytest.approx(0.0072**0.5, rel=1e-12)
    assert correlation(TWO)[0, 1] == pytest.approx(0.001 / (0.0038 * 0.0014) ** 0.5, rel=1e-12)


def test_zero_variance_is_an_error_that_names_the_asset():
    """R22.2."""
    panel = Panel.of([[0.1, 0.01, 0.3], [0.1, 0.02, 0.3], [0.1, 0.03, 0.3]], ["BOND", "SHARE", "CASH"])
    with pytest.raises(RiskError, match="BOND, CASH") as caught:
        correlation(panel)
    assert [(each.kind, each.assets) for each in caught.value.faults] == [
        (FaultKind.ZERO_VARIANCE, ("BOND", "CASH"))
    ]


def test_a_repair_is_the_nearest_and_is_reported():
    """R22.2: eigenvalues 3 and -1 of [[1, 2], [2, 1]]; the second becomes 0."""
    found = repaired([[1, 2], [2, 1]])
    assert found.matrix == pytest.approx(np.full((2, 2), 1.5), rel=1e-12)
    assert (found.smallest_eigenvalue, found.repair) == (pytest.approx(-1), pytest.approx(1))
    lopsided = repaired([[4, 1], [0, 4]])
    assert lopsided.matrix.tolist() == [[4, 0.5], [0.5, 4]]
    assert lopsided.repair == pytest.approx(0.5**0.5)
    assert repaired(np.diag([2.0, 0.0])).repair == 0


@pytest.mark.parametrize(
    ("matrix", "fault"),
    [
        ([[1, 2]], FaultKind.SHAPE),
        ([], FaultKind.SHAPE),
        ([[1, float("nan")], [0, 1]], FaultKind.NOT_FINITE),
        ([[1e300, 0], [0, 1]], FaultKind.OVERFLOW),
    ],
)
def test_what_is_no_covariance_is_refused(matrix, fault):
    with pytest.raises(RiskError) as caught:
        repaired(matrix)
    assert caught.value.kinds == (fault,)


@given(PANELS, st.sampled_from(CovarianceMethod), st.floats(0.001, 1000))
def test_every_method_gives_a_covariance(returns, method, scale):
    panel = named(returns)
    found, larger = covariance(panel, method), covariance(named(returns * scale), method)
    size = max(float(np.abs(found.matrix).max()), 1e-12)
    assert found.repair == 0
    assert np.array_equal(found.matrix, found.matrix.T)
    assert np.linalg.eigvalsh(found.matrix)[0] >= -1e-12 * size
    assert 0 <= found.shrinkage <= 1
    assert larger.matrix / scale**2 == pytest.approx(found.matrix, rel=1e-6, abs=1e-9 * size)


@given(PANELS, st.data())
def test_volatility_is_that_of_the_portfolio(returns, data):
    """R22.3."""
    panel = named(returns)
    raw = np.array(
        data.draw(st.lists(st.floats(0.1, 1), min_size=len(panel.assets), max_size=len(panel.assets)))
    )
    weights = raw / raw.sum()
    direct = float(panel.portfolio(weights).std(ddof=1)) * 252**0.5
    assert volatility(weights, covariance(panel).matrix) == pytest.approx(direct, rel=1e-6, abs=1e-7)


@given(PANELS)
def test_correlations_are_within_1(returns):
    try:
        found = correlation(named(returns))
    except RiskError as error:
        assert error.kinds == (FaultKind.ZERO_VARIANCE,)  # noqa: PT017 - either is right, by the draw
        return
    assert np.array_equal(found, found.T)
    assert (np.diag(found) == 1).all()
    assert (np.abs(found) <= 1).all()


@pytest.mark.parametrize(
    ("returns", "assets", "faults"),
    [
        ([[0.1, 0.2]], ["A", "B"], [(FaultKind.TOO_FEW_ROWS, ())]),
        (
            [[0.1, None], [0.2, 1e300]],
            ["A", "B"],
            [(FaultKind.NOT_FINITE, ("B",)), (FaultKind.OVERFLOW, ("B",))],
        ),
        (
            [[float("nan"), float("inf")]],
            ["A", "B"],
            [(FaultKind.TOO_FEW_ROWS, ()), (FaultKind.NOT_FINITE, ("A", "B"))],
        ),
        ([[0.1, 0.2], [0.1]], ["A", "B"], [(FaultKind.SHAPE, ())]),
        ([[0.1, 0.2], [0.1, 0.3]], ["A"], [(FaultKind.SHAPE, ())]),
        ([[0.1, 0.2], [0.1, 0.3]], ["A", "A"], [(FaultKind.SHAPE, ("A",))]),
        ([0.1, 0.2], ["A"], [(FaultKind.SHAPE, ())]),
        ([], [], [(FaultKind.SHAPE, ())]),
        ([[0.1] * 2001] * 2, [str(number) for number in range(2001)], [(FaultKind.TOO_MANY_ASSETS, ())]),
    ],
)
def test_returns_that_cannot_be_measured_are_refused(returns, assets, faults):
    """R22.1."""
    with pytest.raises(RiskError) as caught:
        Panel.of(returns, assets)
    assert [(each.kind, each.assets) for each in caught.value.faults] == faults


@pytest.mark.parametrize(
    ("weights", "faults"),
    [
        ({"A": 0.5, "B": 0.4}, [(FaultKind.WEIGHTS_SUM, ())]),
        ({"A": 0.5, "B": 0.500002}, [(FaultKind.WEIGHTS_SUM, ())]),
        ({}, [(FaultKind.WEIGHTS_SUM, ())]),
        ({"A": 0.5, "X": 0.25, "Y": 0.25}, [(FaultKind.UNKNOWN_ASSET, ("X", "Y"))]),
        ({"A": float("nan"), "X": 1}, [(FaultKind.NOT_FINITE, ("A",)), (FaultKind.UNKNOWN_ASSET, ("X",))]),
        ({"A": 1e300, "B": -1e300}, [(FaultKind.OVERFLOW, ("A", "B"))]),
        ({"A": "half", "B": 0.5}, [(FaultKind.SHAPE, ())]),
    ],
)
def test_weights_that_are_none_are_refused(weights, faults):
    """R22.1."""
    with pytest.raises(RiskError) as caught:
        TWO.weights(weights)
    assert [(each.kind, each.assets) for each in caught.value.faults] == faults
    assert {each.field for each in caught.value.faults} == {"weights"}


def test_weights_within_the_tolerance_are_taken_as_they_are():
    """R22.1."""
    assert TWO.weights({"A": 0.5, "B": 0.5000009}).tolist() == [0.5, 0.5000009]
    assert TWO.weights({"B": 1}).tolist() == [0, 1]
    assert TWO.weights({"A": 3, "B": -2}).tolist() == [3, -2]


def test_a_leverage_that_overflows_is_refused():
    wild = Panel.of([[1e50, 0.1], [-1e50, 0.2]], ["A", "B"])
    with pytest.raises(RiskError) as caught:
        wild.portfolio(np.array([1e50, 1 - 1e50]))
    assert caught.value.kinds == (FaultKind.OVERFLOW,)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"periods": 0}, "periods"),
        ({"periods": float("nan")}, "periods"),
        ({"decay": 1, "method": "ewma"}, "decay"),
    ],
)
def test_parameters_out_of_range_are_refused(options, field):
    method = CovarianceMethod(options.pop("method", "sample"))
    with pytest.raises(RiskError) as caught:
        covariance(TWO, method, **options)
    assert [(each.kind, each.field) for each in caught.value.faults] == [(FaultKind.OUT_OF_RANGE, field)]


def test_a_message_names_a_few_of_many_assets():
    names = [f"S{number}" for number in range(2000)]
    with pytest.raises(RiskError, match=r"S0, S1, S2, S3, S4 and 1995 more") as caught:
        Panel.of(np.full((2, 2000), np.nan), names)
    assert len(caught.value.faults[0].assets) == 2000
    assert len(str(caught.value)) < 200
