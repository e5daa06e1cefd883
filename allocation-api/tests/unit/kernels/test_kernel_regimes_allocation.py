"""Allocation by regime against a grid, closed forms, both ends of the radius, and inputs of all kinds."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.services.kernels.optimization import NotSolved
from app.services.kernels.regimes import optimum, robust
from app.services.kernels.regimes.allocation import allocate
from app.services.kernels.regimes.bounds import (
    BOUNDS,
    OBJECTIVES,
    Bounds,
    RegimeObjective,
    RiskProfile,
    bounds_of,
    fallback_weights,
)
from app.services.kernels.regimes.optimum import UndefinedRatio, solve
from app.services.kernels.regimes.ratios import drawdown, ratio, risk, tail_count
from app.services.kernels.regimes.types import Regime
from app.services.kernels.risk import FaultKind, RiskError
from tests.support.profiles import examples, size
from tests.unit.kernels.regime_samples import sample, shortest, value, within

_ALONE = np.array([1.0, 0.0, 0.0, 0.0])
_OBJECTIVES = [(regime, objective) for regime in Regime for objective in RegimeObjective]
_RATIOS = [each for each in RegimeObjective if each is not RegimeObjective.RETURN]
_GAP = 1e-6


def _column(*series):
    found = np.zeros((len(series), 4))
    found[:, 0] = series
    return found


@pytest.mark.parametrize(
    ("objective", "expected"),
    [  # golden numbers of the specification
        (RegimeObjective.RETURN, 0.006),
        (RegimeObjective.SHARPE, 0.323498),
        (RegimeObjective.SORTINO, 0.6),
        (RegimeObjective.STARR, 0.3),
        (RegimeObjective.CALMAR, 0.3),  # by hand: the deepest fall is the 2 % of the second bar
    ],
)
def test_golden_ratios(objective, expected):
    """R28.2."""
    returns = _column(0.01, -0.02, 0.03, -0.01, 0.02)
    assert ratio(objective, returns, _ALONE) == pytest.approx(expected, abs=5e-7)


def test_a_drawdown_is_of_compounded_wealth_whose_start_is_a_peak():
    # By hand: 0.9, 0.945, 0.756, 0.8316: the lowest is 24.4 % below the start.
    assert drawdown(np.array([-0.1, 0.05, -0.2, 0.1])) == pytest.approx(0.244)
    assert drawdown(np.array([0.1, 0.2])) == 0.0


@pytest.mark.parametrize("bars", [2, 5, 20, 21, 40, 41, 100, 101, 180])
def test_the_tail_has_the_bars_that_are_at_most_the_5th_percentile(bars):
    series = np.random.default_rng(bars).normal(size=bars)
    assert tail_count(bars) == np.count_nonzero(series <= np.percentile(series, 5))


@pytest.mark.parametrize("scale", [0.0, 0.2])
@pytest.mark.parametrize(("regime", "objective"), _OBJECTIVES)
def test_no_weights_of_a_grid_are_better(regime, objective, scale):
    returns = sample(3)
    found = allocate(returns, regime, objective=objective, scale=scale)
    proof = found.optimality
    assert found.optimised is objective
    assert proof.objective == pytest.approx(value(objective, returns, found.weights, found.radius), abs=1e-9)
    assert 0.0 <= proof.gap <= _GAP
    grid = within(found.bounds.low, found.bounds.high)
    for weights in grid:
        other = value(objective, returns, weights, found.radius)
        assert other is not None
        assert other <= proof.bound + 1e-9
    assert len(grid) >= 1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("objective", _RATIOS)
def test_no_weights_nearby_are_better(objective, seed):
    returns = sample(seed, bars=60, drift=2.0)
    found = allocate(returns, Regime.BTC_SEASON, objective=objective, scale=0.1)
    low, high = found.bounds.arrays()
    rng = np.random.default_rng(seed)
    for width in (1e-1, 1e-2, 1e-3):
        for step in rng.normal(size=(40, 4)) * width:
            weights = found.weights + step - step.mean()
            if (weights >= low).all() and (weights <= high).all():
                assert value(objective, returns, weights, found.radius) <= found.optimality.bound + 1e-9


def test_without_a_radius_the_sharpe_ratio_is_that_of_the_tangency_portfolio():
    # Closed form: weights are proportional to the inverse covariance times the mean where all are positive.
    rng = np.random.default_rng(5)
    returns = rng.normal(size=(200, 4)) * np.array([0.02, 0.03, 0.03, 0.01]) + 0.004
    direction = np.linalg.solve(np.cov(returns, rowvar=False), returns.mean(axis=0))
    assert (direction > 0).all()
    found = solve(returns, Bounds((0.0,) * 4, (1.0,) * 4), RegimeObjective.SHARPE, 0.0)
    assert found.weights == pytest.approx(direction / direction.sum(), abs=1e-6)


def test_without_a_radius_the_mean_is_that_of_the_best_corner():
    """R28.4."""
    # By hand: means 0.4, 0.3, 0.2, 0.1 % fill RISK_ON's bounds from the best one on: 0.4, 0.4, 0.2, 0.
    returns = np.array([[0.014, 0.013, 0.012, 0.002], [-0.006, -0.007, -0.008, 0.0]])
    found = allocate(returns, Regime.RISK_ON, scale=0.0)
    assert found.weights == pytest.approx([0.4, 0.4, 0.2, 0.0], abs=1e-9)
    assert found.ratio == pytest.approx(0.4 * 0.004 + 0.4 * 0.003 + 0.2 * 0.002)


@pytest.mark.parametrize("profile", RiskProfile)
@pytest.mark.parametrize(("regime", "objective"), _OBJECTIVES)
def test_a_large_radius_gives_the_feasible_weights_of_the_least_norm(regime, objective, profile):
    found = allocate(sample(1), regime, profile, objective, 1e6)
    assert found.weights == pytest.approx(shortest(found.bounds.low, found.bounds.high), abs=1e-4)
    if objective is not RegimeObjective.RETURN:
        assert found.undefined is UndefinedRatio.NO_POSITIVE_MEAN
        assert found.optimised is RegimeObjective.RETURN


@pytest.mark.parametrize("objective", _RATIOS)
def test_a_larger_radius_is_never_better(objective):
    returns = sample(2)
    found = [allocate(returns, Regime.BTC_SEASON, objective=objective, scale=each) for each in (0, 0.1, 0.2)]
    ratios = [each.ratio for each in found]
    assert ratios[0] >= ratios[1] - _GAP
    assert ratios[1] >= ratios[2] - _GAP
    assert [each.radius for each in found] == sorted(each.radius for each in found)


def test_the_radius_is_a_part_of_the_mean_deviation_over_the_root_of_the_bars():
    """R28.3."""
    returns = sample(0, bars=100)
    deviations = [np.sqrt(np.mean((column - column.mean()) ** 2)) for column in returns.T]
    found = allocate(returns, Regime.RISK_ON, scale=0.5)
    assert found.radius == pytest.approx(0.5 * np.mean(deviations) / 10.0)
    assert found.worst_mean == pytest.approx(found.mean - found.radius * np.linalg.norm(found.weights))


_cells = st.lists(
    st.lists(st.sampled_from([0.0, 1e-6, 0.01]) | st.floats(-0.9, 1.5), min_size=4, max_size=4),
    min_size=2,
    max_size=12,
)


@examples(size(1000, 100))
@given(
    _cells,
    st.sampled_from(Regime),
    st.sampled_from(RiskProfile),
    st.sampled_from([0.0, 0.3, 50.0]),
)
def test_weights_are_never_outside_the_bounds(cells, regime, profile, scale):
    found = allocate(np.array(cells), regime, profile, scale=scale)
    low, high = bounds_of(regime, profile).arrays()
    assert (low <= found.weights).all()
    assert (found.weights <= high).all()
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert found.is_fallback == (found.optimality is None)


@examples(size(100, 15))
@given(_cells, st.sampled_from([Regime.RISK_OFF, Regime.BTC_SEASON]), st.sampled_from([0.0, 0.3]))
def test_the_calmar_ratio_of_any_returns_is_within_bounds_and_no_grid_beats_its_bound(cells, regime, scale):
    returns = np.array(cells)
    found = allocate(returns, regime, RiskProfile.BALANCED, RegimeObjective.CALMAR, scale)
    low, high = found.bounds.arrays()
    assert (low <= found.weights).all()
    assert (found.weights <= high).all()
    assume(found.optimised is RegimeObjective.CALMAR and found.optimality is not None)
    for weights in within(low, high)[::7]:
        other = value(RegimeObjective.CALMAR, returns, weights, found.radius)
        assert other is None or other <= found.optimality.bound * (1 + 1e-9) + 1e-9


@pytest.mark.parametrize("objective", _RATIOS)
def test_a_ratio_without_risk_falls_back_to_the_mean(objective):
    returns = np.full((30, 4), 0.01) if objective is RegimeObjective.SHARPE else np.abs(sample(0, 30)) + 0.001
    found = allocate(returns, Regime.RISK_ON, objective=objective, scale=0.0)
    assert found.undefined is UndefinedRatio.NO_RISK
    assert found.optimised is RegimeObjective.RETURN
    assert found.optimality.objective == pytest.approx((returns @ found.weights).mean())
    for weights in within(*BOUNDS[Regime.RISK_ON].arrays()):
        assert (returns @ weights).mean() <= found.optimality.bound + 1e-12


@pytest.mark.parametrize("objective", _RATIOS)
def test_a_ratio_of_means_below_zero_falls_back_to_the_mean(objective):
    returns = sample(0) - 0.02
    found = allocate(returns, Regime.RISK_ON, objective=objective, scale=0.0)
    assert found.undefined is UndefinedRatio.NO_POSITIVE_MEAN
    assert found.weights == pytest.approx(allocate(returns, Regime.RISK_ON, scale=0.0).weights)


@pytest.mark.parametrize("regime", Regime)
def test_where_no_solver_finds_weights_the_midpoints_are_held_and_said(regime, monkeypatch):
    def fails(*_):
        raise NotSolved("constraints: no solver found weights within them")

    monkeypatch.setattr(optimum, "optimise", fails)
    found = allocate(sample(0), regime)
    assert found.is_fallback
    assert found.optimality is None
    assert found.weights == pytest.approx(fallback_weights(BOUNDS[regime]))
    assert found.scale == robust.DEFAULT_SCALE


def test_cross_validation_scores_each_candidate_on_bars_that_were_held_out():
    returns = sample(4, bars=80)
    found = allocate(returns, Regime.BTC_SEASON)
    assert [each.scale for each in found.validations] == list(robust.CANDIDATES)
    for each in found.validations:
        parts = []
        for fold in range(4):
            rows = np.arange(20 * fold, 20 * fold + 20)
            weights = allocate(np.delete(returns, rows, axis=0), Regime.BTC_SEASON, scale=each.scale).weights
            parts.append(returns[rows] @ weights)
        series = np.concatenate(parts)
        assert each.score == pytest.approx(series.mean() / series.std(), abs=1e-9)
    best = max(each.score for each in found.validations)
    assert found.scale == max(each.scale for each in found.validations if each.score >= best - 1e-12)


def test_of_equal_scores_the_largest_radius_is_chosen():
    scored = [robust.Validation(0.0, 0.2), robust.Validation(0.5, 0.3), robust.Validation(1.0, 0.3)]
    assert robust.chosen(tuple(scored)) == 1.0
    assert robust.chosen(()) == robust.DEFAULT_SCALE


@pytest.mark.parametrize(("bars", "regime"), [(59, Regime.RISK_ON), (200, Regime.HODL)])
def test_with_nothing_to_choose_by_there_is_no_cross_validation(bars, regime):
    found = allocate(sample(0, bars), regime)
    assert found.validations == ()
    assert found.scale == robust.DEFAULT_SCALE


def test_the_objective_is_by_default_that_of_the_regime():
    for regime in Regime:
        assert allocate(sample(6), regime, scale=0.1).objective is OBJECTIVES[regime]


@pytest.mark.parametrize(
    ("returns", "scale", "kinds"),
    [
        (np.zeros((5, 3)), None, [FaultKind.SHAPE]),
        (np.zeros(4), -1.0, [FaultKind.OUT_OF_RANGE, FaultKind.SHAPE]),
        (np.zeros((1, 4)), None, [FaultKind.TOO_FEW_ROWS]),
        (np.zeros((20_001, 4)), None, [FaultKind.TOO_MANY_ROWS]),
        (np.array([[0.0, 0.0, 0.0, np.nan]] * 2), None, [FaultKind.NOT_FINITE]),
        (np.array([[0.0, 0.0, -1.0, 0.0]] * 2), None, [FaultKind.TOTAL_LOSS]),
        (np.array([[0.0, 0.0, 2e4, 0.0]] * 2), None, [FaultKind.OUT_OF_RANGE]),
    ],
)
def test_returns_that_have_no_answer_are_refused(returns, scale, kinds):
    with pytest.raises(RiskError) as caught:
        allocate(returns, Regime.RISK_ON, scale=scale)
    assert list(caught.value.kinds) == kinds


def test_a_mean_has_no_risk():
    assert risk(RegimeObjective.RETURN, sample(0), _ALONE) is None
