"""Ratios, rolling series and their refusals: numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.services.kernels.risk import FaultKind, RiskError, relative
from app.services.kernels.risk.losses import historical_cvar
from app.services.kernels.risk.rolling import rolling

# Means 0.02 and 0.01; sums of squares 0.0038 and 0.0014, of products 0.001; active 0.05, 0.01, 0.01, -0.03.
OURS = [0.07, -0.01, 0.02, 0.00]
THEIRS = [0.02, -0.02, 0.01, 0.03]
YEAR = 12


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (relative.beta(OURS, THEIRS), 5 / 7),
        (relative.jensen_alpha(OURS, THEIRS, YEAR, 0.005), 12 * (0.015 - 5 / 7 * 0.005)),
        (relative.tracking_error(OURS, THEIRS, YEAR), 0.0128**0.5),
        (relative.information_ratio(OURS, THEIRS, YEAR), 0.01 * 11250**0.5),
        (relative.sharpe(OURS, YEAR, 0.005), 1.4599927901768626),
        (relative.sortino(OURS, YEAR, 0.01), 0.01 * 96000**0.5),
        (relative.omega(OURS, 0.01), 7 / 3),
    ],
    ids=["beta", "alpha", "tracking error", "information ratio", "sharpe", "sortino", "omega"],
)
def test_golden_ratios(found, value):
    """R22.7."""
    assert found == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "fault", "field"),
    [
        (lambda: relative.sharpe([0.1, 0.1, 0.1], YEAR), FaultKind.ZERO_VARIANCE, "returns"),
        (lambda: relative.beta(OURS, [0.1] * 4), FaultKind.ZERO_VARIANCE, "benchmark"),
        (lambda: relative.jensen_alpha(OURS, [0.1] * 4, YEAR), FaultKind.ZERO_VARIANCE, "benchmark"),
        (
            lambda: relative.information_ratio([r + 0.001 for r in THEIRS], THEIRS, YEAR),
            FaultKind.UNDEFINED,
            "information_ratio",
        ),
        (lambda: relative.sortino([0.1, 0.2], YEAR), FaultKind.UNDEFINED, "sortino"),
        (lambda: relative.omega([0.1, 0.2]), FaultKind.UNDEFINED, "omega"),
        (lambda: relative.omega([1e60, -1e-320]), FaultKind.UNDEFINED, "omega"),
        (lambda: relative.beta([1e60, -1e60], [1e-160, 2e-160]), FaultKind.ZERO_VARIANCE, "benchmark"),
        (lambda: relative.beta(OURS, THEIRS[:3]), FaultKind.SHAPE, "benchmark"),
        (lambda: relative.beta(OURS, [0.1, None, 0.1, 0.2]), FaultKind.NOT_FINITE, "benchmark"),
        (lambda: relative.sharpe(OURS, 0), FaultKind.OUT_OF_RANGE, "periods"),
        (lambda: relative.sharpe(OURS, YEAR, float("nan")), FaultKind.OUT_OF_RANGE, "risk_free"),
        (lambda: relative.omega(OURS, float("inf")), FaultKind.OUT_OF_RANGE, "target"),
    ],
)
def test_ratios_without_an_answer_are_refused(call, fault, field):
    """R22.1, R22.7."""
    with pytest.raises(RiskError) as caught:
        call()
    assert [(each.kind, each.field) for each in caught.value.faults] == [(fault, field)]


def test_rolling_series():
    """R22.9: two of three windows of 2 have returns that vary."""
    found = rolling(lambda r: relative.sharpe(r, 1), 2, [0.01, 0.03, 0.03, 0.01])
    assert found == pytest.approx([2**0.5, np.nan, 2**0.5], nan_ok=True)
    both = rolling(relative.beta, 3, OURS, THEIRS)
    assert both == pytest.approx(
        [relative.beta(OURS[:3], THEIRS[:3]), relative.beta(OURS[1:], THEIRS[1:])], rel=1e-12
    )


@given(arrays(np.float64, st.integers(6, 30), elements=st.floats(-0.5, 0.5, width=32)), st.integers(2, 6))
def test_a_window_knows_no_future(returns, window):
    """R22.9."""
    whole = rolling(historical_cvar, window, returns)
    assert len(whole) == len(returns) - window + 1
    changed = np.concatenate((returns[:-1], [0.9]))
    assert np.array_equal(rolling(historical_cvar, window, changed)[:-1], whole[:-1])


@pytest.mark.parametrize("window", [1, 5])
def test_a_window_fits_the_series(window):
    with pytest.raises(RiskError) as caught:
        rolling(historical_cvar, window, OURS)
    assert caught.value.kinds == (FaultKind.OUT_OF_RANGE,)


def test_other_faults_of_a_window_are_not_hidden():
    with pytest.raises(RiskError) as caught:
        rolling(lambda r: historical_cvar(r, 2), 2, OURS)
    assert caught.value.kinds == (FaultKind.OUT_OF_RANGE,)
    with pytest.raises(RiskError) as caught:
        rolling(relative.beta, 2, OURS, THEIRS[:3])
    assert caught.value.kinds == (FaultKind.SHAPE,)
