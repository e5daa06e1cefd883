"""The factor model against normal equations, by hand, and in what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.kernels.optimization import InvalidProblem, factor_model
from app.services.kernels.risk import FaultKind

RANDOM = np.random.default_rng(4)
FACTORS = RANDOM.normal(0.0003, 0.01, (80, 2))
RETURNS = FACTORS @ RANDOM.normal(1, 0.4, (2, 5)) + RANDOM.normal(0, 0.005, (80, 5))


def test_against_the_normal_equations():
    # R23.10
    found = factor_model(RETURNS, FACTORS)
    design = np.column_stack((np.ones(80), FACTORS))
    solved = np.linalg.inv(design.T @ design) @ design.T @ RETURNS
    left = RETURNS - design @ solved
    specific = (left**2).sum(axis=0) / (80 - 3)
    expected = solved[1:].T @ np.cov(FACTORS, rowvar=False) @ solved[1:] + np.diag(specific)
    assert found.loadings == pytest.approx(solved[1:].T, abs=1e-10)
    assert found.alpha == pytest.approx(solved[0], abs=1e-12)
    assert found.covariance == pytest.approx(expected, abs=1e-14)
    assert found.mean == pytest.approx(RETURNS.mean(axis=0), abs=1e-15)
    assert found.explained == pytest.approx(1 - left.var(axis=0) / RETURNS.var(axis=0), abs=1e-10)


def test_one_factor_by_hand():
    # R23.10: A is 1 % + 2 f; B has nothing of f and squares of 2 in sum, divided by 4 - 2
    factor = np.array([[0.01], [-0.01], [0.01], [-0.01]])
    other = np.array([0.01, 0.01, -0.01, -0.01]) / np.sqrt(2)
    found = factor_model(np.column_stack((0.01 + 2 * factor[:, 0], other)), factor)
    assert found.loadings[:, 0] == pytest.approx([2.0, 0.0], abs=1e-12)
    assert found.alpha == pytest.approx([0.01, 0.0], abs=1e-15)
    assert found.specific == pytest.approx([0.0, 1e-4], abs=1e-15)
    assert found.covariance == pytest.approx(np.diag([4 * 4e-4 / 3, 1e-4]), abs=1e-15)
    assert found.explained == pytest.approx([1.0, 0.0], abs=1e-12)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e3])
def test_the_unit_of_a_factor_changes_no_covariance(unit):
    # R23.10
    scaled = factor_model(RETURNS, FACTORS * [unit, 1.0])
    assert scaled.covariance == pytest.approx(factor_model(RETURNS, FACTORS).covariance, rel=1e-9)


@pytest.mark.parametrize(
    ("factors", "kind"),
    [
        (np.column_stack((FACTORS, FACTORS.sum(axis=1))), FaultKind.OUT_OF_RANGE),
        (np.column_stack((FACTORS, np.full(80, 0.001))), FaultKind.OUT_OF_RANGE),
        (np.full((80, 1), np.nan), FaultKind.NOT_FINITE),
    ],
    ids=["a sum", "a constant", "nothing"],
)
def test_factors_that_say_nothing_are_refused(factors, kind):
    # R23.10
    with pytest.raises(InvalidProblem) as refused:
        factor_model(RETURNS, factors)
    assert [(fault.field, fault.kind) for fault in refused.value.faults] == [("factors", kind)]


def test_as_many_factors_as_periods_are_refused():
    # R23.10
    with pytest.raises(InvalidProblem) as refused:
        factor_model(RETURNS[:3], FACTORS[:3])
    assert [fault.kind for fault in refused.value.faults] == [FaultKind.TOO_FEW_ROWS]
