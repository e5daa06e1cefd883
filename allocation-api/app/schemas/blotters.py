"""Blotters as they enter and leave the service: lines are preview requests, filled from common defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError, fields, post_load
from marshmallow.validate import Length

from app.core.errors import AllocatorError, Conflict, DataMissing, Forbidden, InvalidRequest, NotFound
from app.schemas.allocations.request import OrderRequestSchema, PreviewRequestSchema
from app.schemas.blotters_defaults import by_origin, check_size, filled
from app.schemas.blotters_joint import JointOutcomeSchema, joint_problems, too_many
from app.schemas.kit.base import RequestSchema, ResponseSchema, closed, doc
from app.schemas.kit.fields import Code, Flag, Number, QueryFlag, UtcTime, WholeNumber
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorLoginRefused,
    VendorNotFound,
    VendorRejected,
    VendorUnexpected,
    VendorUnreadable,
)
from app.services.allocations.errors import PreviewErased, PreviewExpired, SolverError
from app.services.allocations.request import PreviewRequest
from app.services.audit.errors import EvidenceBroken
from app.services.blotters.types import (
    MAX_LINES,
    MAX_PRIORITY,
    ORDER_REFUSED,
    AskedLine,
    BlotterRequest,
    BlotterStatus,
    LineStatus,
    Policy,
)
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.requests.errors import IdempotencyKeyInUse
from app.services.safety.errors import OrderTooLarge, TradingHalted
from app.services.trading.errors import AccountsUnsettled, BookChanged, PriceMoved, WarningsNotOverridden

LINE_PROBLEMS = (
    AccountsUnsettled,
    BookChanged,
    Conflict,
    DataMissing,
    EvidenceBroken,
    Forbidden,
    IdempotencyKeyInUse,
    InvalidRequest,
    NotFound,
    OrderOutcomeUnknown,
    OrderTooLarge,
    PreviewErased,
    PreviewExpired,
    PriceMoved,
    SolverError,
    TradingHalted,
    VendorDenied,
    VendorLoginRefused,
    VendorNotFound,
    VendorRejected,
    VendorUnexpected,
    VendorUnreadable,
    WarningsNotOverridden,
)
"""Why a line has no preview, or was not sent."""

LINE_CODES = (*sorted(problem.code for problem in LINE_PROBLEMS), AllocatorError.code, ORDER_REFUSED)


class LineSchema(PreviewRequestSchema):
    """A preview request with a priority."""

    priority = WholeNumber(
        1,
        MAX_PRIORITY,
        load_default=None,
        allow_none=True,
        metadata=doc(
            "A line sees the trades of those before it: a smaller priority comes first, then the earlier "
            "line; lines without one come last.",
            example=1,
        ),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> AskedLine:
        """Turn the validated fields into the value object."""
        groups = tuple(data["portfolio_groups"])
        priority = data["priority"]
        asked = {name: value for name, value in data.items() if name != "priority"}
        return AskedLine(PreviewRequest(**{**asked, "portfolio_groups": groups}), priority)


class BlotterOrderSchema(OrderRequestSchema):
    """The block order of a line; what is left out comes from the defaults."""


class BlotterLineSchema(LineSchema):
    """One order, or the defaults of all; what a line leaves out comes from the defaults."""

    order = fields.Nested(BlotterOrderSchema(partial=True), metadata=doc("The block order."))


class AsWritten(fields.Nested):
    """A JSON object that is published by a schema, and read as it is: it is checked together with others."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("A JSON object is expected.")
        return value


class PolicySchema(RequestSchema):
    """What lines may count on."""

    makes = Policy

    sales_fund_buys = Flag(
        load_default=False,
        metadata=doc(
            "Proceeds of earlier sales are cash of purchases that settle no earlier; otherwise of none.",
            example=True,
        ),
    )


