"""The guide to regimes, run on the demo market as it stands.

What the guide tells is calculated here again from the generator's bars by the standard library alone.
"""

from __future__ import annotations

import math
from datetime import date

import pytest

from app.core.config import load_settings
from app.services.kernels.regimes.types import Regime, Thresholds
from app.services.market_history.bars import CLOSE, HIGH, LOW, OPEN
from app.services.market_history.crypto_universe import FIRST_DAY, generate
from tests.support.desk import Desk
from tests.support.documents import fragments, text_of
from tests.support.regime_markets import Drawn, raw_by_hand, volatilities_by_hand

GUIDE = dict(fragments("regime.md"))
LIMITS = Thresholds()


def drawn():
    """The demo market as lists."""
    found = generate(date(2025, 7, 28))
    names = ("BTC", "ETH", "ALT", "BTC.D", "ETH.D", "STABLE.D")
    candles = (found["TOTALES"].values[at] for at in (OPEN, HIGH, LOW, CLOSE))
    return Drawn(*(column.tolist() for column in (*candles, *(found[name].closes for name in names))))


def test_the_example_is_what_the_guide_says(tmp_path):
    told = GUIDE["regimes"]
    answer = Desk(tmp_path).get("regime/history", **GUIDE["history"])
    assert answer["regimes"] == told["regimes"]
    assert answer["traded_regimes"] == told["traded_regimes"]
    assert answer["confidences"] == pytest.approx(told["confidences"], abs=5.1e-4)
    [change] = answer["changes"]
    assert [each["text"] for each in change["reasons"]] == told["reasons_of_the_change"]
    assert (change["after"], answer["dates"].index(change["date"])) == ("BTC_SEASON", 2)


def test_the_example_is_what_the_rules_say_by_hand():
    market, told = drawn(), GUIDE["regimes"]
    volatilities = volatilities_by_hand(market, LIMITS.volatility_window)
    first = (date.fromisoformat(GUIDE["history"]["start_date"]) - FIRST_DAY).days
    said = [raw_by_hand(market, bar, LIMITS, volatilities) for bar in range(first, first + 4)]
    # The season is told once two bars in a row say it.
    assert said == [Regime.HODL, *[Regime.BTC_SEASON] * 3]
    scores, rises = [], []
    for bar in range(first, first + 4):
        growth = math.log(market.closes[bar] / market.closes[bar - 30])
        scores.append(growth / (volatilities[bar] * math.sqrt(30)))
        rises.append(market.btc_dominance[bar] - market.btc_dominance[bar - 30])
    by_hand = [1 - abs(scores[0]) / 0.5, 0.0]  # flat and tight; then a bar that says otherwise
    by_hand += [min(1, scores[at] / 0.5 - 1, rises[at] / 1.0 - 1) for at in (2, 3)]
    assert told["confidences"] == pytest.approx(by_hand, abs=5.1e-4)
    assert f"{scores[2]:+.2f}" in told["reasons_of_the_change"][0]
    assert f"{rises[2]:.1f} points" in told["reasons_of_the_change"][2]


def test_the_guide_has_each_setting_with_its_default():
    rows = [line.split("|") for line in text_of("regime.md").splitlines() if line.startswith("| `REGIME_")]
    defaults = {row[1].strip(" `"): row[2].strip() for row in rows}
    assert len(defaults) == 12
    again = load_settings(defaults)
    assert again.regimes == load_settings({}).regimes
