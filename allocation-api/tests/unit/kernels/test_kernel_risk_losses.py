"""Measures of loss: numbers by hand, laws of coherent measures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.services.kernels.risk import FaultKind, Options, RiskError, RiskMeasure, losses, measure
from app.services.kernels.risk.losses import Quantile

# Mean 0.004; squares of the distances to it add up to 0.01104, those below it to 0.00564.
TEN = [-0.05, -0.02, 0.01, 0.03, -0.04, 0.02, 0.00, 0.06, -0.01, 0.04]

SERIES = arrays(np.float64, st.integers(2, 40), elements=st.floats(-0.5, 0.5, width=32))
LEVELS = st.floats(0.05, 0.995)
HOMOGENEOUS = [RiskMeasure.MAD, RiskMeasure.FLPM, RiskMeasure.CVAR, RiskMeasure.EVAR, RiskMeasure.WR]
SQUARES = [RiskMeasure.MV, RiskMeasure.MSV, RiskMeasure.SLPM]
CENTRED = [RiskMeasure.MV, RiskMeasure.MSV, RiskMeasure.MAD]
MONEY = [RiskMeasure.CVAR, RiskMeasure.EVAR, RiskMeasure.WR]


def close(value):
    return pytest.approx(value, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (RiskMeasure.MV, 0.01104 / 9),
        (RiskMeasure.MAD, 0.028),
        (RiskMeasure.MSV, 0.00564 / 9),
        (RiskMeasure.FLPM, 0.012),
        (RiskMeasure.SLPM, 0.0046 / 9),
        (RiskMeasure.WR, 0.05),
        (RiskMeasure.CVAR, 0.05),
    ],
)
def test_golden_measures(kind, value):
    """R22.5."""
    assert measure(kind, TEN) == close(value)


def test_a_target_moves_the_partial_moments():
    """R22.5: below 0.01 are 0.06, 0.03, 0.05, 0.01 and 0.02."""
    options = Options(target=0.01)
    assert measure(RiskMeasure.FLPM, TEN, options) == close(0.017)
    assert measure(RiskMeasure.SLPM, TEN, options) == close(0.0075 / 9)


@pytest.mark.parametrize(
    ("level", "linear", "observed"), [(0.8, 0.024, 0.02), (0.9, 0.041, 0.04), (0.95, 0.0455, 0.05)]
)
def test_golden_historical_var(level, linear, observed):
    """R22.4: sorted returns begin with -0.05, -0.04, -0.02, -0.01."""
    assert losses.historical_var(TEN, level) == close(linear)
    assert losses.historical_var(TEN, level, Quantile.OBSERVED) == close(observed)


@pytest.mark.parametrize(
    ("level", "value"), [(0.8, 0.045), (0.85, 0.07 / 1.5), (0.95, 0.05), (0.1, 0.02 / 9)]
)
def test_golden_cvar(level, value):
    """R22.4: the mean of the worst (1 - level) x 10, half a row included at 0.85."""
    assert losses.historical_cvar(TEN, level) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("level", "var", "cvar", "corrected"),
    [
        (0.80, 0.025476774964633443, 0.0450266535427937, 0.02816081230596286),
        (0.95, 0.05360902681313962, 0.06824404377898341, 0.054708660014742144),
        (0.99, 0.07747754599945511, 0.08934593362403334, 0.07051881094605074),
    ],
)
def test_parametric(level, var, cvar, corrected):
    """R22.4: the numbers are of scipy.stats, the CVaR by quadrature of the normal density."""
    assert losses.parametric_var(TEN, level) == close(var)
    assert losses.parametric_cvar(TEN, level) == pytest.approx(cvar, rel=1e-9)
    found = losses.cornish_fisher_var(TEN, level)
    assert (found.value, found.is_monotone) == (close(corrected), False)


def test_an_expansion_that_grows_everywhere_says_so():
    """R22.4: eight returns without skewness, of which two are not 0, have a kurtosis of 8 / 2."""
    returns = [-0.1, *[0.0] * 6, 0.1]
    assert losses.skewness(returns) == close(0)
    assert losses.excess_kurtosis(returns) == close(1)
    z = -1.6448536269514722
    assert losses.cornish_fisher_var(returns) == losses.CornishFisher(
        pytest.approx(-((0.02 / 7) ** 0.5) * (z + (z**3 - 3 * z) / 24), rel=1e-12), is_monotone=True
    )


def test_an_expansion_that_falls_between_says_so():
    """R22.4: skewness 1.53 and excess kurtosis 3.52 are too lopsided, though it grows far out and at 0."""
    returns = [-0.01, *[0.0] * 19, *[0.01] * 3, 0.02]
    assert losses.skewness(returns) == pytest.approx(1.5349668451231602, rel=1e-9)
    assert losses.excess_kurtosis(returns) == pytest.approx(3.5206611570247928, rel=1e-9)
    assert not losses.cornish_fisher_var(returns).is_monotone


def test_evar_in_closed_form():
    """R22.5: of +-1 with odds 3 : 1 it is 1/2 where the relative entropy to even odds is -log(1 - level)."""
    level = 1 - 1.5**-0.75 * 0.5**-0.25
    assert losses.entropic_var([1.0, -1.0], level) == close(0.5)


@pytest.mark.parametrize(
    ("level", "value"), [(0.8, 0.04666380598756101), (0.85, 0.04861747812630517), (0.9, 0.05), (0.95, 0.05)]
)
def test_golden_evar(level, value):
    """R22.5: by minimising the definition with scipy; from 0.9 on the worst of ten has the whole tail."""
    assert losses.entropic_var(TEN, level) == pytest.approx(value, abs=1e-12)


@given(SERIES, st.floats(0.01, 100), st.floats(-0.2, 0.2), LEVELS)
def test_scale_and_translation(returns, scale, shift, level):
    options = Options(level=level)
    unit = max(1e-9, float(np.abs(returns).max()) + abs(shift))
    for kind, power in [*((each, 1) for each in HOMOGENEOUS), *((each, 2) for each in SQUARES)]:
        scaled = measure(kind, returns * scale, options)
        assert scaled == pytest.approx(
            measure(kind, returns, options) * scale**power, rel=1e-9, abs=1e-12 * (unit * scale) ** power
        )
    for kind in CENTRED + MONEY:
        moved = measure(kind, returns + shift, options)
        expected = measure(kind, returns, options) - (shift if kind in MONEY else 0)
        assert moved == pytest.approx(expected, rel=1e-9, abs=1e-12 * unit)


@given(arrays(np.float64, (2, 30), elements=st.floats(-0.5, 0.5, width=32)), LEVELS)
def test_together_is_no_riskier_than_apart(returns, level):
    options = Options(level=level)
    for kind in MONEY:
        apart = measure(kind, returns[0], options) + measure(kind, returns[1], options)
        assert measure(kind, returns[0] + returns[1], options) <= apart + 1e-12


@given(SERIES, LEVELS)
def test_order_of_the_measures(returns, level):
    """R22.5."""
    var = losses.historical_var(returns, level, Quantile.OBSERVED)
    cvar, evar = losses.historical_cvar(returns, level), losses.entropic_var(returns, level)
    assert var - 1e-12 <= cvar <= evar + 1e-12
    assert evar <= losses.worst_realisation(returns) + 1e-12
    assert -float(returns.mean()) <= cvar + 1e-12


@given(SERIES, st.randoms(use_true_random=False), LEVELS)
def test_the_order_of_periods_is_no_matter(returns, random, level):
    mixed = list(returns)
    random.shuffle(mixed)
    for kind in HOMOGENEOUS + SQUARES:
        options = Options(level=level)
        assert measure(kind, mixed, options) == pytest.approx(measure(kind, returns, options), abs=1e-12)


@pytest.mark.parametrize("kind", list(RiskMeasure))
@pytest.mark.parametrize(
    ("returns", "fault"),
    [
        ([0.01], FaultKind.TOO_FEW_ROWS),
        ([], FaultKind.TOO_FEW_ROWS),
        ([0.01, float("nan"), 0.02], FaultKind.NOT_FINITE),
        ([0.01, float("inf")], FaultKind.NOT_FINITE),
        ([0.01, 1e300], FaultKind.OVERFLOW),
        ([[0.01, 0.02]], FaultKind.SHAPE),
        (["a", 0.02], FaultKind.SHAPE),
    ],
)
def test_every_measure_refuses_what_it_cannot_measure(kind, returns, fault):
    """R22.1."""
    with pytest.raises(RiskError) as caught:
        measure(kind, returns)
    assert caught.value.kinds == (fault,)


@pytest.mark.parametrize("kind", [RiskMeasure.CVAR, RiskMeasure.EVAR, RiskMeasure.CDAR, RiskMeasure.EDAR])
@pytest.mark.parametrize("level", [0, 1, 95, -0.1, float("nan")])
def test_a_level_is_between_0_and_1(kind, level):
    with pytest.raises(RiskError) as caught:
        measure(kind, TEN, Options(level=level))
    assert [(each.kind, each.field) for each in caught.value.faults] == [(FaultKind.OUT_OF_RANGE, "level")]


@pytest.mark.parametrize("kind", [RiskMeasure.FLPM, RiskMeasure.SLPM])
def test_a_target_is_a_number(kind):
    with pytest.raises(RiskError) as caught:
        measure(kind, TEN, Options(target=float("nan")))
    assert [(each.kind, each.field) for each in caught.value.faults] == [(FaultKind.OUT_OF_RANGE, "target")]


@given(st.floats(-0.9, 1e59), LEVELS)
def test_constant_returns_have_their_own_loss_and_no_spread(value, level):
    returns = np.full(7, value)
    options = Options(level=level)
    for kind in MONEY:
        assert measure(kind, returns, options) == pytest.approx(-value, rel=1e-12)
    with pytest.raises(RiskError) as caught:
        losses.skewness(returns)
    assert caught.value.kinds == (FaultKind.ZERO_VARIANCE,)
