"""The audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import fields, post_load

from app.schemas.kit.base import IntervalSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, IsoDate, Pattern, Text, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.audit.breaks import Damage
from app.services.audit.trail import Action, EntityType
from app.services.audit.verification import ANCHOR, MAX_BREAKS, Span, parse_anchor


class AuditRecordSchema(ResponseSchema):
    """Who did what, when, in which request, and what it changed."""

    audit_id = fields.String(metadata=doc("Id of the record."))
    at = UtcTime(metadata=doc("When, in UTC."))
    user_id = fields.String(allow_none=True, metadata=doc("Who; null for an unknown user."))
    username = fields.String(metadata=doc("Who, by name.", example="demo_user"))
    action = Code(Action, metadata=doc("What.", example="PREVIEW"))
    entity_type = Code(EntityType, metadata=doc("Kind of thing that it was done to.", example="allocation"))
    entity_id = fields.String(metadata=doc("Id of that thing."))
    request_id = fields.String(metadata=doc("The request in which it was done."))
    address = fields.String(
        allow_none=True,
        metadata=added("Source address of that request; null outside one.", example="192.0.2.17"),
    )
    before = fields.Dict(keys=fields.String(), allow_none=True, metadata=doc("State before; null if none."))
    after = fields.Dict(keys=fields.String(), allow_none=True, metadata=doc("State after; null if none."))
    day = IsoDate(metadata=doc("Day of the chain in which it stands, in UTC."))
    sequence = fields.Integer(metadata=doc("Its place in that day, from 1.", example=12))
    previous_hash = fields.String(metadata=doc("Hash of the record before it; 64 zeros for the first one."))
    hash = fields.String(metadata=doc("SHA-256 of hashed_text in UTF-8, 64 hexadecimal digits."))
    hashed_text = fields.String(
        metadata=doc("The text that was hashed: all fields of the record, previous_hash included.")
    )


class AnchorSchema(ResponseSchema):
    """The end of the chain as it was verified: keep it outside, and a later chain must still contain it."""

    day = fields.String(metadata=doc("The last day, in UTC.", example="2026-06-30"))
    sequence = fields.Integer(metadata=doc("Place of its last record.", example=12))
    hash = fields.String(metadata=doc("Hash of that record."))
    text = fields.String(metadata=doc("All three, as the parameter `anchor` takes them."))


class BreakSchema(ResponseSchema):
    """A place where the chain does not hold, or a row that is not as the chain has it."""

    damage = Code(Damage, metadata=doc("What is wrong.", example="CHANGED"))
    day = fields.String(
        allow_none=True,
        metadata=doc("Day of the record in the chain; null for a row of no record.", example="2026-06-30"),
    )
    sequence = fields.Integer(allow_none=True, metadata=doc("Place in that day; null for the whole day."))
    audit_id = fields.String(allow_none=True, metadata=doc("The record; null where none is left to name."))
    message = fields.String(metadata=doc("The same in words."))
    table = fields.String(
        allow_none=True, metadata=doc("Table of the row; null for a record.", example="order_fill_lines")
    )
    key = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        allow_none=True,
        metadata=doc("Primary key of the row, by column; null for a record."),
    )
    column = fields.String(
        allow_none=True, metadata=doc("Column that was changed; null otherwise.", example="principal")
    )
    recorded = fields.String(
        allow_none=True, metadata=doc("Its value in the record; of a document, the SHA-256.")
    )
    found = fields.String(allow_none=True, metadata=doc("Its value in the row; of a document, the SHA-256."))


class VerificationSchema(ResponseSchema):
    """Whether the audit trail and the rows that it records are whole, and where they are not."""

    whole = fields.Boolean(metadata=doc("Whether nothing is wrong.", example=True))
    records = fields.Integer(metadata=doc("Records that were verified.", example=1000))
    days = fields.Integer(metadata=doc("Days on which they stand.", example=3))
    rows = fields.Integer(metadata=doc("Rows that were compared with the records.", example=5000))
    rows_unrecorded = fields.Integer(
        metadata=doc("Rows among them of which no record speaks, for they are older.", example=0)
    )
    rows_since = fields.String(
        allow_none=True,
        metadata=doc(
            "Time of the first of these records that has rows; null without one.",
            example="2026-06-30T09:15:00.000001Z",
        ),
    )
    anchor = fields.Nested(
        AnchorSchema, allow_none=True, metadata=doc("End of the last day; null when there is no day.")
    )
    break_count = fields.Integer(metadata=doc("Breaks that were found.", example=0))
    breaks = fields.List(
        fields.Nested(BreakSchema), metadata=doc(f"The breaks; the first {MAX_BREAKS:,} of them.")
    )


class VerificationQuerySchema(IntervalSchema):
    """Which days of the trail to verify, and an anchor that must be found in them."""

    makes = Span

    date_from = IsoDate(load_default=None, metadata=added("From this day of the chain (UTC) on."))
    date_to = IsoDate(load_default=None, metadata=added("Up to this day of the chain (UTC)."))
    anchor = fields.String(
        load_default=None,
        validate=Pattern(f"^{ANCHOR}$", "An anchor of an earlier verification is expected."),
        metadata=added("The anchor of an earlier verification, `day:sequence:hash`."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Span:
        """Read the anchor."""
        anchor = data.pop("anchor")
        return Span(**data, anchor=parse_anchor(anchor) if anchor else None)


class ExportQuerySchema(IntervalSchema):
    """Which days of the trail to export."""

    makes = Span

    date_from = IsoDate(load_default=None, metadata=added("From this day of the chain (UTC) on."))
    date_to = IsoDate(load_default=None, metadata=added("Up to this day of the chain (UTC)."))


class AuditPageSchema(NextCursorSchema):
    """A page of the audit trail, newest first."""

    audit_records = fields.List(
        fields.Nested(AuditRecordSchema), attribute="items", metadata=doc("The records.")
    )


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Filters and page of the audit trail."""

    action: Action | None
    entity_type: EntityType | None
    entity_id: str | None
    username: str | None
    request_id: str | None
    address: str | None
    date_from: date | None
    date_to: date | None
    cursor: str | None
    limit: int


class AuditQuerySchema(IntervalSchema, PagingSchema):
    """Filters over the audit trail; all that are given hold together."""

    makes = AuditQuery

    action = Code(Action, load_default=None, metadata=added("What was done.", example="PREVIEW"))
    entity_type = Code(EntityType, load_default=None, metadata=added("Kind of thing.", example="allocation"))
    entity_id = Text(least=1, most=100, load_default=None, metadata=added("Id of the thing."))
    username = Text(least=1, most=100, load_default=None, metadata=added("Who.", example="demo_user"))
    request_id = Text(least=1, most=64, load_default=None, metadata=added("The request."))
    address = Text(least=1, most=64, load_default=None, metadata=added("Source address of the request."))
    date_from = IsoDate(load_default=None, metadata=added("From this day of the chain (UTC) on."))
    date_to = IsoDate(load_default=None, metadata=added("Up to this day of the chain (UTC)."))
