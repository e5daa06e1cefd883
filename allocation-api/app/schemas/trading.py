"""Block orders that this system sent to Aladdin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.schemas.allocations.decisions import warning_ids
from app.schemas.audit import BreakSchema
from app.schemas.kit.base import IntervalSchema, RequestSchema, ResponseSchema, added, closed, doc, widened
from app.schemas.kit.fields import (
    MAX_FACE,
    Code,
    FaceNumber,
    Flag,
    Identifier,
    IsoDate,
    Number,
    QueryFlag,
    QueryNumber,
    SecurityId,
    Text,
    UtcTime,
    WholeNumber,
)
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.allocations.store import AllocationStatus
from app.services.domain.face import Face
from app.services.domain.record import AllocationState, FillKind
from app.services.domain.side import Side
from app.services.trading.orders.change import ChangeStatus
from app.services.trading.orders.listing import OrderFilter
from app.services.trading.orders.observation import BookingWarningType

MAX_SYNCHRONISED, MAX_RECORDED = 200, 1_000
"""Rows in a page of orders that are read from Aladdin first, and in one that is not."""

MAX_TOUCHES = 2**31 - 1
"""The vendor counts touches in 32 bits."""


CANCEL_STATUSES = (ChangeStatus.SUCCESS.value, ChangeStatus.FAILED.value)
PENDING = ChangeStatus.PENDING_COMPLIANCE.value


def _evidence_breaks() -> fields.List[Any]:
    return fields.List(
        fields.Nested(BreakSchema),
        metadata=added("Where the order is not stored as the audit trail has it; empty where all is."),
    )


class OrderSliceSchema(ResponseSchema):
    """One account's slice of a block order."""

    account_id = fields.String(metadata=doc("Account id."))
    previewed_quantity = Number(metadata=added("Face that the preview gave it.", example=400000))
    quantity = Number(metadata=doc("Face now, after every change.", example=400000))
    filled_quantity = Number(
        allow_none=True,
        metadata=doc(
            "Face that is filled and allocated to the account; 0 where nothing is, null where unknown.",
            example=0,
        ),
    )
    booked_quantity = Number(
        allow_none=True,
        metadata=doc("Face that Aladdin has booked for the account; null where it does not say.", example=0),
    )
    difference_quantity = Number(
        allow_none=True,
        metadata=added("filled_quantity less booked_quantity; null where Aladdin does not say.", example=0),
    )


class BookingWarningSchema(ResponseSchema):
    """A rule that Aladdin's booking of one account breaks."""

    type = Code(BookingWarningType, metadata=doc("What it breaks.", example="OFF_LOT"))
    account_id = fields.String(metadata=doc("Account id."))
    message = fields.String(metadata=doc("The same in words."))


class OrderSchema(ResponseSchema):
    """A block order with Aladdin's present word on it."""

    order_id = fields.String(metadata=doc("Aladdin's id of the order."))
    allocation_id = fields.String(metadata=doc("The allocation that it came from."))
    security_id = fields.String(metadata=doc("The bond.", example="91282CKF7"))
    side = Code(Side, metadata=doc("Which way.", example="BUY"))
    previewed_quantity = Number(metadata=added("Face that the preview allocated.", example=8000000))
    quantity = Number(metadata=doc("Face now, after every change.", example=8000000))
    filled_quantity = Number(
        allow_none=True, metadata=doc("Face that is filled; null where Aladdin does not say.", example=0)
    )
    average_price = Number(allow_none=True, metadata=doc("Average clean price of the fills."))
    status = fields.String(
        metadata=doc(
            "Aladdin's own word for the state of the order, which each of its clients defines, so no closed "
            "list: Compl Pending while its compliance has not finished; UNREPORTED where Aladdin does not "
            "show the order.",
            example="Open",
        )
    )
    settlement_date = IsoDate(allow_none=True, metadata=doc("Settlement date."))
    created_at = UtcTime(metadata=doc("When it was sent, in UTC."))
    updated_at = UtcTime(metadata=doc("When it last changed, in UTC."))
    created_by = fields.String(metadata=doc("Who sent it.", example="demo_user"))
    touch_count = fields.Integer(
        allow_none=True,
        metadata=doc("Aladdin's count of the order's changes; null where it does not say.", example=1),
    )
    allocation_state = Code(
        AllocationState,
        metadata=added(
            "What filled_quantity of the slices is: PROVISIONAL while the order works or Aladdin was not "
            "seen since its end; OF_RECORD once it is over and they are what Aladdin has booked; DIFFERENT "
            "where it is over and Aladdin's booking is incomplete or does not add up to what is filled.",
            example="PROVISIONAL",
        ),
    )
    slices = fields.List(fields.Nested(OrderSliceSchema), metadata=doc("The accounts' slices."))
    warnings = fields.List(
        fields.Nested(BookingWarningSchema),
        metadata=added("Rules that Aladdin's booking breaks; it is the allocation of record all the same."),
    )
    security_description = fields.String(
        allow_none=True, metadata=added("Short description of the bond; null where that is unknown.")
    )
    portfolio_groups = fields.List(fields.String(), metadata=added("Groups that the order was split over."))
    allocation_status = Code(
        AllocationStatus, metadata=added("State of the allocation that it came from.", example="SUBMITTED")
    )


