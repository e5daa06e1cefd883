"""Drift of own accounts and groups through the API, on numbers that can be computed by hand.

ACC001 has a NAV of 100 million: 60 of GOVT, 36 of INDUSTRIALS, 4 of cash. ACC002 has 50: 20, 20 and 10. The
targets are 50, 45 and 5 percent with bands of 5, 4.5 and 5 points.
"""

from __future__ import annotations

import pytest

from tests.support.drift_desk import GOVERNMENT, INDUSTRIAL, DriftDesk, stated

KEYS = ["GOVT", "Industrials", "cash"]


@pytest.fixture
def desk(tmp_path):
    return DriftDesk(tmp_path)


def points(drift):
    return [each["difference_percent"] for each in drift["classes"]]


def kinds(found):
    return {each["type"] for each in found["warnings"]}


def account(desk, account_id, **query):
    return desk.get(f"drift/accounts/{account_id}", **query)["account"]


def test_golden_account(desk):
    """R19.10, R19.11: 60, 36 and 4 percent against 50, 45 and 5."""
    made = desk.state()
    found = desk.get("drift/accounts/ACC001")
    assert found["as_of"] == "SOD+Trades+Orders"
    shown = found["account"]
    assert (shown["nav"], shown["currency"], shown["needs_rebalancing"]) == (100_000_000, "USD", True)
    assert (shown["reference_date"], shown["reference_age_business_days"], shown["stale"]) == (
        "2026-06-30",
        0,
        False,
    )
    assert shown["warnings"] == []
    (drift,) = shown["drifts"]
    assert (drift["target_set_id"], drift["target_set_version"]) == (made["target_set_id"], 1)
    assert [each["key"] for each in drift["classes"]] == KEYS
    assert [each["current_percent"] for each in drift["classes"]] == [60, 36, 4]
    assert points(drift) == [10, -9, -1]
    assert [each["difference"] for each in drift["classes"]] == [10_000_000, -9_000_000, -1_000_000]
    assert [each["band"] for each in drift["classes"]] == [5, 4.5, 5]
    assert [each["is_out"] for each in drift["classes"]] == [True, True, False]
    assert (drift["total_drift"], drift["needs_rebalancing"], drift["warnings"]) == (20, True, [])
    assert drift["worst"] == {
        "key": "GOVT",
        "side": "OVER",
        "difference": 10,
        "band": 5,
        "ratio": 2,
        "is_out": True,
    }


def test_golden_group(desk):
    """R19.11: the group as one portfolio is 80, 56 and 14 of 150 million."""
    desk.state()
    found = desk.get("drift/portfolio-groups/EAST")
    assert [each["account_id"] for each in found["accounts"]] == ["ACC001", "ACC002"]
    assert [points(each["drifts"][0]) for each in found["accounts"]] == [[10, -9, -1], [-10, -5, 15]]
    whole = found["whole"]
    assert (whole["account_id"], whole["nav"]) == (None, 150_000_000)
    (drift,) = whole["drifts"]
    assert points(drift) == pytest.approx([10 / 3, -23 / 3, 13 / 3])
    assert drift["total_drift"] == pytest.approx(46 / 3)
    assert [each["is_out"] for each in drift["classes"]] == [False, True, False]
    assert [each["metric"] for each in found["dispersion"]] == [
        "ACTIVE_SPREAD_DURATION",
        "DURATION",
        "OAS",
        "DTS",
    ]
    assert {each["accounts"] for each in found["dispersion"]} == {2}


def test_the_dispersion_is_the_population_standard_deviation_of_the_accounts(desk):
    """R8.1: durations of 4 and 6 years have the mean 5 and the standard deviation 1."""
    desk.state()

    def years(row):
        if row["secGroup"] == "BND":
            share = {"ACC001": 96, "ACC002": 80}[row["portfolioName"]]
            row["oad"] = {"ACC001": 4, "ACC002": 6}[row["portfolioName"]] * 100 / share

    desk.edit = years
    found = desk.get("drift/portfolio-groups/EAST")["dispersion"][1]
    assert (found["std_dev"], found["mean"], found["max_deviation"]) == pytest.approx((1, 5, 1))


