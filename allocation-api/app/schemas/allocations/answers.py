"""Previews, commits and the history of allocations, as they leave the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from app.schemas.allocations.adjustments import AdjustmentSchema
from app.schemas.allocations.constraints import ConstraintsSchema
from app.schemas.allocations.decisions import AcknowledgementSchema, ApprovalSchema, SettlementSchema
from app.schemas.allocations.parameters import ParametersSchema
from app.schemas.allocations.rows import AccountAllocationSchema, SummarySchema, WarningSchema
from app.schemas.audit import BreakSchema
from app.schemas.kit.base import IntervalSchema, ResponseSchema, added, doc, widened
from app.schemas.kit.fields import Code, Identifier, IsoDate, Number, SecurityId, Text, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.schemas.kit.tables import TableQuery, TableSchema
from app.services.allocations.history import HistoryFilter
from app.services.allocations.store import AllocationStatus, CommitLineStatus, CommitStatus
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method


class PricedOrderSchema(ResponseSchema):
    """The block order as it was priced."""

    security_id = fields.String(metadata=doc("The bond.", example="91282CKF7"))
    side = Code(Side, metadata=doc("Which way to trade.", example="BUY"))
    total_quantity = Number(metadata=doc("Face that was asked for.", example=8000000))
    settlement_date = IsoDate(metadata=doc("Settlement date."))
    price = Number(metadata=added("Clean price per 100 of face.", example=98.5))
    accrued = Number(metadata=added("Accrued per 100 of face at settlement.", example=1.2))
    price_source = fields.String(
        metadata=added(
            "Where the price comes from: REQUEST, or the source that Aladdin names, in its own words.",
            example="REQUEST",
        )
    )
    requested_notional = Number(
        allow_none=True, metadata=added("Principal that was asked for; null for another size.")
    )
    requested_percent_of_nav = Number(
        allow_none=True, metadata=added("Fraction of NAV that was asked for; null for another size.")
    )


class ItemErrorSchema(ResponseSchema):
    """Aladdin answered for this asset or account with an error instead of data."""

    security_id = fields.String(metadata=added("The asset or account."))
    code = fields.String(metadata=added("Aladdin's code, in its own words: no closed list."))
    message = fields.String(metadata=added("Aladdin's message."))


class CommitLineSchema(ResponseSchema):
    """What became of one account's slice."""

    account_id = fields.String(metadata=doc("Account id."))
    aladdin_order_id = fields.String(allow_none=True, metadata=doc("Aladdin's id of the block order."))
    status = Code(
        CommitLineStatus,
        metadata=widened(
            "What became of it; PENDING_COMPLIANCE and PENDING_APPROVAL as for the whole.",
            [CommitLineStatus.PENDING_COMPLIANCE.value, CommitLineStatus.PENDING_APPROVAL.value],
            example="SUBMITTED",
        ),
    )
    message = fields.String(metadata=doc("The same in words."))
    allocated_quantity = Number(metadata=added("Face of the slice.", example=400000))


class CommitResultSchema(ResponseSchema):
    """What became of a commit."""

    status = Code(
        CommitStatus,
        metadata=widened(
            "What became of it. PENDING_COMPLIANCE: Aladdin has the order, but its compliance has not "
            "finished and may still bar it; GET /orders/{order_id} shows what comes of it. The allocation "
            "is SUBMITTED. PENDING_APPROVAL: nothing was sent, because another user has to approve it first; "
            "the allocation shows what comes of that.",
            [CommitStatus.PENDING_COMPLIANCE.value, CommitStatus.PENDING_APPROVAL.value],
            example="SUCCESS",
        ),
    )
    aladdin_order_ids = fields.List(
        fields.String(), metadata=doc("Aladdin's ids; one block order with a slice for each account.")
    )
    allocations = fields.List(fields.Nested(CommitLineSchema), metadata=doc("The slices."))
    audit_id = fields.String(metadata=doc("Id of the audit record."))
    allocation_id = fields.String(metadata=added("The allocation that was committed."))
    message = fields.String(metadata=added("What became of it, in words."))
    acknowledged_warnings = fields.List(
        fields.Nested(AcknowledgementSchema),
        attribute="acknowledged",
        metadata=added("The warnings that were acknowledged one by one, and by whom."),
    )


class UsedParametersSchema(ResponseSchema, ParametersSchema):
    """Parameters of the methods as they were used, defaults filled in."""


