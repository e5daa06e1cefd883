"""Allocations as FIX messages."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.schemas.kit.base import RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, QueryFlag, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.reports.fix import AllocTransType, AllocType


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
