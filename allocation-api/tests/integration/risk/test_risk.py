"""Risk through the API, on prices that the tests import.

Expected numbers are calculated from the two columns of prices by numpy and scipy.stats alone, without the
kernels: r = p[1:] / p[:-1] - 1, R = 0.6 rA + 0.4 rB, S = cov(r) x 252, wealth = cumprod(1 + R) from 1.
"""

from __future__ import annotations

import pytest

from tests.support.desk import Desk

DAYS = [f"2026-01-{day:02}" for day in (5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19)]
A = [100, 95, 97, 98, 101, 96, 98, 99, 104, 103, 107]
B = [50, 50.5, 50, 49.5, 50.5, 51, 50.5, 50, 49.5, 50, 51]
WEIGHTS = {"A": 0.6, "B": 0.4}


def rows(symbol, closes, days=DAYS):
    return [{"date": day, "symbol": symbol, "close": c} for day, c in zip(days, closes, strict=True)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Tests only read, and those that import have symbols of their own."""
    desk = Desk(tmp_path_factory.mktemp("risk"))
    desk.post("data/market/import", {"rows": rows("A", A) + rows("B", B)})
    return desk


def near(value):
    return pytest.approx(value, rel=1e-12, abs=1e-15)


def values(answer):
    return {(each["measure"], each["level"]): each["value"] for each in answer["measures"]}


def told(problem):
    return {each["field"]: each["message"] for each in problem["errors"]}


@pytest.fixture(scope="module")
def golden(desk):
    return desk.post(
        "risk/analyze",
        {
            "weights": WEIGHTS,
            "benchmark": "A",
            "levels": [0.8],
            "risk_free_rate": 0.02,
            "shocks": {"A": -0.2},
            "worst_windows": {"periods": 3, "count": 5},
            "rolling": {"window": 4, "measures": ["volatility", "CVaR", "beta"]},
        },
    )


def test_measures_against_numbers_by_hand(golden):
    found = values(golden)
    assert len(found) == 25
    expected = {
        ("volatility", None): 0.3174350270629166,  # sqrt(w'S w)
        ("annualised_return", None): 2.5479813898969343,  # wealth^(252 / 10) - 1
        ("sharpe_ratio", None): 4.0792137713600845,
        ("sortino_ratio", None): 7.150969454496892,
        ("omega_ratio", None): 1.9758111528473576,
        ("calmar_ratio", None): 97.99928422680505,  # 2.5479813898969343 / 0.026
        ("skewness", None): -0.34750708649338696,
        ("excess_kurtosis", None): -0.8881999105337384,
        ("VaR", 0.8): 0.0065315762345464976,  # between the 2nd and 3rd worst, 0.8 of the way
        ("VaR_parametric", 0.8): 0.0116117028776231,
        ("CVaR", 0.8): 0.025871287128712894,  # mean of the 2 worst of 10
        ("WR", None): 0.026,  # 0.6 x 5 % - 0.4 x 1 %
        ("MDD", None): 0.026,
        ("ADD", None): 0.011907821757701987,
        ("UCI", None): 0.015563802302461517,
    }
    assert {key: found[key] for key in expected} == {key: near(value) for key, value in expected.items()}
    units = {each["measure"]: each["unit"] for each in golden["measures"]}
    assert (units["MV"], units["CDaR"]) == ("squared_return_per_period", "part_of_peak")
    assert (units["volatility"], units["VaR"]) == ("return_per_year", "return_per_period")
    assert [each for each in golden["measures"] if each["undefined"]] == []
    assert {each["measure"]: each["value"] for each in golden["relative"]} == {
        "beta": near(0.5635581334088047),
        "jensen_alpha": near(0.26615100900668526),
        "tracking_error": near(0.2511382204862992),
        "information_ratio": near(-2.1125491313222176),
    }


def test_contributions_add_up_to_the_measure(golden):
    volatility, cvar = golden["contributions"]
    assert [each["part"] for each in volatility["assets"]] == near(
        [0.3158733792892882, 0.0015616477736283055]
    )
    assert (volatility["level"], volatility["total"]) == (None, near(0.3174350270629166))
    assert [each["part"] for each in cvar["assets"]] == near([0.029851485148514878, -0.003980198019801984])
    assert (cvar["level"], cvar["total"]) == (0.8, near(0.025871287128712894))
    assert sum(each["share"] for each in cvar["assets"]) == near(1)
    assert [(each["symbol"], each["weight"]) for each in cvar["assets"]] == [("A", 0.6), ("B", 0.4)]


def test_drawdown_windows_and_rolling_series_have_their_days(golden):
    assert golden["drawdown"] == {
        "depth": near(0.026),
        "peak_date": "2026-01-05",
        "trough_date": "2026-01-06",
        "recovery_date": "2026-01-09",
        "undefined": None,
        "message": None,
    }
    windows = [(each["start_date"], each["end_date"], each["change"]) for each in golden["worst_windows"]]
    assert windows == [  # rows 0 to 2, and 4 to 6; no other window of 3 days lost
        ("2026-01-05", "2026-01-08", near(0.6 * -0.02 + 0.4 * -0.01)),
        ("2026-01-09", "2026-01-14", near(0.6 * (99 / 101 - 1) + 0.4 * (50 / 50.5 - 1))),
    ]
    assert golden["worst_windows"][0]["assets"] == {"A": near(-0.012), "B": near(-0.004)}
    assert golden["stress"] == {
        "change": near(-0.12),
        "assets": {"A": near(-0.12), "B": 0},
        "unshocked": ["B"],
    }
    rolling = golden["rolling"]
    assert (rolling["window"], rolling["dates"]) == (4, DAYS[4:])
    volatility, cvar, beta = rolling["series"]
    assert [volatility["values"][0], volatility["values"][-1]] == near(
        [0.34579726329330196, 0.2651856304639799]
    )
    assert (cvar["level"], beta["level"], len(beta["values"])) == (0.8, None, 7)


def test_the_data_are_told(desk, golden):
    data = golden["data"]
    assert (data["start_date"], data["end_date"], data["return_count"]) == ("2026-01-05", "2026-01-19", 10)
    assert (data["periods_per_year"], data["observed_periods_per_year"]) == (252, near(10 / 14 * 365.25))
    assert (data["left_out"], data["missing_days"], data["longest_gap_days"]) == (0, {"A": 0, "B": 0}, 3)
    body = {"weights": WEIGHTS, "frequency": "weekly", "measures": ["WR"]}
    weekly = desk.post("risk/analyze", body)
    assert (weekly["data"]["periods_per_year"], weekly["data"]["return_count"]) == (52, 2)
    assert values(weekly)["WR", None] == near(-(0.6 * (103 / 101 - 1) + 0.4 * (50 / 50.5 - 1)))
    assert desk.post("risk/analyze", {**body, "known_at": weekly["data"]["last_updated"]}) == weekly


def test_missing_days_are_left_out_or_filled_as_asked(desk):
    gone = [0, 1, 3, 4, 5]
    few = rows("GAPS", [A[at] for at in gone], [DAYS[at] for at in gone])
    desk.post("data/market/import", {"rows": few})
    body = {"weights": {"GAPS": 0.5, "B": 0.5}, "measures": ["MV"], "end_date": "2026-01-12"}
    without = desk.post("risk/analyze", body)["data"]
    assert (without["return_count"], without["left_out"]) == (4, 1)
    assert without["missing_days"] == {"GAPS": 1, "B": 0}
    filled = desk.post("risk/analyze", {**body, "fill": "forward"})["data"]
    assert (filled["return_count"], filled["left_out"], filled["fill"]) == (5, 0, "forward")
    assert filled["missing_days"] == {"GAPS": 1, "B": 0}


def test_prices_on_weekends_make_a_year_of_365_days(desk):
    # R22.11
    days = [f"2026-02-{day:02}" for day in range(1, 15)]
    desk.post("data/market/import", {"rows": rows("COIN", [10, 11] * 7, days)})
    answer = desk.post("risk/analyze", {"weights": {"COIN": 1}, "measures": ["volatility"]})
    assert answer["data"]["periods_per_year"] == 365
    weekdays = [each for each in range(14) if each % 7 not in {0, 6}]
    desk.post("data/market/import", {"rows": rows("STOCK", [10, 11] * 5, [days[at] for at in weekdays])})
    answer = desk.post("risk/analyze", {"weights": {"COIN": 0.5, "STOCK": 0.5}, "measures": ["volatility"]})
    assert (answer["data"]["periods_per_year"], answer["data"]["left_out"]) == (252, 2)
    asked = desk.post("risk/analyze", {"weights": {"COIN": 1}, "periods_per_year": 360})
    assert asked["data"]["periods_per_year"] == 360


def test_what_is_not_defined_has_no_value_and_a_reason(desk):
    desk.post("data/market/import", {"rows": rows("CASH", [100 * 1.01**at for at in range(11)])})
    answer = desk.post("risk/analyze", {"weights": {"CASH": 1}, "benchmark": "CASH"})
    found = {each["measure"]: each for each in answer["measures"]}
    reasons = {name: each["undefined"] for name, each in found.items() if each["undefined"]}
    assert reasons == {
        "sharpe_ratio": "ZERO_VARIANCE",
        "sortino_ratio": "UNDEFINED",
        "omega_ratio": "UNDEFINED",
        "calmar_ratio": "UNDEFINED",
        "skewness": "ZERO_VARIANCE",
        "excess_kurtosis": "ZERO_VARIANCE",
        "VaR_Cornish_Fisher": "ZERO_VARIANCE",
    }
    assert (found["sharpe_ratio"]["value"], found["sharpe_ratio"]["message"]) == (None, "They do not vary.")
    assert found["WR"]["value"] == near(-0.01)
    assert (answer["contributions"][0]["undefined"], answer["contributions"][0]["assets"]) == (
        "ZERO_VARIANCE",
        [],
    )
    assert answer["drawdown"]["depth"] == 0
    assert answer["drawdown"]["peak_date"] is None
    assert [each["undefined"] for each in answer["relative"]] == [
        "ZERO_VARIANCE",
        "ZERO_VARIANCE",
        None,
        "UNDEFINED",
    ]


def test_a_portfolio_that_loses_more_than_everything_has_no_wealth_and_other_measures(desk):
    body = {
        "weights": {"A": 30, "B": -29},
        "measures": ["MDD", "WR", "annualised_return"],
        "rolling": {"window": 2, "measures": ["MDD", "volatility"]},
    }
    answer = desk.post("risk/analyze", body)
    assert [(each["value"], each["undefined"]) for each in answer["measures"]] == [
        (None, "TOTAL_LOSS"),
        (near(30 * 0.05 + 29 * 0.01), None),  # the first day: A -5 %, B +1 %
        (None, "TOTAL_LOSS"),
    ]
    assert answer["drawdown"]["undefined"] == "TOTAL_LOSS"
    drawdown, volatility = (each["values"] for each in answer["rolling"]["series"])
    assert (drawdown[0], volatility[0] is None, drawdown[1]) == (None, False, 0)


def test_all_that_is_wrong_with_names_and_sums_is_told_at_once(desk):
    body = {"weights": {"A": 0.6, "BB": 0.3}, "benchmark": "NONE", "shocks": {"B": -0.1}}
    problem = desk.post("risk/analyze", body, status=422)
    assert problem["code"] == "INVALID_REQUEST"
    found = told(problem)
    assert found["weights"] == "Their sum is 0.9; it must be 1 within 1e-06."
    assert found["shocks.B"] == "There are no returns of B."
    assert found["weights.BB"].startswith("There are no prices of BB.")
    assert set(found) == {"weights", "shocks.B", "weights.BB", "benchmark"}
    problem = desk.post("risk/analyze", {"weights": {"BB": 1}}, status=422)
    assert (problem["code"], set(told(problem))) == ("UNKNOWN_ASSET", {"weights.BB"})


def test_windows_longer_than_the_data_are_named(desk):
    body = {"weights": WEIGHTS, "worst_windows": {"periods": 11}, "rolling": {"window": 11}}
    problem = desk.post("risk/analyze", body, status=422)
    words = "There are 10 returns: at most 10 is expected."
    assert told(problem) == {"worst_windows.periods": words, "rolling.window": words}


def test_too_few_days_and_returns_beyond_all_numbers_are_refused(desk):
    problem = desk.post("risk/analyze", {"weights": WEIGHTS, "start_date": "2026-01-16"}, status=422)
    assert (problem["code"], set(told(problem))) == ("TOO_FEW_PRICES", {"weights.A", "weights.B"})
    body = {"weights": WEIGHTS, "start_date": "2027-01-01", "end_date": "2026-01-01"}
    assert set(told(desk.post("risk/analyze", body, status=422))) == {"end_date"}
    desk.post("data/market/import", {"rows": rows("TINY", [1e-300, 1e12, *[1] * 9])})
    problem = desk.post("risk/analyze", {"weights": {"A": 0.5, "TINY": 0.5}}, status=422)
    assert (problem["code"], set(told(problem))) == ("NOT_MEASURABLE", {"weights.TINY"})


def test_who_may_not_read_market_history_is_refused(tmp_path):
    desk = Desk(tmp_path)
    desk.log_in_without("market-history:read")
    found = desk.post("risk/analyze", {"weights": {"CM-GOLD": 1}}, status=403)
    assert found["permission"] == "market-history:read"
