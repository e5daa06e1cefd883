"""Drift of a portfolio that the caller states, through HTTP and without a login."""

from __future__ import annotations

import json

import pytest

from tests.support.desk import Desk

GOLDEN = {
    "holdings": {
        "AAPL": {"asset_class": "stocks", "value": 26940},
        "VOO": {"asset_class": "etfs", "value": 30000},
        "Gold": {"asset_class": "commodities", "value": 20740},
        "BTC": {"asset_class": "crypto", "value": 0},
    },
    "portfolio_value": 183535.63,
    "rebalancing_threshold": 5.0,
}
AAPL = {"AAPL": {"asset_class": "stocks", "value": 26940}}
CLASSES = ["stocks", "etfs", "commodities", "crypto", "futures", "cash"]


@pytest.fixture
def api(tmp_path):
    """Call an operation of drift without a token: `api("calculate", body)`, or a GET with a query."""
    client = Desk(tmp_path).app.test_client()

    def call(name, body=None, status=200, **query):
        path = f"/api/v1/allocation/{name}"
        if body is None:
            answer = client.get(path, query_string=query)
        elif isinstance(body, str):
            answer = client.post(path, data=body, content_type="application/json")
        else:
            answer = client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    return call


def near(*numbers):
    return pytest.approx(numbers, abs=5e-5)


def errors(answer):
    return {each["field"]: each["message"] for each in answer["errors"]}


def test_golden_calculation(api):
    """R19.1, R19.2: the numbers are the specification's."""
    found = api("calculate", GOLDEN)
    classes = found["asset_classes"]
    assert [each["asset_class"] for each in classes] == CLASSES
    drifts = [each["difference_percent"] for each in classes]
    assert drifts == near(-35.3217, 1.3456, -3.6997, -10, -5, -5)
    assert classes[0]["difference"] == pytest.approx(-64_827.815)
    assert classes[0]["assets"] == [{"symbol": "AAPL", "asset_class": "stocks", "value": 26940}]
    assert found["total_drift"] == pytest.approx(60.3670, abs=5e-5)
    assert found["turnover_to_target"] == pytest.approx(30.1835, abs=5e-5)
    assert (found["needs_rebalancing"], found["rebalancing_threshold"]) == (True, 5)
    actions = [(each["asset_class"], each["action"], each["amount"]) for each in found["rebalancing_actions"]]
    assert actions == [("stocks", "BUY", 64_827.815), ("crypto", "BUY", 18_353.563)]
    assert found["timestamp"].endswith("Z")


def test_golden_balanced_actions(api):
    """R19.3, R19.4: targets in cents less what is held; buys are sells and free cash to the cent."""
    found = api("calculate", GOLDEN)
    amounts = {each["asset_class"]: (each["action"], each["amount"]) for each in found["balanced_actions"]}
    assert amounts == {
        "stocks": ("BUY", 64_827.82),
        "etfs": ("SELL", 2_469.65),
        "commodities": ("BUY", 6_790.34),
        "crypto": ("BUY", 18_353.56),
        "futures": ("BUY", 9_176.78),
        "cash": ("BUY", 9_176.78),
    }
    assert (found["free_cash"], found["left_over"]) == (105_855.63, 0)
    # In cents: 64,827.82 + 6,790.34 + 18,353.56 + 2 x 9,176.78 = 108,325.28 = 2,469.65 + 105,855.63
    bought = sum(round(amount * 100) for action, amount in amounts.values() if action == "BUY")
    sold = sum(round(amount * 100) for action, amount in amounts.values() if action == "SELL")
    assert (bought, sold) == (10_832_528, 246_965)
    assert bought == sold + round(found["free_cash"] * 100)
    assert "35.32 points under target" in found["balanced_actions"][0]["explanation"]