class BlotterRequestSchema(RequestSchema):
    """Many orders at once, each a preview request."""

    makes = BlotterRequest

    lines = fields.List(
        AsWritten(BlotterLineSchema(partial=True)),
        required=True,
        validate=Length(1, MAX_LINES, error=f"Between 1 and {MAX_LINES:,} lines are expected."),
        metadata=doc("The orders. A line is counted from 1, an error names it by its place from 0."),
    )
    defaults = AsWritten(
        BlotterLineSchema(partial=True),
        load_default=dict,
        metadata=doc("What lines leave out; of order, parameters and constraints each key by itself."),
    )
    policy = fields.Nested(PolicySchema, load_default=Policy, metadata=doc("What lines may count on."))
    joint = Flag(
        load_default=False,
        metadata=doc(
            "Split all lines at once, so that the metric of all accounts ends close together: every line is "
            "MIN_DISPERSION with the same target_metric and weighting.",
            example=False,
        ),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> BlotterRequest:
        """Check every line as a preview request, and turn all into the value object."""
        schema, defaults, is_joint = LineSchema(), data["defaults"], data["joint"]
        check_size(defaults, len(data["lines"]))
        lines: list[AskedLine] = []
        wrong: dict[int, Any] = {}
        wrong_defaults: dict[str, Any] = {}
        for place, line in enumerate(data["lines"]):
            try:
                lines.append(schema.load(filled(line, defaults)))
                messages = joint_problems(lines[-1].request, lines[0].request) if is_joint else {}
            except ValidationError as error:
                messages = error.messages_dict
            own, common = by_origin(messages, line, defaults)
            wrong_defaults = {**common, **wrong_defaults}
            if own:
                wrong[place] = own
        many = too_many(len(data["lines"])) if is_joint else None
        errors = {"lines": wrong, "defaults": wrong_defaults, "joint": [many] if many else []}
        if any(errors.values()):
            raise ValidationError({name: found for name, found in errors.items() if found})
        return BlotterRequest(tuple(lines), replace(data["policy"], joint=is_joint))


@dataclass(frozen=True, slots=True)
class BlotterPageQuery:
    """Which page of blotters, or of a blotter's lines."""

    cursor: str | None
    limit: int


class BlotterPageQuerySchema(PagingSchema):
    """Which page of blotters, or of a blotter's lines."""

    makes = BlotterPageQuery


@dataclass(frozen=True, slots=True)
class BlotterQuery:
    """Whether a blotter is only checked."""

    dry_run: bool


class BlotterQuerySchema(RequestSchema):
    """Whether a blotter is only checked."""

    makes = BlotterQuery

    dry_run = QueryFlag(
        load_default=False,
        metadata=doc("true: say what is wrong, by line, and change nothing.", example=False),
    )


class SubmittedBlotterSchema(ResponseSchema):
    """A blotter that was taken; the job says how far it is."""

    blotter_id = fields.String(
        allow_none=True, metadata=doc("Id of the blotter; null where it was only checked.")
    )
    job_id = fields.String(allow_none=True, metadata=doc("Id of the job; null where it was only checked."))
    line_count = fields.Integer(metadata=doc("Lines of the blotter.", example=3))


class LineCountSchema(ResponseSchema):
    """How many lines are in one state."""

    status = Code(LineStatus, metadata=doc("State of the lines.", example="PREVIEWED"))
    count = fields.Integer(metadata=doc("How many they are.", example=3))


class BlotterSummarySchema(ResponseSchema):
    """A blotter without its lines."""

    blotter_id = fields.String(metadata=doc("Id of the blotter."))
    status = Code(BlotterStatus, metadata=doc("What it is at.", example="READY"))
    timestamp = UtcTime(attribute="created_at", metadata=doc("When it was asked for, in UTC."))
    created_by = fields.String(metadata=doc("Who asked for it.", example="demo_user"))
    line_count = fields.Integer(metadata=doc("Lines in all.", example=3))
    lines_by_status = fields.List(
        fields.Nested(LineCountSchema), attribute="counts", metadata=doc("How many lines are in which state.")
    )
    sales_fund_buys = fields.Boolean(
        attribute="policy.sales_fund_buys",
        metadata=doc("Whether proceeds of earlier sales are cash of purchases that settle no earlier."),
    )
    split_jointly = fields.Boolean(
        attribute="policy.joint", metadata=doc("Whether all lines are split at once.", example=False)
    )
    preview_job_id = fields.String(metadata=doc("The job that previews the lines."))
    commit_job_id = fields.String(
        allow_none=True, metadata=doc("The last job that commits them; null before there was one.")
    )


class LineErrorSchema(ResponseSchema):
    """What is wrong with a line."""

    code = fields.String(
        metadata=doc(
            "Kind of problem.",
            example=DataMissing.code,
            **closed(
                "LineErrorCode",
                "Why a line has no preview or was not sent, as a request for it alone would have been "
                "refused; ORDER_REFUSED: Aladdin has refused its order; INTERNAL_ERROR: a mistake of ours.",
                LINE_CODES,
            ),
        )
    )
    field = fields.String(
        allow_none=True, metadata=doc("The field of the line; null for the line as a whole.")
    )
    message = fields.String(metadata=doc("What is the matter."))


class ShownLineSchema(ResponseSchema):
    """One line, and what became of it."""

    line = fields.Integer(metadata=doc("Its number, from 1.", example=1))
    priority = fields.Integer(allow_none=True, metadata=doc("Its priority; null where it has none."))
    security_id = fields.String(metadata=doc("The bond as it was named.", example="91282CKF7"))
    side = Code(Side, metadata=doc("Which way to trade.", example="BUY"))
    allocation_method = Code(Method, attribute="method", metadata=doc("How it is split.", example="PRO_RATA"))
    portfolio_groups = fields.List(fields.String(), metadata=doc("Groups that take part."))
    quantity = Number(
        allow_none=True, metadata=doc("Face to split; null before its size is computed.", example=8000000)
    )
    status = Code(LineStatus, metadata=doc("What it is at.", example="PREVIEWED"))
    allocation_id = fields.String(
        allow_none=True, metadata=doc("The preview that it became, as any other; null where there is none.")
    )
    order_id = fields.String(allow_none=True, metadata=doc("Its order at Aladdin; null where there is none."))
    total_allocated = Number(
        allow_none=True, metadata=doc("Face that the preview places; null without one.", example=8000000)
    )
    warning_count = fields.Integer(
        attribute="warnings",
        allow_none=True,
        metadata=doc("Warnings of the preview; null without one.", example=0),
    )
    errors = fields.List(
        fields.Nested(LineErrorSchema),
        metadata=doc("Why it has no preview, or why its last commit was refused; empty where all is well."),
    )


class BlotterSchema(BlotterSummarySchema, NextCursorSchema):
    """A blotter with a page of its lines."""

    lines = fields.List(
        fields.Nested(ShownLineSchema), metadata=doc("The lines of this page, by number; not all of them.")
    )
    joint = fields.Nested(
        JointOutcomeSchema,
        allow_none=True,
        metadata=doc("What the joint split came to; null where lines are not split at once, or not yet."),
    )


class BlotterPageSchema(NextCursorSchema):
    """A page of blotters, newest first."""

    blotters = fields.List(
        fields.Nested(BlotterSummarySchema), attribute="items", metadata=doc("The blotters.")
    )
