"""What holds back final numbers: an order that is over, and of which Aladdin's booking differs."""

from __future__ import annotations

from decimal import Decimal

from app.core.errors import Conflict
from app.models import OrderRow
from app.services.domain.face import face_text
from app.services.domain.record import AllocationState, booking_of


class AllocationDifferent(Conflict):
    """The order is over, and what Aladdin has booked is not what is filled: there are no final numbers."""

    code, title = "ALLOCATION_DIFFERENT", "There is no allocation of record yet"


def check_of_record(order: OrderRow) -> None:
    """Check that what is recorded of an order that is over is what Aladdin has booked (R12.6).

    Raises
    ------
    AllocationDifferent
        Naming both numbers, while they differ or Aladdin has not been seen since the order ended.
    """
    state = AllocationState(order.allocation_state)
    nothing = state is AllocationState.PROVISIONAL and order.filled_quantity == 0
    if state is AllocationState.OF_RECORD or nothing:
        return
    booking = booking_of(order.booked)
    booked = None if booking is None else sum(booking.values(), Decimal(0))
    told = "does not say for whom" if booked is None else f"has booked {face_text(booked)} for its accounts"
    raise AllocationDifferent(
        f"The order {order.order_id} has {face_text(order.filled_quantity)} face filled, and Aladdin "
        f"{told}. Until they agree there is no allocation of record",
        extra={
            "order_id": order.order_id,
            "filled_quantity": float(order.filled_quantity),
            "booked_quantity": None if booked is None else float(booked),
        },
    )
