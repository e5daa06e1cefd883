"""The audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.schemas.base import ResponseSchema, added, doc
from app.schemas.fields import Text, UtcTime
from app.schemas.paging import NextCursorSchema, PagingSchema


class AuditRecordSchema(ResponseSchema):
    """Who did what, when, in which request, and what it changed."""

    audit_id = fields.String(metadata=doc("Id of the record."))
    at = UtcTime(metadata=doc("When, in UTC."))
    user_id = fields.String(allow_none=True, metadata=doc("Who; null for an unknown user."))
    username = fields.String(metadata=doc("Who, by name.", example="demo_user"))
    action = fields.String(metadata=doc("What.", example="PREVIEW"))
    entity_type = fields.String(metadata=doc("Kind of thing that it was done to.", example="allocation"))
    entity_id = fields.String(metadata=doc("Id of that thing."))
    request_id = fields.String(metadata=doc("The request in which it was done."))
    before = fields.Dict(keys=fields.String(), allow_none=True, metadata=doc("State before; null if none."))
    after = fields.Dict(keys=fields.String(), allow_none=True, metadata=doc("State after; null if none."))


class AuditPageSchema(NextCursorSchema):
    """A page of the audit trail, newest first."""

    audit_records = fields.List(
        fields.Nested(AuditRecordSchema), attribute="items", metadata=doc("The records.")
    )


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Filters and page of the audit trail."""

    action: str | None
    entity_type: str | None
    entity_id: str | None
    username: str | None
    request_id: str | None
    cursor: str | None
    limit: int


class AuditQuerySchema(PagingSchema):
    """Filters over the audit trail; all that are given hold together."""

    makes = AuditQuery

    action = Text(least=1, most=40, load_default=None, metadata=added("What was done.", example="PREVIEW"))
    entity_type = Text(
        least=1, most=40, load_default=None, metadata=added("Kind of thing.", example="allocation")
    )
    entity_id = Text(least=1, most=100, load_default=None, metadata=added("Id of the thing."))
    username = Text(least=1, most=100, load_default=None, metadata=added("Who.", example="demo_user"))
    request_id = Text(least=1, most=64, load_default=None, metadata=added("The request."))
