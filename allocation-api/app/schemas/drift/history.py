"""The history of drift, and what moved it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.schemas.drift.target_sets import DIMENSION, SCOPE, SCOPE_ID
from app.schemas.kit.base import IntervalSchema, RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, Identifier, IsoDate, Number, Text, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.schemas.kit.tables import TableQuery, TableSchema
from app.services.drift.history_types import AttributionQuery, CheckKind, DriftFilter
from app.services.drift.target_types import TargetDimension, TargetScope

_KIND = "DAILY or WEEKLY of a scheduled check, REQUESTED of one that a user asked for."
_CHECK = "Id of the check: the business date of a scheduled one, else the id of the job."


@dataclass(frozen=True, slots=True)
class DriftLineQuery:
    """Filters, page and format of the history of drift."""

    filters: DriftFilter
    cursor: str | None
    limit: int
    table: TableQuery


class DriftHistorySchema(IntervalSchema, PagingSchema, TableSchema):
    """Which lines of snapshots, which page of them, and in which format."""

    makes = DriftLineQuery

    scope = Code(
        TargetScope, load_default=None, metadata=added("ACCOUNT or GROUP: lines of these.", example="ACCOUNT")
    )
    scope_id = Identifier("scope-id", load_default=None, metadata=added("Id of the account or group."))
    date_from = IsoDate(load_default=None, metadata=added("Business dates of checks from this day on."))
    date_to = IsoDate(load_default=None, metadata=added("Business dates of checks up to this day."))
    dimension = Code(TargetDimension, load_default=None, metadata=added(DIMENSION, example="ASSET_CLASS"))
    class_key = Text(
        least=1, most=64, load_default=None, metadata=added("The class or metric.", example="cash")
    )
    kind = Code(CheckKind, load_default=None, metadata=added(_KIND, example="DAILY"))
    check_id = Identifier("check-id", load_default=None, metadata=added(_CHECK))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> DriftLineQuery:
        """Split what was read into filters, page and format."""
        table = TableQuery(data.pop("format"), data.pop("bom"))
        cursor, limit = data.pop("cursor"), data.pop("limit")
        return DriftLineQuery(DriftFilter(**data), cursor, limit, table)


class DriftLineSchema(ResponseSchema):
    """A class or metric of an account or group at a check."""

    check_id = fields.String(metadata=added(_CHECK, example="2026-06-30"))
    kind = Code(CheckKind, metadata=added(_KIND, example="DAILY"))
    business_date = IsoDate(metadata=added("Business date of the check.", example="2026-06-30"))
    taken_at = UtcTime(metadata=added("When it was measured, in UTC."))
    reference_date = IsoDate(
        allow_none=True, metadata=added("Date of the positions; null where unknown.", example="2026-06-30")
    )
    scope = Code(TargetScope, metadata=added(SCOPE, example="ACCOUNT"))
    scope_id = fields.String(metadata=added(SCOPE_ID, example="PPR-001"))
    dimension = Code(TargetDimension, metadata=added(DIMENSION, example="ASSET_CLASS"))
    class_key = fields.String(metadata=added("The class or metric.", example="cash"))
    current = Number(
        allow_none=True, metadata=added("Percent of NAV, or of a metric years; null where unknown.")
    )
    benchmark = Number(allow_none=True, metadata=added("Metric of the benchmark; null where there is none."))
    target = Number(metadata=added("Target, in the same unit.", example=5))
    band = Number(metadata=added("Drift that is left alone.", example=5))
    difference = Number(
        allow_none=True, metadata=added("Current less benchmark, if any, less target: the drift.", example=2)
    )
    is_out = fields.Boolean(metadata=added("Whether the drift is more than the band."))
    value = Number(allow_none=True, metadata=added("Market value of the class; null of a metric."))
    nav = Number(metadata=added("Net asset value."))
    currency = fields.String(allow_none=True, metadata=added("Currency of money.", example="USD"))
    target_set_id = fields.String(metadata=added("Id of the target set."))
    target_set_version = fields.Integer(metadata=added("Its version that was in force.", example=1))


class DriftLinePageSchema(NextCursorSchema):
    """A page of the history of drift, newest first."""

    lines = fields.List(
        fields.Nested(DriftLineSchema), attribute="items", metadata=added("Classes and metrics.")
    )


class AskedCheckSchema(ResponseSchema):
    """A check that was asked for; the job says how far it is."""

    job_id = fields.String(metadata=added("Id of the job, and of the check.", format="job-id"))


class AttributionOfAccountSchema(RequestSchema):
    """Which account, and between which snapshots."""

    makes = AttributionQuery

    account_id = Identifier("account-id", required=True, metadata=added("The account.", example="PPR-001"))
    date_from = IsoDate(required=True, metadata=added("Business date of the first snapshot."))
    date_to = IsoDate(required=True, metadata=added("Business date of the last snapshot."))
    dimension = Code(
        TargetDimension,
        load_default=None,
        metadata=added("Only classes of this dimension.", example="ASSET_CLASS"),
    )

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what is not a period, and METRIC, which has no classes."""
        if data["date_from"] >= data["date_to"]:
            raise ValidationError("The date does not lie after date_from.", "date_to")
        if data["dimension"] is TargetDimension.METRIC:
            raise ValidationError("METRIC has no classes: choose another dimension.", "dimension")