def test_own_targets_go_before_those_of_the_nearest_group(desk):
    """R19.8"""
    desk.state("GROUP", "ALL")
    east = desk.state("GROUP", "EAST")
    own = desk.state("ACCOUNT", "ACC002")
    shown = desk.get("drift/portfolio-groups/ALL")["accounts"]
    scopes = {a["account_id"]: a["drifts"][0]["scope_id"] for a in shown}
    assert scopes == {"ACC001": "ALL", "ACC002": "ACC002", "ACC003": "ALL"}  # ALL was asked for
    assert account(desk, "ACC001")["drifts"][0]["target_set_id"] == east["target_set_id"]
    assert account(desk, "ACC002")["drifts"][0]["target_set_id"] == own["target_set_id"]
    assert account(desk, "ACC003")["drifts"][0]["scope_id"] == "ALL"
    listed = desk.get("drift/out-of-band", only_out="false")["accounts"]
    assert {a["account_id"]: a["scope_id"] for a in listed} == {
        "ACC001": "EAST",
        "ACC002": "ACC002",
        "ACC003": "ALL",
    }


def test_each_dimension_has_targets_of_its_own(desk):
    """R19.10: by asset class, country, rating and duration bucket."""
    desk.state(dimension="ASSET_CLASS")
    desk.state(dimension="COUNTRY", targets=[{"key": "US", "target_percent": 100}])
    desk.state(
        dimension="RATING",
        targets=[{"key": "AA", "target_percent": 60}, {"key": "BBB", "target_percent": 40}],
    )
    desk.state(
        dimension="DURATION_BUCKET",
        bucket_edges=[2.5, 4],
        targets=[{"key": "0-2.5", "target_percent": 60}, {"key": "2.5-4", "target_percent": 40}],
    )

    def years(row):
        if row["secGroup"] == "BND":
            row["oad"] = 2.5 if row["assetId"] == GOVERNMENT else 2.4999

    desk.edit = years
    found = {d["dimension"]: d for d in account(desk, "ACC001")["drifts"]}
    shares = {
        name: {each["key"]: each["current_percent"] for each in drift["classes"]}
        for name, drift in found.items()
    }
    assert shares == {
        "ASSET_CLASS": {"bonds": 96, "cash": 4},
        "RATING": {"AA": 60, "BBB": 36, "cash": 4},
        "DURATION_BUCKET": {"0-2.5": 36, "2.5-4": 60, "cash": 4},
        "COUNTRY": {"US": 60, "cash": 4, "unclassified": 36},
    }
    (warning,) = found["COUNTRY"]["warnings"]
    assert (warning["type"], warning["symbols"]) == ("UNKNOWN_CLASS", [INDUSTRIAL])


def test_an_asset_class_is_the_vendor_s_security_group(desk):
    """R19.10: EQUITY is stocks, a group that is not known is a class of its own name, none is bonds."""
    groups = {GOVERNMENT: "EQUITY", INDUSTRIAL: "LOAN"}
    desk.edit = lambda row: row.update(secGroup=groups.get(row["assetId"], row["secGroup"]))
    targets = [{"key": "stocks", "target_percent": 60}, {"key": "Loan", "target_percent": 40}]
    desk.state(dimension="ASSET_CLASS", targets=targets)
    classes = account(desk, "ACC001")["drifts"][0]["classes"]
    assert {each["key"]: each["current_percent"] for each in classes} == {"stocks": 60, "Loan": 36, "cash": 4}


