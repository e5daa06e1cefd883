"""A desk on which our split of a partial fill and the vendor's booking differ.

The book is made so that our split and the simulator's differ. A holds 10,000, B to F 3,000 each, so a sale
of all 25,000 has these slices. The first step of the simulator's order 90014 with seed 3 fills 64 %: in
whole lots of each slice, 6,000 of A (6,400) and 1,000 of each other (1,920), so 11,000. By R12.1 the shares
of 11,000 are 4,400 and 1,320: in lots 4,000 and 1,000. Of the 2,000 left, A's fifth lot is due at 12,500
and the others' second at 16,667, of these B's by its id. So we say 5,000, 2,000 and four times 1,000.
"""

from __future__ import annotations

import copy
import json

from tests.support.desk import GOLDEN_BOOK
from tests.support.fix_reader import read
from tests.support.orders import BOND, OrderDesk, slices_of

HELD = {"A": 10_000, **dict.fromkeys("BCDEF", 3_000)}
OURS = {"A": 5_000, "B": 2_000, **dict.fromkeys("CDEF", 1_000)}
BOOKED = {"A": 6_000, **dict.fromkeys("BCDEF", 1_000)}
FILLED = 11_000
ORDER_ID, SEED, FILL_SECONDS = 90_014, 3, 20
FIRST_FILL_SECONDS = 10
"""The first step is 499 thousandths of the 20 seconds after the entry, the second 649."""

FILTER = "/orders:filter"


def book_file(folder, **bond):
    given = copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))
    given["groups"][0]["accounts"] = list(HELD)
    given["accounts"] = [
        {
            "account_id": account,
            "account_name": f"Account {account}",
            "nav": 2 * face,
            "cash": face,
            "currency": "USD",
            "restrictions": [],
            "benchmark": {"spread_duration": 4},
            "positions": [{"cusip": BOND, "face": face}],
        }
        for account, face in HELD.items()
    ]
    given["securities"][0] |= {"price": 100, **bond}
    file = folder / "book.json"
    file.write_text(json.dumps(given))
    return file


def record_desk(folder, **more):
    """A desk on this book whose order fills as it is said above."""
    return OrderDesk(
        folder,
        scenario=book_file(folder),
        fill_seconds=FILL_SECONDS,
        seed=SEED,
        first_order_id=ORDER_ID,
        ALADDIN_POSITIONS_CACHE_SECONDS="0",
        **more,
    )


def request(side, quantity=25_000):
    return {"quantity": quantity, "order": {"side": side}, "parameters": {"base_metric": "NAV"}}


def first_fill(desk, side="SELL"):
    """Commit an order of 25,000, and see its first fill; return the order's id."""
    found = desk.preview(BOND, groups=["GOLDEN"], **request(side))
    assert {a["account_id"]: a["allocated_quantity"] for a in found["allocations"]} == HELD
    answer = desk.post(f"allocations/{found['allocation_id']}/commit", {"override_warnings": True})
    (order_id,) = answer["aladdin_order_ids"]
    assert slices_of(desk.order_shown(order_id)) == HELD
    desk.clock.pass_by(FIRST_FILL_SECONDS)
    shown = desk.order_shown(order_id)
    assert shown["filled_quantity"] == FILLED
    return order_id


def booked_of(shown):
    return {s["account_id"]: s["booked_quantity"] for s in shown["slices"]}


def most(desk, side, quantity=25_000):
    """The face that each account could take now, by a new preview."""
    found = desk.preview(BOND, groups=["GOLDEN"], **request(side, quantity))
    return {a["account_id"]: a["max_quantity"] for a in found["allocations"]}


def edited(desk, **order):
    """Let the vendor show every order with these fields, which may be functions of what it shows."""

    def edit(answer):
        for shown in answer["orders"]:
            shown |= {name: new(shown) if callable(new) else new for name, new in order.items()}

    desk.wire.edits[FILTER] = edit


def booked_whole(shown):
    """The vendor's details with each slice as large as what is booked of it."""
    return [detail | {"quantity": detail["quantityBooked"]} for detail in shown["orderDetails"]]


def booking(**faces):
    """The vendor's details with these bookings."""

    def details(shown):
        return [
            detail | {"quantityBooked": faces.get(detail["portfolioReference"]["portfolioTicker"], 0)}
            for detail in shown["orderDetails"]
        ]

    return details


def cancel_at_aladdin(desk, order_id):
    """Cancel an order past the service, as a trader does at Aladdin."""
    (posted,) = desk.services.aladdin.orders.orders([order_id])
    desk.services.aladdin.orders.cancel_order(order_id, "at Aladdin", touch_count=posted.touch_count)


def fix(desk, order_id, status=200):
    allocation_id = desk.order_shown(order_id)["allocation_id"]
    answer = desk.app.test_client().get(f"/v1/allocations/{allocation_id}/fix", headers=desk.headers)
    assert answer.status_code == status, answer.text
    return read(answer.data) if status == 200 else answer.get_json()
