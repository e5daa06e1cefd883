"""Market history through the API: the demo universe, and prices that a test imports."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.support.desk import Desk

DAYS = ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09", "2026-01-12"]
UP = [100, 110, 99, 108.9, 108.9, 120]
FLAT = [50, 50.5, 50, 51, 50.5, 51]


def rows(symbol, closes, days=DAYS, **more):
    return [{"date": day, "symbol": symbol, "close": c, **more} for day, c in zip(days, closes, strict=True)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk with two symbols of its own, shared by tests that only read."""
    desk = Desk(tmp_path_factory.mktemp("market"))
    desk.post("data/market/import", {"rows": rows("UP", UP) + rows("FLAT", FLAT, volume=10)})
    return desk


@pytest.fixture
def own_desk(tmp_path):
    return Desk(tmp_path)


def near(value):
    return pytest.approx(value, rel=1e-12, abs=1e-15)


def test_the_demo_universe_is_there_on_first_use(own_desk):
    assets = "EQ-US-LARGE,BD-GOVT-LONG"
    answer = own_desk.get("data/market", assets=assets, start_date="2016-01-04", end_date="2016-01-08")
    assert answer["data"]["EQ-US-LARGE"]["dates"] == [f"2016-01-0{day}" for day in (4, 5, 6, 7, 8)]
    assert answer["data"]["EQ-US-LARGE"]["prices"][0] == 100
    assert answer["metadata"]["source"] == ["demo"]
    assert (answer["metadata"]["count"], answer["metadata"]["period_days"]) == (10, 5)
    again = own_desk.get("data/market", assets=assets, start_date="2016-01-04", end_date="2016-01-08")
    assert again == answer  # and not loaded once more
    records = own_desk.get("audit", entity_type="market_data")["audit_records"]
    assert [(r["action"], r["username"]) for r in records] == [("MARKET_DATA_IMPORTED", "system")]


def test_series_have_their_own_days_and_simple_returns(desk):
    answer = desk.get("data/market", assets="UP", start_date="2026-01-06", end_date="2026-01-08")
    series = answer["data"]["UP"]
    assert series["dates"] == ["2026-01-06", "2026-01-07", "2026-01-08"]
    assert series["prices"] == [110, 99, 108.9]
    assert series["returns"] == [None, near(-0.1), near(0.1)]
    assert series["volumes"] == [None, None, None]
    assert (series["opens"], series["filled"]) == (None, [])
    logs = desk.get("data/market", assets="UP", fields="returns", return_type="log")["data"]["UP"]
    assert logs["returns"][1] == near(0.09531017980432487)  # ln 1.1
    assert logs["prices"] is None


def test_a_week_and_a_month_have_their_last_price_and_all_their_volume(desk):
    weeks = desk.get("data/market", assets="FLAT", frequency="weekly")["data"]["FLAT"]
    assert (weeks["dates"], weeks["prices"]) == (["2026-01-09", "2026-01-12"], [50.5, 51])
    assert weeks["volumes"] == [50, 10]
    months = desk.get("data/market", assets="FLAT", frequency="monthly")["data"]["FLAT"]
    assert (months["dates"], months["prices"], months["volumes"]) == (["2026-01-12"], [51], [60])


def test_the_assets_that_have_prices(desk):
    found = desk.get("data/market/assets")["assets"]
    days = [(each["symbol"], each["first_date"], each["last_date"]) for each in found]
    assert days == [("FLAT", "2026-01-05", "2026-01-12"), ("UP", "2026-01-05", "2026-01-12")]
    updated = desk.get("data/market", assets="UP")["metadata"]["last_updated"]
    assert [each["last_updated"] for each in found] == [updated] * 2


def test_the_last_day(desk):
    answer = desk.get("data/market/latest", assets="FLAT,UP", fields="price,return")
    assert answer["data"]["UP"] == {
        "date": "2026-01-12",
        "price": 120,
        "return": near(120 / 108.9 - 1),
        "volume": None,
    }
    assert desk.get("data/market/latest", assets="FLAT")["data"]["FLAT"]["volume"] == 10


