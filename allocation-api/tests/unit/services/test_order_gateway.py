"""After an attempt to write nobody is shown positions from before it, whatever came of the attempt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest

from app.core.errors import OrderOutcomeUnknown, VendorError, VendorUnreached
from app.core.security import Permission
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.allocation.problem import Side
from app.services.block_order import BlockOrder, Slice
from app.services.trading.gateway import OrderGateway
from app.services.views import Caller

SLICES = (Slice("A", Decimal(1000)),)
ORDER = BlockOrder("999999AA3", Side.BUY, Decimal(1000), date(2026, 7, 1), "E-1", "B-1", SLICES)

WRITES: dict[str, Callable[[OrderGateway, Caller], object]] = {
    "post": lambda gateway, caller: gateway.post(ORDER, caller),
    "modify": lambda gateway, caller: gateway.modify("1", SLICES, None, "", caller),
    "cancel": lambda gateway, caller: gateway.cancel("1", None, "", caller),
}


class Orders:
    """A vendor with whom every write ends alike, and who finds no order."""

    def __init__(self, error: VendorError | None) -> None:
        self.error = error

    def post_order(self, *_args: Any, **_more: Any) -> None:
        if self.error is not None:
            raise self.error

    modify_order = cancel_order = post_order

    def order_by_external_id(self, _external_id: str) -> None:
        return None


@pytest.mark.parametrize("error", [None, OrderOutcomeUnknown("lost"), VendorUnreached("away")], ids=repr)
@pytest.mark.parametrize("write", WRITES)
def test_every_attempt_to_write_forgets_the_positions(write: str, error: VendorError | None) -> None:
    forgotten: list[bool] = []
    orders = cast("VendorOrders", Orders(error))
    gateway = OrderGateway(orders, lambda: forgotten.append(True), halted=False)
    caller = Caller("u", "pm", frozenset(Permission), "r")
    if error is None:
        WRITES[write](gateway, caller)
    else:
        with pytest.raises(type(error)):
            WRITES[write](gateway, caller)
    assert forgotten == [True]
