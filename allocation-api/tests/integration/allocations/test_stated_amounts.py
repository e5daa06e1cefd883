"""Stated amounts through the whole service, in the dialect of a public React client.

Golden faces are worked out by hand from the book: NAV 100, 150, 80 and 50 million, clean 98.5 and no accrued,
so a face settles at 0.985 of it; cash of 5, 8, 3 and 1 million buys 5,076, 8,121, 3,045 and 1,015 lots of
1,000; positions are 1,000,000, 2,000,000, 500,000 and 0.
"""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.shown import column, faces, warned
from tests.support.stated import dollars, percent, quantity

BOND = "912828YW4"


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def preview(desk, face, *allocations, side="BUY", **parameters):
    return desk.preview(
        BOND,
        face,
        groups=["GOLDEN"],
        method="CUSTOM_WEIGHTS",
        order={"side": side},
        parameters={"allocations": list(allocations), **parameters},
    )


def test_money_a_fraction_and_face_side_by_side(desk):
    # R7.6
    shown = preview(
        desk,
        8_000_000,
        dollars("ACC001", 2_000_000),
        percent("ACC002", 0.25),
        quantity("ACC003", 1_500_000),
    )
    # 2,000,000 / 0.985 = 2,030,456.9; a quarter of the order; and as it says. 2,470,000 stay.
    assert faces(shown) == [2_030_000, 2_000_000, 1_500_000, 0]
    assert column(shown, "settlement_amount")[0] == 1_999_550
    assert column(shown, "requested_type") == ["DOLLAR_AMOUNT", "PERCENTAGE", "QUANTITY", None]
    assert column(shown, "requested_value") == [2_000_000, 0.25, 1_500_000, None]
    assert column(shown, "requested_quantity") == [2_030_000, 2_000_000, 1_500_000, None]
    assert column(shown, "allocation_source") == ["DIRECT", "DIRECT", "DIRECT", None]
    last = shown["allocations"][3]["reason"]
    assert last == {"code": "ZERO_WEIGHT", "message": "No amount is stated for it, and the remainder stays"}
    total = shown["summary"]
    assert (total["direct_allocations"], total["remainder_allocations"]) == (5_530_000, 0)
    assert total["allocation_breakdown"] == {
        "dollar_amount_count": 1,
        "percentage_count": 1,
        "quantity_count": 1,
        "remainder_count": 0,
    }
    assert warned(shown) == [("STATED_AMOUNT", None)]
    assert shown["warnings"][0]["message"] == (
        "2,470,000 of 8,000,000 face stay unallocated; 5,530,000 are asked for in all, and "
        "remainder_handling is NONE"
    )


@pytest.mark.parametrize(("value", "face"), [(985, 1_000), (984.99, 0), (1_969.99, 1_000), (1_970, 2_000)])
def test_a_settlement_amount_never_exceeds_the_money(desk, value, face):
    # R7.6: 1,000 face settle at 985.00
    assert faces(preview(desk, 8_000_000, dollars("ACC001", value)))[0] == face


def test_the_remainder_goes_by_nav_or_equally_to_accounts_that_are_not_named(desk):
    # R7.9: 3,000,000 are left for NAV 150 : 80 : 50, or for three alike.
    asked = quantity("ACC001", 5_000_000)
    by_nav = preview(desk, 8_000_000, asked, remainder_handling="PRO_RATA")
    # 1,607,142.9 : 857,142.9 : 535,714.3; the two lots that are left go to the largest remainders, both .9.
    assert faces(by_nav) == [5_000_000, 1_607_000, 857_000, 536_000]
    assert column(by_nav, "allocation_source") == ["DIRECT", "REMAINDER", "REMAINDER", "REMAINDER"]
    assert by_nav["summary"]["remainder_allocations"] == 3_000_000
    assert by_nav["summary"]["allocation_breakdown"]["remainder_count"] == 3
    assert by_nav["warnings"] == []
    alike = preview(desk, 8_000_000, asked, remainder_handling="EQUAL")
    assert faces(alike) == [5_000_000, 1_000_000, 1_000_000, 1_000_000]


