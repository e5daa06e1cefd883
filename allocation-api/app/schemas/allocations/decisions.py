"""What people decide on a commit: acknowledged warnings, approvals and settlements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, Identifier, Number, Text, UtcTime
from app.services.allocations.decisions import (
    ApprovalDecision,
    ApprovalReason,
    SettledOutcome,
)
from app.services.allocations.types import WarningType
from app.services.trading.commit.settlement import Word

MAX_WARNINGS = 100_000
"""Warnings that one request acknowledges: more than any preview has."""

MAX_REASON = 1000
WARNING_ID = "3f2a9c0d71be"
"""Example of a warning's id."""


def warning_ids() -> fields.List[Any]:
    """Return the field with the warnings that a user has reviewed."""
    return fields.List(
        Identifier("warning-id"),
        load_default=list,
        validate=Length(max=MAX_WARNINGS),
        metadata=added("Ids of the warnings that you have reviewed and accept.", example=[WARNING_ID]),
    )


def _reason(why: str, example: str) -> Text:
    return Text(least=1, most=MAX_REASON, required=True, metadata=added(why, example=example))


class AcknowledgementSchema(ResponseSchema):
    """A warning that a user has acknowledged by its id."""

    warning_id = fields.String(metadata=added("Id of the warning.", example=WARNING_ID))
    type = Code(WarningType, metadata=added("Kind of warning.", example="INSUFFICIENT_CASH"))
    account_id = fields.String(allow_none=True, metadata=added("The account; null for the whole order."))
    acknowledged_by = fields.String(metadata=added("Who acknowledged it.", example="demo_user"))


class ApprovalSchema(ResponseSchema):
    """A commit that another user has to approve, and what became of that."""

    requested_by = fields.String(metadata=added("Who asked for the commit.", example="demo_user"))
    requested_at = UtcTime(metadata=added("When, in UTC."))
    comment = fields.String(metadata=added("Comment of who asked for it."))
    needed_for = fields.List(
        Code(ApprovalReason),
        metadata=added("Why it needs an approval.", example=["ABOVE_NOTIONAL"]),
    )
    acknowledged_warnings = fields.List(
        fields.Nested(AcknowledgementSchema),
        attribute="acknowledged",
        metadata=added("The warnings that were acknowledged one by one, and by whom."),
    )
    decision = Code(
        ApprovalDecision, allow_none=True, metadata=added("What was decided; null while it waits.")
    )
    decided_by = fields.String(allow_none=True, metadata=added("Who decided; null while it waits."))
    decided_at = UtcTime(allow_none=True, metadata=added("When, in UTC; null while it waits."))
    reason = fields.String(
        allow_none=True, metadata=added("Comment or reason of who decided; null while it waits.")
    )


class SettlementSchema(ResponseSchema):
    """How people settled an unknown outcome, or what one of them proposes."""

    outcome = Code(SettledOutcome, metadata=added("What they say became of the order.", example="SENT"))
    order_id = fields.String(allow_none=True, metadata=added("Aladdin's id of the order; null for NOT_SENT."))
    order_quantity = Number(
        allow_none=True,
        metadata=added("Face of that order at Aladdin when it was proposed; null for NOT_SENT or unknown."),
    )
    reason = fields.String(metadata=added("Why, in the words of who proposed it."))
    proposed_by = fields.String(metadata=added("Who proposed it.", example="demo_supervisor"))
    proposed_at = UtcTime(metadata=added("When, in UTC."))
    confirmed_by = fields.String(
        allow_none=True,
        metadata=added("Who confirmed it; null while it is a proposal.", example="demo_admin"),
    )
    confirmed_at = UtcTime(allow_none=True, metadata=added("When, in UTC; null while it is a proposal."))
    confirmed_reason = fields.String(
        allow_none=True, metadata=added("Why, in the words of who confirmed it; null while it is a proposal.")
    )


@dataclass(frozen=True, slots=True)
class Approve:
    """Why, and which warnings the approving user has reviewed."""

    comment: str
    acknowledge: Sequence[str]


class ApproveSchema(RequestSchema):
    """The approval of a commit."""

    makes = Approve

    comment = Text(
        most=MAX_REASON, load_default="", metadata=added("Why, for the audit trail.", example="Checked")
    )
    acknowledge = warning_ids()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is rejected."""

    reason: str


class RejectSchema(RequestSchema):
    """The rejection of a commit or of a proposal."""

    makes = Reason

    reason = _reason("Why, for the audit trail.", "Too large for today")


class SettleSchema(RequestSchema):
    """What a user says became of an order."""

    makes = Word

    outcome = Code(
        SettledOutcome,
        required=True,
        metadata=added("SENT: Aladdin has the order. NOT_SENT: it never got it.", example="NOT_SENT"),
    )
    order_id = Identifier(
        "vendor-order-id",
        load_default=None,
        allow_none=True,
        metadata=added("Aladdin's id of the order; for SENT alone."),
    )
    reason = _reason("How you know, for the audit trail.", "Aladdin's desk found no such order")

    @validates_schema(skip_on_field_errors=True)
    def names_the_order(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse an order id where there is no order, and SENT without one."""
        if data["outcome"] is SettledOutcome.SENT and data["order_id"] is None:
            raise ValidationError("SENT needs the id of the order at Aladdin.", "order_id")
        if data["outcome"] is SettledOutcome.NOT_SENT and data["order_id"] is not None:
            raise ValidationError("NOT_SENT is about no order, so leave this out.", "order_id")