def test_metrics_against_numbers_by_hand(desk):
    """Returns of UP: 0.1, -0.1, 0.1, 0, 0.1019283746556474."""
    answer = desk.get(
        "data/market/metrics", assets="UP,FLAT", period="max", benchmark="UP", risk_free_rate=0.02
    )
    up = answer["data"]["UP"]
    assert up["volatility"] == near(1.425049448717078)
    assert up["sharpe_ratio"] == near(7.127605355581733)
    assert up["beta"] == near(1)
    assert up["var_95"] == near(0.08)  # linear between -0.1 and 0: -0.1 + 0.2 * 0.1
    assert up["max_drawdown"] == near(0.1)
    together = answer["market_metrics"]
    assert together["market_volatility"] == near(1.425049448717078)
    assert together["risk_free_rate"] == 0.02
    assert together["correlation_matrix"]["UP"]["UP"] == 1
    assert answer["metadata"]["return_count"] == 5
    only = desk.get("data/market/metrics", assets="UP,FLAT", period="max", metrics="beta")["data"]["UP"]
    assert (only["volatility"], only["beta"] is None) == (None, False)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("pearson", 0.8741461395818405), ("spearman", 6.5 / 95**0.5), ("kendall", 5 / 90**0.5)],
)
def test_correlations(desk, method, expected):
    answer = desk.get("data/market/correlation", assets="UP,FLAT", period="max", method=method)
    assert answer["matrix"]["UP"]["FLAT"] == answer["matrix"]["FLAT"]["UP"] == near(expected)
    assert (answer["matrix"]["UP"]["UP"], answer["method"]) == (1, method)


def test_a_correction_supersedes_and_the_earlier_answer_can_be_repeated(own_desk):
    own_desk.post("data/market/import", {"rows": rows("UP", UP)})
    before = own_desk.get("data/market", assets="UP")
    report = own_desk.post(
        "data/market/import", {"rows": [{"date": DAYS[1], "symbol": "UP", "close": 111}, *rows("UP", UP)[2:]]}
    )
    assert (report["new_count"], report["corrected_count"], report["unchanged_count"]) == (0, 1, 4)
    assert report["findings"][0]["message"] == (
        "The row supersedes a stored one. The close was 110, and is 111."
    )
    after = own_desk.get("data/market", assets="UP")
    assert after["data"]["UP"]["prices"] == [100, 111, *UP[2:]]
    assert after["metadata"]["last_updated"] == report["arrived_at"]
    known_at = before["metadata"]["last_updated"]
    assert own_desk.get("data/market", assets="UP", known_at=known_at) == before
    problem = own_desk.get("data/market", assets="UP", known_at="2020-01-01T00:00:00Z", status=422)
    assert problem["code"] == "UNKNOWN_ASSET"
    with own_desk.services.database.read() as session:
        assert session.execute(text("SELECT SUM(day_count) FROM market_blocks")).scalar() == 7
    record = own_desk.get("audit", entity_type="market_data")["audit_records"][0]
    assert (record["action"], record["entity_id"]) == ("MARKET_DATA_IMPORTED", report["import_id"])


def test_days_that_others_have_are_filled_only_when_asked_for(own_desk):
    body = rows("A", [1, 2, 3], DAYS[:3]) + rows("B", [5, 6], [DAYS[0], DAYS[2]], volume=7)
    report = own_desk.post("data/market/import", {"rows": body})
    (gap,) = (each for each in report["findings"] if each["kind"] == "GAP")
    assert (gap["symbol"], gap["date"], gap["field"]) == ("B", "2026-01-06", None)
    as_it_is = own_desk.get("data/market", assets="A,B")["data"]["B"]
    assert (as_it_is["dates"], as_it_is["filled"]) == ([DAYS[0], DAYS[2]], [])
    filled = own_desk.get("data/market", assets="A,B", fill="forward")["data"]["B"]
    assert (filled["dates"], filled["prices"]) == (DAYS[:3], [5, 5, 6])
    assert (filled["volumes"], filled["filled"]) == ([7, None, 7], [DAYS[1]])
    problem = own_desk.get("data/market/metrics", assets="A,B", period="max", status=422)
    assert problem["code"] == "TOO_FEW_PRICES"


