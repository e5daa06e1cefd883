"""What accounts could take of an order is what a preview of it lets them take, and nothing is stored."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from app.core.security import Permission
from app.models import AllocationRow, AuditRow
from tests.support.desk import GOLDEN_BOOK, Desk

GOLDEN = "912828YW4"
WISHES = [
    {},
    {"respect_cash": False},
    {"compliance_check": False},
    {"round_to": 250_000},
    {"min_allocation": 400_000, "cash_reserve": {"percent_of_nav": 0.02}},
    {"leave_tradable": False},
]


@pytest.fixture
def golden(tmp_path):
    """The golden four in two groups that share ACC002."""
    book = json.loads(GOLDEN_BOOK.read_text())
    (group,) = book["groups"]
    book["groups"] = [
        {**group, "group_id": "EAST", "group_name": "East", "accounts": ["ACC001", "ACC002"]},
        {**group, "group_id": "WEST", "group_name": "West", "accounts": ["ACC002", "ACC003", "ACC004"]},
    ]
    path = tmp_path / "book.json"
    path.write_text(json.dumps(book))
    return Desk(tmp_path, scenario=path)


def asked(side="BUY", quantity=8_000_000, groups=("EAST", "WEST"), bond=GOLDEN, **constraints):
    return {
        "order": {"security_id": bond, "side": side, "quantity": quantity},
        "portfolio_groups": list(groups),
        "constraints": constraints,
    }


def test_a_purchase_is_capped_by_cash(golden):
    # 5, 8, 3 and 1 million of cash at 98.5 without accrued interest; ACC002 could take all of the order.
    found = golden.post("allocations/capacity", asked())
    assert {a["account_id"]: a["max_quantity"] for a in found["accounts"]} == {
        "ACC001": 5_076_142,
        "ACC002": 8_000_000,
        "ACC003": 3_045_685,
        "ACC004": 1_015_228,
    }
    assert {a["account_id"]: a["reason"] and a["reason"]["code"] for a in found["accounts"]} == {
        "ACC001": "INSUFFICIENT_CASH",
        "ACC002": None,
        "ACC003": "INSUFFICIENT_CASH",
        "ACC004": "INSUFFICIENT_CASH",
    }
    assert [a["group_ids"] for a in found["accounts"]] == [["EAST"], ["EAST", "WEST"], ["WEST"], ["WEST"]]
    assert found["order"]["price"] == 98.5
    assert (found["capacity"], found["reason"]) == (8_000_000, None)


def test_groups_are_counted_each_for_itself_in_lots(golden):
    # In lots of 1,000: 5,076 + 8,121 (of 8,121,827) and 8,121 + 3,045 + 1,015 thousand.
    found = golden.post("allocations/capacity", asked(quantity=20_000_000))
    assert found["groups"] == [
        {
            "group_id": "EAST",
            "group_name": "East",
            "account_count": 2,
            "nav": 250_000_000,
            "eligible_accounts": 2,
            "capacity": 13_197_000,
        },
        {
            "group_id": "WEST",
            "group_name": "West",
            "account_count": 3,
            "nav": 280_000_000,
            "eligible_accounts": 3,
            "capacity": 12_181_000,
        },
    ]
    assert found["capacity"] == 17_257_000


def test_a_sale_is_capped_by_positions_and_an_account_without_one_is_not_eligible(golden):
    found = golden.post("allocations/capacity", asked("SELL"))
    assert [a["max_quantity"] for a in found["accounts"]] == [1_000_000, 2_000_000, 500_000, 0]
    assert [(g["eligible_accounts"], g["capacity"]) for g in found["groups"]] == [
        (2, 3_000_000),
        (2, 2_500_000),
    ]
    assert found["capacity"] == 3_500_000


def test_what_is_under_the_piece_is_said_with_the_piece(golden):
    limits = {"account_limits": {"ACC001": {"max": 900}}}
    (first, *_) = golden.post("allocations/capacity", asked(**limits))["accounts"]
    assert first["max_quantity"] == 900
    assert first["reason"] == {
        "code": "LIMITED_BY_REQUEST",
        "message": "Limited by the request to 900 face; the minimum piece is 1,000",
    }


@pytest.mark.parametrize("wishes", WISHES, ids=lambda wishes: ",".join(wishes) or "none")
@pytest.mark.parametrize("side", ["BUY", "SELL"])
@pytest.mark.parametrize("method", ["PRO_RATA", "MIN_DISPERSION"])
def test_it_is_what_a_preview_on_the_same_book_lets_them_take(default_desk, side, wishes, method):
    desk = default_desk
    for bond in ("91282CKF7", *other_bonds(desk)):
        body = asked(side, 9_000_000, ["PUBLICPRE"], bond, **wishes)
        found = desk.post("allocations/capacity", body)
        shown = desk.post("allocations/preview", {**body, "allocation_method": method})
        assert [
            (a["account_id"], a["account_name"], a["nav"], a["max_quantity"]) for a in found["accounts"]
        ] == [(a["account_id"], a["account_name"], a["nav"], a["max_quantity"]) for a in shown["allocations"]]
        assert found["order"] == shown["order"]
        if method == "PRO_RATA":  # R3.5: the total comes before the proportion
            assert found["capacity"] == shown["summary"]["total_allocated"]


def other_bonds(desk):
    found = desk.get("securities/search", query="corp", limit=3)["securities"]
    return [b["cusip"] for b in found]


@pytest.fixture(scope="module")
def default_desk(tmp_path_factory):
    made = Desk(tmp_path_factory.mktemp("capacity"))
    made.log_in_without()
    return made


def test_it_is_refused_as_the_preview_is(golden):
    for wrong in (
        asked(account_limits={"ACC004": {"min": 2_000_000}}),
        asked(exclude_accounts=[{"account_id": "NONE", "reason": "not there"}]),
        asked(groups=["EAST", "NONE"]),
        asked(groups=["EAST", "EAST"]),
        asked(quantity=0),
        asked(bond="000000000"),
    ):
        said = golden.post("allocations/capacity", wrong, status=422)
        preview = golden.post("allocations/preview", {**wrong, "allocation_method": "PRO_RATA"}, status=422)
        assert (said["code"], said["errors"]) == (preview["code"], preview["errors"])


def test_skipping_compliance_needs_its_permission(golden):
    golden.log_in_without(Permission.COMPLIANCE_BYPASS)
    golden.post("allocations/capacity", asked(compliance_check=False), status=403)


def test_nothing_is_stored(golden):
    def rows():
        with golden.services.database.read() as session:
            return [session.scalar(select(func.count()).select_from(t)) for t in (AllocationRow, AuditRow)]

    before = rows()
    golden.post("allocations/capacity", asked())
    assert rows() == before


def test_the_path_is_no_allocation(golden):
    answer = golden.app.test_client().get("/v1/allocations/capacity", headers=golden.headers)
    assert answer.status_code == 405
    assert "GET" not in answer.headers["Allow"]
