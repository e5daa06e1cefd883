"""Orders sized in money, through the whole service.

Golden faces are worked out by hand from the book: NAV 100, 150, 80 and 50 million, clean 98.5, no accrued,
lots and pieces of 1,000.
"""

from __future__ import annotations

import json

import pytest

from tests.support import saga
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.shown import told

BOND = "912828YW4"


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def ask(desk, *, status=200, side="BUY", constraints=None, **order):
    body = {
        "order": {"security_id": BOND, "side": side, **order},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["GOLDEN"],
        "constraints": constraints or {},
    }
    return desk.post("allocations/preview", body, status=status)


def without(*accounts):
    return {"exclude_accounts": [{"account_id": a, "reason": "asked to wait"} for a in accounts]}


def refused(desk, **order):
    return told(ask(desk, status=422, **order))


@pytest.mark.parametrize(
    ("order", "constraints", "face"),
    [
        ({"notional": 5_000_000}, {}, 5_076_000),  # 5,000,000 / 0.985 = 5,076,142.1
        ({"notional": 5_000_000}, {"round_to_denomination": False}, 5_076_142),
        ({"notional": 5_000_000, "price": 100}, {}, 5_000_000),
        ({"notional": 4_999_999.99, "price": 100}, {}, 4_999_000),
        ({"notional": 985}, {}, 1_000),
        ({"percent_of_nav": 0.02}, {}, 7_715_000),  # 7,600,000 / 0.985 = 7,715,736.0
        ({"percent_of_nav": 0.02}, without("ACC003"), 6_091_000),  # 6,000,000 / 0.985 = 6,091,370.6
        ({"percent_of_nav": 0.001, "side": "SELL"}, {}, 385_000),  # 380,000 / 0.985 = 385,786.8
    ],
)
def test_money_becomes_the_most_face_that_is_worth_no_more(desk, order, constraints, face):
    # R2.7
    shown = ask(desk, constraints=constraints, **order)
    told = shown["order"]
    assert told["total_quantity"] == face
    assert shown["summary"]["total_allocated"] + shown["summary"]["unallocated"] == face
    assert told["requested_notional"] == order.get("notional")
    assert told["requested_percent_of_nav"] == order.get("percent_of_nav")


def test_a_quantity_was_asked_for_in_no_money(desk):
    told = ask(desk, quantity=1_000_000)["order"]
    assert (told["requested_notional"], told["requested_percent_of_nav"]) == (None, None)


def test_the_factor_counts_and_the_accrued_interest_does_not(tmp_path):
    # R2.7: 985,000 / (0.985 x 0.5)
    book = json.loads(GOLDEN_BOOK.read_text())
    book["securities"][0]["accrued"] = 1.25
    file = tmp_path / "book.json"
    file.write_text(json.dumps(book))
    wire = FaultyWire.over(file)

    def edit(answer):
        for by_type in answer["assetByAssetId"].values():
            (record,) = (value for key, value in by_type.items() if key != "assetId")
            record["pdFactor"] = 0.5

    wire.edits["/security-master"] = edit
    shown = ask(Desk(tmp_path, scenario=file, transport=wire), notional=985_000)
    assert shown["order"]["accrued"] == 1.25
    assert shown["order"]["total_quantity"] == 2_000_000
    assert shown["summary"]["total_notional"] == 985_000


def test_exactly_one_size_is_expected(desk):
    # R2.7
    assert refused(desk) == {
        "order.quantity": "Exactly one of quantity, notional and percent_of_nav is expected; none is given."
    }
    both = refused(desk, quantity=1_000_000, percent_of_nav=0.05)
    assert list(both) == ["order.quantity", "order.percent_of_nav"]
    assert [m.split("; ")[1] for m in both.values()] == ["quantity and percent_of_nav are given."] * 2
    assert refused(desk, percent_of_nav=5) == {
        "order.percent_of_nav": "A fraction of NAV above 0 to 1 is expected: 0.05 means 5 %."
    }
    assert list(refused(desk, notional=0)) == ["order.notional"]


def test_what_comes_to_no_piece_or_to_too_much_is_refused_with_the_numbers(desk):
    # R2.7
    assert refused(desk, notional=984.99) == {
        "order.notional": "984.99 of principal is 999 face at 98.5, less than the minimum piece of 1,000."
    }
    assert refused(desk, percent_of_nav=0.000001) == {
        "order.percent_of_nav": "0.000001 of a NAV of 380,000,000.00: 380.00 of principal is 385 face at "
        "98.5, less than the minimum piece of 1,000."
    }
    least = {"min_allocation": 150_500}
    (message,) = refused(desk, notional=100_000, constraints=least).values()
    assert message.endswith("less than the minimum piece of 151,000.")
    (message,) = refused(desk, notional=1_000_000_000_000).values()
    assert message.endswith("more than the 1,000,000,000,000 that an order may have.")


def test_a_nav_that_cannot_be_summed_is_refused_by_account(book_desk):
    # R2.7
    book = json.loads(GOLDEN_BOOK.read_text())
    book["accounts"][1] |= {"currency": "EUR", "positions": []}
    desk = book_desk(book)
    (message,) = refused(desk, percent_of_nav=0.02).values()
    assert "ACC002 (in EUR)" in message
    # 2 % of 230 million at 98.5 are 4,670,050.8 face.
    assert (
        ask(desk, percent_of_nav=0.02, constraints=without("ACC002"))["order"]["total_quantity"] == 4_670_000
    )


def test_a_size_in_money_is_kept_replayed_and_listed_as_face(desk):
    # R2.7
    shown = ask(desk, notional=3_743_000)
    key = shown["allocation_id"]
    stored = desk.get(f"allocations/{key}")
    assert (stored["order"], stored["allocations"]) == (shown["order"], shown["allocations"])
    # 3,743,000 / 0.985 = 3,800,000 over NAV 100 : 150 : 80 : 50.
    assert [a["allocated_quantity"] for a in shown["allocations"]] == [1_000_000, 1_500_000, 800_000, 500_000]
    assert desk.post(f"allocations/{key}/replay")["identical"] is True
    (line,) = desk.get("allocations")["allocations"]
    assert line["quantity"] == 3_800_000


def test_a_commit_at_a_moved_price_keeps_the_face(tmp_path):
    # R2.7: at 99.4 the principal of 3,743,000 would be 3,765,000 face.
    (desk,) = saga.desks(tmp_path, 1)
    shown = ask(desk, notional=3_743_000)
    desk.wire.rows = {"price": 99.4}
    saga.commit(desk, shown["allocation_id"])
    assert sum(saga.stored_slices(desk, shown["allocation_id"]).values()) == 3_800_000
    assert saga.at_vendor(desk, shown["allocation_id"]).face == 3_800_000