class OrderDetailSchema(OrderSchema):
    """One block order with Aladdin's present word on it."""

    evidence_breaks = _evidence_breaks()


class AllocatedFillSchema(ResponseSchema):
    """One account's part of a fill."""

    account_id = fields.String(metadata=doc("Account id."))
    quantity = Number(metadata=doc("Face of this fill; negative where it was taken back.", example=50000))
    filled_quantity = Number(metadata=doc("The account's filled face after it.", example=150000))
    average_price = Number(
        allow_none=True,
        metadata=doc("The order's average clean price, which every account gets.", example=98.4375),
    )
    principal = Number(
        metadata=doc(
            "The account's filled face after it at that price, by the bond's factor, to the cent; the "
            "accounts together may differ from the order by some cents.",
            example=147656.25,
        )
    )


class FillSchema(ResponseSchema):
    """A step by which an order was filled."""

    sequence = fields.Integer(metadata=doc("Its place among the fills of the order, from 1.", example=1))
    kind = Code(
        FillKind,
        metadata=added(
            "Whose split it is: CALCULATED here, or BOOKED by Aladdin and taken over, which corrects what "
            "was calculated before.",
            example="CALCULATED",
        ),
    )
    at = UtcTime(metadata=doc("When it was seen, in UTC."))
    quantity = Number(metadata=doc("Face of this fill; negative where it was taken back.", example=1000000))
    filled_quantity = Number(metadata=doc("The order's filled face after it.", example=3000000))
    average_price = Number(
        allow_none=True,
        metadata=doc("The order's average clean price after it; null with nothing filled.", example=98.4375),
    )
    allocations = fields.List(fields.Nested(AllocatedFillSchema), metadata=doc("The accounts' parts."))


class OrderFillsSchema(ResponseSchema):
    """What was filled of an order, and for whom."""

    order_id = fields.String(metadata=doc("Aladdin's id of the order."))
    quantity = Number(metadata=doc("Face.", example=8000000))
    filled_quantity = Number(
        allow_none=True,
        metadata=doc("Face that is filled; null where Aladdin does not say.", example=3000000),
    )
    average_price = Number(
        allow_none=True, metadata=doc("Average clean price of the fills.", example=98.4375)
    )
    fills = fields.List(fields.Nested(FillSchema), metadata=doc("The fills, first to last."))
    evidence_breaks = _evidence_breaks()