def test_targets_by_both_ways(api):
    expected = {
        "stocks": 91_767.815,
        "etfs": 27_530.3445,
        "commodities": 27_530.3445,
        "crypto": 18_353.563,
        "futures": 9_176.7815,
        "cash": 9_176.7815,
    }
    found = api("targets", portfolio_value="183535.63")
    assert found["targets"] == expected
    assert list(found["target_percentages"].values()) == [50, 15, 15, 10, 5, 5]
    assert api("targets", {"portfolio_value": 183535.63}) == found


def test_check_rebalancing_by_both_ways(api):
    """R19.1: with AAPL alone the other five are 50 points under target together."""
    found = api("check-rebalancing", holdings=json.dumps(AAPL), portfolio_value="183535.63", threshold="5.0")
    assert found["alerts"][0] == ("STOCKS: under-allocated by 35.32% (current: 14.68%, target: 50.00%)")
    assert len(found["alerts"]) == 4
    assert found["total_drift"] == pytest.approx(85.3217, abs=5e-5)
    body = {"holdings": AAPL, "portfolio_value": 183535.63, "threshold": 5.0}
    assert api("check-rebalancing", body) == found


def test_drift_analysis_by_both_ways(api):
    """Sorted by absolute drift, ties in the order of the classes."""
    query = {"holdings": json.dumps(AAPL), "portfolio_value": "183535.63"}
    found = api("drift-analysis", **query)
    assert [each["asset_class"] for each in found["drifts"]] == CLASSES
    assert [each["needs_rebalancing"] for each in found["drifts"]] == [True] * 4 + [False] * 2
    posted = api("drift-analysis", {"holdings": AAPL, "portfolio_value": 183535.63})
    assert posted | {"timestamp": ""} == found | {"timestamp": ""}
    over = api("drift-analysis", {**GOLDEN_BODY, "threshold": 50})
    assert [each["asset_class"] for each in over["drifts"]] == [
        "stocks",
        "crypto",
        "futures",
        "cash",
        "commodities",
        "etfs",
    ]
    assert over["needs_rebalancing"] is False


GOLDEN_BODY = {name: value for name, value in GOLDEN.items() if name != "rebalancing_threshold"}


def test_a_class_without_a_target_is_shown(api):
    """R19.6."""
    holdings = {
        "NFT": {"asset_class": "art", "value": 6_000},
        "V": {"asset_class": "stocks", "value": 94_000},
    }
    found = api("calculate", {"holdings": holdings, "portfolio_value": 100_000})
    last = found["asset_classes"][-1]
    assert (last["asset_class"], last["current_percent"], last["target_percent"]) == ("unclassified", 6, 0)
    assert last["assets"] == [{"symbol": "NFT", "asset_class": "art", "value": 6000}]
    assert [each["asset_class"] for each in found["rebalancing_actions"]] == [
        "stocks",
        "etfs",
        "commodities",
        "crypto",
        "unclassified",
    ]
    assert [(w["type"], w["symbols"]) for w in found["warnings"]] == [("UNKNOWN_CLASS", ["NFT"])]


def test_a_short_position_counts_as_it_is_with_a_warning(api):
    """R19.6: 60,000 less 10,000 are 50 % of 100,000."""
    holdings = {
        "A": {"asset_class": "stocks", "value": 60_000},
        "B": {"asset_class": "stocks", "value": -10_000},
        "C": {"asset_class": "cash", "value": 50_000},
    }
    found = api("calculate", {"holdings": holdings, "portfolio_value": 100_000})
    assert found["asset_classes"][0]["current_percent"] == 50
    assert [(w["type"], w["symbols"]) for w in found["warnings"]] == [("SHORT_POSITION", ["B"])]


@pytest.mark.parametrize(("held", "warned"), [(99_500, []), (99_499, [-501]), (100_501, [501])])
def test_holdings_that_differ_from_the_value_by_more_than_half_a_percent_warn(api, held, warned):
    """R19.6."""
    holdings = {"A": {"asset_class": "stocks", "value": held}}
    found = api("calculate", {"holdings": holdings, "portfolio_value": 100_000})
    assert [w["difference"] for w in found["warnings"]] == warned


