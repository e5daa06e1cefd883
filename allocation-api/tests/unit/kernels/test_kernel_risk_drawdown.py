"""Drawdowns: numbers by hand, where they begin and end, order of the measures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.services.kernels.risk import FaultKind, Options, RiskError, RiskMeasure, drawdown, measure
from app.services.kernels.risk.drawdown import MaximumDrawdown

# Wealth 1, 1.1, 0.88, 0.924, 1.155, 1.0395; below its peak by 0, 0.2, 0.16, 0, 0.1.
FIVE = [0.10, -0.20, 0.05, 0.25, -0.10]
SERIES = arrays(np.float64, st.integers(2, 40), elements=st.floats(-1, 0.5, width=32))


@pytest.mark.parametrize(
    ("kind", "level", "compounded", "value"),
    [
        (RiskMeasure.MDD, 0.95, True, 0.2),
        (RiskMeasure.ADD, 0.95, True, 0.092),
        (RiskMeasure.UCI, 0.95, True, 0.12296340919151517),
        (RiskMeasure.CDAR, 0.8, True, 0.2),
        (RiskMeasure.CDAR, 0.6, True, 0.18),
        (RiskMeasure.CDAR, 0.7, True, 0.28 / 1.5),
        (RiskMeasure.EDAR, 0.8, True, 0.2),
        (RiskMeasure.MDD, 0.95, False, 0.2),
        (RiskMeasure.ADD, 0.95, False, 0.09),
        (RiskMeasure.CDAR, 0.6, False, 0.175),
    ],
)
def test_golden_drawdowns(kind, level, compounded, value):
    """R22.6."""
    options = Options(level=level, compounded=compounded)
    assert measure(kind, FIVE, options) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("returns", "found"),
    [
        (FIVE, MaximumDrawdown(pytest.approx(0.2), 1, 2, 4)),
        ([-0.1, 0.05], MaximumDrawdown(pytest.approx(0.1), 0, 1, None)),
        ([-1 / 12, 1 / 11, 0.0], MaximumDrawdown(pytest.approx(1 / 12), 0, 1, 2)),
        ([0.1, 0.0, 0.0, -0.5, 1.0], MaximumDrawdown(pytest.approx(0.5), 3, 4, 5)),
        ([-0.25, 1.0, -0.25, 1.0], MaximumDrawdown(pytest.approx(0.25), 0, 1, 2)),
        ([0.1, 0.2], MaximumDrawdown(0.0, 0, 0, 0)),
        ([0.5, -1.0, 0.3], MaximumDrawdown(1.0, 1, 2, None)),
    ],
    ids=["recovered", "first loss", "rounded", "last of a flat peak", "first of equals", "none", "ruin"],
)
def test_where_a_drawdown_begins_and_ends(returns, found):
    """R22.6."""
    assert drawdown.maximum(returns) == found


def test_recovery_where_returns_are_added():
    assert drawdown.maximum([0.1, -0.3, 0.1, 0.2], compounded=False) == MaximumDrawdown(
        pytest.approx(0.3), 1, 2, 4
    )


def test_calmar():
    """R22.7: 5 periods are a year: 1.0395 - 1 over 0.2."""
    assert drawdown.calmar(FIVE, 5) == pytest.approx(0.1975, rel=1e-12)
    assert drawdown.annualised_return(FIVE, 10) == pytest.approx(1.0395**2 - 1, rel=1e-12)


def test_calmar_needs_a_drawdown():
    with pytest.raises(RiskError) as caught:
        drawdown.calmar([0.1, 0.2], 252)
    assert caught.value.kinds == (FaultKind.UNDEFINED,)


def test_more_than_everything_is_not_lost():
    """R22.6."""
    with pytest.raises(RiskError, match="period 2") as caught:
        drawdown.maximum([0.1, -1.5])
    assert caught.value.kinds == (FaultKind.TOTAL_LOSS,)
    assert drawdown.maximum([0.1, -1.5], compounded=False).depth == pytest.approx(1.5)


@pytest.mark.parametrize("call", [drawdown.maximum, lambda r: drawdown.annualised_return(r, 252)])
def test_wealth_that_overflows_is_refused(call):
    with pytest.raises(RiskError) as caught:
        call([1e59] * 9)
    assert caught.value.kinds == (FaultKind.OVERFLOW,)


def test_a_year_that_overflows_is_refused():
    with pytest.raises(RiskError) as caught:
        drawdown.annualised_return([1e50, 1e50], 252)
    assert caught.value.kinds == (FaultKind.OVERFLOW,)


@given(SERIES, st.floats(0.05, 0.995), st.booleans())
def test_order_of_the_drawdowns(returns, level, compounded):
    """R22.6."""
    options = Options(level=level, compounded=compounded)
    average, worst = (measure(kind, returns, options) for kind in (RiskMeasure.ADD, RiskMeasure.MDD))
    mean_tail, entropic, ulcer = (
        measure(kind, returns, options) for kind in (RiskMeasure.CDAR, RiskMeasure.EDAR, RiskMeasure.UCI)
    )
    rounding = 1e-9 * max(worst, 1e-3)
    assert 0 <= average <= mean_tail + rounding
    assert mean_tail <= entropic + rounding
    assert entropic <= worst + rounding
    assert average - rounding <= ulcer <= worst + rounding
    assert not compounded or worst <= 1


@given(SERIES)
def test_a_drawdown_is_what_wealth_says(returns):
    path, found = drawdown.wealth(returns), drawdown.maximum(returns)
    assert found.depth == pytest.approx(1 - path[found.trough] / path[found.peak], abs=1e-12)
    assert found.peak <= found.trough
    if found.recovery is not None and found.depth:
        assert path[found.recovery] >= path[found.peak] * (1 - 1e-9)
        assert (path[found.trough : found.recovery] < path[found.peak]).all()
    later = drawdown.drawdowns([*returns, 0.3])
    assert np.array_equal(later[:-1], drawdown.drawdowns(returns))
