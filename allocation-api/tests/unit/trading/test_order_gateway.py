"""What leaves by the gateway: under a lease that still holds, and with the positions forgotten after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core.errors import Forbidden
from app.core.security import Permission
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorError, VendorUnreached
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.block_order import BlockOrder, PostedOrder, Slice
from app.services.domain.caller import Caller
from app.services.domain.side import Side
from app.services.safety.emergency_stop import EmergencyStop
from app.services.safety.errors import OrderTooLarge, TradingHalted
from app.services.safety.order_limits import OrderLimits
from app.services.trading.desk_lock import DeskLock, Lease
from app.services.trading.errors import DeskBusy
from app.services.trading.gateway import OrderGateway

SLICES = (Slice("A", Decimal(1000)),)
ORDER = BlockOrder("999999AA3", Side.BUY, Decimal(1000), date(2026, 7, 1), "E-1", "B-1", SLICES)
LEASE = Lease("mine")
PM = Caller("u", "pm", frozenset(Permission), "r")


def posted(face: int | None) -> PostedOrder:
    """An order as it was read before a change."""
    whole = None if face is None else Decimal(face)
    return PostedOrder("1", "Active", "999999AA3", Side.BUY, whole, *[None] * 8)


WRITES: dict[str, Callable[[OrderGateway, Caller], object]] = {
    "post": lambda gateway, caller: gateway.post(ORDER, caller, LEASE, lambda _session: None),
    "modify": lambda gateway, caller: gateway.modify(
        posted(1000), SLICES, "", caller, LEASE, lambda _session: None
    ),
    "cancel": lambda gateway, caller: gateway.cancel("1", None, "", caller, lambda: None),
}


class Orders:
    """A vendor with whom every write ends alike, and who finds no order."""

    def __init__(self, error: VendorError | None, told: list[str] | None = None) -> None:
        self.error = error
        self.told = [] if told is None else told

    def post_order(self, *_args: Any, **_more: Any) -> None:
        self.told.append("sent")
        if self.error is not None:
            raise self.error

    modify_order = cancel_order = post_order

    def order_by_external_id(self, _external_id: str) -> None:
        return None


class Lock:
    """A desk's lock whose lease holds, or has been lost."""

    def __init__(self, told: list[str], *, lost: bool = False) -> None:
        self.told = told
        self.lost = lost

    def renew(
        self, lease: Lease, alongside: Callable[[Session], None], *, subject: str | None = None
    ) -> None:
        assert lease is LEASE
        self.told.append("renewed")
        if self.lost:
            raise DeskBusy("others send their orders now")
        alongside(cast("Session", None))


class Stop:
    """The emergency stop, which is on or not, or cannot be read."""

    def __init__(self, told: list[str], error: Exception | None) -> None:
        self.told = told
        self.error = error

    def check(self, _session: Session) -> None:
        self.told.append("checked")
        if self.error is not None:
            raise self.error


def gateway_of(
    orders: Orders,
    *,
    lost: bool = False,
    stop: Exception | None = None,
    forget: Callable[[], None] = lambda: None,
    most: int | None = None,
) -> OrderGateway:
    lock = cast("DeskLock", Lock(orders.told, lost=lost))
    stopped = cast("EmergencyStop", Stop(orders.told, stop))
    return OrderGateway(cast("VendorOrders", orders), forget, lock, stopped, OrderLimits(None, most))


@pytest.mark.parametrize("error", [None, OrderOutcomeUnknown("lost"), VendorUnreached("away")], ids=repr)
@pytest.mark.parametrize("write", WRITES)
def test_every_attempt_to_write_forgets_the_positions(write: str, error: VendorError | None) -> None:
    forgotten: list[bool] = []
    gateway = gateway_of(Orders(error), forget=lambda: forgotten.append(True))
    if error is None:
        WRITES[write](gateway, PM)
    else:
        with pytest.raises(type(error)):
            WRITES[write](gateway, PM)
    assert forgotten == [True]


