"""Who used which endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from app.schemas.kit.base import IntervalSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import IsoDate, QueryNumber, Text, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.requests.activity import ActivityFilter


class ActivitySchema(ResponseSchema):
    """One request: who used which endpoint, with which status, and how long it took."""

    at = UtcTime(metadata=doc("When it was answered, in UTC."))
    user_id = fields.String(allow_none=True, metadata=doc("Who; null without a token that holds."))
    username = fields.String(allow_none=True, metadata=doc("Who, by name.", example="demo_user"))
    method = fields.String(metadata=doc("HTTP method.", example="GET"))
    endpoint = fields.String(
        metadata=doc("The route, without its values; unknown for none.", example="/v1/orders/<order_id>")
    )
    status = fields.Integer(metadata=doc("HTTP status of the answer.", example=200))
    duration_ms = fields.Integer(metadata=doc("Milliseconds that it took.", example=12))
    request_id = fields.String(metadata=doc("The request's id."))


class ActivityPageSchema(NextCursorSchema):
    """A page of requests, newest first."""

    activity = fields.List(fields.Nested(ActivitySchema), attribute="items", metadata=doc("The requests."))
    dropped = fields.Integer(
        metadata=doc(
            "Requests that the answering process did not keep since it began, because too many waited.",
            example=0,
        )
    )


@dataclass(frozen=True, slots=True)
class ActivityQuery:
    """Filters and page of the requests."""

    filters: ActivityFilter
    cursor: str | None
    limit: int


class ActivityQuerySchema(IntervalSchema, PagingSchema):
    """Filters over the requests; all that are given hold together."""

    makes = ActivityQuery

    username = Text(least=1, most=128, load_default=None, metadata=added("Who.", example="demo_user"))
    endpoint = Text(
        least=1, most=128, load_default=None, metadata=added("The route.", example="/v1/orders/<order_id>")
    )
    status = QueryNumber(100, 599, load_default=None, metadata=added("HTTP status.", example=200))
    date_from = IsoDate(
        load_default=None, metadata=added("Answered on this day of the desk's time zone or later.")
    )
    date_to = IsoDate(
        load_default=None, metadata=added("Answered on this day of the desk's time zone or earlier.")
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ActivityQuery:
        """Split what was read into filters and page."""
        cursor, limit = data.pop("cursor"), data.pop("limit")
        return ActivityQuery(ActivityFilter(**data), cursor, limit)
