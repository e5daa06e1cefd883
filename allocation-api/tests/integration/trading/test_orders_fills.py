"""Fills that arrive: allocated pro rata to the slices, recorded once, at the block's average price."""

from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.support.desk import GOLDEN_BOOK
from tests.support.orders import (
    FILL_SECONDS,
    LOT,
    OrderDesk,
    check_fills,
    filled_of,
    order_details,
    slices_of,
)


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


@pytest.fixture
def quiet(tmp_path):
    """A desk whose orders fill only by what the test lets the vendor say."""
    return OrderDesk(tmp_path, fill_seconds=0)


def says(desk, filled, price=98.5, **more):
    """Let the vendor show an order with this much filled."""
    desk.wire.order = {"fillAmount": filled, "averagePrice": price, **more}


def test_fills_over_time_are_allocated_pro_rata_to_the_lot(desk):
    order_id = desk.order()
    slices = slices_of(desk.order_shown(order_id))
    assert slices == {"ACC001": 1_000_000, "ACC002": 1_500_000, "ACC003": 800_000, "ACC004": 500_000}
    seen = [desk.order_shown(order_id)]
    for _ in range(FILL_SECONDS // 20):
        desk.clock.pass_by(20)
        seen.append(desk.order_shown(order_id))
        for account, face in filled_of(seen[-1]).items():
            assert abs(face - seen[-1]["filled_quantity"] * slices[account] / 3_800_000) < LOT
    shown = desk.fills(order_id)
    # Steps of the vendor's that fall between two reads are one fill.
    assert len(shown["fills"]) == len({s["filled_quantity"] for s in seen} - {0})
    assert check_fills(shown, slices) == slices
    assert seen[-1]["status"] == "Booked"
    assert filled_of(seen[-1]) == slices
    assert {s["account_id"]: s["booked_quantity"] for s in seen[-1]["slices"]} == slices
    moved = [s["updated_at"] for s in seen]
    assert moved == sorted(moved)
    assert len(set(moved)) == len({(s["status"], s["filled_quantity"]) for s in seen})


def test_a_fill_is_audited_with_its_parts(desk):
    order_id = desk.partly_filled()
    shown = desk.order_shown(order_id)
    (record,) = desk.audited(order_id, "FILL_RECORDED")
    assert record["username"] == "system"
    assert record["before"]["filled_quantity"] == 0
    assert record["after"]["filled_quantity"] == shown["filled_quantity"]
    assert record["after"]["allocations"] == filled_of(shown)
    assert desk.get("audit/verify")["whole"] is True


def test_looking_again_records_nothing(desk):
    order_id = desk.partly_filled()
    first = desk.order_shown(order_id)
    for _ in range(3):
        assert desk.order_shown(order_id) == first
        listed = desk.get("orders")["orders"]
        assert listed == [{name: value for name, value in first.items() if name != "evidence_breaks"}]
        desk.services.periodic.do("watch")
    assert len(desk.fills(order_id)["fills"]) == 1
    assert len(desk.audited(order_id, "FILL_RECORDED")) == 1


def test_two_processes_that_see_the_same_fill_record_it_once(desk, tmp_path):
    """Both have read what is kept before either records."""
    other = OrderDesk(tmp_path, beside=desk)
    order_id = desk.partly_filled()
    (posted,) = desk.services.aladdin.orders.orders([order_id])
    ledgers = [d.ledger() for d in (desk, other)]
    kept = [d.kept(order_id) for d in (desk, other)]
    for ledger, mine in zip(ledgers, kept, strict=True):
        ledger.sync(mine, posted)
    assert len(desk.fills(order_id)["fills"]) == 1
    assert len(desk.audited(order_id, "FILL_RECORDED")) == 1


def test_many_who_look_at_once_record_every_fill_once(desk, tmp_path):
    other = OrderDesk(tmp_path, beside=desk)
    order_id = desk.order()

    def look(one):
        client = one.app.test_client()
        return client.get(f"/v1/orders/{order_id}", headers=one.headers).status_code

    with ThreadPoolExecutor(4) as pool:
        for _ in range(6):
            desk.clock.pass_by(FILL_SECONDS / 6)
            assert set(pool.map(look, [desk, other] * 3)) == {200}
    shown = desk.fills(order_id)
    assert sum(check_fills(shown, slices_of(desk.order_shown(order_id))).values()) == 3_800_000
    steps = [f["filled_quantity"] for f in shown["fills"]]
    assert steps == sorted(set(steps))
    assert len(desk.audited(order_id, "FILL_RECORDED")) == len(steps)


def test_an_older_sight_does_not_replace_a_newer_one(desk):
    order_id = desk.partly_filled()
    kept = desk.kept(order_id)
    (older,) = desk.services.aladdin.orders.orders([order_id])
    desk.clock.pass_by(FILL_SECONDS)
    newer = desk.order_shown(order_id)
    assert newer["status"] == "Booked"
    desk.ledger().sync(kept, older)
    assert desk.order_shown(order_id) == newer
    assert len(desk.fills(order_id)["fills"]) == 1


def test_what_was_recorded_is_gone_on_with_after_a_restart(desk, tmp_path):
    order_id = desk.partly_filled()
    before = desk.fills(order_id)
    again = OrderDesk(tmp_path, beside=desk)
    assert again.fills(order_id) == before
    desk.clock.pass_by(FILL_SECONDS)
    slices = slices_of(again.order_shown(order_id))
    shown = again.fills(order_id)
    assert shown["fills"][: len(before["fills"])] == before["fills"]
    assert check_fills(shown, slices) == slices


def test_a_fill_that_is_taken_back_is_recorded_as_such(quiet):
    order_id = quiet.order()
    slices = slices_of(quiet.order_shown(order_id))
    says(quiet, 1_900_000, 98.5)
    quiet.order_shown(order_id)
    says(quiet, 950_000, 98.25)
    half = filled_of(quiet.order_shown(order_id))
    shown = quiet.fills(order_id)
    assert [f["quantity"] for f in shown["fills"]] == [1_900_000, -950_000]
    assert check_fills(shown, slices) == half
    assert half == {"ACC001": 250_000, "ACC002": 375_000, "ACC003": 200_000, "ACC004": 125_000}
    says(quiet, 0, 0)
    assert set(filled_of(quiet.order_shown(order_id)).values()) == {0}
    last = quiet.fills(order_id)["fills"][-1]
    assert (last["quantity"], last["average_price"]) == (-950_000, None)
    assert {a["principal"] for a in last["allocations"]} == {0}


def test_a_corrected_price_alone_is_a_fill_without_face(quiet):
    order_id = quiet.order()
    for price in (98.5, 98.4375):
        says(quiet, 380_000, price)
        quiet.order_shown(order_id)
    shown = quiet.fills(order_id)
    assert [(f["quantity"], f["average_price"]) for f in shown["fills"]] == [(380_000, 98.5), (0, 98.4375)]
    # 100,000 at 98.4375.
    assert shown["fills"][1]["allocations"][0]["principal"] == 98_437.5


def test_a_fill_without_a_price_waits_for_it(quiet):
    # R12.5
    order_id = quiet.order()
    says(quiet, 380_000, 0)
    for _ in range(2):
        shown = quiet.order_shown(order_id)
    assert shown["filled_quantity"] == 380_000
    assert set(filled_of(shown).values()) == {0}
    assert quiet.fills(order_id)["fills"] == []
    (record,) = quiet.audited(order_id, "FILL_UNALLOCATED")
    assert "no average price" in record["after"]["message"]
    says(quiet, 380_000, 98.5)
    assert sum(filled_of(quiet.order_shown(order_id)).values()) == 380_000
    assert quiet.audited(order_id, "FILL_RECORDED")[0]["after"]["sequence"] == 1


@pytest.mark.parametrize("filled", [3_801_000, 1000.5, -1000])
def test_a_fill_that_cannot_be_is_not_allocated_but_told(quiet, filled):
    # R12.5
    order_id = quiet.order()
    says(quiet, filled)
    shown = quiet.order_shown(order_id)
    assert shown["filled_quantity"] == filled
    assert set(filled_of(shown).values()) == {0}
    assert quiet.fills(order_id)["fills"] == []
    quiet.services.periodic.do("watch")
    (record,) = quiet.audited(order_id, "FILL_UNALLOCATED")
    assert "not a possible fill" in record["after"]["message"]


def test_an_order_that_was_changed_at_aladdin_takes_the_slices_from_there(quiet):
    order_id = quiet.order()
    says(quiet, 1_900_000)
    quiet.order_shown(order_id)
    changed = order_details({"ACC001": 1_000_000, "ACC002": 300_000, "ACC009": 700_000}, {})
    says(quiet, 1_900_000, face=2_000_000, orderDetails=changed, touchCount=7)
    shown = quiet.order_shown(order_id)
    assert (shown["quantity"], shown["touch_count"]) == (2_000_000, 7)
    assert slices_of(shown) == {"ACC001": 1_000_000, "ACC002": 300_000, "ACC009": 700_000}
    (record,) = quiet.audited(order_id, "ORDER_CHANGED")
    assert record["before"]["quantity"] == 3_800_000
    assert record["after"]["slices"] == slices_of(shown)
    # Nobody holds more than its slice is now; what accounts without one had goes to the others.
    assert sum(filled_of(shown).values()) == 1_900_000
    assert all(filled_of(shown)[a] <= face for a, face in slices_of(shown).items())
    last = quiet.fills(order_id)["fills"][-1]
    assert last["quantity"] == 0
    assert check_fills(quiet.fills(order_id), {**slices_of(shown), "ACC003": 0, "ACC004": 0})["ACC003"] == 0


def test_a_fill_of_an_order_whose_slices_nobody_knows_is_not_allocated(quiet):
    order_id = quiet.order()
    says(quiet, 1_000_000, face=2_000_000, orderDetails=[])
    shown = quiet.order_shown(order_id)
    assert (shown["quantity"], shown["filled_quantity"]) == (2_000_000, 1_000_000)
    assert quiet.fills(order_id)["fills"] == []
    (record,) = quiet.audited(order_id, "FILL_UNALLOCATED")
    assert "3,800,000" in record["after"]["message"]


def test_an_odd_position_sold_whole_is_filled_whole(tmp_path):
    given = copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))
    given["accounts"][2]["positions"][0]["face"] = 500_500
    file = tmp_path / "book.json"
    file.write_text(json.dumps(given))
    desk = OrderDesk(tmp_path, scenario=file)
    sale = {"order": {"side": "SELL"}, "parameters": {"base_metric": "POSITION"}}
    order_id = desk.order(3_500_500, **sale)
    slices = slices_of(desk.order_shown(order_id))
    assert slices == {"ACC001": 1_000_000, "ACC002": 2_000_000, "ACC003": 500_500}
    for _ in range(10):
        desk.clock.pass_by(FILL_SECONDS / 10)
        shown = desk.order_shown(order_id)
        odd = [a for a, face in filled_of(shown).items() if face % LOT and face != slices[a]]
        assert len(odd) <= 1
    assert check_fills(desk.fills(order_id), slices) == slices


def test_the_average_price_of_every_account_is_the_block_s(desk):
    # R12.4
    order_id = desk.partly_filled()
    (fill,) = desk.fills(order_id)["fills"]
    assert {a["average_price"] for a in fill["allocations"]} <= {fill["average_price"], None}
    block = Decimal(str(fill["average_price"])) * fill["filled_quantity"] / 100
    together = sum(Decimal(str(a["principal"])) for a in fill["allocations"])
    assert abs(together - block) <= Decimal("0.005") * len(fill["allocations"])


def test_fills_of_an_order_that_is_not_ours_are_not_found(desk):
    assert desk.get("orders/1/fills", status=404)["code"] == "NOT_FOUND"
