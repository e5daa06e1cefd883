"""Market regimes through the API: on the demo market, and on bars that tests draw and import.

Bars of `tests/support/regime_markets.py` have regimes that are known by how they are drawn.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from app.services.kernels.regimes.types import Regime
from tests.support.desk import Desk
from tests.support.regime_markets import Leg, draw

FIRST = date(2025, 1, 1)
GAINS = {"btc_dominance": 0.0625}
MARKET = draw(Leg(120), Leg(60, 0.01, **GAINS), Leg(40, -0.01))
"""Flat, then a season of bitcoin, then a decline, which has the last bar on 2025-08-08."""

COLUMNS = {
    "BTC": "btc",
    "ETH": "eth",
    "ALT": "alt",
    "BTC.D": "btc_dominance",
    "ETH.D": "eth_dominance",
    "STABLE.D": "stable_dominance",
}


def day(at):
    return (FIRST + timedelta(days=at)).isoformat()


def rows(drawn, first=0):
    """Rows of an import, of all seven series."""
    found = []
    for at in range(len(drawn.closes)):
        candle = {"open": drawn.opens, "high": drawn.highs, "low": drawn.lows, "close": drawn.closes}
        found.append(
            {"date": day(first + at), "symbol": "TOTALES"} | {name: c[at] for name, c in candle.items()}
        )
        found += [
            {"date": day(first + at), "symbol": symbol, "close": getattr(drawn, column)[at]}
            for symbol, column in COLUMNS.items()
        ]
    return found


def load(desk, found):
    return desk.post("data/market/import", {"rows": found})


def desk_with(folder, found, **settings):
    desk = Desk(folder, **settings)
    load(desk, found)
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Tests only read."""
    return desk_with(tmp_path_factory.mktemp("regimes"), rows(MARKET))


@pytest.fixture
def own_desk(tmp_path):
    return Desk(tmp_path)


def history(desk, **query):
    return desk.get("regime/history", **({"start_date": day(0)} | query))


