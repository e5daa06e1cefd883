"""Bounds of weights by regime and risk profile, and the weights that are held where nothing is solved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.regimes.bounds import (
    BOUNDS,
    OBJECTIVES,
    Bounds,
    RiskProfile,
    bounds_of,
    fallback_weights,
    settled,
)
from app.services.kernels.regimes.types import Regime
from tests.support.profiles import examples

_CASES = [(regime, profile) for regime in Regime for profile in RiskProfile]


def test_every_regime_has_bounds_and_an_objective():
    assert set(BOUNDS) == set(OBJECTIVES) == set(Regime)


@pytest.mark.parametrize(("regime", "profile"), _CASES)
def test_bounds_of_every_profile_leave_room_for_weights_that_sum_to_1(regime, profile):
    low, high = bounds_of(regime, profile).arrays()
    assert (low >= 0).all()
    assert (low <= high).all()
    assert (high <= 1).all()
    assert low.sum() <= 1 <= high.sum()


@pytest.mark.parametrize(
    ("regime", "profile", "low", "high"),
    [  # by hand: risky bounds x 0.75 or 1.25, STABLE by what their sum moves, all cut to 0 and 1
        (Regime.HODL, RiskProfile.CONSERVATIVE, [0.1875] * 3 + [0.4375], [0.1875] * 3 + [0.4375]),
        (Regime.HODL, RiskProfile.AGGRESSIVE, [0.3125] * 3 + [0.0625], [0.3125] * 3 + [0.0625]),
        (Regime.RISK_OFF, RiskProfile.AGGRESSIVE, [0, 0, 0, 0.6], [0.25, 0.25, 0.125, 0.875]),
        (Regime.BTC_SEASON, RiskProfile.CONSERVATIVE, [0.375, 0.075, 0, 0.15], [0.75, 0.3, 0.075, 0.675]),
        (Regime.RISK_ON, RiskProfile.AGGRESSIVE, [0.25, 0.25, 0.25, 0], [0.5, 0.5, 0.5, 0]),
    ],
)
def test_a_profile_scales_risky_bounds_and_stable_restores_the_sum(regime, profile, low, high):
    """R28.1."""
    bounds = bounds_of(regime, profile)
    assert bounds.low == pytest.approx(low, abs=1e-15)
    assert bounds.high == pytest.approx(high, abs=1e-15)


@pytest.mark.parametrize("regime", Regime)
def test_a_more_careful_profile_never_allows_more_of_a_risky_asset(regime):
    careful, balanced, bold = (bounds_of(regime, each) for each in RiskProfile)
    for less, more in ((careful, balanced), (balanced, bold)):
        assert all(one <= other for one, other in zip(less.high[:3], more.high[:3], strict=True))
        assert less.low[3] >= more.low[3]


@pytest.mark.parametrize(
    ("regime", "weights"),
    [  # by hand: midpoints over their sum
        (Regime.RISK_OFF, [0.0952, 0.0952, 0.0476, 0.7619]),
        (Regime.BTC_SEASON, [0.625, 0.2083, 0.0417, 0.125]),
        (Regime.ALT_ETH_SEASON, [0.2174, 0.3913, 0.3043, 0.0870]),
        (Regime.RISK_ON, [0.3, 0.3, 0.3, 0.1]),
        (Regime.HODL, [0.25, 0.25, 0.25, 0.25]),
    ],
)
def test_the_fallback_holds_the_midpoints(regime, weights):
    """R28.5."""
    assert fallback_weights(BOUNDS[regime]) == pytest.approx(weights, abs=5e-5)


def test_midpoints_that_leave_the_bounds_are_cut_to_them():
    # By hand: midpoints 0.5, 0.05, 0.05, 0.05 over 0.65 give 0.769, above 0.6; the others share 0.4 alike.
    found = fallback_weights(Bounds((0.4, 0.0, 0.0, 0.0), (0.6, 0.1, 0.1, 0.3)))
    assert found[0] == pytest.approx(0.6)
    assert found.sum() == pytest.approx(1.0, abs=1e-15)


_numbers = st.lists(st.floats(0, 1), min_size=4, max_size=4)


@examples(100)
@given(_numbers, _numbers, st.lists(st.floats(-1, 2), min_size=4, max_size=4))
def test_fallback_and_settled_weights_are_within_any_bounds_and_sum_to_1(one, other, weights):
    low, high = np.minimum(one, other), np.maximum(one, other)
    low = low / max(1.0, low.sum() * (1 + 1e-12))
    high = np.where(high.sum() < 1.0, 1.0, np.maximum(high, low))
    bounds = Bounds(tuple(low.tolist()), tuple(high.tolist()))
    for found in (fallback_weights(bounds), settled(np.array(weights), bounds)):
        assert (low <= found).all()
        assert (found <= high).all()
        assert found.sum() == pytest.approx(1.0, abs=1e-12)
