"""Who belongs to whom, who is behind an account code, and histories of coupons and factors."""

from __future__ import annotations

import json

import pytest

from aladdin_simulator import BookError, load_book
from tests.unit.simulator.vendor import (
    ACCOUNT_INFO,
    COMPANY,
    COUPONS,
    FACTORS,
    GROUPS,
    HEADERS,
    TREASURY,
    Vendor,
    book_entry,
    slice_of,
)


def tickers(vendor, ticker, relation):
    return [node["portfolioTicker"] for node in vendor.get(f"{GROUPS}/{ticker}/{relation}")["nodes"]]


def book_with(tmp_path, groups) -> str:
    """Write the small book with other groups, given as members by ticker, and return its path."""
    entry = book_entry()
    group = entry["groups"][0]
    entry["groups"] = [group | {"group_id": name, "accounts": members} for name, members in groups.items()]
    file = tmp_path / "groups.json"
    file.write_text(json.dumps(entry))
    return str(file)


@pytest.mark.parametrize(
    ("ticker", "parents", "ancestors"),
    [
        ("TOP", [], []),
        ("ALPHA", ["TOP"], ["TOP"]),
        ("ACC001", ["ALPHA"], ["ALPHA", "TOP"]),
        ("ACC002", ["ALPHA", "BETA"], ["ALPHA", "BETA", "TOP"]),
        ("ACC004", ["TOP"], ["TOP"]),
    ],
)
def test_parents_and_ancestors_each_once_the_nearest_first(vendor, ticker, parents, ancestors):
    assert tickers(vendor, ticker, "parents") == parents
    assert tickers(vendor, ticker, "ancestors") == ancestors


@pytest.mark.parametrize(
    ("below", "above", "direct", "indirect"),
    [
        ("ACC001", "ALPHA", True, True),
        ("ACC001", "TOP", False, True),
        ("ALPHA", "TOP", True, True),
        ("ACC001", "BETA", False, False),
        ("TOP", "ALPHA", False, False),
        ("TOP", "TOP", False, False),
        ("ALPHA", "ACC001", False, False),
    ],
)
def test_four_questions_of_relation(vendor, below, above, direct, indirect):
    assert vendor.get(f"{GROUPS}/{below}/isChildOf/{above}") == {"result": direct}
    assert vendor.get(f"{GROUPS}/{above}/isParentOf/{below}") == {"result": direct}
    assert vendor.get(f"{GROUPS}/{below}/isDescendantOf/{above}") == {"result": indirect}
    assert vendor.get(f"{GROUPS}/{above}/isAncestorOf/{below}") == {"result": indirect}


@pytest.mark.parametrize("relation", ["isChildOf", "isParentOf", "isDescendantOf", "isAncestorOf"])
@pytest.mark.parametrize("pair", [("NOBODY", "TOP"), ("TOP", "NOBODY")])
def test_relations_of_unknown_tickers_are_a_404(vendor, relation, pair):
    path = f"{GROUPS}/{pair[0]}/{relation}/{pair[1]}"
    assert vendor.get(path, status=404)["code"] == "INVALID_PORTFOLIO"


@pytest.mark.parametrize("relation", ["parents", "ancestors"])
def test_what_is_above_an_unknown_ticker_is_a_404(vendor, relation):
    assert vendor.get(f"{GROUPS}/NOBODY/{relation}", status=404)["code"] == "INVALID_PORTFOLIO"


def test_an_empty_nested_group_is_a_group(tmp_path):
    """On the wire a group without members looks like an account; that it has no row tells it from one."""
    vendor = Vendor(load_book(book_with(tmp_path, {"TOP": ["EMPTY", "ACC001"], "EMPTY": []})))
    assert tickers(vendor, "TOP", "members") == ["EMPTY", "ACC001"]
    assert tickers(vendor, "EMPTY", "members") == []
    assert vendor.rows("EMPTY") == []
    assert {row["portfolioName"] for row in vendor.rows("TOP")} == {"ACC001"}
    code, message = vendor.refusal(face=None, orderDetails=[slice_of("EMPTY", 1000)])
    assert (code, message) == (3, "orderDetails[0].portfolioReference: 'EMPTY' is not a portfolio")