class UsedConstraintsSchema(ResponseSchema, ConstraintsSchema):
    """Limits of the request as they were used, defaults filled in."""


class ChosenSchema(ResponseSchema):
    """The variant of a comparison that a preview was made of."""

    comparison_id = fields.String(metadata=added("Id of the comparison."))
    variant = fields.String(metadata=added("Name of the variant.", example="by NAV"))


class BlotterPlaceSchema(ResponseSchema):
    """The line of a blotter whose book a preview was computed on: after the trades of the lines before it."""

    blotter_id = fields.String(metadata=added("Id of the blotter."))
    line = fields.Integer(metadata=added("Number of the line, from 1.", example=2))
    earlier = fields.Integer(metadata=added("Previews whose trades the book contains.", example=1))
    previous = fields.String(
        allow_none=True,
        metadata=added("The last of these previews, which names the one before it; null without any."),
    )


class AllocationSchema(ResponseSchema):
    """A preview, and what became of it: always the numbers that were shown first."""

    allocation_id = fields.String(metadata=doc("Id of the preview."))
    timestamp = UtcTime(attribute="created_at", metadata=doc("When it was computed, in UTC."))
    order = fields.Nested(PricedOrderSchema, attribute="result.order", metadata=doc("The block order."))
    allocations = fields.List(
        fields.Nested(AccountAllocationSchema),
        attribute="result.allocations",
        metadata=doc("Every account of the groups, also those that get nothing."),
    )
    summary = fields.Nested(SummarySchema, attribute="result.summary", metadata=doc("Totals."))
    warnings = fields.List(
        fields.Nested(WarningSchema),
        attribute="result.warnings",
        metadata=doc("What to have seen before committing."),
    )
    errors = fields.List(
        fields.Nested(ItemErrorSchema),
        attribute="result.errors",
        metadata=doc("Assets or accounts for which Aladdin gave an error."),
    )
    status = Code(AllocationStatus, metadata=added("State of the preview.", example="PREVIEWED"))
    expires_at = UtcTime(metadata=added("Until when it can be committed."))
    created_by = fields.String(metadata=added("Who asked for it.", example="demo_user"))
    allocation_method = Code(
        Method,
        attribute="request.method",
        metadata=added("How the order was split.", example="PRO_RATA"),
    )
    portfolio_groups = fields.List(
        fields.String(), attribute="request.portfolio_groups", metadata=added("Groups that took part.")
    )
    parameters = fields.Nested(
        UsedParametersSchema,
        attribute="request.parameters",
        metadata=added("Parameters, defaults filled in."),
    )
    constraints = fields.Nested(
        UsedConstraintsSchema,
        attribute="request.constraints",
        metadata=added("Limits and wishes, defaults filled in."),
    )
    commit = fields.Nested(
        CommitResultSchema, allow_none=True, metadata=added("What became of the commit; null before it.")
    )
    evidence_breaks = fields.List(
        fields.Nested(BreakSchema),
        metadata=added("Where what is stored is not as the audit trail has it; empty where all is."),
    )
    fairness_policy_id = fields.String(
        allow_none=True,
        metadata=added(
            "Id of the fairness policy that was in force; null before there was any.", example="default"
        ),
    )
    comparison = fields.Nested(
        ChosenSchema,
        attribute="choice",
        allow_none=True,
        metadata=added("The variant of a comparison that was chosen; null where this was none."),
    )
    adjustment = fields.Nested(
        AdjustmentSchema,
        allow_none=True,
        metadata=added(
            "What the edit of another preview fixed, moved and costs; null where this is no edit."
        ),
    )
    approval = fields.Nested(
        ApprovalSchema,
        allow_none=True,
        metadata=added("The commit's approval by another user; null where none was needed or asked for."),
    )
    settlement = fields.Nested(
        SettlementSchema,
        allow_none=True,
        metadata=added("How people settled an unknown outcome, or propose to; null otherwise."),
    )
    blotter = fields.Nested(
        BlotterPlaceSchema,
        allow_none=True,
        metadata=added("The line of a blotter whose book it was computed on; null where it is of none."),
    )


@dataclass(frozen=True, slots=True)
class History:
    """Filters, page and format of the allocation history."""

    filters: HistoryFilter
    cursor: str | None
    limit: int
    table: TableQuery