def test_metrics_against_the_benchmark(desk):
    """R19.11: 0.96 x 5 years are 4.8; 4.8 - (-5.16257) - 10 = -0.03743."""
    desk.edit = lambda row: row.update(oad=5, spreadDur=5) if row["secGroup"] == "BND" else None
    metrics = [
        {"metric": "DURATION", "target": 5, "band_absolute": 0.2},
        {"metric": "SPREAD_DURATION", "relative_to": "BENCHMARK", "target": 10, "band_absolute": 0.03},
        {"metric": "DURATION", "relative_to": "BENCHMARK", "target": 0, "band_absolute": 1},
    ]
    desk.state("ACCOUNT", "ACC001", "METRIC", metric_targets=metrics)
    (drift,) = account(desk, "ACC001")["drifts"]
    first, second, third = drift["metrics"]
    assert (first["current"], first["difference"], first["is_out"]) == (4.8, -0.2, False)  # at the edge
    assert (second["benchmark"], second["difference"], second["is_out"]) == (-5.16257, -0.03743, True)
    assert (third["benchmark"], third["difference"], third["is_out"]) == (None, None, False)
    assert (drift["total_drift"], drift["classes"]) == (0.23743, [])
    assert (drift["worst"]["key"], drift["worst"]["side"]) == ("SPREAD_DURATION", "UNDER")
    assert kinds(drift) == {"MISSING_BENCHMARK"}


def test_what_is_unusual_is_a_warning(desk):
    """R19.12"""
    desk.state()

    def edit(row):
        if row["portfolioName"] == "ACC001":
            row["mktValue"] = -1_000_000 if row["assetId"] == GOVERNMENT else row["mktValue"]
        elif row["assetId"] == INDUSTRIAL:
            row["mktValue"] = row["price"] = None

    desk.edit = edit
    first = account(desk, "ACC001")
    assert kinds(first) == {"SHORT_POSITION", "HOLDINGS_DIFFER"}
    (differ,) = [w for w in first["warnings"] if w["type"] == "HOLDINGS_DIFFER"]
    assert differ["difference"] == -61_000_000  # -1 + 36 + 4 - 100
    second = account(desk, "ACC002")
    assert kinds(second) == {"MISSING_MARKET_VALUE", "HOLDINGS_DIFFER"}
    assert points(second["drifts"][0]) == [-10, -45, 15]


@pytest.mark.parametrize(("more", "found"), [(500_000, set()), (500_001, {"HOLDINGS_DIFFER"})])
def test_half_a_percent_is_no_warning(desk, more, found):
    """R19.12: 0.5 % of 100 million are 500,000."""
    desk.state()

    def edit(row):
        if row["assetId"] == GOVERNMENT:
            row["mktValue"] += more

    desk.edit = edit
    assert kinds(account(desk, "ACC001")) == found


def test_an_account_without_a_nav_is_not_measured(desk):
    """R19.12: it comes last in the list, and always."""
    desk.state()
    none = {"portfolioNAV": None, "portfolioNAVComputed": None}
    desk.edit = lambda row: row.update(none) if row["portfolioName"] == "ACC001" else None
    assert desk.get("drift/accounts/ACC001", status=422)["code"] == "DATA_MISSING"
    found = desk.get("drift/portfolio-groups/EAST")
    assert found["accounts"][0]["drifts"] == []
    assert kinds(found["accounts"][0]) == {"MISSING_NAV"}
    assert (kinds(found["whole"]), found["whole"]["drifts"]) == ({"MISSING_NAV"}, [])
    listed = desk.get("drift/out-of-band")["accounts"]
    assert [(a["account_id"], a["worst"] is None) for a in listed] == [("ACC002", False), ("ACC001", True)]
    assert listed[1]["warnings"] == ["MISSING_NAV"]


def test_accounts_in_two_currencies_are_no_portfolio(desk):
    desk.state()
    desk.edit = lambda row: row.update(baseCcy="EUR") if row["portfolioName"] == "ACC001" else None
    found = desk.get("drift/portfolio-groups/EAST")
    assert (kinds(found["whole"]), found["whole"]["currency"]) == ({"MIXED_CURRENCIES"}, None)
    assert len(found["accounts"][0]["drifts"]) == 1


def test_without_targets_the_answer_says_where_to_state_them(desk):
    """R19.8"""
    desk.state("GROUP", "WEST")
    for path in ("drift/accounts/ACC001", "drift/portfolio-groups/EAST"):
        refused = desk.get(path, status=409)
        assert refused["code"] == "NO_TARGETS"
        assert "POST /v1/drift/target-sets" in refused["detail"]
    assert [a["account_id"] for a in desk.get("drift/out-of-band", only_out="false")["accounts"]] == [
        "ACC003"
    ]


