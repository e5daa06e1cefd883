"""Significance (R26.3): changes at, above and below thresholds, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.events.significance import reason_of
from app.services.events.types import AssetClass, MonitorConfig, PriceChange, Thresholds
from app.services.market_history.bars import CLOSE, Bars

FIRST_DAY = 20_000
WIDE = Thresholds(*[100.0] * 7)


def bars(closes):
    values = np.full((5, len(closes)), np.nan)
    values[CLOSE] = closes
    return Bars(np.arange(FIRST_DAY, FIRST_DAY + len(closes), dtype=np.int32), values)


def of_returns(returns, first=100.0):
    return bars(first * np.cumprod(np.concatenate([[1.0], 1 + np.asarray(returns)])))


def reason(then, now, *, named=None, stated=(), config=None):
    found = reason_of(config or MonitorConfig(), named or set(now), stated, then, now)
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("asset_class", "change", "expected"),
    [
        (None, 0.0101, "PRICE"),
        (None, 0.0099, None),
        (AssetClass.STOCKS, 0.0101, "PRICE"),
        (AssetClass.STOCKS, -0.0099, None),
        (AssetClass.BONDS, -0.0051, "PRICE"),
        (AssetClass.BONDS, 0.0049, None),
        (AssetClass.FOREX, 0.0081, "PRICE"),
        (AssetClass.FOREX, 0.0079, None),
        (AssetClass.CRYPTO, -0.0301, "PRICE"),
        (AssetClass.CRYPTO, 0.0299, None),
    ],
)
def test_each_class_has_its_threshold(asset_class, change, expected):
    config = MonitorConfig(asset_classes={"A": asset_class} if asset_class else {})
    then, now = {"A": bars([90, 100])}, {"A": bars([90, 100, 100 * (1 + change)])}
    assert reason(then, now, config=config) == expected
    stated = [("A", PriceChange(100, 100 * (1 + change)))]
    assert reason({}, {}, named={"A"}, stated=stated, config=config) == expected


def test_small_changes_add_up_since_the_last_recalculation():
    then = {"A": bars([100])}
    steps = [100, 100.6, 101.2]
    assert [reason(then, {"A": bars(steps[: count + 1])}) for count in (1, 2)] == [None, "PRICE"]


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_changes_that_are_stated_the_largest_counts(order):
    stated = [("A", PriceChange(100, 105)), ("A", PriceChange(105, 105.1))][::order]
    assert reason({}, {}, named={"A"}, stated=stated) == "PRICE"


def test_assets_that_no_event_names_do_not_count():
    then, now = ({"A": bars([100]), "B": bars([100, 200][: 1 + more])} for more in (0, 1))
    assert reason(then, now, named={"A"}) is None
    assert reason(then, now, named={"B"}) == "PRICE"


def test_what_cannot_be_measured_may_be_significant():
    assert reason({}, {"A": bars([100])}) == "NOT_MEASURABLE"
    assert reason({}, {}, named={"A"}) == "NOT_MEASURABLE"
    assert reason({}, {}, named={"A"}, stated=[("A", PriceChange(100, 100))]) is None


def test_volatility_counts_by_its_relative_change():
    """Returns of +s and -s in turn: 60 of 1 %, then 20 of them 2 % (sum of squares 60 to 40 + 20 x 4)."""
    calm = np.tile([0.01, -0.01], 30)
    wild = np.concatenate([calm, np.tile([0.02, -0.02], 10)])
    then, now = {"A": of_returns(calm)}, {"A": of_returns(wild)}
    rise = np.sqrt((40 + 20 * 4) / 60) - 1
    for threshold, expected in ((rise - 0.001, "VOLATILITY"), (rise + 0.001, None)):
        thresholds = Thresholds(100.0, threshold, *[100.0] * 5)
        assert reason(then, now, config=MonitorConfig(significance_thresholds=thresholds)) == expected


def test_a_price_that_did_not_move_and_moves_now_is_a_change_of_volatility():
    still, moves = np.zeros(60), np.tile([0.01, -0.01], 30)
    thresholds = MonitorConfig(significance_thresholds=WIDE)
    assert reason({"A": of_returns(still)}, {"A": of_returns(moves)}, config=thresholds) == "VOLATILITY"
    assert reason({"A": of_returns(still)}, {"A": of_returns(still)}, config=thresholds) is None


def test_correlation_counts_by_its_move():
    """Of 60 returns of +1 % and -1 % in turn, all alike: 1; with 15 of them of the other sign: 1/2."""
    calm = np.tile([0.01, -0.01], 30)
    other = calm.copy()
    other[8:38:2] *= -1
    other[9:38:2] *= 1
    expected = float(np.corrcoef(calm, other)[0, 1])
    then = {"A": of_returns(calm), "B": of_returns(calm)}
    now = {"A": of_returns(calm), "B": of_returns(other)}
    for gap, found in ((-0.001, "CORRELATION"), (0.001, None)):
        thresholds = Thresholds(100.0, 100.0, 1 - expected + gap, *[100.0] * 4)
        assert reason(then, now, config=MonitorConfig(significance_thresholds=thresholds)) == found


def test_few_days_have_neither_volatility_nor_correlation():
    config = MonitorConfig(significance_thresholds=Thresholds(100.0, 0.001, 0.001, *[100.0] * 4))
    rng = np.random.default_rng(3)
    then, now = ({name: of_returns(rng.normal(0, 0.01, count)) for name in "AB"} for count in (10, 19))
    assert reason(then, now, config=config) is None