class HistorySchema(IntervalSchema, PagingSchema, TableSchema):
    """Filters over the allocation history; all that are given hold together."""

    date_from = IsoDate(
        load_default=None, metadata=added("Created on this day of the desk's time zone or later.")
    )
    date_to = IsoDate(
        load_default=None, metadata=added("Created on this day of the desk's time zone or earlier.")
    )
    status = Code(AllocationStatus, load_default=None, metadata=added("State.", example="SUBMITTED"))
    security_id = SecurityId(load_default=None, metadata=added("The bond."))
    group_id = Identifier("portfolio-group-id", load_default=None, metadata=added("A group that took part."))
    username = Text(least=1, most=100, load_default=None, metadata=added("Who asked for it."))
    method = Code(Method, load_default=None, metadata=added("How it was split."))
    side = Code(Side, load_default=None, metadata=added("Which way.", example="BUY"))
    account_id = Identifier(
        "account-id", load_default=None, metadata=added("An account that the preview gives some.")
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> History:
        """Split what was read into filters, page and format."""
        table = TableQuery(data.pop("format"), data.pop("bom"))
        cursor, limit = data.pop("cursor"), data.pop("limit")
        return History(HistoryFilter(**data), cursor, limit, table)


class AllocationLineSchema(ResponseSchema):
    """A line of the allocation history."""

    allocation_id = fields.String(metadata=doc("Id of the preview."))
    status = Code(AllocationStatus, metadata=doc("State.", example="SUBMITTED"))
    timestamp = UtcTime(attribute="created_at", metadata=doc("When it was computed, in UTC."))
    expires_at = UtcTime(metadata=doc("Until when it could be committed."))
    created_by = fields.String(metadata=doc("Who asked for it.", example="demo_user"))
    security_id = fields.String(metadata=doc("The bond.", example="91282CKF7"))
    security_description = fields.String(
        allow_none=True, metadata=doc("Its short description; null where that is unknown.")
    )
    side = Code(Side, metadata=doc("Which way.", example="BUY"))
    allocation_method = Code(Method, attribute="method", metadata=doc("How it was split."))
    quantity = Number(metadata=doc("Face that was asked for.", example=8000000))
    total_allocated = Number(metadata=doc("Face that the preview allocated.", example=8000000))
    unallocated = Number(metadata=doc("Face that was not.", example=0))
    ordered_quantity = Number(
        allow_none=True,
        metadata=doc("Face of the order now, after every change; null without an order.", example=6000000),
    )
    filled_quantity = Number(
        allow_none=True,
        metadata=doc(
            "Face filled of it; 0 where nothing is filled, null without an order or where that is unknown.",
            example=0,
        ),
    )
    portfolio_groups = fields.List(fields.String(), metadata=doc("Groups that took part."))
    aladdin_order_id = fields.String(allow_none=True, metadata=doc("Aladdin's id, once committed."))


class AllocationPageSchema(NextCursorSchema):
    """A page of the allocation history, newest first."""

    allocations = fields.List(
        fields.Nested(AllocationLineSchema), attribute="items", metadata=doc("The allocations.")
    )


class EngineChangeSchema(ResponseSchema):
    """A version of the computation and what it changed for the same inputs."""

    version = fields.String(metadata=doc("Version that brought the change.", example="3"))
    change = fields.String(metadata=doc("What it changed, in words."))
    rules = fields.List(fields.String(), metadata=doc("Rules that it touches, as the documents number them."))


class ReplaySchema(ResponseSchema):
    """Whether a recomputation from the stored inputs gives the stored numbers."""

    allocation_id = fields.String(metadata=doc("Id of the preview."))
    identical = fields.Boolean(
        metadata=doc("Whether every number is the same, and all is stored as recorded.", example=True)
    )
    snapshot_sha256 = fields.String(metadata=doc("Fingerprint of the stored inputs."))
    recorded_engine_version = fields.String(metadata=doc("Version of the code that computed the preview."))
    engine_version = fields.String(metadata=doc("Version of the code that recomputed it."))
    engine_changes = fields.List(
        fields.Nested(EngineChangeSchema),
        metadata=doc("Changes of the code since then that can have moved the numbers, where they differ."),
    )
    differences = fields.List(fields.String(), metadata=doc("Where the numbers differ."))
    evidence_breaks = fields.List(
        fields.Nested(BreakSchema),
        metadata=doc("Where what is stored is not as the audit trail has it; then it is not identical."),
    )
