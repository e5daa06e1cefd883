"""Measures against scipy's and numpy's own, and the demo universe that they are shown on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats

from app.services.kernels.risk import Panel
from app.services.market_history import measures
from app.services.market_history.bars import CLOSE, HIGH, LOW, OPEN, VOLUME
from app.services.market_history.types import CorrelationMethod
from app.services.market_history.universe import ASSETS, generate

RETURNS = np.random.default_rng(7).standard_t(4, (250, 3)) * 0.01


@pytest.mark.parametrize(
    ("method", "oracle"),
    [
        (CorrelationMethod.PEARSON, stats.pearsonr),
        (CorrelationMethod.SPEARMAN, stats.spearmanr),
        (CorrelationMethod.KENDALL, stats.kendalltau),
    ],
)
def test_a_correlation_is_scipy_s_also_with_ties(method, oracle):
    rounded = np.round(RETURNS, 2)
    found = measures.correlation(Panel.of(rounded, "ABC"), method)
    for a, b in [(0, 1), (0, 2), (1, 2)]:
        expected = oracle(rounded[:, a], rounded[:, b]).statistic
        assert found[a, b] == found[b, a] == pytest.approx(expected, abs=1e-12)
    assert np.diag(found).tolist() == [1, 1, 1]


def test_returns_that_do_not_vary_are_found():
    flat = np.column_stack([RETURNS[:, 0], np.full(250, 0.001), 1.1 / 1.1 - 1 + np.zeros(250)])
    assert measures.constant_columns(flat) == [1, 2]


def test_a_longer_universe_begins_with_the_shorter_one():
    short, long = generate(date(2026, 1, 5)), generate(date(2026, 11, 30))
    assert list(short) == [asset.symbol for asset in ASSETS]
    assert len(short) == 20
    for symbol, bars in short.items():
        assert len(bars.days) == 2_610  # weekdays from 2016-01-04 to 2026-01-02
        np.testing.assert_array_equal(bars.values, long[symbol].values[:, : len(bars.days)])
    assert str(long["CM-GOLD"].dates[-1]) == "2026-11-27"
    assert len(generate(date(2020, 1, 1))["CM-GOLD"].days) == 2_520


def test_the_universe_has_fat_tails_two_regimes_and_prices_above_zero():
    universe = generate(date(2026, 1, 5))
    closes = np.column_stack([bars.closes for bars in universe.values()])
    returns = closes[1:] / closes[:-1] - 1
    assert closes.min() > 1
    assert np.abs(returns).max() < 0.4
    assert (stats.kurtosis(returns) > 3).all()
    size = np.abs(returns[:, 0])
    assert np.corrcoef(size[1:], size[:-1])[0, 1] > 0.1  # volatility comes in clusters
    for bars in universe.values():
        inner = bars.values[[OPEN, CLOSE]]
        assert (bars.values[LOW] <= inner.min(axis=0)).all()
        assert (bars.values[HIGH] >= inner.max(axis=0)).all()
        assert (bars.values[VOLUME] > 0).all()
    gold = universe["CM-GOLD"].closes
    assert [gold[0], gold[1], gold[-1]] == GOLD


GOLD = [115.0, 115.02, 305.08]
"""Pinned: documents and tests elsewhere name numbers of this universe."""
