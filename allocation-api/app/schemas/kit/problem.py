"""The one shape of every error: a problem document as of RFC 9457."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import INCLUDE, RAISE, Schema, fields

from app.core.errors import AllocatorError
from app.schemas.kit.base import ResponseSchema, added, doc


class FieldErrorSchema(ResponseSchema):
    """One wrong field of a request."""

    field = fields.String(metadata=doc("JSON path of the field.", example="order.quantity"))
    message = fields.String(metadata=doc("What is wrong with it.", example="A number is expected."))


class ProblemSchema(Schema):
    """Why a request was not answered; `code` tells the cases apart, each with members of its own."""

    class Meta:
        """A problem may carry members of its own."""

        unknown = INCLUDE

    type = fields.String(
        required=True,
        metadata=added("A URI that names the kind of problem.", example="urn:allocator:problem:not-found"),
    )
    title = fields.String(
        required=True, metadata=added("The kind of problem in words.", example="The request is not valid")
    )
    status = fields.Integer(
        required=True, metadata=added("The HTTP status.", example=422, minimum=400, maximum=599)
    )
    detail = fields.String(
        required=True,
        metadata=added("What happened this time.", example="order.quantity: A number is expected."),
    )
    code = fields.String(
        required=True,
        metadata=added("Stable name of the kind of problem, for programs.", example="INVALID_REQUEST"),
    )
    instance = fields.String(
        required=True, metadata=added("The path that was asked for.", example="/v1/allocations/preview")
    )
    request_id = fields.String(
        required=True,
        metadata=added("The request's id, as in X-Request-ID and the logs.", example="6f1c0f3e"),
    )
    errors = fields.List(
        fields.Nested(FieldErrorSchema),
        required=True,
        metadata=added("The fields at fault; empty where no field is."),
    )


class CaseSchema(ProblemSchema):
    """A problem document whose members are all known; `of` are the errors that it is of."""

    class Meta:
        """No other members."""

        unknown = RAISE

    of: ClassVar[frozenset[type[AllocatorError]]]
