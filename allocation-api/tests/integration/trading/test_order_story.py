"""One order from commit to FIX: what the orders, fills, reports and messages say of it always agrees."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from tests.support.fix_reader import read
from tests.support.orders import FILL_SECONDS, LOT, OrderDesk, check_fills, order_details

FILTER = "/orders:filter"
FACE = 3_800_000


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


@pytest.fixture
def quiet(tmp_path):
    """A desk whose orders fill only by what the test lets the vendor say."""
    return OrderDesk(tmp_path, fill_seconds=0)


def document(desk, path, **query):
    """Return an answer that is no JSON."""
    answer = desk.app.test_client().get(f"/v1/{path}", headers=desk.headers, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.data


def instruction(desk, allocation_id):
    return read(document(desk, f"allocations/{allocation_id}/fix"))


def fairness(desk, **query):
    day = desk.clock.business_date.isoformat()
    return desk.get("reports/fairness", date_from=day, date_to=day, **query)


def exact(number):
    return Decimal(str(number))


def faces(shown, name="quantity"):
    return {s["account_id"]: s[name] for s in shown["slices"] if s[name]}


def check_reports(desk, order_id):
    """Compare all that is said of an order; return the order and its FIX message."""
    shown, steps = desk.order_shown(order_id), desk.fills(order_id)
    slices, filled = faces(shown), faces(shown, "filled_quantity")
    assert sum(slices.values()) == shown["quantity"]
    assert sum(filled.values()) == shown["filled_quantity"] == steps["filled_quantity"]
    assert all(face <= slices[a] for a, face in filled.items())
    allocated = check_fills(steps, slices)
    assert {a: face for a, face in allocated.items() if face} == filled
    last = steps["fills"][-1]["allocations"] if steps["fills"] else []
    money = {a["account_id"]: exact(a["principal"]) for a in last if a["principal"]}
    assert steps["average_price"] == shown["average_price"]

    history = desk.get("reports/allocation-history")["lines"]
    assert {x["account_id"]: x["filled_quantity"] for x in history if x["filled_quantity"]} == filled
    assert {x["account_id"]: exact(x["principal"]) for x in history if x["principal"]} == money
    assert {x["average_price"] for x in history if x["filled_quantity"]} <= {shown["average_price"]}
    rows = list(
        csv.DictReader(io.StringIO(document(desk, "reports/allocation-history", format="csv").decode()))
    )
    assert {r["account_id"]: exact(r["principal"]) for r in rows if exact(r["principal"])} == money

    report = fairness(desk)
    # An order without a fill does not count.
    asked = slices if filled else {}
    assert (report["asked_quantity"], report["filled_quantity"]) == (
        sum(asked.values()),
        shown["filled_quantity"],
    )
    accounts = {a["account_id"]: a for a in report["accounts"]}
    assert {a: x["asked_quantity"] for a, x in accounts.items() if x["asked_quantity"]} == asked
    assert {a: x["filled_quantity"] for a, x in accounts.items() if x["filled_quantity"]} == filled
    assert all(0 <= x["fill_ratio"] <= 1 for x in accounts.values() if x["fill_ratio"] is not None)

    message = instruction(desk, shown["allocation_id"])
    if message.body["626"] == "1":
        assert {a["79"]: int(a["80"]) for a in message.allocs} == filled
        assert int(message.body["53"]) == shown["filled_quantity"]
        assert float(message.body["6"]) == shown["average_price"]
        assert {a["153"] for a in message.allocs} == {message.body["6"]}
        clean = {a["79"]: exact(a["154"]) - exact(a["742"]) for a in message.allocs}
        assert clean == money
        assert exact(message.body["381"]) == sum(money.values())
        assert exact(message.body["118"]) == sum(exact(a["154"]) for a in message.allocs)
        assert exact(message.body["159"]) == sum(exact(a["742"]) for a in message.allocs)
    else:
        assert {a["79"]: int(a["80"]) for a in message.allocs} == slices
    return shown, message


def test_from_commit_to_fix(desk):
    order_id = desk.order()
    kinds = []
    for _ in range(12):
        shown, message = check_reports(desk, order_id)
        kinds.append(message.body["626"])
        desk.clock.pass_by(FILL_SECONDS // 10)
    assert (shown["status"], shown["filled_quantity"]) == ("Booked", FACE)
    assert (kinds[0], kinds[-1]) == ("2", "1")
    assert faces(shown) == faces(shown, "filled_quantity") == faces(shown, "booked_quantity")
    assert desk.get("audit/verify")["whole"] is True


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_modified_and_cancelled_after_partial_fills(tmp_path, seed):
    desk = OrderDesk(tmp_path, seed=seed)
    order_id = desk.partly_filled()
    shown, message = check_reports(desk, order_id)
    assert message.body["626"] == "2"
    smaller = (shown["filled_quantity"] + FACE) // 2 // LOT * LOT
    desk.change(order_id, smaller)
    shown, message = check_reports(desk, order_id)
    assert shown["quantity"] == smaller
    assert message.orders[0]["38"] == str(smaller)
    desk.cancel(order_id)
    shown, message = check_reports(desk, order_id)
    assert (shown["status"], message.body["626"]) == ("Canceled", "1")
    desk.clock.pass_by(FILL_SECONDS)
    assert check_reports(desk, order_id)[0]["filled_quantity"] == shown["filled_quantity"]
    assert desk.get("audit/verify")["whole"] is True


def test_an_order_that_was_made_larger_is_reported_as_large(desk):
    order_id = desk.order(1_900_000)
    desk.change(order_id, FACE)
    desk.clock.pass_by(FILL_SECONDS)
    shown, _ = check_reports(desk, order_id)
    assert shown["filled_quantity"] == FACE
    assert {a["fill_ratio"] for a in fairness(desk)["accounts"]} == {1}


def test_fills_that_nobody_looked_at_are_found_by_another_process(desk, tmp_path):
    order_id = desk.order()
    desk.clock.pass_by(FILL_SECONDS)
    again = OrderDesk(tmp_path, beside=desk)
    # The message is of what is filled now, not of what was seen last.
    allocation_id = again.get("allocations")["allocations"][0]["allocation_id"]
    assert instruction(again, allocation_id).body["626"] == "1"
    check_reports(again, order_id)


def test_a_fill_that_came_with_the_cancellation_is_in_the_first_message_after_it(quiet):
    order_id = quiet.order()
    quiet.wire.order = {"fillAmount": 380_000, "averagePrice": 98.5}
    quiet.order_shown(order_id)
    slices = faces(quiet.order_shown(order_id))
    quiet.cancel(order_id)
    quiet.wire.order = {
        "fillAmount": 1_900_000,
        "averagePrice": 98.25,
        "orderStatus": "Canceled",
        "orderDetails": order_details(slices, {account: face // 2 for account, face in slices.items()}),
    }
    allocation_id = quiet.get("allocations")["allocations"][0]["allocation_id"]
    message = instruction(quiet, allocation_id)
    assert (message.body["626"], message.body["53"], message.body["6"]) == ("1", "1900000", "98.25")


def test_without_aladdin_there_is_no_message(quiet):
    quiet.order()
    allocation_id = quiet.get("allocations")["allocations"][0]["allocation_id"]
    quiet.wire.faults[FILTER] = "away"
    assert quiet.get(f"allocations/{allocation_id}/fix", status=504)["code"] == "VENDOR_TIMED_OUT"


def test_what_became_of_an_order_stays_known_when_aladdin_forgets_it(desk):
    order_id = desk.partly_filled()
    desk.cancel(order_id)
    before = check_reports(desk, order_id)

    def forget(answer):
        answer["orders"] = []

    desk.wire.edits[FILTER] = forget
    desk.services.periodic.do("watch")
    shown, message = check_reports(desk, order_id)
    assert shown["status"] == "Canceled"
    assert (message.body["626"], message.allocs) == ("1", before[1].allocs)


def test_a_price_that_no_recorded_fill_has_is_in_no_message(quiet):
    order_id = quiet.order()
    quiet.wire.order = {"fillAmount": FACE, "averagePrice": 98.5}
    allocation_id = quiet.order_shown(order_id)["allocation_id"]
    changed = {"face": 4_800_000, "orderDetails": [], "orderStatus": "Booked"}
    quiet.wire.order = {"fillAmount": FACE, "averagePrice": 99.5, **changed}
    answer = quiet.get(f"allocations/{allocation_id}/fix", status=409)
    assert "3,800,000 face filled, and Aladdin does not say for whom" in answer["detail"]


def test_an_account_that_aladdin_added_is_in_the_fairness_report(quiet):
    order_id = quiet.order()
    slices = {"ACC001": 1_000_000, "ACC002": 300_000, "ACC009": 700_000}
    parts = order_details(slices, slices)
    quiet.wire.order = {
        "face": 2_000_000,
        "fillAmount": 2_000_000,
        "averagePrice": 98.5,
        "orderDetails": parts,
    }
    quiet.order_shown(order_id)
    report = fairness(quiet)
    filled = {a["account_id"]: a["filled_quantity"] for a in report["accounts"] if a["filled_quantity"]}
    assert filled == slices
    assert (report["asked_quantity"], report["filled_quantity"]) == (2_000_000, 2_000_000)
    # The preview could not foresee it: entitled are the four accounts of the book alone, by NAV in millions.
    assert report["not_comparable"] == 0
    entitled = {a["account_id"]: a["entitled_quantity"] for a in report["accounts"]}
    by_nav = {"ACC001": 100, "ACC002": 150, "ACC003": 80, "ACC004": 50, "ACC009": 0}
    assert entitled == pytest.approx({a: 2_000_000 * nav / 380 for a, nav in by_nav.items()}, abs=1e-4)


def test_an_order_that_aladdin_rejects_is_no_allocation_to_be_fair_about(quiet):
    order_id = quiet.order()
    quiet.wire.order = {"orderStatus": "Rejected"}
    quiet.order_shown(order_id)
    report = fairness(quiet)
    assert (report["allocations"], report["not_filled"]) == (0, 1)


def test_an_order_that_aladdin_rejects_after_a_part_is_reported_with_that_part(quiet):
    order_id = quiet.order()
    slices = faces(quiet.order_shown(order_id))
    half = {account: face // 2 for account, face in slices.items()}
    quiet.wire.order = {
        "orderStatus": "Rejected",
        "fillAmount": 1_900_000,
        "averagePrice": 98.5,
        "orderDetails": order_details(slices, half),
    }
    assert faces(check_reports(quiet, order_id)[0], "filled_quantity") == half
