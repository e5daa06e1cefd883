"""What a preview is computed from, on books written for the purpose."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

import pytest
from sqlalchemy import delete

from app.models import AccountRow, LimitRow
from tests.support.desk import GOLDEN_BOOK

BOND = "912828YW4"
APPLE = "037833100"


def book():
    return copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))


def second_bond(**other):
    return {
        **book()["securities"][0],
        "cusip": APPLE,
        "ticker": "AAPL",
        "description": "Apple 4.1 08/08/2062",
        "issuer": "Apple",
        "issuer_id": "AAPL",
        "sector": "TECHNOLOGY",
        "maturity": "2062-08-08",
        "price": 80.0,
        **other,
    }


def preview(desk, quantity=1_000_000, groups=("GOLDEN",), bond=BOND, **more):
    return desk.preview(bond, quantity, groups=groups, **more)


def quantities(found):
    return {a["account_id"]: a["allocated_quantity"] for a in found["allocations"]}


def test_nested_groups_and_accounts_in_several_count_once(book_desk):
    # R2.1
    nested = book()
    group = nested["groups"][0]
    nested["groups"] = [
        {**group, "group_id": "TOP", "accounts": ["LEFT", "ACC004", "RIGHT"]},
        {**group, "group_id": "LEFT", "accounts": ["ACC001", "ACC002"]},
        {**group, "group_id": "RIGHT", "accounts": ["ACC002", "ACC003"]},
    ]
    desk = book_desk(nested)
    whole = preview(desk, 3_800_000, ["TOP"])
    assert list(quantities(whole)) == ["ACC001", "ACC002", "ACC003", "ACC004"]
    assert list(quantities(whole).values()) == [1_000_000, 1_500_000, 800_000, 500_000]
    for groups in (["LEFT", "RIGHT", "TOP"], ["TOP", "RIGHT", "LEFT"]):
        assert preview(desk, 3_800_000, groups)["allocations"] == whole["allocations"]
    counts = {g["group_id"]: g["account_count"] for g in desk.get("portfolio-groups")["portfolio_groups"]}
    assert counts == {"TOP": 4, "LEFT": 2, "RIGHT": 2}


def test_the_benchmark_is_the_account_s_own_else_its_group_s(book_desk):
    # R1.4
    given = book()
    del given["accounts"][0]["benchmark"]
    given["groups"][0]["benchmark"] = {"spread_duration": 1.5}
    desk = book_desk(given)
    accounts = desk.get("portfolio-groups/GOLDEN/accounts")["accounts"]
    assert accounts[0]["benchmark_spread_duration"] == 1.5
    # 1,000,000 face at 98.5 of 100m NAV with 3.8 years is 0.03743 years.
    assert accounts[0]["active_spread_duration"] == pytest.approx(0.03743 - 1.5, abs=1e-12)
    assert accounts[1]["active_spread_duration"] == pytest.approx(4.8, abs=1e-9)


def test_without_any_benchmark_zero_is_taken_and_warned_of(book_desk):
    # R1.4
    given = book()
    del given["accounts"][0]["benchmark"]
    found = preview(book_desk(given))
    warned = [(w["type"], w["account_id"]) for w in found["warnings"]]
    assert warned == [("MISSING_DATA", "ACC001")]


def test_a_bond_that_nobody_of_the_groups_holds_takes_the_desk_s_price(book_desk):
    # R2.2
    given = book()
    given["securities"].append(second_bond())
    given["accounts"].append(
        {
            "account_id": "OTHER",
            "account_name": "Other",
            "cash": 1000,
            "currency": "USD",
            "restrictions": [],
            "positions": [{"cusip": APPLE, "face": 5000}],
        }
    )
    given["groups"].append({**given["groups"][0], "group_id": "ELSEWHERE", "accounts": ["OTHER"]})
    found = preview(book_desk(given), bond=APPLE)
    assert found["order"]["price"] == 80.0
    assert found["order"]["price_source"] == "ALADDIN"


def test_a_bond_that_nobody_holds_needs_a_price(book_desk):
    # R2.2
    given = book()
    given["securities"].append(second_bond())
    desk = book_desk(given)
    refused = preview(desk, bond=APPLE, status=422)
    assert refused["code"] == "DATA_MISSING"
    assert [e["field"] for e in refused["errors"]] == ["order.price"]
    assert preview(desk, bond=APPLE, order={"price": 81.5})["order"]["price"] == 81.5


def test_an_account_in_another_currency_takes_no_part(book_desk):
    # R4.4
    given = book()
    given["accounts"][1] |= {"currency": "EUR", "positions": []}
    found = preview(book_desk(given))
    row = found["allocations"][1]
    assert (row["allocated_quantity"], row["reason"]["code"]) == (0, "MISSING_DATA")
    assert "EUR" in row["reason"]["message"]


def test_an_account_without_reference_data_takes_no_part(book_desk):
    # R4.4
    desk = book_desk(book())
    with desk.services.database.write() as session:
        session.execute(delete(AccountRow).where(AccountRow.account_id == "ACC003"))
    found = preview(desk)
    assert found["allocations"][2]["reason"]["code"] == "MISSING_DATA"


def test_a_bond_without_spread_duration(book_desk):
    given = book()
    del given["securities"][0]["spread_duration"]
    desk = book_desk(given)
    refused = preview(desk, status=422)
    assert refused["code"] == "DATA_MISSING"
    assert [e["field"] for e in refused["errors"]] == ["parameters.target_metric"]
    assert preview(desk, parameters={"target_metric": "DURATION"})["summary"]["total_allocated"] == 1_000_000


def test_another_settlement_date_has_another_accrued_interest(book_desk):
    # R2.6
    given = book()
    given["securities"][0] |= {"coupon": 3.65, "day_count": "ACT/ACT", "maturity": "2031-05-31"}
    desk = book_desk(given)
    standard = preview(desk)["order"]
    assert (standard["settlement_date"], standard["accrued"]) == ("2026-07-01", 0)
    # To July 15th 45 of the period's 183 days have run: 3.65 / 2 x 45 / 183.
    later = preview(desk, order={"settlement_date": "2026-07-15"})["order"]
    assert later["accrued"] == pytest.approx(3.65 / 2 * 45 / 183, abs=1e-9)


def test_old_data_is_warned_of(book_desk):
    found = preview(book_desk(book(), BUSINESS_DATE="2026-07-08"))
    assert {w["type"] for w in found["warnings"]} == {"STALE_DATA"}
    assert [(w["account_id"], w["details"]["data"]) for w in found["warnings"]] == [
        (None, "price"),
        (None, "analytics"),
        *((account["account_id"], "positions") for account in found["allocations"]),
    ]


def test_a_sale_by_position_and_of_an_odd_rest(book_desk):
    # R3.4, R9.3
    given = book()
    given["accounts"][2]["positions"][0]["face"] = 500_500
    desk = book_desk(given)
    found = preview(desk, 3_500_500, order={"side": "SELL"}, parameters={"base_metric": "POSITION"})
    assert list(quantities(found).values()) == [1_000_000, 2_000_000, 500_500, 0]
    assert found["allocations"][3]["reason"]["code"] == "INSUFFICIENT_POSITION"
    assert found["summary"]["unallocated"] == 0
    assert found["warnings"] == []
    assert found["allocations"][0]["post_trade_cash"] == 5_000_000 + 985_000


def test_a_business_date_without_trading_moves_on(book_desk):
    # R2.5
    # July 3rd 2026 is a holiday: the next business day is Monday the 6th, which settles on the 7th.
    found = preview(book_desk(book(), BUSINESS_DATE="2026-07-03"))
    assert found["order"]["settlement_date"] == "2026-07-07"


@pytest.mark.parametrize(
    ("asked", "following"),
    # A Saturday, Independence Day as observed, Christmas 2026 on a Friday, and New Year's Day 2027 likewise.
    [
        ("2026-07-11", "2026-07-13"),
        ("2026-07-03", "2026-07-06"),
        ("2026-12-25", "2026-12-28"),
        ("2027-01-01", "2027-01-04"),
    ],
)
def test_a_settlement_date_on_which_nothing_settles_names_the_next_one(book_desk, asked, following):
    # R2.5
    desk = book_desk(book())
    refused = preview(desk, order={"settlement_date": asked}, status=422)
    message = f"{asked} is not a business day; the next one is {following}."
    assert refused["errors"] == [{"field": "order.settlement_date", "message": message}]
    assert preview(desk, order={"settlement_date": following})["order"]["settlement_date"] == following


def test_a_limit_with_an_unknown_scope_stops_the_preview(golden_desk):
    """Whom it limits cannot be told, so nobody is taken for free of it."""
    with golden_desk.services.database.write() as session:
        session.add(LimitRow(code="ISSUER_CONCENTRATION", scope="FUND", scope_id="*", value=Decimal("0.05")))
    refused = preview(golden_desk, status=422)
    assert refused["code"] == "DATA_MISSING"
    assert "the unknown scope 'FUND'" in refused["detail"]


@pytest.mark.parametrize(
    "more",
    [
        {"order": {"price": 250}},
        {"order": {"side": "SELL"}, "parameters": {"base_metric": "POSITION"}},
        {"method": "CUSTOM_WEIGHTS", "parameters": {"weights": {"ACC003": 0.75, "ACC001": 0.25}}},
        {"parameters": {"base_metric": "CUSTOM", "base_amounts": {"ACC002": 3, "ACC001": 1.5}}},
        {"method": "MIN_DISPERSION", "constraints": {"respect_cash": False, "min_allocation": 5000}},
    ],
)
def test_a_preview_is_read_back_as_it_was_answered(book_desk, more):
    """One is made from what was computed, the other from what was stored; members in the same order."""
    desk = book_desk(book())
    answered = preview(desk, 90_000_000, **more)
    read = desk.get(f"allocations/{answered['allocation_id']}")
    assert answered["warnings"]
    assert json.dumps(answered) == json.dumps(read)