def test_the_demo_market_has_a_regime_on_first_use(own_desk):
    """R27.1, R27.6: after `make run` there is something to see."""
    status = own_desk.get("regime/status")
    assert status["data"]["source"] == ["demo"]
    assert status["data"]["left_out"] == 0
    assert status["age_days"] == 1
    assert status["as_of"] == (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    last = own_desk.get("regime/history", start_date=status["as_of"])
    assert last["regimes"] == [status["regime"]]
    assert last["confidences"] == [status["confidence"]]
    assert last["reasons"] == [[each["text"] for each in status["reasons"]]]
    long = own_desk.get("regime/history", start_date="2019-01-01", end_date="2023-12-31")
    assert len(long["dates"]) == 1_826
    assert set(long["regimes"]) == set(Regime)


def test_status_tells_the_regime_with_its_run_and_its_reasons(desk):
    """R27.4, R27.5"""
    # 18 days of decline leave 12 x 0.01 - 18 x 0.01 = -0.06 of 30 bars, and 17 days -0.04; half a standard
    # deviation is 0.5 x sqrt(30 x ((1 - k) x 4e-4 + k x 30 / 29 x 1e-4)) = 0.052.
    status = desk.get("regime/status")
    assert (status["regime"], status["name"]) == ("RISK_OFF", "Risk off")
    assert status["since"] == day(180 + 17)
    assert status["bars_in_regime"] == 40 - 17
    assert (status["as_of"], status["bar_regime"]) == (day(219), "RISK_OFF")
    assert status["age_days"] == (datetime.now(UTC).date() - date.fromisoformat(day(219))).days
    assert status["reasons"][0]["kind"] == "DIRECTION_DOWN"
    assert status["features"]["direction"] < -0.5
    assert status["confidence"] == 1
    assert status["thresholds"]["confirmation_bars"] == 2
    assert (status["data"]["start_date"], status["data"]["bar_count"]) == (day(0), 220)


def test_what_was_known_earlier_is_told_as_it_was(tmp_path):
    """R27.6: a later correction changes no answer that is asked for with `known_at`."""
    desk = desk_with(tmp_path, rows(MARKET.first(179)))
    before = desk.get("regime/status")
    assert before["regime"] == "BTC_SEASON"
    texts = [each["text"] for each in before["reasons"]]
    assert texts[-1] == "BTC dominance rose 1.9 points in 30 bars"  # 30 x 0.0625
    assert before["confidence"] == 0.875
    load(desk, rows(MARKET))
    crash = {**rows(MARKET)[7 * 178], "low": 20.0, "close": 25.0}
    load(desk, [crash])
    assert desk.get("regime/status")["regime"] == "RISK_OFF"
    at = before["data"]["last_updated"]
    again = desk.get("regime/status", known_at=at)
    assert again | {"age_days": 0} == before | {"age_days": 0}


def test_history_has_a_regime_a_confidence_and_reasons_for_each_day(desk):
    """R27.4, R27.7"""
    found = history(desk)
    assert len(found["dates"]) == 220
    columns = ("prices", "regimes", "traded_regimes", "confidences", "reasons")
    assert {len(found[name]) for name in columns} == {220}
    assert found["reasons"][0] == ["Too few bars: 1 of the 90 that are needed"]
    assert found["prices"] == pytest.approx(MARKET.closes, rel=1e-12)
    first = found["changes"][0]
    assert (first["before"], first["after"]) == ("HODL", "RISK_ON")
    assert {each["after"] for each in found["changes"]} >= {"BTC_SEASON", "RISK_OFF"}


def test_the_regime_of_a_bar_trades_the_next_one(desk):
    """R27.5"""
    found = history(desk)
    assert found["traded_regimes"] == [None, *found["regimes"][:-1]]
    part = history(desk, start_date=day(150), end_date=day(160))
    assert part["traded_regimes"][0] == found["regimes"][149]
    assert part["regimes"] == found["regimes"][150:161]


def test_changes_transitions_and_shares_are_those_of_the_days_that_are_shown(desk):
    found = history(desk)
    counted = Counter(pairwise(found["regimes"]))
    assert found["transitions"] == {a: {b: counted[a, b] for b in Regime} for a in Regime}
    assert found["shares"] == {each: found["regimes"].count(each) / 220 for each in Regime}
    turned = [(found["dates"][at], a, b) for at, (a, b) in enumerate(pairwise(found["regimes"]), 1) if a != b]
    assert [(each["date"], each["before"], each["after"]) for each in found["changes"]] == turned
    nothing = history(desk, start_date="2030-01-01")
    assert (nothing["dates"], nothing["changes"], set(nothing["shares"].values())) == ([], [], {0})


def test_history_is_of_the_last_year_by_default(desk):
    found = desk.get("regime/history", end_date=day(200))
    assert (found["dates"][0], found["dates"][-1]) == (day(0), day(200))
    assert desk.get("regime/history")["dates"][0] == day(0)
    early = desk.get("regime/history", end_date="0001-01-01")
    assert early["dates"] == []


def test_a_history_that_is_too_long_or_ends_before_it_begins_is_refused(own_desk):
    problem = own_desk.get("regime/history", start_date="2018-01-01", end_date="2024-12-31", status=422)
    assert [each["field"] for each in problem["errors"]] == ["start_date"]
    assert "2,557 days" in problem["errors"][0]["message"]  # 7 years, two of them leap years
    problem = own_desk.get("regime/history", start_date="2026-01-02", end_date="2026-01-01", status=422)
    assert [each["field"] for each in problem["errors"]] == ["end_date"]


def test_with_fewer_than_90_bars_it_is_hodl_with_confidence_0_and_says_why(tmp_path):
    """R27.4"""
    status = desk_with(tmp_path, rows(MARKET.first(89))).get("regime/status")
    assert (status["regime"], status["confidence"]) == ("HODL", 0)
    assert [each["text"] for each in status["reasons"]] == ["Too few bars: 89 of the 90 that are needed"]


def test_days_that_some_series_lack_are_left_out_and_counted(tmp_path):
    """R27.6"""
    found = [row for row in rows(MARKET) if (row["symbol"], row["date"]) != ("ETH", day(100))]
    status = desk_with(tmp_path, found).get("regime/status")
    assert (status["data"]["bar_count"], status["data"]["left_out"]) == (219, 1)


def test_bars_that_cannot_be_are_refused_by_series_column_and_day(tmp_path):
    """R27.1"""
    found = rows(MARKET)
    found[7 * 31] |= {"open": None}
    found[7 * 40 + 4] |= {"close": 140.0}
    problem = desk_with(tmp_path, found).get("regime/status", status=422)
    assert problem["code"] == "UNUSABLE_BARS"
    assert [(each["field"], each["message"]) for each in problem["errors"]] == [
        ("TOTALES.open", f"In row {day(31)} there is no number."),
        ("BTC.D", "It is not from 0 to 100 in all bars."),
    ]


def test_a_high_below_the_low_is_refused_by_its_day(tmp_path):
    """R27.1"""
    found = rows(MARKET)
    found[7 * 30] |= {"high": 1.0, "low": 2.0}
    problem = desk_with(tmp_path, found).get("regime/history", status=422)
    assert [(each["field"], each["message"]) for each in problem["errors"]] == [
        ("TOTALES", f"In row {day(30)} the high is below the low.")
    ]


def test_series_that_are_not_there_are_named(tmp_path):
    desk = desk_with(tmp_path, [row for row in rows(MARKET) if row["symbol"] not in {"ALT", "STABLE.D"}])
    problem = desk.get("regime/status", status=422)
    assert problem["code"] == "UNKNOWN_ASSET"
    assert [each["field"] for each in problem["errors"]] == ["ALT", "STABLE.D"]


def test_series_without_a_common_day_have_no_regime(tmp_path):
    late = [row for row in rows(MARKET, 300) if row["symbol"] == "BTC"]
    others = [row for row in rows(MARKET) if row["symbol"] != "BTC"]
    problem = desk_with(tmp_path, others + late).get("regime/status", status=422)
    assert problem["code"] == "TOO_FEW_PRICES"


def test_thresholds_are_those_of_the_settings(tmp_path):
    """R27.4: a band that the rise of 1.875 points does not leave makes it RISK_ON."""
    status = desk_with(tmp_path, rows(MARKET.first(179)), REGIME_BTC_BAND="1.9").get("regime/status")
    assert status["regime"] == "RISK_ON"
    assert status["thresholds"]["btc_band"] == 1.9
    assert status["reasons"][-1]["text"] == "BTC dominance rose 1.9 points in 30 bars, within 1.9"