class DriftSnapshotSchema(ResponseSchema):
    """A snapshot of an account."""

    check_id = fields.String(attribute="check.check_id", metadata=added(_CHECK, example="2026-06-30"))
    kind = Code(CheckKind, attribute="check.kind", metadata=added(_KIND, example="DAILY"))
    business_date = IsoDate(
        attribute="check.business_date", metadata=added("Business date of the check.", example="2026-06-30")
    )
    taken_at = UtcTime(metadata=added("When it was taken, in UTC."))
    reference_date = IsoDate(
        allow_none=True, metadata=added("Date of the positions; null where unknown.", example="2026-06-30")
    )
    nav = Number(attribute="book.nav", metadata=added("Net asset value."))
    currency = fields.String(
        attribute="book.currency", allow_none=True, metadata=added("Currency of money.", example="USD")
    )


class CausesSchema(ResponseSchema):
    """What moved a class; the sum is the whole move."""

    market = Number(metadata=added("Prices with accrued interest, on the face that was held at the start."))
    trades = Number(
        metadata=added("Changes of face, at the value of a unit at the end; of cash the contrary.")
    )
    flows = Number(metadata=added("What neither explains: money that came and went, coupons, fees."))
    reclassified = Number(metadata=added("Positions that went from one class to another."))
    rest = Number(metadata=added("Positions without a value or face at one of both times."))


class ClassAttributionSchema(ResponseSchema):
    """What moved one class."""

    key = fields.String(attribute="asset_class", metadata=added("The class.", example="bonds"))
    value_before = Number(metadata=added("Market value at the start."))
    value_after = Number(metadata=added("Market value at the end."))
    drift_before = Number(metadata=added("Drift at the start, in points."))
    drift_after = Number(metadata=added("Drift at the end, in points."))
    money = fields.Nested(CausesSchema, metadata=added("Causes of the change of value, to the cent."))
    points = fields.Nested(
        CausesSchema, metadata=added("Causes of the change of drift, in points, but for that of targets.")
    )
    targets = Number(metadata=added("Points that a change of the target moved the drift by."))
    contribution = Number(metadata=added("Contribution to the return of the account, in points."))
    class_return = Number(
        allow_none=True,
        metadata=added("Return of the class, in percent of its value at the start; null of one without."),
    )


class DimensionAttributionSchema(ResponseSchema):
    """Attribution by the classes of one dimension."""

    dimension = Code(TargetDimension, metadata=added(DIMENSION, example="ASSET_CLASS"))
    market = Number(metadata=added("Money that prices with accrued interest made."))
    flows = Number(metadata=added("Change of NAV that prices do not explain."))
    account_return = Number(
        metadata=added("Return of the account by prices, in percent: the sum of the contributions.")
    )
    classes = fields.List(fields.Nested(ClassAttributionSchema), metadata=added("The classes."))


class AttributionSchema(ResponseSchema):
    """What moved the drift of an account between two snapshots."""

    account_id = fields.String(metadata=added("The account.", example="PPR-001"))
    first = fields.Nested(DriftSnapshotSchema, metadata=added("The snapshot at the start."))
    last = fields.Nested(DriftSnapshotSchema, metadata=added("The snapshot at the end."))
    dimensions = fields.List(
        fields.Nested(DimensionAttributionSchema),
        metadata=added("Each dimension in which both snapshots have targets."),
    )
