"""Reports: the allocation history by account, how fairly allocations were shared, and FIX messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from app.schemas.kit.base import IntervalSchema, RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, Identifier, IsoDate, Number, QueryFlag, SecurityId, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.schemas.kit.tables import CsvSchema, TableFormat, TableQuery, TableSchema
from app.services.allocations.request import StatedType
from app.services.allocations.store import AllocationStatus
from app.services.allocations.types import AllocationSource, ReasonCode
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.fix import AllocTransType, AllocType
from app.services.reports.views import LineFilter, Period


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


class AccountFairnessSchema(ResponseSchema):
    """What one account got in the period, beside what it was entitled to, and how it fared.

    Over the allocations of which something was filled; ratios are of what was filled.
    """

    account_id = fields.String(metadata=doc("The account.", example="PPR-001"))
    account_name = fields.String(allow_none=True, metadata=doc("Its name; null where that is unknown."))
    allocations = fields.Integer(metadata=doc("Allocations in which it got or could have taken something."))
    not_comparable = fields.Integer(
        metadata=doc("Of its lines, those without entitlement: NAV or what it could take was not kept.")
    )
    asked_quantity = Number(
        metadata=doc("Face of its slices of the orders, after every change of them.", example=400000)
    )
    filled_quantity = Number(metadata=doc("Face filled for it.", example=400000))
    entitled_quantity = Number(
        allow_none=True,
        metadata=doc(
            "Sum over the comparable allocations of the face filled for all x its NAV / the NAV of all "
            "accounts that could have taken something.",
            example=380000,
        ),
    )
    fill_ratio = Number(allow_none=True, metadata=doc("filled_quantity / asked_quantity, a fraction."))
    total_quantity = Number(metadata=doc("Face filled for all accounts, in `allocations`."))
    share = Number(allow_none=True, metadata=doc("filled_quantity / total_quantity, a fraction."))
    comparable_quantity = Number(metadata=doc("Face filled for it where comparable."))
    comparable_total = Number(metadata=doc("Face filled for all in those allocations."))
    pro_rata_share = Number(allow_none=True, metadata=doc("entitled_quantity / comparable_total."))
    entitlement_ratio = Number(
        allow_none=True, metadata=doc("comparable_quantity / entitled_quantity, a fraction.")
    )
    difference_quantity = Number(
        allow_none=True, metadata=doc("comparable_quantity - entitled_quantity, in face.")
    )
    difference_percentage_points = Number(
        allow_none=True, metadata=doc("difference_quantity / comparable_total, in percentage points.")
    )
    average_price = Number(allow_none=True, metadata=doc("Average clean price of its fills, by face."))
    block_average_price = Number(
        allow_none=True, metadata=doc("Average price of the blocks that it took part in, by its filled face.")
    )
    price_difference = Number(
        allow_none=True, metadata=doc("average_price - block_average_price, per 100 of face.")
    )
    price_difference_bp = Number(
        allow_none=True, metadata=doc("price_difference in basis points of the block's price.")
    )
    gained = fields.Integer(
        attribute="gains.gained",
        metadata=doc("Of its filled allocations, those with a first-day gain."),
    )
    gain_known = fields.Integer(
        attribute="gains.known", metadata=doc("Of its filled allocations, those with a first-day price.")
    )
    gain_unknown = fields.Integer(attribute="gains.unknown", metadata=doc("Those without one."))
    gain_rate = Number(attribute="gains.rate", allow_none=True, metadata=doc("gained / gain_known."))
    gain_p_value = fields.Float(
        allow_none=True,
        metadata=doc(
            "How likely a record at least as one-sided would be, had its allocations been drawn at random "
            "from all of the period (hypergeometric, two-sided). Of many accounts some are low by chance."
        ),
    )


class FairnessSchema(ResponseSchema):
    """How fairly what was filled of the allocations of a period was shared."""

    date_from = IsoDate(attribute="period.date_from", metadata=doc("First business date."))
    date_to = IsoDate(attribute="period.date_to", metadata=doc("Last business date."))
    time_zone = fields.String(
        metadata=doc("The desk's time zone, in which its dates begin and end.", example="America/New_York")
    )
    allocations = fields.Integer(metadata=doc("Allocations of whose order something was filled."))
    provisional = fields.Integer(
        metadata=doc("Of these, those whose fills may change: the order works, or is not seen booked yet.")
    )
    not_filled = fields.Integer(metadata=doc("Left out: nothing of the order was filled."))
    not_known = fields.Integer(
        metadata=doc(
            "Left out: it is not known what was filled for the accounts, or Aladdin has booked otherwise."
        )
    )
    not_comparable = fields.Integer(metadata=doc("Of `allocations`, those without entitlements."))
    asked_quantity = Number(metadata=doc("Face of the orders, after every change of them."))
    filled_quantity = Number(metadata=doc("Face that was filled in all."))
    gained = fields.Integer(
        attribute="gains.gained", metadata=doc("Filled allocations with a first-day gain.")
    )
    gain_known = fields.Integer(
        attribute="gains.known", metadata=doc("Filled allocations with a first-day price.")
    )
    gain_unknown = fields.Integer(attribute="gains.unknown", metadata=doc("Those without one."))
    gain_rate = Number(attribute="gains.rate", allow_none=True, metadata=doc("gained / gain_known."))
    accounts = fields.List(fields.Nested(AccountFairnessSchema), metadata=doc("By account id."))


@dataclass(frozen=True, slots=True)
class FairnessQuery:
    """Period and format of a fairness report."""

    period: Period
    table: TableQuery


class PeriodSchema(IntervalSchema):
    """Which committed allocations a fairness report is about."""

    makes = Period

    date_from = IsoDate(
        required=True,
        metadata=added("Sent on this day of the desk's time zone or later.", example="2026-07-01"),
    )
    date_to = IsoDate(
        required=True,
        metadata=added("Sent on this day of the desk's time zone or earlier.", example="2026-09-30"),
    )
    group_id = Identifier("portfolio-group-id", load_default=None, metadata=added("A group that took part."))
    side = Code(Side, load_default=None, metadata=added("Which way."))
    method = Code(Method, load_default=None, metadata=added("How it was split."))


class FairnessQuerySchema(PeriodSchema, TableSchema):
    """Which committed allocations a fairness report is about, and in which format."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> FairnessQuery:
        """Split what was read into period and format."""
        table = TableQuery(data.pop("format"), data.pop("bom"))
        return FairnessQuery(Period(**data), table)


