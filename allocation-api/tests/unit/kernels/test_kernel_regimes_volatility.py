"""Yang-Zhang volatility: a golden number, no bias where volatility is known, and the two classic faults."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.regimes.volatility import Candles, annualised, intraday_weight, yang_zhang
from app.services.kernels.risk import FaultKind, RiskError
from tests.support.profiles import examples
from tests.support.regime_markets import Drawn, variance_by_hand, walk

OPENS = [100, 102.5, 101.2, 104.4, 102.7, 105.6]
HIGHS = [103, 104, 105, 106, 106, 108]
LOWS = [99, 100, 100, 102, 101, 104]
CLOSES = [102, 101, 104, 103, 105, 107]
GOLDEN = 7.328840e-4
"""Stated with the formula, for n = 4: k 0.1130820, Var(o) 1.371437e-5, Var(c) 3.293944e-4, RS 7.688660e-4."""

WINDOWS, WINDOW = 6_000, 4
GAP, INNER, DRIFT = 0.012, 0.03, 0.02
"""Standard deviation of a gap and from open to close, and drift of a bar: strong, and not to be seen."""


def ours(drawn, bar, window):
    candles = Candles.of(drawn.opens, drawn.highs, drawn.lows, drawn.closes)
    return float(yang_zhang(candles, window)[bar])


def one_for_one_point_three_four(drawn, bar, window):
    return variance_by_hand(drawn, bar, window, alpha=1.0)


def weights_exchanged(drawn, bar, window):
    return variance_by_hand(drawn, bar, window, exchanged=True)


def drawn_of(opens, highs, lows, closes):
    return Drawn(opens, highs, lows, closes, *([None] * 6))


def is_golden(estimator):
    found = estimator(drawn_of(OPENS, HIGHS, LOWS, CLOSES), 5, 4)
    return math.isclose(found, GOLDEN, rel_tol=1e-6)


def simulated():
    """Bars of a Brownian motion with drift and gaps, in windows one after another.

    High and low are drawn exactly, each from its distribution given open and close: (x + sqrt(x^2 - 2 v ln
    u)) / 2 above the open for a move x of variance v. Their dependence does not matter for a mean.
    """
    generator = np.random.default_rng(18)
    count = WINDOWS * (WINDOW + 1)
    gaps = generator.normal(0.3 * DRIFT, GAP, count)
    moves = generator.normal(0.7 * DRIFT, INNER, count)
    up, down = (np.sqrt(moves**2 - 2 * INNER**2 * np.log(1 - generator.random(count))) for _ in range(2))
    closes = np.cumsum(gaps + moves)
    opens = closes - moves
    # A window begins anew: floats would not hold so long a rise.
    start = np.repeat(closes[:: WINDOW + 1], WINDOW + 1)
    logs = (opens, opens + (moves + up) / 2, opens + (moves - down) / 2, closes)
    return drawn_of(*(np.exp(each - start).tolist() for each in logs))


@pytest.fixture(scope="module")
def paths():
    return simulated()


def is_unbiased(estimator, paths):
    """Whether the mean over all windows is the variance that was drawn, within 4 standard errors."""
    at = range(WINDOW, len(paths.opens), WINDOW + 1)
    found = np.array([estimator(paths, bar, WINDOW) for bar in at])
    error = found.std(ddof=1) / math.sqrt(len(found))
    return abs(found.mean() - (GAP**2 + INNER**2)) < 4 * error


def all_at_once(paths):
    candles = Candles.of(paths.opens, paths.highs, paths.lows, paths.closes)
    variances = yang_zhang(candles, WINDOW)
    return lambda _, bar, __: variances[bar]


def test_the_golden_number_and_its_annual_volatility():
    """R27.2"""
    assert is_golden(ours)
    assert intraday_weight(4) == pytest.approx(0.1130820, abs=5e-8)
    assert intraday_weight(30) == pytest.approx(0.1411394, abs=5e-8)
    assert intraday_weight(20) == pytest.approx(0.1390, abs=5e-5)
    assert float(annualised(GOLDEN, 365)) == pytest.approx(0.5172066, abs=5e-7)


def test_no_bias_where_volatility_is_known(paths):
    assert is_unbiased(all_at_once(paths), paths)


def test_1_for_1_34_is_told_apart_by_the_golden_number():
    # Any weight is free of bias: the wrong one only has more variance.
    assert not is_golden(one_for_one_point_three_four)


def test_exchanged_weights_are_told_apart_by_their_bias_and_by_the_golden_number(paths):
    assert not is_golden(weights_exchanged)
    assert not is_unbiased(weights_exchanged, paths)


def test_the_weight_has_less_variance_than_others(paths):
    candles = Candles.of(paths.opens, paths.highs, paths.lows, paths.closes)
    at = range(WINDOW, len(paths.opens), 3 * (WINDOW + 1))
    spread = yang_zhang(candles, WINDOW)[at].std()
    for alpha in (-1.2, 30.0):  # k is 0.73, and 0.01
        other = np.std([variance_by_hand(paths, bar, WINDOW, alpha) for bar in at])
        assert spread < other


@given(seed=st.integers(0, 10_000), window=st.integers(2, 40))
@examples(60)
def test_each_bar_is_that_of_the_formula_by_the_standard_library(seed, window):
    drawn = walk(seed, 60)
    candles = Candles.of(drawn.opens, drawn.highs, drawn.lows, drawn.closes)
    found = yang_zhang(candles, window)
    assert np.isnan(found[:window]).all()
    for bar in range(window, 60, 7):
        assert found[bar] == pytest.approx(variance_by_hand(drawn, bar, window), rel=1e-9)


def test_too_few_bars_have_no_volatility():
    candles = Candles.of(OPENS, HIGHS, LOWS, CLOSES)
    assert np.isnan(yang_zhang(candles, 6)).all()


@pytest.mark.parametrize("window", [1, 0, 10_001])
def test_a_window_out_of_range_is_refused(window):
    with pytest.raises(RiskError) as raised:
        yang_zhang(Candles.of(OPENS, HIGHS, LOWS, CLOSES), window)
    assert raised.value.kinds == (FaultKind.OUT_OF_RANGE,)


def changed(column, row, value):
    columns = {"opens": OPENS, "highs": HIGHS, "lows": LOWS, "closes": CLOSES}
    columns[column] = [*columns[column][:row], value, *columns[column][row + 1 :]]
    return columns


@pytest.mark.parametrize(
    ("column", "row", "value", "kind", "words"),
    [
        ("highs", 2, 99.0, FaultKind.OUT_OF_RANGE, "row 2 the high is below the low"),
        ("opens", 1, 104.5, FaultKind.OUT_OF_RANGE, "row 1 open or close is outside"),
        ("opens", 1, 99.5, FaultKind.OUT_OF_RANGE, "row 1 open or close is outside"),
        ("closes", 4, 106.5, FaultKind.OUT_OF_RANGE, "row 4 open or close is outside"),
        ("closes", 4, 100.5, FaultKind.OUT_OF_RANGE, "row 4 open or close is outside"),
        ("lows", 3, 0.0, FaultKind.OUT_OF_RANGE, "row 3 the price is not above 0"),
        ("lows", 3, -5.0, FaultKind.OUT_OF_RANGE, "row 3 the price is not above 0"),
        ("closes", 0, math.nan, FaultKind.NOT_FINITE, "row 0 there is no number"),
        ("highs", 0, math.inf, FaultKind.NOT_FINITE, "row 0 there is no number"),
        ("highs", 0, 1e61, FaultKind.OVERFLOW, "row 0 the price is too large"),
    ],
)
def test_a_bar_that_cannot_be_is_refused_by_its_row(column, row, value, kind, words):
    with pytest.raises(RiskError, match=words) as raised:
        Candles.of(**changed(column, row, value))
    assert raised.value.kinds == (kind,)


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(RiskError) as raised:
        Candles.of([1.0, math.nan], [1.0, -1.0], [0.0, 1.0], [1.0, 1e61])
    assert [fault.field for fault in raised.value.faults] == [
        "bars.open",
        "bars.high",
        "bars.low",
        "bars.close",
    ]
    with pytest.raises(RiskError, match="rows 0, 1, 2, 3, 4 and 2 more"):
        Candles.of([1.0] * 7, [1.0] * 7, [2.0] * 7, [1.0] * 7)


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(RiskError) as raised:
        Candles.of(OPENS, HIGHS[:-1], LOWS, CLOSES)
    assert raised.value.kinds == (FaultKind.SHAPE,)