def test_an_asset_that_does_not_vary_is_named(own_desk):
    own_desk.post("data/market/import", {"rows": rows("UP", UP) + rows("CASH", [1] * 6)})
    for path in ("correlation", "metrics"):
        problem = own_desk.get(f"data/market/{path}", assets="UP,CASH", period="max", status=422)
        assert problem["code"] == "CONSTANT_PRICE"
        assert problem["detail"] == "The returns of CASH do not vary in this period."


def test_returns_that_no_number_holds_are_refused(own_desk):
    own_desk.post("data/market/import", {"rows": rows("UP", UP) + rows("TINY", [1e-300, 1e12, 1, 1, 1, 1])})
    for path in ("correlation", "metrics"):
        problem = own_desk.get(f"data/market/{path}", assets="UP,TINY", period="max", status=422)
        assert (problem["code"], problem["errors"][0]["field"]) == ("NOT_MEASURABLE", "assets")
        assert problem["errors"][0]["message"] == "Numbers are missing or infinite: TINY."
    shown = own_desk.get("data/market", assets="TINY", end_date="2026-01-07")["data"]["TINY"]
    assert shown["returns"] == [None, None, near(-1)]
    own_desk.post("data/market/import", {"rows": rows("LAST", [1e-300, 1e12], DAYS[:2])})
    assert own_desk.get("data/market/latest", assets="LAST")["data"]["LAST"]["return"] is None


def test_an_error_of_an_item_of_a_batch_stays_with_it(desk):
    asked = [
        {"type": "latest", "assets": ["UP"]},
        {"type": "historical", "assets": ["UP"], "start_date": "2026-01-09", "end_date": "2026-01-05"},
        {"type": "metrics", "assets": ["NONE"], "period": "max"},
        {"type": "prices", "assets": ["UP"]},
        {"type": "historical", "assets": ["UP"], "fields": ["prices"], "end_date": "2026-01-05"},
        {"type": "latest", "assets": ["UP"], "period": "max"},
        {"type": "metrics", "assets": ["UP", "FLAT"], "period": "max", "metrics": ["beta"]},
    ]
    found = desk.post("data/market/batch", {"requests": asked})["results"]
    assert found[0]["latest"]["data"]["UP"]["price"] == 120
    assert found[1]["error"]["errors"] == [
        {"field": "end_date", "message": "The date lies before start_date."}
    ]
    assert (found[2]["error"]["code"], found[2]["metrics"]) == ("UNKNOWN_ASSET", None)
    assert (found[3]["type"], found[3]["error"]["errors"][0]["field"]) == (None, "type")
    assert found[4]["historical"]["data"]["UP"]["prices"] == [100]
    assert found[5]["error"]["errors"][0]["field"] == "period"
    assert found[6]["metrics"]["data"]["UP"]["beta"] > 1
    assert [each["error"] is None for each in found] == [True, False, False, False, True, False, True]


def test_wrong_queries_name_every_field(desk):
    problem = desk.get(
        "data/market",
        assets="UP,a b",
        fields="prices,weights",
        start_date="2026-13-01",
        known_at="2026-01-01",
        status=422,
    )
    assert {each["field"] for each in problem["errors"]} == {"assets", "fields", "start_date", "known_at"}
    problem = desk.get("data/market/latest", assets="UPP", status=422)
    assert problem["detail"] == "There are no prices of UPP. Did you mean UP?"