def test_more_than_the_order_is_served_by_priority_and_cut_in_proportion(desk):
    # R7.7
    shown = preview(
        desk,
        8_000_000,
        quantity("ACC001", 4_000_000, priority=2),
        quantity("ACC002", 5_000_000, priority=1),
        quantity("ACC003", 2_000_000, priority=2),
        quantity("ACC004", 1_000_000),
        allow_partial=True,
    )
    # 3,000,000 are left for priority 2, at 4 : 2; nothing for the last.
    assert faces(shown) == [2_000_000, 5_000_000, 1_000_000, 0]
    assert column(shown, "allocation_source") == ["PRO_RATA", "DIRECT", "PRO_RATA", None]
    assert shown["allocations"][3]["reason"]["code"] == "ORDER_EXHAUSTED"
    assert warned(shown) == [("STATED_AMOUNT", a) for a in ("ACC001", "ACC003", "ACC004")]
    assert shown["warnings"][0]["message"] == (
        "2,000,000 of 4,000,000 face: more is asked than the order holds, priority 2"
    )


def test_an_account_that_cannot_take_its_amount_gets_a_part_only_where_allowed(desk):
    # R7.8: cash of 1,000,000 buys 1,015,228 face
    asked = [quantity("ACC004", 2_000_000), quantity("ACC001", 1_000_000)]
    none = preview(desk, 8_000_000, *asked)
    assert faces(none) == [1_000_000, 0, 0, 0]
    assert none["allocations"][3]["reason"] == {
        "code": "INSUFFICIENT_CASH",
        "message": "Cash of 1,000,000.00 buys at most 1,015,228 face; 2,000,000 face are asked for, and "
        "allow_partial is false",
    }
    assert warned(none) == [("INSUFFICIENT_CASH", None), ("INSUFFICIENT_CASH", "ACC004")]
    part = preview(desk, 8_000_000, *asked, allow_partial=True)
    assert faces(part) == [1_000_000, 0, 0, 1_015_000]
    assert column(part, "allocation_source")[3] == "DIRECT"
    assert warned(part) == [("INSUFFICIENT_CASH", None), ("INSUFFICIENT_CASH", "ACC004")]
    # What it could not take is part of the remainder: 8,000,000 less 2,015,000, by NAV 150 : 80, and cash
    # of the third for 3,045,000.
    shared = preview(desk, 8_000_000, *asked, allow_partial=True, remainder_handling="PRO_RATA")
    assert faces(shared) == [1_000_000, 3_903_000, 2_082_000, 1_015_000]


def test_a_quantity_off_the_grid_is_not_bent_in_silence(desk):
    # R7.6
    asked = quantity("ACC001", 1_500_500)
    none = preview(desk, 8_000_000, asked)
    assert faces(none)[0] == 0
    assert none["allocations"][0]["reason"] == {
        "code": "MIN_LOT_SIZE",
        "message": "Amounts are multiples of 1,000; 1,500,500 face are asked for, and allow_partial is false",
    }
    part = preview(desk, 8_000_000, asked, allow_partial=True)
    assert faces(part)[0] == 1_500_000
    assert warned(part)[1] == ("ROUNDING", "ACC001")


def test_less_than_the_least_is_nothing(desk):
    # R7.8: 1,015,000 face settle at 999,775.00; 1,000,000 are half of what is asked of 2 and 2 million
    shown = preview(
        desk,
        8_000_000,
        dollars("ACC004", 2_000_000, min_value=999_775.01),
        allow_partial=True,
    )
    assert faces(shown)[3] == 0
    assert shown["allocations"][3]["reason"] == {
        "code": "STATED_AMOUNT",
        "message": "It could get less than its min_value, 999,775.01",
    }
    assert warned(shown)[1] == ("STATED_AMOUNT", "ACC004")
    enough = preview(desk, 8_000_000, dollars("ACC004", 2_000_000, min_value=999_775), allow_partial=True)
    assert faces(enough)[3] == 1_015_000
    # Of a priority that is cut, who would come under its least leaves, and the other has all it asked for.
    cut = preview(
        desk,
        2_000_000,
        quantity("ACC001", 2_000_000, min_value=1_200_000),
        quantity("ACC002", 2_000_000),
        allow_partial=True,
    )
    assert faces(cut) == [0, 2_000_000, 0, 0]


