"""Block orders that this system sent to Aladdin."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.schemas.base import RequestSchema, ResponseSchema, added, doc, widened
from app.schemas.fields import MAX_FACE, Identifier, IsoDate, Number, Text, UtcTime, WholeNumber
from app.schemas.paging import NextCursorSchema, PagingSchema
from app.services.allocation.problem import Side
from app.services.views import PENDING_COMPLIANCE


class OrderSliceSchema(ResponseSchema):
    """One account's slice of a block order."""

    account_id = fields.String(metadata=doc("Account id."))
    quantity = Number(metadata=doc("Face.", example=400000))
    filled_quantity = Number(
        allow_none=True, metadata=doc("Face that is filled; null where Aladdin does not say.", example=0)
    )


class OrderSchema(ResponseSchema):
    """A block order with Aladdin's present word on it."""

    order_id = fields.String(metadata=doc("Aladdin's id of the order."))
    allocation_id = fields.String(metadata=doc("The allocation that it came from."))
    security_id = fields.String(metadata=doc("The bond.", example="91282CKF7"))
    side = fields.Enum(Side, by_value=fields.String, metadata=doc("Which way.", example="BUY"))
    quantity = Number(metadata=doc("Face.", example=8000000))
    filled_quantity = Number(
        allow_none=True, metadata=doc("Face that is filled; null where Aladdin does not say.", example=0)
    )
    average_price = Number(allow_none=True, metadata=doc("Average clean price of the fills."))
    status = fields.String(
        metadata=doc(
            "Aladdin's own word for the state of the order, Compl Pending while its compliance has not "
            "finished; UNREPORTED where Aladdin does not show the order.",
            example="Open",
        )
    )
    settlement_date = IsoDate(allow_none=True, metadata=doc("Settlement date."))
    created_at = UtcTime(metadata=doc("When it was sent, in UTC."))
    updated_at = UtcTime(metadata=doc("When it last changed, in UTC."))
    created_by = fields.String(metadata=doc("Who sent it.", example="demo_user"))
    slices = fields.List(fields.Nested(OrderSliceSchema), metadata=doc("The accounts' slices."))


class OrderPageSchema(NextCursorSchema):
    """A page of orders, newest first."""

    orders = fields.List(fields.Nested(OrderSchema), attribute="items", metadata=doc("The orders."))


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Filters and page of the order list."""

    status: str | None
    security_id: str | None
    allocation_id: str | None
    cursor: str | None
    limit: int


class OrderQuerySchema(PagingSchema):
    """Filters over the orders; all that are given hold together."""

    makes = OrderQuery

    status = Text(least=1, most=40, load_default=None, metadata=added("Status.", example="Open"))
    security_id = Identifier("security-id", load_default=None, metadata=added("The bond."))
    allocation_id = Identifier("allocation-id", load_default=None, metadata=added("The allocation."))


@dataclass(frozen=True, slots=True)
class ModifyOrder:
    """The new face, and why."""

    quantity: int
    comment: str


class ModifyOrderSchema(RequestSchema):
    """A change of an order."""

    makes = ModifyOrder

    quantity = WholeNumber(1, MAX_FACE, required=True, metadata=doc("The order's new face.", example=4000000))
    comment = Text(most=1000, load_default="", metadata=doc("Why, for the audit trail.", example="Smaller"))


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Why an order is cancelled."""

    reason: str


class CancelOrderSchema(RequestSchema):
    """The cancellation of an order."""

    makes = CancelOrder

    reason = Text(
        least=1, most=1000, required=True, metadata=doc("Why, for the audit trail.", example="Market moved")
    )


class CancelResultSchema(ResponseSchema):
    """What became of a cancellation."""

    status = fields.String(metadata=doc("What became of it.", example="SUCCESS", enum=["SUCCESS", "FAILED"]))
    message = fields.String(metadata=doc("The same in words."))
    audit_id = fields.String(metadata=added("Id of the audit record."))


class ModifyResultSchema(CancelResultSchema):
    """What became of a change."""

    status = fields.String(
        metadata=widened(
            "What became of it. PENDING_COMPLIANCE: Aladdin has the change, but its compliance has not "
            "finished and may still bar the order; GET /orders/{order_id} shows what comes of it.",
            [PENDING_COMPLIANCE],
            example="SUCCESS",
            enum=["SUCCESS", "FAILED", PENDING_COMPLIANCE],
        )
    )
    aladdin_order_id = fields.String(metadata=doc("Aladdin's id of the order."))
