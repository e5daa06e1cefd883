"""How sure a Sharpe ratio is: published numbers, coverage, repeatability."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from app.services.kernels.risk import FaultKind, RiskError
from app.services.kernels.risk.uncertainty import (
    best_block_length,
    deflated_sharpe,
    expected_maximum_sharpe,
    probabilistic_sharpe,
    sharpe_interval,
    sharpe_probability,
    stationary_rows,
)

YEAR = 252


def normal(seed, rows=500, mean=0.001):
    return np.random.default_rng(seed).normal(mean, 0.01, rows)


def test_golden_deflated_sharpe():
    """R22.10: the example of Bailey and Lopez de Prado (2014).

    A ratio of 2.5 a year of 250 days over 1250 days, skewness -3, kurtosis 10, the best of 100 trials with a
    variance of 1/2 a year.
    """
    by_luck = expected_maximum_sharpe(100, (0.5 / 250) ** 0.5)
    assert by_luck == pytest.approx(0.1132, abs=5e-5)
    assert sharpe_probability(2.5 / 250**0.5, 1250, -3, 7, by_luck) == pytest.approx(0.9004, abs=5e-5)


def test_more_trials_have_more_luck():
    """R22.10: by scipy.stats.norm.isf, which is exact so far out."""
    assert expected_maximum_sharpe(1e20, 1) == pytest.approx(9.323612882361873, rel=1e-9)


def test_one_trial_is_not_deflated():
    """R22.10."""
    returns = normal(1)
    assert deflated_sharpe(returns, [0.1]) == probabilistic_sharpe(returns)
    assert deflated_sharpe(returns, [0.1, 0.1]) == probabilistic_sharpe(returns)
    assert deflated_sharpe(returns, [0.1, -0.1]) < probabilistic_sharpe(returns)


def test_golden_probabilistic_sharpe():
    """R22.10: eight returns around 0 are even odds; one of 0.1 is 0.1 x sqrt(7) = 0.26458 away."""
    returns = [-0.1, *[0.0] * 6, 0.1]
    assert probabilistic_sharpe(returns) == pytest.approx(0.5, abs=1e-12)
    assert probabilistic_sharpe(returns, 0.1) == pytest.approx(0.39566, abs=5e-5)


def test_samples_of_the_bootstrap_are_runs():
    """R22.10: rows follow each other but where a block begins, which is one row in `block`."""
    rows = stationary_rows(np.random.default_rng(7), 100, 400, 10.0)
    follows = (rows[:, 1:] - rows[:, :-1]) % 100 == 1
    assert ((rows >= 0) & (rows < 100)).all()
    assert 1 - follows.mean() == pytest.approx(0.1 * 0.99, abs=0.005)
    assert np.bincount(rows.ravel(), minlength=100).std() / 400 < 0.1
    whole = stationary_rows(np.random.default_rng(7), 100, 3, 1e9)
    assert ((whole[:, 1:] - whole[:, :-1]) % 100 == 1).all()


def test_an_interval_can_be_repeated():
    """R22.10."""
    first, again, other = (sharpe_interval(normal(3), YEAR, seed=seed, samples=300) for seed in (5, 5, 6))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)
    assert (first.seed, first.samples, first.confidence) == (5, 300, 0.95)
    assert first.low < first.sharpe < first.high


def test_an_interval_is_of_a_year():
    """R22.10: four times the periods are twice the ratio."""
    once, more = (sharpe_interval(normal(3), each, seed=5, samples=300) for each in (63, YEAR))
    assert (more.sharpe, more.low, more.high) == pytest.approx(
        (2 * once.sharpe, 2 * once.low, 2 * once.high), rel=1e-12
    )


def test_an_interval_is_as_wide_as_theory_says():
    """R22.10: of independent normal returns the ratio's error is sqrt(252 / T) but for a per cent."""
    found = sharpe_interval(normal(4, 2520), YEAR, seed=1, samples=4000, block_length=1)
    assert found.high - found.low == pytest.approx(2 * 1.96 * (252 / 2520) ** 0.5, rel=0.06)


def test_an_interval_holds_the_truth_about_as_often_as_it_says():
    """R22.10: 0.9 of 200 would be 180; 163 to 197 is four standard errors."""
    truth = 0.1 * YEAR**0.5
    held = 0
    for seed in range(200):
        found = sharpe_interval(normal(1000 + seed, 250), YEAR, seed=seed, samples=300, confidence=0.9)
        held += found.low <= truth <= found.high
    assert 163 <= held <= 197


def test_dependent_returns_have_longer_blocks():
    """R22.10."""
    noise = np.random.default_rng(11).normal(0, 0.01, 2000)
    assert best_block_length(noise) < 5
    assert 15 < best_block_length(lfilter([1], [1, -0.8], noise)) < 60


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (lambda: sharpe_interval(normal(1, 19), YEAR, seed=1), FaultKind.TOO_FEW_ROWS),
        (lambda: sharpe_interval([0.01] * 30, YEAR, seed=1), FaultKind.ZERO_VARIANCE),
        (lambda: sharpe_interval([0.01] * 29 + [0.02], YEAR, seed=1), FaultKind.ZERO_VARIANCE),
        (lambda: sharpe_interval(normal(1), YEAR, seed=1, samples=0), FaultKind.OUT_OF_RANGE),
        (lambda: sharpe_interval(normal(1), YEAR, seed=1, samples=10**9), FaultKind.OUT_OF_RANGE),
        (lambda: sharpe_interval(normal(1), YEAR, seed=1, confidence=95), FaultKind.OUT_OF_RANGE),
        (lambda: sharpe_interval(normal(1), YEAR, seed=1, block_length=0.5), FaultKind.OUT_OF_RANGE),
        (lambda: sharpe_interval(normal(1), YEAR, seed=-1), FaultKind.OUT_OF_RANGE),
        (lambda: best_block_length([0.01] * 30), FaultKind.ZERO_VARIANCE),
        (lambda: probabilistic_sharpe([0.1, 0.2]), FaultKind.TOO_FEW_ROWS),
        (lambda: probabilistic_sharpe([0.1, 0.1, 0.1]), FaultKind.ZERO_VARIANCE),
        (lambda: sharpe_probability(1.0, 10, 9.0, 1.0, 0.0), FaultKind.UNDEFINED),
        (lambda: expected_maximum_sharpe(0.5, 0.1), FaultKind.OUT_OF_RANGE),
        (lambda: expected_maximum_sharpe(10, -0.1), FaultKind.OUT_OF_RANGE),
        (lambda: deflated_sharpe(normal(1), []), FaultKind.TOO_FEW_ROWS),
        (lambda: deflated_sharpe(normal(1), [0.1, float("nan")]), FaultKind.NOT_FINITE),
    ],
)
def test_what_has_no_answer_is_refused(call, fault):
    """R22.1, R22.10."""
    with pytest.raises(RiskError) as caught:
        call()
    assert caught.value.kinds == (fault,)