def test_max_value_bounds_what_the_remainder_adds(desk):
    # R7.9: the others come first; with nobody else to take it, those with a max_value have the rest.
    asked = [
        percent("ACC001", 0.25, max_value=0.3),
        percent("ACC002", 0.25),
        percent("ACC003", 0.25, max_value=0.375),
    ]
    shown = preview(desk, 8_000_000, *asked, remainder_handling="EQUAL")
    # 2,000,000 are left: ACC004 can pay 1,015,000; 985,000 go alike, 400,000 at most to ACC001: 2,400,000.
    assert faces(shown) == [2_400_000, 2_000_000, 2_585_000, 1_015_000]
    assert column(shown, "allocation_source") == ["DIRECT", "DIRECT", "DIRECT", "REMAINDER"]
    assert shown["summary"]["remainder_allocations"] == 2_000_000
    assert shown["summary"]["unallocated"] == 0


def test_where_every_account_is_named_all_share_the_remainder(desk):
    # R7.9: 4,000,000 asked, 4,000,000 left, by NAV 100 : 150 : 80 : 50; ACC004 can take 15,000 more.
    asked = [quantity(f"ACC00{i}", 1_000_000) for i in (1, 2, 3, 4)]
    shown = preview(desk, 8_000_000, *asked, remainder_handling="PRO_RATA")
    # 3,985,000 at 100 : 150 : 80 are 1,207,575.8, 1,811,363.6 and 966,060.6.
    assert faces(shown) == [2_208_000, 2_811_000, 1_966_000, 1_015_000]
    assert warned(shown) == [("STATED_AMOUNT", f"ACC00{i}") for i in (1, 2, 3, 4)]


def test_a_sale_gives_what_is_held(desk):
    # R7.8: 500,000 are held
    asked = [dollars("ACC002", 985_000), quantity("ACC003", 600_000)]
    none = preview(desk, 2_000_000, *asked, side="SELL")
    assert faces(none) == [0, 1_000_000, 0, 0]
    assert none["allocations"][2]["reason"]["code"] == "INSUFFICIENT_POSITION"
    part = preview(desk, 2_000_000, *asked, side="SELL", allow_partial=True)
    assert faces(part) == [0, 1_000_000, 500_000, 0]


def test_it_is_kept_replayed_and_committed(desk):
    # R7.10
    asked = [percent("ACC002", 0.5), dollars("ACC001", 1_000_000)]
    shown = preview(desk, 8_000_000, *asked, remainder_handling="PRO_RATA")
    key = shown["allocation_id"]
    assert desk.get(f"allocations/{key}") == shown
    assert desk.post(f"allocations/{key}/replay")["identical"] is True
    assert [a["account_id"] for a in shown["parameters"]["allocations"]] == ["ACC001", "ACC002"]
    done = desk.post(f"allocations/{key}/commit", {"override_warnings": True})
    assert done["status"] == "SUCCESS"
    assert [a["allocated_quantity"] for a in done["allocations"]] == [f for f in faces(shown) if f]


def test_other_methods_say_nothing_of_it(desk):
    shown = desk.preview(BOND, 8_000_000, groups=["GOLDEN"])
    assert column(shown, "allocation_source") == column(shown, "requested_type") == [None] * 4
    assert shown["summary"]["direct_allocations"] is None
    assert shown["summary"]["allocation_breakdown"] is None


def test_a_table_has_what_was_stated(desk):
    # R7.10
    shown = preview(desk, 8_000_000, percent("ACC001", 0.25), remainder_handling="EQUAL")
    answer = desk.client.get(
        f"/v1/allocations/{shown['allocation_id']}?format=csv&bom=false", headers=desk.headers
    )
    first, second, *_ = csv.DictReader(io.StringIO(answer.text))
    names = ("requested_type", "requested_value", "requested_quantity", "allocation_source")
    assert [first[name] for name in names] == ["PERCENTAGE", "0.25", "2000000", "DIRECT"]
    assert [second[name] for name in names] == ["", "", "", "REMAINDER"]


def test_a_quantity_with_decimals_is_shown_as_it_is(desk):
    # R7.6, R7.7
    shown = preview(desk, 3_001, quantity("ACC001", 1_500.5), quantity("ACC002", 1_500.5))
    assert column(shown, "requested_quantity") == [1_500.5, 1_500.5, None, None]
    assert faces(shown) == [0, 0, 0, 0]