def test_all_that_is_wrong_is_told_at_once(api):
    body = {
        "holdings": {"AAPL": {"asset_class": "stocks", "value": "1"}, "VOO": {"value": 1, "price": 2}},
        "portfolio_value": 0,
        "rebalancing_threshold": -1,
        "mode": "half",
    }
    found = errors(api("calculate", body, 422))
    assert set(found) == {
        "holdings.AAPL.value",
        "holdings.VOO.asset_class",
        "holdings.VOO.price",
        "portfolio_value",
        "rebalancing_threshold",
        "mode",
    }


def test_targets_sum_to_one_hundred(api):
    body = {"portfolio_value": 100, "targets": {"stocks": 60, "bonds": 39.5}}
    assert errors(api("targets", body, 422)) == {"targets": "The targets sum to 99.5, not to 100."}
    own = api("targets", {"portfolio_value": 1000, "targets": {"stocks": 60, "bonds": 40}})
    assert own["targets"] == {"stocks": 600, "bonds": 400}


def test_unit_prices_are_of_classes_with_a_target(api):
    body = {"holdings": {}, "portfolio_value": 100, "unit_prices": {"Stocks": 300}}
    message = "No asset class of the targets has this name."
    assert errors(api("calculate", body, 422)) == {"unit_prices.Stocks": message}


def test_a_zero_of_any_length_is_a_zero(api):
    body = '{"portfolio_value": 1, "targets": {"a": 0e-999999999}}'
    answer = api("targets", status=422, body=body)
    assert errors(answer) == {"targets": "The targets sum to 0, not to 100."}


def test_a_symbol_may_be_there_once(api):
    """Also in a query; a body whose JSON names a key twice is refused as a whole, as everywhere."""
    twice = {"AAPL": {"asset_class": "stocks", "value": 1}, "aapl": {"asset_class": "stocks", "value": 1}}
    body = {"holdings": twice, "portfolio_value": 100}
    assert errors(api("calculate", body, 422)) == {"holdings.aapl": "This symbol is there twice."}
    one = '"A":{"asset_class":"stocks","value":1}'
    found = api("drift-analysis", status=422, holdings=f"{{{one},{one}}}", portfolio_value="100")
    assert errors(found) == {"holdings": "The text names the key 'A' twice."}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"holdings": "{", "portfolio_value": "1"}, "holdings"),
        ({"holdings": "[]", "portfolio_value": "1"}, "holdings"),
        ({"holdings": "{}", "portfolio_value": "0"}, "portfolio_value"),
        ({"holdings": "{}", "portfolio_value": "abc"}, "portfolio_value"),
        ({"holdings": "{}"}, "portfolio_value"),
        ({"portfolio_value": "1"}, "holdings"),
        ({"holdings": "{}", "portfolio_value": "1", "threshold": "nan"}, "threshold"),
    ],
)
def test_a_wrong_query_names_the_parameter(api, query, field):
    assert list(errors(api("drift-analysis", status=422, **query))) == [field]


def test_buy_only_says_why_it_does_not_sell(api):
    holdings = {"A": {"asset_class": "stocks", "value": 90_000}}
    body = {"holdings": holdings, "portfolio_value": 100_000, "mode": "buy_only"}
    stocks = api("calculate", body)["balanced_actions"][0]
    assert (stocks["action"], stocks["is_out_after"]) == ("HOLD", True)
    assert stocks["explanation"] == (
        "40.00 points over target, more than the threshold of 5; nothing is sold in this mode, so 40.00 "
        "points over target remain."
    )


def test_whole_units_and_the_least_trade(api):
    """R19.5: 50,000 of stocks at 300 are 166 units, 49,800; the other classes are below 20,000."""
    body = {
        "holdings": {},
        "portfolio_value": 100_000,
        "minimum_trade": 20_000,
        "unit_prices": {"stocks": 300},
    }
    found = api("calculate", body)
    bought = {each["asset_class"]: each["amount"] for each in found["balanced_actions"] if each["amount"]}
    assert (bought, found["left_over"]) == ({"stocks": 49_800}, 50_200)
