"""Alerts: what rules over facts have found, and what people say to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import fields, post_load

from app.schemas.kit.base import RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, Text, UtcTime, WholeNumber
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.alerts.types import AlertState, EventKind, RuleName, Severity
from app.services.alerts.views import AlertFilter

MAX_VERSION = 1_000_000_000

RULE = (
    "DRIFT: a class of a portfolio is out of its band. NEEDS_REBALANCING: a portfolio has such a class. "
    "COMMIT_REFUSED: a commit was refused before anything was sent. ORDER_UNKNOWN: Aladdin may have an "
    "order. CHAIN_BROKEN: the audit trail does not verify. VENDOR_STALE: positions are old. "
    "LEDGER_ABOVE_BOUND: an account's fairness balance is too large. TRADING_STOPPED: no order leaves. "
    "JOB_FAILED: a job failed."
)
SEVERITY = "How bad it is; EMERGENCY breaks through quiet hours and digests."


class AlertSchema(ResponseSchema):
    """An alert: a finding of a rule, from when it began to when it was gone."""

    alert_id = fields.String(metadata=doc("Its id.", format="alert-id"))
    rule = Code(RuleName, metadata=doc(RULE))
    subject = fields.String(metadata=doc("What it is about: an id, or a word.", example="PUBLICPRE"))
    text = fields.String(
        metadata=doc("What is wrong, in words.", example="Aladdin's positions are of 2026-06-26.")
    )
    link = fields.String(
        allow_none=True, metadata=doc("Page of the workbench about it; null if there is none.")
    )
    groups = fields.List(
        fields.String(), metadata=doc("Portfolio groups that it is about; none of the whole desk.")
    )
    severity = Code(Severity, metadata=doc(SEVERITY))
    state = Code(
        AlertState,
        metadata=doc("OPEN until somebody acknowledges it, RESOLVED as soon as its finding is gone."),
    )
    opened_at = UtcTime(metadata=doc("When it was first found, in UTC."))
    last_seen_at = UtcTime(metadata=doc("When it was last found, in UTC; up to a minute behind."))
    count = fields.Integer(
        metadata=doc("How often the finding began; more than once where it came back in its cooldown.")
    )
    escalates_at = UtcTime(
        allow_none=True,
        metadata=doc("When it becomes CRITICAL unless it is acknowledged, in UTC; null if it does not."),
    )
    acknowledged_at = UtcTime(allow_none=True, metadata=doc("When it was acknowledged, in UTC."))
    acknowledged_by = fields.String(allow_none=True, metadata=doc("Who acknowledged it."))
    note = fields.String(allow_none=True, metadata=doc("What was said to it."))
    resolved_at = UtcTime(allow_none=True, metadata=doc("When its finding was gone, in UTC."))
    version = fields.Integer(metadata=doc("Counts its changes.", example=3))
    unread = fields.Boolean(metadata=doc("Whether the user who asks has not read it since it was told."))


class AlertEventSchema(ResponseSchema):
    """An event in the life of an alert."""

    event_id = fields.String(metadata=doc("Its id."))
    at = UtcTime(metadata=doc("When it was, in UTC."))
    kind = Code(
        EventKind,
        metadata=doc(
            "OPENED, RAISED to a worse severity, ESCALATED since nobody acknowledged it, RETURNED within its "
            "cooldown, ACKNOWLEDGED, RESOLVED."
        ),
    )
    severity = Code(Severity, metadata=doc("Its severity then."))
    text = fields.String(metadata=doc("What it said then."))
    username = fields.String(allow_none=True, metadata=doc("Who acknowledged it."))
    note = fields.String(allow_none=True, metadata=doc("What was said to it."))


class AlertWithHistorySchema(ResponseSchema):
    """An alert with its history."""

    alert = fields.Nested(AlertSchema, metadata=doc("The alert."))
    events = fields.List(fields.Nested(AlertEventSchema), metadata=doc("Its events, oldest first."))


class AlertPageSchema(NextCursorSchema):
    """A page of alerts, the last opened first."""

    alerts = fields.List(fields.Nested(AlertSchema), attribute="items", metadata=doc("The alerts."))


class AlertCountsSchema(ResponseSchema):
    """How many alerts are not resolved."""

    info = fields.Integer(metadata=doc("Of severity INFO.", example=0))
    warning = fields.Integer(metadata=doc("Of severity WARNING.", example=2))
    critical = fields.Integer(metadata=doc("Of severity CRITICAL.", example=0))
    emergency = fields.Integer(metadata=doc("Of severity EMERGENCY.", example=0))
    open = fields.Integer(metadata=doc("In state OPEN.", example=1))
    acknowledged = fields.Integer(metadata=doc("In state ACKNOWLEDGED.", example=1))
    unread = fields.Integer(metadata=doc("That the user who asks has not read.", example=1))
    told_until = UtcTime(
        allow_none=True,
        metadata=doc(
            "When the last of the unread ones was told, in UTC, to say that they are read; or null."
        ),
    )
    as_of = UtcTime(metadata=doc("When this was counted, in UTC."))


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Filters and page of alerts."""

    filters: AlertFilter
    cursor: str | None
    limit: int


class AlertQuerySchema(PagingSchema):
    """Which alerts; all filters that are given hold together."""

    makes = AlertQuery

    state = Code(AlertState, load_default=None, metadata=added("Alerts in this state.", example="OPEN"))
    severity = Code(Severity, load_default=None, metadata=added("Alerts of this severity."))
    rule = Code(RuleName, load_default=None, metadata=added("Alerts of this rule."))
    subject = Text(least=1, most=255, load_default=None, metadata=added("Alerts about this."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> AlertQuery:
        """Split what was read into filters and page."""
        cursor, limit = data.pop("cursor"), data.pop("limit")
        return AlertQuery(AlertFilter(**data), cursor, limit)


@dataclass(frozen=True, slots=True)
class AlertsRead:
    """Until when a user has read alerts."""

    told_until: datetime


class AlertsReadSchema(RequestSchema):
    """Which alerts the user has read."""

    makes = AlertsRead

    told_until = UtcTime(
        required=True,
        metadata=added(
            "All that were told until then, as the count of alerts says it.", example="2026-06-30T14:00:00Z"
        ),
    )


@dataclass(frozen=True, slots=True)
class AlertNote:
    """What is said to a version of an alert."""

    version: int
    note: str


class AlertNoteSchema(RequestSchema):
    """What is said to an alert."""

    makes = AlertNote

    version = WholeNumber(
        1,
        MAX_VERSION,
        required=True,
        metadata=added("The version that was read: refused with a 409 where another one is stored."),
    )
    note = Text(
        least=1, most=500, required=True, metadata=added("What is being done.", example="I called the vendor")
    )
