"""What a preview wished of an order holds for its changes too.

Positions are 906,000, 1,000,000 and 150,000 with a piece of 100,000 and lots of 1,000.
"""

from __future__ import annotations

import json

import pytest

from tests.support.desk import GOLDEN_BOOK
from tests.support.orders import BOND, OrderDesk, slices_of

OTHERS = [{"account_id": a, "reason": "none of it"} for a in ("ACC002", "ACC003", "ACC004")]
LOTS = "This face cannot be split into lots of 1,000 and pieces of at least 100,000"


@pytest.fixture
def desk(tmp_path):
    book = json.loads(GOLDEN_BOOK.read_text())
    book["securities"][0] |= {"min_piece": 100_000}
    for account, face in zip(book["accounts"], (906_000, 1_000_000, 150_000, 0), strict=True):
        account["positions"] = [{"cusip": BOND, "face": face}] if face else []
    path = tmp_path / "pieces.json"
    path.write_text(json.dumps(book))
    return OrderDesk(tmp_path, scenario=path, fill_seconds=0)


def sale(desk, quantity, **wishes):
    found = desk.preview(BOND, quantity, groups=["GOLDEN"], order={"side": "SELL"}, constraints=wishes)
    path = f"allocations/{found['allocation_id']}/commit"
    (order_id,) = desk.post(path, {"override_warnings": True})["aladdin_order_ids"]
    return order_id


def purchase(desk, quantity, **wishes):
    found = desk.preview(BOND, quantity, groups=["GOLDEN"], constraints=wishes)
    path = f"allocations/{found['allocation_id']}/commit"
    (order_id,) = desk.post(path, {"override_warnings": True})["aladdin_order_ids"]
    return order_id


def said(problem):
    return [(error["field"], error["message"]) for error in problem["errors"]]


def test_a_smaller_sale_leaves_a_tradable_rest(desk):
    # R4.10, R11.1: of 906,000 at most 806,000 are sold in part.
    order_id = sale(desk, 906_000, exclude_accounts=OTHERS)
    words = f"{LOTS}, with a tradable rest of each position."
    assert said(desk.change(order_id, 899_000, status=422)) == [("quantity", words)]
    desk.change(order_id, 806_000)
    assert slices_of(desk.order_shown(order_id)) == {"ACC001": 806_000}


def test_a_rest_that_cannot_be_traded_is_let_where_the_preview_let_it(desk):
    # R4.10, R11.1
    order_id = sale(desk, 906_000, exclude_accounts=OTHERS, leave_tradable=False)
    desk.change(order_id, 899_000)
    assert slices_of(desk.order_shown(order_id)) == {"ACC001": 899_000}


def test_a_larger_sale_leaves_a_tradable_rest_or_nothing(desk):
    # R4.10, R11.3: of 300,000 sold it can grow to 806,000, or to all 906,000.
    order_id = sale(desk, 300_000, exclude_accounts=OTHERS)
    assert "tradable rest" in said(desk.change(order_id, 850_000, status=422))[0][1]
    desk.change(order_id, 806_000)
    desk.change(order_id, 906_000)
    assert slices_of(desk.order_shown(order_id)) == {"ACC001": 906_000}
    assert "cannot grow" in desk.change(order_id, 907_000, status=409)["detail"]


def test_limits_of_accounts_hold_for_a_change(desk):
    # R4.8, R11.1: ACC002 has its maximum of 300,000 and ACC003 its fixed 200,000 before and after.
    limits = {"ACC002": {"max": 300_000}, "ACC003": {"fixed": 200_000}, "ACC004": {"max": 0}}
    order_id = purchase(desk, 1_000_000, account_limits=limits)
    expected = {"ACC001": 500_000, "ACC002": 300_000, "ACC003": 200_000}
    assert slices_of(desk.order_shown(order_id)) == expected
    desk.change(order_id, 1_400_000)
    assert slices_of(desk.order_shown(order_id)) == expected | {"ACC001": 900_000}
    desk.change(order_id, 700_000)
    # 500,000 are shared 900 : 300 and ACC003 keeps its own.
    assert slices_of(desk.order_shown(order_id)) == {"ACC001": 375_000, "ACC002": 125_000, "ACC003": 200_000}
    words = f"{LOTS}, within the limits of single accounts."
    assert said(desk.change(order_id, 150_000, status=422)) == [("quantity", words)]


def test_own_orders_are_not_exceeded_by_a_change(desk):
    # R6.7, R11.3
    own = {"base_metric": "ORDER_SIZE", "base_amounts": {"ACC001": 1_000_000, "ACC002": 500_000}}
    found = desk.preview(BOND, 900_000, groups=["GOLDEN"], parameters=own)
    done = desk.post(f"allocations/{found['allocation_id']}/commit", {"override_warnings": True})
    (order_id,) = done["aladdin_order_ids"]
    assert slices_of(desk.order_shown(order_id)) == {"ACC001": 600_000, "ACC002": 300_000}
    words = f"{LOTS}, within the accounts' own orders."
    assert said(desk.change(order_id, 1_501_000, status=422)) == [("quantity", words)]
    desk.change(order_id, 1_500_000)
    assert slices_of(desk.order_shown(order_id)) == {"ACC001": 1_000_000, "ACC002": 500_000}


def test_an_order_sized_in_money_changes_by_face(desk):
    # R2.7: 1,970,000 at 98.5 are 2,000,000 face.
    order = {"security_id": BOND, "side": "BUY", "notional": 1_970_000}
    body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": ["GOLDEN"]}
    allocation_id = desk.post("allocations/preview", body)["allocation_id"]
    done = desk.post(f"allocations/{allocation_id}/commit", {"override_warnings": True})
    (order_id,) = done["aladdin_order_ids"]
    desk.change(order_id, 2_500_000)
    assert sum(slices_of(desk.order_shown(order_id)).values()) == 2_500_000


def test_a_reserve_of_cash_holds_for_a_larger_order(desk):
    # R4.9, R11.3: ACC004 has 1,000,000 and keeps 500,000: 507,000 face at 98.5.
    others = [{"account_id": a, "reason": "none of it"} for a in ("ACC001", "ACC002", "ACC003")]
    wishes = {"exclude_accounts": others, "cash_reserve": {"amount": 500_000}}
    order_id = purchase(desk, 300_000, **wishes)
    assert desk.change(order_id, 508_000, status=409)["max_total"] == 507_000
    desk.change(order_id, 507_000)


def test_rounding_holds_for_a_change(desk):
    # R3.7, R11.1
    order_id = purchase(desk, 2_000_000, round_to=500_000)
    assert "lots of 500,000" in said(desk.change(order_id, 1_250_000, status=422))[0][1]
    desk.change(order_id, 1_500_000)
    assert all(face % 500_000 == 0 for face in slices_of(desk.order_shown(order_id)).values())