class FairnessCsvSchema(PeriodSchema, CsvSchema):
    """Which committed allocations a fairness report is about, and how CSV is wanted."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> FairnessQuery:
        """Split what was read into period and format."""
        table = TableQuery(TableFormat.CSV, data.pop("bom"))
        return FairnessQuery(Period(**data), table)


@dataclass(frozen=True, slots=True)
class FixQuery:
    """How a FIX message is wanted."""

    readable: bool


class FixQuerySchema(RequestSchema):
    """How a FIX message is wanted."""

    makes = FixQuery

    readable = QueryFlag(
        load_default=False, metadata=added("true: fields separated by bars, for people.", example=False)
    )


@dataclass(frozen=True, slots=True)
class FixPage:
    """Which page of the FIX messages of an allocation."""

    cursor: str | None
    limit: int


class FixPageSchema(PagingSchema):
    """Which page of the FIX messages of an allocation."""

    makes = FixPage


class FixMessageSchema(ResponseSchema):
    """A FIX message that left, and its place in the story of its allocation."""

    alloc_id = fields.String(metadata=doc("AllocID (70): the allocation's id, and `sequence` after a dash."))
    sequence = fields.Integer(metadata=doc("Its place in the allocation's messages, from 1.", example=2))
    trans_type = Code(AllocTransType, metadata=doc("AllocTransType (71).", example="REPLACE"))
    alloc_type = Code(AllocType, metadata=doc("AllocType (626).", example="PRELIMINARY"))
    replaces = fields.String(
        allow_none=True,
        metadata=doc("RefAllocID (72): the message that it replaces or cancels; null in a new one."),
    )
    sent_at = UtcTime(metadata=doc("When it left, in UTC."))
    sent_by = fields.String(metadata=doc("Who asked for it.", example="demo_user"))
    sha256 = fields.String(metadata=doc("SHA-256 of its bytes, as its audit record has it."))


class FixMessagesSchema(NextCursorSchema):
    """A page of the FIX messages of an allocation, newest first."""

    messages = fields.List(fields.Nested(FixMessageSchema), attribute="items", metadata=doc("The messages."))
