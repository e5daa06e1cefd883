"""What a refusal says: every warning in words, and amounts that can really be had."""

from __future__ import annotations

import copy
import json

from tests.support.desk import GOLDEN_BOOK

BOND = "912828YW4"


def book():
    return copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))


def preview(desk, quantity=3_800_000, **more):
    return desk.preview(BOND, quantity, groups=["GOLDEN"], **more)


def commit(desk, found, status=200, **body):
    return desk.post(f"allocations/{found['allocation_id']}/commit", body, status=status)


def test_warnings_that_were_not_overridden_are_listed_as_errors(golden_desk):
    # R9.2
    found = preview(golden_desk, 38_000_000, constraints={"respect_cash": False})
    refused = commit(golden_desk, found, status=409)
    assert refused["detail"].startswith("The preview carries 4 warnings, see errors.")
    # NAV 100 : 150 : 80 : 50 of 38m is 10m, 15m, 8m and 5m at 98.5, against cash of 5m, 8m, 3m and 1m.
    assert refused["errors"] == [
        {
            "field": "override_warnings",
            "message": f"ACC00{i}: Cash is {cash},000,000.00, the purchase takes {cost}",
        }
        for i, cash, cost in (
            (1, 5, "9,850,000.00"),
            (2, 8, "14,775,000.00"),
            (3, 3, "7,880,000.00"),
            (4, 1, "4,925,000.00"),
        )
    ]


def test_one_warning_is_one_warning(golden_desk):
    far = preview(golden_desk, order={"price": 90.0})
    refused = commit(golden_desk, far, status=409)
    assert refused["detail"].startswith("The preview carries 1 warning, see errors.")
    assert [error["message"] for error in refused["errors"]] == [far["warnings"][0]["message"]]


# What each account can buy after its 985,000.00, 1,477,500.00, 788,000.00 and 492,500.00 at 98.5, in lots of
# 1,000: 4,015,000 / 0.985 = 4,076,142, 6,522,500 / 0.985 = 6,621,827, 2,212,000 / 0.985 = 2,245,685 and
# 507,500 / 0.985 = 515,228.
ROOM = {"ACC001": 4_076_000, "ACC002": 6_621_000, "ACC003": 2_245_000, "ACC004": 515_000}


def change(desk, order_id, quantity, status=200):
    return desk.call("PUT", f"orders/{order_id}", status=status, json={"quantity": quantity, "comment": ""})


def test_an_order_that_cannot_grow_so_far_says_how_far_it_can(golden_desk):
    # R11.3
    (order_id,) = commit(golden_desk, preview(golden_desk))["aladdin_order_ids"]
    refused = change(golden_desk, order_id, 9_500_000, status=409)
    assert {a["account_id"]: a["max_quantity"] for a in refused["accounts"]} == ROOM
    # 9,500,000 less 3,800,000 by NAV 100 : 150 : 80 : 50.
    further = {"ACC001": 1_500_000, "ACC002": 2_250_000, "ACC003": 1_200_000, "ACC004": 750_000}
    assert {a["account_id"]: a["additional_quantity"] for a in refused["accounts"]} == further
    assert [a["account_id"] for a in refused["accounts"] if not a["feasible"]] == ["ACC004"]
    assert (refused["total"], refused["additional"]) == (9_500_000, 5_700_000)
    # The last account's share, 5 / 38, may be 1,015,000 and, rounded down, a little more.
    assert 7_714_000 <= refused["max_total"] < 7_722_000
    assert refused["max_additional"] == refused["max_total"] - 3_800_000
    assert f"it can grow to {refused['max_total']:,} face" in refused["detail"]


def test_the_largest_order_that_is_named_is_accepted_and_a_lot_more_is_not(golden_desk):
    # R11.3
    (order_id,) = commit(golden_desk, preview(golden_desk))["aladdin_order_ids"]
    largest = change(golden_desk, order_id, 900_000_000, status=409)["max_total"]
    change(golden_desk, order_id, largest + 1_000, status=409)
    assert change(golden_desk, order_id, largest)["status"] == "SUCCESS"
    assert golden_desk.get(f"orders/{order_id}")["quantity"] == largest


def test_an_order_that_cannot_grow_at_all_says_so(book_desk):
    # R11.3
    given = book()
    for account in given["accounts"]:
        account["cash"] = account["nav"] * 0.00985  # buys one per cent of NAV at 98.5
    desk = book_desk(given)
    (order_id,) = commit(desk, preview(desk))["aladdin_order_ids"]
    refused = change(desk, order_id, 7_600_000, status=409)
    assert {a["max_quantity"] for a in refused["accounts"]} == {0}
    assert (refused["max_total"], refused["max_additional"]) == (3_800_000, 0)
    assert refused["detail"].endswith("it cannot grow now")


def test_a_sale_grows_to_what_is_held(golden_desk):
    # R11.3
    """Positions of 1, 2 and 0.5 million: a sale of 700,000 by position leaves 0.8, 1.6 and 0.4 million."""
    sale = {"order": {"side": "SELL"}, "parameters": {"base_metric": "POSITION"}}
    (order_id,) = commit(golden_desk, preview(golden_desk, 700_000, **sale))["aladdin_order_ids"]
    refused = change(golden_desk, order_id, 4_000_000, status=409)
    most = {a["account_id"]: a["max_quantity"] for a in refused["accounts"]}
    assert most == {"ACC001": 800_000, "ACC002": 1_600_000, "ACC003": 400_000}
    assert (refused["max_total"], refused["max_additional"]) == (3_500_000, 2_800_000)
    assert change(golden_desk, order_id, 3_500_000)["status"] == "SUCCESS"
