"""The demo market of crypto assets: series that agree with each other, and stay as they are."""

from datetime import date

import numpy as np
from scipy import stats

from app.services.market_history.bars import CLOSE, HIGH, LOW, OPEN
from app.services.market_history.crypto_universe import SYMBOLS, generate


def test_a_longer_market_begins_with_the_shorter_one():
    short, long = generate(date(2026, 1, 5)), generate(date(2026, 11, 30))
    assert tuple(short) == tuple(long) == SYMBOLS
    for symbol, bars in short.items():
        assert len(bars.days) == 2_926  # from 2018-01-01 to 2026-01-04
        assert (np.diff(bars.days) == 1).all()
        np.testing.assert_array_equal(bars.values, long[symbol].values[:, : len(bars.days)])
    assert str(long["BTC"].dates[-1]) == "2026-11-29"
    assert len(generate(date(2020, 1, 1))["BTC"].days) == 2_922


def test_bars_have_a_range_fat_tails_and_clusters():
    market = generate(date(2026, 1, 5))
    for symbol in ("TOTALES", "BTC", "ETH", "ALT"):
        values = market[symbol].values
        assert (values[LOW] > 0).all()
        assert (values[LOW] <= values[[OPEN, CLOSE]].min(axis=0)).all()
        assert (values[HIGH] >= values[[OPEN, CLOSE]].max(axis=0)).all()
        returns = np.diff(np.log(values[CLOSE]))
        assert stats.kurtosis(returns) > 1
        assert np.corrcoef(np.abs(returns[1:]), np.abs(returns[:-1]))[0, 1] > 0.03


def test_dominances_are_those_of_the_prices():
    market = generate(date(2026, 1, 5))
    btc, eth, stable = (market[symbol].closes for symbol in ("BTC.D", "ETH.D", "STABLE.D"))
    total = market["TOTALES"].closes
    # The market with stablecoins is TOTALES over what they leave, and a capitalisation is its share of that.
    whole = total / (1 - stable / 100)
    for shares, symbol in ((btc, "BTC"), (eth, "ETH")):
        capital = shares / 100 * whole
        prices = market[symbol].closes
        np.testing.assert_allclose(capital / capital[0], prices / prices[0], rtol=3e-3)
    assert (btc + eth + stable < 100).all()
