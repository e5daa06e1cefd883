"""The allocation history by account, and one allocation as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from app.schemas.kit.base import IntervalSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, Identifier, IsoDate, Number, SecurityId, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.schemas.kit.tables import CsvSchema, TableFormat, TableQuery, TableSchema
from app.services.allocations.request import StatedType
from app.services.allocations.store import AllocationStatus
from app.services.allocations.types import AllocationSource, ReasonCode
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.views import LineFilter


class HistoryLineSchema(ResponseSchema):
    """One account's part of an allocation, and what was filled of it."""

    allocation_id = fields.String(metadata=doc("The allocation."))
    business_date = IsoDate(
        metadata=doc("The date of its preview in the desk's time zone.", example="2026-06-30")
    )
    created_at = UtcTime(metadata=doc("When it was previewed, in UTC."))
    committed_at = UtcTime(allow_none=True, metadata=doc("When it was committed, in UTC."))
    account_id = fields.String(metadata=doc("The account.", example="PPR-001"))
    account_name = fields.String(allow_none=True, metadata=doc("Its name; null where that is unknown."))
    security_id = fields.String(metadata=doc("The bond.", example="91282CKF7"))
    security_description = fields.String(
        allow_none=True, metadata=doc("Its short description; null where that is unknown.")
    )
    side = Code(Side, metadata=doc("Which way.", example="BUY"))
    method = Code(Method, metadata=doc("How it was split."))
    status = Code(AllocationStatus, metadata=doc("State of the allocation.", example="SUBMITTED"))
    allocated_quantity = Number(metadata=doc("Face that the preview gave it.", example=400000))
    ordered_quantity = Number(
        allow_none=True,
        metadata=doc(
            "Face of its slice of the order now, after every change; 0 where it has none, null without an "
            "order.",
            example=400000,
        ),
    )
    filled_quantity = Number(
        allow_none=True,
        metadata=doc(
            "Face filled; 0 where nothing is filled, null without an order or where that is unknown."
        ),
    )
    booked_quantity = Number(
        allow_none=True,
        metadata=doc("Face that Aladdin was last seen to have booked for it; null where it did not say."),
    )
    average_price = Number(allow_none=True, metadata=doc("Average clean price of its fills.", example=98.5))
    principal = Number(allow_none=True, metadata=doc("Clean value of its fills, in the bond's currency."))
    order_id = fields.String(allow_none=True, metadata=doc("Aladdin's id of the block order."))
    order_status = fields.String(
        allow_none=True, metadata=doc("Aladdin's word for the order's state; null without an order.")
    )
    allocation_state = Code(
        AllocationState,
        allow_none=True,
        metadata=doc(
            "Whether fills are final: OF_RECORD, as Aladdin has booked them. While DIFFERENT they are null. "
            "Null without an order.",
            example="OF_RECORD",
        ),
    )
    reason_code = Code(ReasonCode, allow_none=True, metadata=doc("Why it got nothing, where it did not."))
    created_by = fields.String(metadata=doc("Who asked for it.", example="demo_user"))


class HistoryLinePageSchema(NextCursorSchema):
    """A page of the lines of allocations, newest first."""

    lines = fields.List(fields.Nested(HistoryLineSchema), attribute="items", metadata=doc("The lines."))


@dataclass(frozen=True, slots=True)
class LineHistory:
    """Filters, page and format of the allocation history by account."""

    filters: LineFilter
    cursor: str | None
    limit: int
    table: TableQuery


@dataclass(frozen=True, slots=True)
class LineTable:
    """Filters and format of the whole allocation history by account."""

    filters: LineFilter
    table: TableQuery


class LineFilterSchema(IntervalSchema):
    """Filters over the lines of allocations; all that are given hold together."""

    makes = LineFilter

    account_id = Identifier("account-id", load_default=None, metadata=added("The account."))
    allocation_id = Identifier("allocation-id", load_default=None, metadata=added("The allocation."))
    date_from = IsoDate(
        load_default=None, metadata=added("Previewed on this day of the desk's time zone or later.")
    )
    date_to = IsoDate(
        load_default=None, metadata=added("Previewed on this day of the desk's time zone or earlier.")
    )
    security_id = SecurityId(load_default=None, metadata=added("The bond."))
    status = Code(AllocationStatus, load_default=None, metadata=added("State.", example="SUBMITTED"))


class LineHistorySchema(LineFilterSchema, PagingSchema, TableSchema):
    """Filters over the lines of allocations, which page of them, and in which format."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LineHistory:
        """Split what was read into filters, page and format."""
        table = TableQuery(data.pop("format"), data.pop("bom"))
        cursor, limit = data.pop("cursor"), data.pop("limit")
        return LineHistory(LineFilter(**data), cursor, limit, table)


class LineCsvSchema(LineFilterSchema, CsvSchema):
    """Filters over the lines of allocations, and how CSV is wanted."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LineTable:
        """Split what was read into filters and format."""
        table = TableQuery(TableFormat.CSV, data.pop("bom"))
        return LineTable(LineFilter(**data), table)


class SheetLineSchema(ResponseSchema):
    """The columns of one allocation as a table."""

    account_id = fields.String()
    account_name = fields.String()
    security_id = fields.String()
    security_description = fields.String()
    side = Code(Side)
    settlement_date = IsoDate()
    currency = fields.String()
    price = Number()
    accrued = Number()
    allocated_quantity = Number()
    allocated_notional = Number()
    accrued_interest = Number()
    settlement_amount = Number()
    available_cash = Number()
    post_trade_cash = Number()
    ordered_quantity = Number()
    filled_quantity = Number()
    booked_quantity = Number()
    average_price = Number()
    principal = Number()
    order_id = fields.String()
    allocation_state = Code(AllocationState)
    reason_code = Code(ReasonCode)
    reason = fields.String()
    requested_type = Code(StatedType)
    requested_value = Number()
    requested_quantity = Number()
    allocation_source = Code(AllocationSource)
    owed_before = Number()
    owed_after = Number()