class OrderPageSchema(NextCursorSchema):
    """A page of orders, newest first."""

    orders = fields.List(fields.Nested(OrderSchema), attribute="items", metadata=doc("The orders."))


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Filters and page of the order list, and how much is shown of each."""

    filters: OrderFilter
    slices: bool
    recorded: bool
    cursor: str | None
    limit: int


class OrderQuerySchema(IntervalSchema, PagingSchema):
    """Filters over the orders; all that are given hold together."""

    status = Text(
        least=1,
        most=40,
        load_default=None,
        metadata=added("Status, as it was last seen before this request.", example="Open"),
    )
    is_open = QueryFlag(
        load_default=None,
        data_key="open",
        metadata=added(
            "true: orders that Aladdin may still change. false: those that are over.", example=True
        ),
    )
    side = Code(Side, load_default=None, metadata=added("Which way.", example="BUY"))
    security_id = SecurityId(load_default=None, metadata=added("The bond."))
    allocation_id = Identifier("allocation-id", load_default=None, metadata=added("The allocation."))
    allocation_state = Code(
        AllocationState,
        load_default=None,
        metadata=added("What the accounts' fills were, as they were last seen.", example="DIFFERENT"),
    )
    group_id = Identifier(
        "portfolio-group-id", load_default=None, metadata=added("A group that the order was split over.")
    )
    account_id = Identifier("account-id", load_default=None, metadata=added("An account with a slice."))
    username = Text(least=1, most=100, load_default=None, metadata=added("Who sent it."))
    date_from = IsoDate(
        load_default=None, metadata=added("Sent on this day of the desk's time zone or later.")
    )
    date_to = IsoDate(
        load_default=None, metadata=added("Sent on this day of the desk's time zone or earlier.")
    )
    slices = QueryFlag(
        load_default=True,
        metadata=added("false: `slices` are left empty, for a list of many orders.", example=False),
    )
    recorded = QueryFlag(
        load_default=False,
        metadata=added(
            "true: as last recorded, at most RECOVERY_SECONDS ago where Aladdin answers; `touch_count` is "
            "then null. false: Aladdin is asked.",
            example=False,
        ),
    )
    limit = QueryNumber(
        1,
        MAX_RECORDED,
        load_default=50,
        metadata=added(f"At most so many rows; with recorded=false at most {MAX_SYNCHRONISED}.", example=50),
    )

    @validates_schema
    def few_at_aladdin(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a long page for which Aladdin would be asked."""
        if data["limit"] > MAX_SYNCHRONISED and not data["recorded"]:
            raise ValidationError(
                f"A whole number from 1 to {MAX_SYNCHRONISED} is expected; with recorded=true up to "
                f"{MAX_RECORDED:,}.",
                "limit",
            )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OrderQuery:
        """Split what was read into filters, page and how much is shown."""
        others = {name: data.pop(name) for name in ("slices", "recorded", "cursor", "limit")}
        return OrderQuery(OrderFilter(**data), **others)


@dataclass(frozen=True, slots=True)
class ModifyOrder:
    """The new face, and why."""

    quantity: Face
    comment: str
    touch_count: int | None


def _touch_count() -> WholeNumber:
    return WholeNumber(
        0,
        MAX_TOUCHES,
        load_default=None,
        allow_none=True,
        metadata=added(
            "The order's touch_count as you saw it: when it has changed since, the answer is 409. Without it "
            "the order is changed as it is.",
            example=1,
        ),
    )


class ModifyOrderSchema(RequestSchema):
    """A change of an order."""

    makes = ModifyOrder

    quantity = FaceNumber(1, MAX_FACE, required=True, metadata=doc("The order's new face.", example=4000000))
    comment = Text(most=1000, load_default="", metadata=doc("Why, for the audit trail.", example="Smaller"))
    touch_count = _touch_count()


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Why an order is cancelled."""

    reason: str
    touch_count: int | None


class CancelOrderSchema(RequestSchema):
    """The cancellation of an order."""

    makes = CancelOrder

    reason = Text(
        least=1, most=1000, required=True, metadata=doc("Why, for the audit trail.", example="Market moved")
    )
    touch_count = _touch_count()


class CancelResultSchema(ResponseSchema):
    """What became of a cancellation."""

    status = fields.String(
        metadata=doc(
            "What became of it.",
            example="SUCCESS",
            **closed("CancelStatus", "Outcome of a cancellation.", CANCEL_STATUSES),
        )
    )
    message = fields.String(metadata=doc("The same in words."))
    audit_id = fields.String(metadata=added("Id of the audit record."))


class ModifyResultSchema(CancelResultSchema):
    """What became of a change."""

    status = fields.String(
        metadata=widened(
            "What became of it. PENDING_COMPLIANCE: Aladdin has the change, but its compliance has not "
            "finished and may still bar the order; GET /orders/{order_id} shows what comes of it.",
            [PENDING],
            example="SUCCESS",
            **closed(
                "ModifyStatus",
                "Outcome of a change; PENDING_COMPLIANCE while Aladdin's check of it has not finished.",
                (*CANCEL_STATUSES, PENDING),
            ),
        )
    )
    aladdin_order_id = fields.String(metadata=doc("Aladdin's id of the order."))


@dataclass(frozen=True, slots=True)
class Commit:
    """Why, and which warnings are accepted."""

    comment: str
    override_warnings: bool
    acknowledge: Sequence[str]


class CommitSchema(RequestSchema):
    """The wish to commit a preview."""

    makes = Commit

    comment = Text(most=1000, load_default="", metadata=doc("Why, for the audit trail.", example="Agreed"))
    override_warnings = Flag(
        load_default=False,
        metadata=doc("Accept the preview's warnings; needs allocations:override-warnings.", example=True),
    )
    acknowledge = warning_ids()
