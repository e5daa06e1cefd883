"""A desk whose simulated orders fill as its clock is moved, on the book of four accounts."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from aladdin_simulator import create_simulator, load_book
from aladdin_simulator.app import any_first_order_id
from app.core.clock import utc_now
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

BOND = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
LOT = 1000
FILL_SECONDS = 300


class MovedClock:
    """A moment that stands still until it is moved."""

    def __init__(self):
        self.now = utc_now()

    def __call__(self):
        return self.now

    @property
    def business_date(self):
        """The date in the time zone that a desk has by default."""
        return self.now.astimezone(ZoneInfo("America/New_York")).date()

    def pass_by(self, seconds):
        self.now += timedelta(seconds=seconds)


def _wire(scenario, clock, fill_seconds, seed, first_order_id):
    simulator = create_simulator(
        load_book(str(scenario)),
        clock=clock,
        first_order_id=first_order_id or any_first_order_id(),
        fill_seconds=fill_seconds,
        seed=seed,
    )
    return FaultyWire(simulator)


class OrderDesk(Desk):
    """A desk with one clock for itself and its vendor; orders fill within `FILL_SECONDS`.

    `beside` is another desk whose database, vendor and clock this one shares: a second process, or the same
    one after a restart. With `first_order_id` the times and parts of the fills are fixed.
    """

    def __init__(
        self,
        folder,
        *,
        scenario=GOLDEN_BOOK,
        fill_seconds=FILL_SECONDS,
        seed=3,
        first_order_id=None,
        beside=None,
        **settings,
    ):
        clock = beside.clock if beside else MovedClock()
        self.wire = beside.wire if beside else _wire(scenario, clock, fill_seconds, seed, first_order_id)
        super().__init__(folder, scenario=scenario, clock=clock, transport=self.wire, **settings)

    def order(self, quantity=3_800_000, **more):
        """Commit an order and return its id."""
        found = self.preview(BOND, quantity, groups=["GOLDEN"], **more)
        (order_id,) = self.post(f"allocations/{found['allocation_id']}/commit")["aladdin_order_ids"]
        return order_id

    def partly_filled(self, **more):
        """Commit an order, and wait until some of it is filled but not all; nobody has looked meanwhile."""
        order_id = self.order(**more)
        for _ in range(FILL_SECONDS):
            self.clock.pass_by(1)
            (shown,) = self.services.aladdin.orders.orders([order_id])
            if 0 < shown.filled_face < shown.face:
                return order_id
        raise AssertionError("the order was never filled in part")

    def order_shown(self, order_id):
        return self.get(f"orders/{order_id}")

    def fills(self, order_id):
        return self.get(f"orders/{order_id}/fills")

    def change(self, order_id, quantity, status=200, **more):
        body = {"quantity": quantity, "comment": "changed", **more}
        return self.call("PUT", f"orders/{order_id}", status=status, json=body)

    def cancel(self, order_id, status=200, **more):
        return self.call("DELETE", f"orders/{order_id}", status=status, json={"reason": "withdrawn", **more})

    def audited(self, order_id, action):
        """What was audited of an order, newest first."""
        return self.get("audit", entity_id=order_id, action=action)["audit_records"]


def slices_of(shown):
    return {s["account_id"]: s["quantity"] for s in shown["slices"]}


def filled_of(shown):
    return {s["account_id"]: s["filled_quantity"] for s in shown["slices"]}


def check_fills(shown, slices):
    """Every fill adds up, to the order and for every account; return the accounts' faces after the last."""
    filled = 0
    allocated = dict.fromkeys(slices, 0)
    for sequence, fill in enumerate(shown["fills"], start=1):
        filled += fill["quantity"]
        assert (fill["sequence"], fill["filled_quantity"]) == (sequence, filled)
        parts = fill["allocations"]
        assert sum(p["quantity"] for p in parts) == fill["quantity"]
        assert sum(p["filled_quantity"] for p in parts) == filled
        for part in parts:
            allocated[part["account_id"]] += part["quantity"]
            assert part["filled_quantity"] == allocated[part["account_id"]]
            price = fill["average_price"] if part["filled_quantity"] else None
            assert part["average_price"] == price
            cost = Decimal(str(price or 0)) * Decimal(str(part["filled_quantity"])) / 100
            assert abs(Decimal(str(part["principal"])) - cost) <= Decimal("0.005")
    assert shown["filled_quantity"] == filled
    return allocated


def order_details(slices, booked):
    """The vendor's details of an order: each account's slice, and what is booked of it, both face."""
    return [
        {
            "orderDetailId": n,
            "portfolioReference": {"portfolioTicker": account},
            "quantity": face,
            "quantityBooked": booked.get(account, 0),
        }
        for n, (account, face) in enumerate(slices.items(), start=1)
    ]
