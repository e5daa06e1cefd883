"""Who holds a bond, read as previews read positions."""

from __future__ import annotations

import json

import pytest

from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

BOND = "912828YW4"
POSITIONS = "/position"


@pytest.fixture
def wire(tmp_path):
    """The golden four under one group and two nested ones, with positions of known size."""
    book = json.loads(GOLDEN_BOOK.read_text())
    (group,) = book["groups"]
    book["groups"] = [
        {**group, "group_id": "ALL", "accounts": ["EAST", "WEST"]},
        {**group, "group_id": "EAST", "accounts": ["ACC001", "ACC002"]},
        {**group, "group_id": "WEST", "accounts": ["ACC003", "ACC004"]},
    ]
    (bond,) = [b for b in book["securities"] if b["cusip"] == BOND]
    book["securities"].append({**bond, "cusip": "912828ZT0", "description": "US Treasury 0.25 05/31/2025"})
    book["securities"].append({**bond, "cusip": "912828ZB9", "description": "US Treasury 1.125 02/28/2027"})
    held = {"ACC001": 1_000_000, "ACC003": 2_500_000, "ACC004": 1_000_000}
    for account in book["accounts"]:
        if account["account_id"] in held:
            account["positions"].append({"cusip": "912828ZT0", "face": held[account["account_id"]]})
    path = tmp_path / "book.json"
    path.write_text(json.dumps(book))
    made = FaultyWire.over(path)
    made.book = path
    return made


@pytest.fixture
def desk(tmp_path, wire):
    hour = {"ALADDIN_POSITIONS_CACHE_SECONDS": "3600", "ALADDIN_REFERENCE_CACHE_SECONDS": "3600"}
    return Desk(tmp_path, scenario=wire.book, transport=wire, **hour)


def reads(wire):
    return sum(path.endswith(POSITIONS) for path in wire.paths)


def test_holders_are_listed_largest_first_and_equal_ones_by_id(desk):
    found = desk.get("securities/912828ZT0/holders")
    assert (found["security_id"], found["as_of"]) == ("912828ZT0", "SOD+Trades+Orders")
    assert found["reference_date"] == desk.get("positions/ACC001")["reference_date"]
    assert found["total_quantity"] == 4_500_000
    assert [(h["account_id"], h["quantity"]) for h in found["holders"]] == [
        ("ACC003", 2_500_000),
        ("ACC001", 1_000_000),
        ("ACC004", 1_000_000),
    ]
    assert [h["account_name"] for h in found["holders"]] == ["Account three", "Account one", "Account four"]


def test_the_share_is_the_market_value_over_the_nav(desk):
    (first, *_) = desk.get("securities/912828ZT0/holders")["holders"]
    read = desk.get("positions/ACC003")
    (position,) = [p for p in read["positions"] if p["cusip"] == "912828ZT0"]
    assert first["market_value"] == position["market_value"]
    assert first["percent_of_nav"] == pytest.approx(position["market_value"] / read["nav"], rel=1e-15)


def test_groups_limit_the_holders_and_wrong_ones_are_all_named(desk):
    east = desk.get("securities/912828ZT0/holders", group_id="EAST")
    assert [h["account_id"] for h in east["holders"]] == ["ACC001"]
    both = desk.get("securities/912828ZT0/holders", group_id="EAST,WEST,EAST")
    assert both["total_quantity"] == 4_500_000
    refused = desk.get("securities/912828ZT0/holders", status=422, group_id="EAST,NO1,NO2")
    assert refused["errors"] == [
        {"field": "group_id", "message": "There is no portfolio group 'NO1'."},
        {"field": "group_id", "message": "There is no portfolio group 'NO2'."},
    ]
    for wrong in ("EAST,", "EAST,A/B", ",".join(f"G{i}" for i in range(101))):
        errors = desk.get("securities/912828ZT0/holders", status=422, group_id=wrong)["errors"]
        assert {e["field"] for e in errors} == {"group_id"}
    desk.get("securities/000000000/holders", status=404)


def test_a_bond_that_nobody_holds_has_no_holders(desk):
    assert desk.get("securities/912828ZB9/holders") == {
        "security_id": "912828ZB9",
        "as_of": "SOD+Trades+Orders",
        "reference_date": None,
        "total_quantity": 0,
        "holders": [],
    }


def test_a_preview_of_the_same_groups_has_read_the_positions_already(desk, wire):
    desk.preview("912828ZT0", 1_000_000, groups=["WEST", "EAST"])
    before = reads(wire)
    for _ in range(3):
        assert desk.get("securities/912828ZT0/holders", group_id="EAST,WEST")["total_quantity"] == 4_500_000
    assert reads(wire) == before
    desk.get("securities/912828ZT0/holders")
    desk.get("securities/912828ZT0/holders")
    assert reads(wire) == before + 1