def test_the_list_has_the_worst_first_and_pages(desk):
    """R19.13: cash of ACC002 is 3 bands out, GOVT of ACC001 is 2; metrics have bands, too."""
    desk.state()
    desk.edit = lambda row: row.update(oad=5) if row["secGroup"] == "BND" else None
    metrics = [{"metric": "DURATION", "target": 4.5, "band_absolute": 0.12}]  # 0.3 / 0.12 = 2.5
    desk.state("ACCOUNT", "ACC001", "METRIC", metric_targets=metrics)
    listed = desk.get("drift/out-of-band")["accounts"]
    rows = [(a["account_id"], a["dimension"], a["worst"]["key"], a["worst"]["ratio"]) for a in listed]
    assert rows == [
        ("ACC002", "SECTOR", "cash", 3),
        ("ACC001", "METRIC", "DURATION", 2.5),
        ("ACC001", "SECTOR", "GOVT", 2),
    ]
    assert listed[0]["portfolio_groups"] == ["ALL", "EAST"]
    first = desk.get("drift/out-of-band", limit=1)
    rest = desk.get("drift/out-of-band", limit=2, cursor=first["next_cursor"])
    assert (first["accounts"] + rest["accounts"], rest["next_cursor"]) == (listed, None)
    assert [a["account_id"] for a in desk.get("drift/out-of-band", dimension="METRIC")["accounts"]] == [
        "ACC001"
    ]
    assert desk.get("drift/out-of-band", group_id="WEST")["accounts"] == []
    assert desk.get("drift/out-of-band", status=422, cursor="bm9uc2Vuc2U=")["errors"][0]["field"] == "cursor"


def test_a_limited_user_sees_own_accounts_by_targets_of_own_groups(desk):
    """The set of a group above is as if it were not there."""
    desk.state("GROUP", "ALL")
    desk.become("bob", ["WEST"])
    for path in ("drift/accounts/ACC001", "drift/portfolio-groups/EAST", "drift/portfolio-groups/ALL"):
        desk.get(path, status=404)
    desk.get("drift/accounts/ACC003", status=409)
    assert desk.get("drift/out-of-band", only_out="false")["accounts"] == []
    assert desk.get("drift/out-of-band", status=422, group_id="EAST")["errors"][0]["field"] == "group_id"
    desk.state("GROUP", "WEST")
    assert account(desk, "ACC003")["drifts"][0]["scope_id"] == "WEST"
    listed = desk.get("drift/out-of-band", only_out="false")["accounts"]
    assert [a["account_id"] for a in listed] == ["ACC003"]


def test_an_order_counts_on_the_basis_that_has_it(desk):
    """10,000,000 face bought at 98.5 move cash of ACC002 below its target on one basis alone."""
    desk.state()
    before = account(desk, "ACC002", as_of="SOD")["drifts"][0]["classes"][2]
    assert before["difference_percent"] == 15
    made = desk.preview(GOVERNMENT, 5_000_000, groups=["EAST"], method="PRO_RATA")
    body = {"override_warnings": True, "comment": "x"}
    desk.post(f"allocations/{made['allocation_id']}/commit", body)
    after = account(desk, "ACC002")["drifts"][0]["classes"][2]
    assert after["difference_percent"] < 15
    assert account(desk, "ACC002", as_of="SOD")["drifts"][0]["classes"][2] == before


def test_a_request_reads_the_members_of_each_group_once(tmp_path):
    desk = DriftDesk(tmp_path, ALADDIN_REFERENCE_CACHE_SECONDS="0", ALADDIN_POSITIONS_CACHE_SECONDS="0")
    desk.post("drift/target-sets", stated())
    for path in ("drift/accounts/ACC001", "drift/portfolio-groups/EAST", "drift/out-of-band"):
        desk.wire.paths.clear()
        desk.get(path)
        ends = [called.rsplit("/", 2)[1:] for called in desk.wire.paths]
        listed = [name for name, what in ends if what == "members"]
        assert sorted(listed) == ["ALL", "EAST", "WEST"], path
        assert [what for _, what in ends].count("position") == 1, path
