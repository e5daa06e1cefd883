"""Figures of a backtest, and the probability of overfitting against one computed split by split."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.backtest import Figure, overfitting, performance
from app.services.kernels.risk import FaultKind, RiskError
from tests.support.profiles import examples


def drawn(seed, rows, trials, drift=0.0):
    return np.random.default_rng(seed).normal(drift, 0.01, (rows, trials))


def by_splits(returns, blocks):
    """PBO from its definition: ranks by sorting, ratios by numpy's own mean and deviation."""
    parts = np.array_split(returns, blocks)
    logits, losses = [], 0
    for chosen in combinations(range(blocks), blocks // 2):
        inside = np.concatenate([parts[at] for at in chosen])
        outside = np.concatenate([parts[at] for at in range(blocks) if at not in chosen])
        best = int(np.argmax(inside.mean(axis=0) / inside.std(axis=0, ddof=1)))
        ratios = outside.mean(axis=0) / outside.std(axis=0, ddof=1)
        share = (sorted(ratios.tolist()).index(float(ratios[best])) + 1) / (len(ratios) + 1)
        logits.append(math.log(share / (1 - share)))
        losses += ratios[best] < 0
    return logits, losses / len(logits)


@given(seed=st.integers(0, 10_000), trials=st.integers(2, 7), blocks=st.sampled_from((2, 4, 6, 8)))
@examples(40)
def test_overfitting_is_that_of_its_definition(seed, trials, blocks):
    returns = drawn(seed, 12 * blocks, trials)
    found = overfitting(returns, blocks)
    logits, losses = by_splits(returns, blocks)
    np.testing.assert_allclose(found.logits, logits, atol=1e-12)
    assert found.probability == np.mean(np.array(logits) <= 0)
    assert found.loss_probability == pytest.approx(losses)


def test_a_trial_with_skill_is_no_overfitting_and_luck_is():
    """One of eight has a ratio of 0.5 a day; without it the best of one half says nothing of the other."""
    returns = drawn(4, 960, 8)
    lucky = overfitting(returns)
    returns[:, 3] += 0.005
    skilled = overfitting(returns)
    assert (skilled.probability, skilled.best) == (0.0, 3)
    assert skilled.deflated_sharpe > 0.99
    assert lucky.probability > 0.2
    assert lucky.deflated_sharpe < 0.95
    assert len(lucky.logits) == 12_870


def test_trials_that_are_alike_are_in_the_middle():
    """R24.8: of three alike each is the second of 2 / 4, and ln(0.5 / 0.5) is 0."""
    column = drawn(1, 64, 1, 0.001)
    found = overfitting(np.hstack((column, column, column)), 8)
    np.testing.assert_array_equal(found.logits, 0.0)
    assert found.probability == 1.0


@pytest.mark.parametrize(
    ("returns", "blocks", "kind"),
    [
        (drawn(1, 64, 3), 5, FaultKind.OUT_OF_RANGE),
        (drawn(1, 64, 3), 18, FaultKind.OUT_OF_RANGE),
        (drawn(1, 64, 1), 8, FaultKind.SHAPE),
        (drawn(1, 10, 3), 8, FaultKind.TOO_FEW_ROWS),
        (np.full((64, 2), np.nan), 8, FaultKind.NOT_FINITE),
        (np.hstack((drawn(1, 64, 1), np.zeros((64, 1)))), 8, FaultKind.ZERO_VARIANCE),
    ],
)
def test_trials_without_an_answer_are_refused(returns, blocks, kind):
    with pytest.raises(RiskError) as refused:
        overfitting(returns, blocks)
    assert refused.value.kinds == (kind,)


def test_figures_are_those_of_their_formulas():
    """R24.7."""
    returns, market = drawn(8, 500, 1, 0.0005)[:, 0], drawn(9, 500, 1)[:, 0]
    found = performance(returns, np.array([0.5, 0.1, 0.2]), market, periods=250, risk_free_rate=0.025)
    figures, free = found.figures, 0.025 / 250
    total = math.prod((1 + returns).tolist()) - 1
    assert figures[Figure.TOTAL_RETURN] == pytest.approx(total)
    assert figures[Figure.ANNUALIZED_RETURN] == pytest.approx((1 + total) ** 0.5 - 1)
    ratio = (returns.mean() - free) / np.std(returns, ddof=1) * math.sqrt(250)
    assert figures[Figure.SHARPE_RATIO] == pytest.approx(ratio)
    assert figures[Figure.TURNOVER] == pytest.approx(0.15)  # two years, without the first purchase
    assert figures[Figure.WIN_RATE] == sum(r > 0 for r in returns) / 500
    slope = np.cov(returns, market)[0, 1] / np.var(market, ddof=1)
    assert figures[Figure.BETA] == pytest.approx(slope)
    assert figures[Figure.ALPHA] == pytest.approx(
        250 * (returns.mean() - free - slope * (market.mean() - free))
    )
    assert not found.undefined
    assert found.interval.low < ratio < found.interval.high
    assert found == performance(returns, np.array([0.5, 0.1, 0.2]), market, periods=250, risk_free_rate=0.025)


def test_what_is_not_defined_says_why():
    found = performance(np.zeros(30), np.zeros(0), None, periods=252)
    assert found.figures[Figure.SHARPE_RATIO] is None
    assert found.undefined[Figure.SHARPE_RATIO] is FaultKind.ZERO_VARIANCE
    assert found.undefined[Figure.BETA] is FaultKind.REQUIRED
    assert found.figures[Figure.MAX_DRAWDOWN] == 0.0
    assert found.interval is None
    assert set(found.figures) == set(Figure)