@pytest.mark.parametrize("deepest_first", [False, True])
def test_groups_may_be_nested_thousands_deep(tmp_path, deepest_first):
    names = [f"G{number}" for number in range(5000)]
    groups = {name: [below] for name, below in zip(names, [*names[1:], "ACC001"], strict=True)}
    if deepest_first:
        groups = dict(reversed(groups.items()))
    vendor = Vendor(load_book(book_with(tmp_path, groups)))
    assert {row["portfolioName"] for row in vendor.rows("G0")} == {"ACC001"}
    assert len(tickers(vendor, "ACC001", "ancestors")) == 5000
    assert vendor.get(f"{GROUPS}/ACC001/isDescendantOf/G0") == {"result": True}


def test_a_cycle_of_thousands_of_groups_is_refused(tmp_path):
    names = [f"G{number}" for number in range(5000)]
    groups = {name: [below] for name, below in zip(names, [*names[1:], "G0"], strict=True)}
    with pytest.raises(BookError, match=r"groups\[0\].accounts: the groups form a cycle: G0 > G1 > .* > G0$"):
        load_book(book_with(tmp_path, groups))


def test_a_group_that_several_groups_share_is_no_cycle(tmp_path):
    groups = {"A": ["B", "C"], "B": ["D"], "C": ["D", "B"], "D": ["ACC001"]}
    vendor = Vendor(load_book(book_with(tmp_path, groups)))
    assert len(vendor.rows("A")) == 2


# --- account infos ------------------------------------------------------------------------------------------


def infos(vendor, body, status=200):
    path = f"{ACCOUNT_INFO}/accountInfos:filter"
    answer = vendor.client.post(path, json=body, headers=HEADERS)
    assert answer.status_code == status
    return answer.json


def searched(vendor, **query):
    found = vendor.get(f"{ACCOUNT_INFO}/accountInfos:search", **query)["accountInfos"]
    return [info["shortName"] for info in found]


def test_account_infos_by_code(vendor):
    own = {"id": "12345", "shortName": "ALLOCSVC", "fullName": "Allocation Service"}
    assert infos(vendor, {"query": {"ids": ["12345", "1"]}}) == {"accountInfos": [own]}
    everything = infos(vendor, {})["accountInfos"]
    assert own in everything
    pages = [infos(vendor, {"pageSize": 3})]
    pages.append(infos(vendor, {"pageSize": 3, "pageToken": pages[0]["nextPageToken"]}))
    assert pages[0]["accountInfos"] + pages[1]["accountInfos"] == everything
    assert "nextPageToken" not in pages[1]
    assert infos(vendor, {"pageToken": "2"}, 400)["code"] == "INVALID_ARGUMENT"
    assert infos(vendor, {"colour": "red"}, 400)["code"] == "INVALID_ARGUMENT"


def test_account_infos_by_a_part_of_their_names(vendor):
    assert searched(vendor, search="alloc") == ["ALLOCSVC"]
    assert searched(vendor, search="service") == ["ALLOCSVC", "STERLING"]
    by_name = "ACCOUNT_INFO_SEARCH_TYPE_ACCOUNT_NAME"
    assert searched(vendor, search="service", acctInfoSearchType=by_name, pageSize="1") == ["ALLOCSVC"]
    assert searched(vendor, search="nobody") == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"search": "a"},
        {"search": "alloc", "acctInfoSearchType": "NAME"},
        {"search": "alloc", "pageSize": "many"},
    ],
)
def test_searches_that_cannot_be_are_a_400(vendor, query):
    vendor.get(f"{ACCOUNT_INFO}/accountInfos:search", status=400, **query)


# --- coupons and factors ------------------------------------------------------------------------------------


def test_no_bond_of_a_book_has_a_floating_coupon(vendor):
    answer = vendor.get(COUPONS, assetId=f"{TREASURY},NOTHING")
    assert answer["couponDataByAssetId"] == {}
    assert {asset: fault["code"] for asset, fault in answer["errors"].items()} == {
        TREASURY: "NO_COUPONS",
        "NOTHING": "NOT_FOUND",
    }


def test_every_bond_has_the_factor_one(vendor):
    answer = vendor.get(FACTORS, assetId=f"{TREASURY},{COMPANY},NOTHING")
    assert list(answer["errors"]) == ["NOTHING"]
    assert answer["factorDataByAssetId"][COMPANY] == {
        "assetId": COMPANY,
        "factorByEffectiveDate": {
            "2026-06-30": {
                "factor": 1,
                "effectiveDate": "2026-06-30",
                "secGroup": "BND",
                "secType": "BND_CORP",
            }
        },
    }


@pytest.mark.parametrize("path", [COUPONS, FACTORS])
def test_histories_need_an_asset(vendor, path):
    assert vendor.get(path, status=400)["code"] == "MISSING_PARAMETER"
