"""Pages of a list, linked by cursors."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Pattern, QueryNumber


class PagingSchema(RequestSchema):
    """Which page of a list."""

    cursor = fields.String(
        load_default=None,
        validate=[Length(1, 512), Pattern(r"^[A-Za-z0-9_=-]+$", "This is not a cursor of an earlier page.")],
        metadata=added("`next_cursor` of the page before; left out for the first page.", format="cursor"),
    )
    limit = QueryNumber(1, 200, load_default=50, metadata=added("At most so many rows.", example=50))


class NextCursorSchema(ResponseSchema):
    """A page that knows where the next one begins."""

    next_cursor = fields.String(
        allow_none=True, metadata=added("Cursor of the next page; null on the last page.")
    )