@pytest.mark.parametrize(
    ("write", "told"),
    [
        ("post", ["renewed", "checked", "sent"]),
        ("modify", ["renewed", "checked", "sent"]),
        ("cancel", ["sent"]),
    ],
)
def test_the_lease_is_renewed_right_before_an_order_leaves(write: str, told: list[str]) -> None:
    orders = Orders(None)
    WRITES[write](gateway_of(orders), PM)
    assert orders.told == told


@pytest.mark.parametrize("write", ["post", "modify"])
def test_who_has_lost_the_lease_sends_nothing(write: str) -> None:
    orders = Orders(None)
    with pytest.raises(DeskBusy):
        WRITES[write](gateway_of(orders, lost=True), PM)
    assert orders.told == ["renewed"]


def test_a_cancel_needs_no_lease() -> None:
    orders = Orders(None)
    WRITES["cancel"](gateway_of(orders, lost=True, stop=TradingHalted("stopped")), PM)
    assert orders.told == ["sent"]


def test_a_cancel_that_cannot_be_told_of_beforehand_is_not_sent() -> None:
    orders = Orders(None)

    def fails() -> None:
        orders.told.append("told")
        raise OSError("the database is away")

    with pytest.raises(Forbidden):
        gateway_of(orders).cancel("1", None, "", Caller("u", "reader", frozenset(), "r"), fails)
    assert orders.told == []
    with pytest.raises(OSError, match="away"):
        gateway_of(orders).cancel("1", None, "", PM, fails)
    assert orders.told == ["told"]


def test_what_goes_with_the_renewed_lease_comes_from_the_change() -> None:
    orders, stored = Orders(None), []
    gateway_of(orders).modify(
        posted(1000), SLICES, "", PM, LEASE, lambda _session: stored.append(list(orders.told))
    )
    assert stored == [["renewed", "checked"]]
    assert orders.told == ["renewed", "checked", "sent"]


@pytest.mark.parametrize("write", ["post", "modify"])
def test_who_may_not_send_does_not_come_as_far_as_the_lease(write: str) -> None:
    orders = Orders(None)
    with pytest.raises(Forbidden):
        WRITES[write](gateway_of(orders), Caller("u", "reader", frozenset(), "r"))
    assert orders.told == []


@pytest.mark.parametrize("why", [TradingHalted("stopped"), OperationalError("SELECT", None, OSError("away"))])
@pytest.mark.parametrize("write", ["post", "modify"])
def test_an_order_that_meets_the_emergency_stop_or_cannot_read_it_does_not_leave(
    write: str, why: Exception
) -> None:
    # R10.6
    orders = Orders(None)
    with pytest.raises(type(why)):
        WRITES[write](gateway_of(orders, stop=why), PM)
    assert orders.told == ["renewed", "checked"]


def test_an_order_above_the_maximum_does_not_come_as_far_as_the_lease() -> None:
    # R2.8
    orders = Orders(None)
    WRITES["post"](gateway_of(orders, most=1000), PM)
    assert orders.told == ["renewed", "checked", "sent"]
    orders.told.clear()
    with pytest.raises(OrderTooLarge, match=r"1,000 face is more than the 999 that"):
        WRITES["post"](gateway_of(orders, most=999), PM)
    assert orders.told == []


@pytest.mark.parametrize(("before", "sent"), [(1001, True), (1000, True), (999, False), (None, False)])
def test_an_order_above_the_maximum_may_become_smaller(before: int | None, *, sent: bool) -> None:
    # R2.8
    orders = Orders(None)
    gateway = gateway_of(orders, most=500)
    if sent:
        gateway.modify(posted(before), SLICES, "", PM, LEASE, lambda _session: None)
    else:
        with pytest.raises(OrderTooLarge):
            gateway.modify(posted(before), SLICES, "", PM, LEASE, lambda _session: None)
    assert ("sent" in orders.told) == sent
