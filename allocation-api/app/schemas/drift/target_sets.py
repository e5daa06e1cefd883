"""Target sets: what accounts, groups and portfolios aim at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.drift.portfolio import WHOLE
from app.schemas.kit.base import RequestSchema, ResponseSchema, added, repeated
from app.schemas.kit.fields import Code, IsoDate, Number, Text, UtcTime, WholeNumber
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.drift.target_keys import key_fault, normal
from app.services.drift.target_types import (
    DEFAULT_BUCKET_EDGES,
    ClassTarget,
    Content,
    MetricTarget,
    RelativeTo,
    RiskMetric,
    StatedTargets,
    TargetDimension,
    TargetFilter,
    TargetScope,
    TargetState,
)

MAX_TARGETS = 100
MAX_EDGES = 20
MAX_VERSION = 1_000_000
MAX_COMMENT = 500

SCOPE = "Whose targets they are: of an account or of a portfolio group."
SCOPE_ID = "Id of the account or group."
DIMENSION = "What the targets are about: shares of NAV in percent, or for METRIC years."
_KEY = (
    "The class. cash in every dimension. ASSET_CLASS: stocks, etfs, commodities, crypto, futures, bonds, or "
    "a name of your own. SECTOR: as the security master says. RATING: AAA to D without plus and minus. "
    "DURATION_BUCKET: from the edges, such as 3-5 or 10+. COUNTRY: two capital letters. "
    "SECURITY: CUSIP or ISIN, kept as Aladdin's id."
)
_BAND = "Drift in points that is left alone; in years for a metric."
_RELATIVE = (
    "The same in percent of the target. Of both bands the narrower one holds; without any it is 5 points."
)
_EDGES = (
    "DURATION_BUCKET: edges in years, rising; an edge belongs to the bucket above it. Default 1, 3, 5, 7, 10."
)
_FROM = "First day on which the version holds."
_VERSION = "Newest version as you read it, 0 where there is none: when it is another, the answer is 409."
_COMMENT = "Why, for colleagues and examiners."


class ClassTargetSchema(RequestSchema):
    """Target share of a class."""

    makes = ClassTarget

    key = Text(least=1, most=64, required=True, metadata=added(_KEY, example="bonds"))
    target_percent = Number(
        "0", "100", required=True, metadata=added("Target share in percent of NAV.", example=95)
    )
    band_absolute = Number("0", "100", load_default=None, allow_none=True, metadata=added(_BAND, example=2))
    band_relative = Number(
        "0", "1000", load_default=None, allow_none=True, metadata=added(_RELATIVE, example=20)
    )


class MetricTargetSchema(RequestSchema):
    """Target of a risk metric."""

    makes = MetricTarget

    metric = Code(RiskMetric, required=True, metadata=added("The metric.", example="DURATION"))
    relative_to = Code(
        RelativeTo,
        load_default=None,
        allow_none=True,
        metadata=added(
            "BENCHMARK: the target is of the metric less that of the benchmark.", example="BENCHMARK"
        ),
    )
    target = Number("-100", "100", required=True, metadata=added("Target in years.", example=0))
    band_absolute = Number(
        "0", "100", required=True, metadata=added("Distance in years that is left alone.", example=0.25)
    )


class StateTargetsSchema(RequestSchema):
    """Targets of a scope in a dimension; they replace the version that was read."""

    makes = StatedTargets

    scope = Code(TargetScope, required=True, metadata=added(SCOPE, example="GROUP"))
    scope_id = Text(least=1, most=64, required=True, metadata=added(SCOPE_ID, example="PUBLICPRE"))
    dimension = Code(TargetDimension, required=True, metadata=added(DIMENSION, example="ASSET_CLASS"))
    version = WholeNumber(0, MAX_VERSION, required=True, metadata=added(_VERSION, example=0))
    effective_from = IsoDate(
        load_default=None, allow_none=True, metadata=added(f"{_FROM} Default: the business date.")
    )
    comment = Text(least=1, most=MAX_COMMENT, required=True, metadata=added(_COMMENT, example="New mandate"))
    targets = fields.List(
        fields.Nested(ClassTargetSchema),
        load_default=list,
        validate=Length(0, MAX_TARGETS, error=f"At most {MAX_TARGETS} targets are accepted."),
        metadata=added("Targets of classes, which sum to 100; in every dimension but METRIC."),
    )
    metric_targets = fields.List(
        fields.Nested(MetricTargetSchema),
        load_default=list,
        validate=Length(0, MAX_TARGETS, error=f"At most {MAX_TARGETS} targets are accepted."),
        metadata=added("Targets of metrics; with METRIC alone."),
    )
    bucket_edges = fields.List(
        Number("0", "100", above="0"),
        load_default=list,
        validate=Length(0, MAX_EDGES, error=f"At most {MAX_EDGES} edges are accepted."),
        metadata=added(_EDGES),
    )

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def agrees(self, data: dict[str, Any], original: dict[str, Any], **_: Any) -> None:
        """Refuse targets that do not fit their dimension, all errors at once."""
        dimension = data.get("dimension")
        if dimension is None:
            return
        whole = {name: value for name, value in data.items() if _is_whole(value, original.get(name))}
        errors = _list_errors(dimension, whole)
        if dimension is TargetDimension.METRIC:
            errors |= _metric_errors(whole.get("metric_targets", []))
        else:
            errors |= _class_errors(dimension, whole)
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> StatedTargets:
        """Return the targets, with the edges that their buckets have."""
        edges = data.pop("bucket_edges")
        if data["dimension"] is TargetDimension.DURATION_BUCKET:
            edges = edges or DEFAULT_BUCKET_EDGES
        content = Content(tuple(data.pop("targets")), tuple(data.pop("metric_targets")), tuple(edges))
        return StatedTargets(content=content, **data)


def _is_whole(value: Any, written: Any) -> bool:
    """Say whether a list was read without an error: a wrong entry is left out of it, or is no value yet."""
    if not isinstance(value, list) or not isinstance(written, list):
        return True
    return len(value) == len(written) and not any(isinstance(each, dict) for each in value)


def _list_errors(dimension: TargetDimension, data: dict[str, Any]) -> dict[str, Any]:
    """Return what is wrong with the lists as a whole."""
    errors: dict[str, Any] = {}
    metric = dimension is TargetDimension.METRIC
    wanted, other = ("metric_targets", "targets") if metric else ("targets", "metric_targets")
    if data.get(wanted) == []:
        errors[wanted] = [f"{dimension} needs at least one."]
    if data.get(other):
        errors[other] = [f"{dimension} has {wanted} alone."]
    edges = data.get("bucket_edges") or []
    if edges and dimension is not TargetDimension.DURATION_BUCKET:
        errors["bucket_edges"] = ["Only DURATION_BUCKET has edges."]
    elif any(low >= high for low, high in pairwise(edges)):
        errors["bucket_edges"] = ["Each edge must be greater than the one before it."]
    return errors


def _class_errors(dimension: TargetDimension, data: dict[str, Any]) -> dict[str, Any]:
    targets: list[ClassTarget] = data.get("targets", [])
    if "bucket_edges" not in data:
        return {}
    edges = data["bucket_edges"] or DEFAULT_BUCKET_EDGES
    faults: dict[int, Any] = {
        place: {"key": [fault]}
        for place, each in enumerate(targets)
        if (fault := key_fault(dimension, each.key, edges)) is not None
    }
    for place in repeated([normal(dimension, each.key) for each in targets]):
        faults.setdefault(place, {"key": ["This class is there twice."]})
    if faults:
        return {"targets": faults}
    total = sum((each.target_percent for each in targets), Decimal(0))
    if targets and total != WHOLE:
        return {"targets": [f"The targets sum to {total:f}, not to 100."]}
    return {}


def _metric_errors(targets: list[MetricTarget]) -> dict[str, Any]:
    twice = repeated([f"{each.metric} {each.relative_to}" for each in targets])
    return (
        {"metric_targets": {i: {"metric": ["This metric is there twice."]} for i in twice}} if twice else {}
    )


@dataclass(frozen=True, slots=True)
class EndTargets:
    """A wish to end a target set."""

    version: int
    effective_from: date | None
    comment: str


class EndTargetsSchema(RequestSchema):
    """From when on there are no targets."""

    makes = EndTargets

    version = WholeNumber(0, MAX_VERSION, required=True, metadata=added(_VERSION, example=1))
    effective_from = IsoDate(
        load_default=None,
        allow_none=True,
        metadata=added("First day without targets. Default: the business date."),
    )
    comment = Text(
        least=1, most=MAX_COMMENT, required=True, metadata=added(_COMMENT, example="Account closed")
    )


@dataclass(frozen=True, slots=True)
class DecideTargets:
    """A decision on a version that waits for its approval."""

    version: int
    comment: str


class DecideTargetsSchema(RequestSchema):
    """Which version is decided on, and why."""

    makes = DecideTargets

    version = WholeNumber(
        1, MAX_VERSION, required=True, metadata=added("The version that waits for its approval.", example=2)
    )
    comment = Text(most=MAX_COMMENT, load_default="", metadata=added(_COMMENT, example="As agreed"))


@dataclass(frozen=True, slots=True)
class TargetPage:
    """A page of target sets."""

    filters: TargetFilter
    cursor: str | None
    limit: int


class TargetPageQuerySchema(PagingSchema):
    """Which target sets."""

    makes = TargetPage

    scope = Code(TargetScope, load_default=None, metadata=added(SCOPE, example="GROUP"))
    scope_id = Text(least=1, most=64, load_default=None, metadata=added(SCOPE_ID, example="PUBLICPRE"))
    dimension = Code(TargetDimension, load_default=None, metadata=added(DIMENSION, example="ASSET_CLASS"))
    on = IsoDate(
        load_default=None,
        metadata=added("Only those in force on this day, with the version that is.", example="2026-06-30"),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> TargetPage:
        """Return the page with its filter."""
        cursor, limit = data.pop("cursor"), data.pop("limit")
        return TargetPage(TargetFilter(**data), cursor, limit)


class StatedClassTargetSchema(ResponseSchema):
    """Target share of a class."""

    key = fields.String(metadata=added("The class.", example="bonds"))
    target_percent = Number(metadata=added("Target share in percent of NAV.", example=95))
    band_absolute = Number(allow_none=True, metadata=added(_BAND, example=2))
    band_relative = Number(allow_none=True, metadata=added(_RELATIVE, example=20))
    band = Number(metadata=added("Drift in points that is left alone, from both.", example=2))


class StatedMetricTargetSchema(ResponseSchema):
    """Target of a risk metric."""

    metric = Code(RiskMetric, metadata=added("The metric.", example="DURATION"))
    relative_to = Code(RelativeTo, allow_none=True, metadata=added("What it is measured against."))
    target = Number(metadata=added("Target in years.", example=0))
    band_absolute = Number(metadata=added("Distance in years that is left alone.", example=0.25))


class TargetVersionSchema(ResponseSchema):
    """A version of a target set."""

    version = fields.Integer(metadata=added("Its number, from 1.", example=1))
    state = Code(
        TargetState,
        metadata=added(
            "APPROVED: it holds from its first day on, until a newer one does. RETIRED: from then on there "
            "are no targets. PENDING: it waits for another user's approval, and does not hold. REJECTED and "
            "WITHDRAWN ones never hold.",
            example="APPROVED",
        ),
    )
    effective_from = IsoDate(metadata=added(_FROM, example="2026-06-30"))
    targets = fields.List(
        fields.Nested(StatedClassTargetSchema),
        attribute="content.targets",
        metadata=added("Targets of classes."),
    )
    metric_targets = fields.List(
        fields.Nested(StatedMetricTargetSchema),
        attribute="content.metric_targets",
        metadata=added("Targets of metrics."),
    )
    bucket_edges = fields.List(
        Number(), attribute="content.bucket_edges", metadata=added("Edges of duration buckets in years.")
    )
    comment = fields.String(metadata=added(_COMMENT))
    created_at = UtcTime(metadata=added("When it was stated, in UTC."))
    created_by = fields.String(metadata=added("Who stated it.", example="demo_user"))
    decided_at = UtcTime(allow_none=True, metadata=added("When it was decided on; null without a decision."))
    decided_by = fields.String(
        allow_none=True, metadata=added("Who decided; null without a decision.", example="demo_supervisor")
    )
    decision_comment = fields.String(allow_none=True, metadata=added("Why it was decided so."))


class TargetSetRowSchema(ResponseSchema):
    """A target set in a list."""

    target_set_id = fields.String(metadata=added("Its id."))
    scope = Code(TargetScope, metadata=added(SCOPE, example="GROUP"))
    scope_id = fields.String(metadata=added(SCOPE_ID, example="PUBLICPRE"))
    dimension = Code(TargetDimension, metadata=added(DIMENSION, example="ASSET_CLASS"))
    version = fields.Integer(
        metadata=added("Number of the newest version, which the next one replaces.", example=1)
    )
    in_force = fields.Nested(
        TargetVersionSchema,
        allow_none=True,
        metadata=added("The version that holds on the business date, or the day asked for; null for none."),
    )
    pending = fields.Nested(
        TargetVersionSchema,
        allow_none=True,
        metadata=added("The version that waits for its approval; null for none."),
    )


class TargetSetSchema(TargetSetRowSchema):
    """A target set with all its versions."""

    versions = fields.List(fields.Nested(TargetVersionSchema), metadata=added("All versions, newest first."))


class TargetSetPageSchema(NextCursorSchema):
    """A page of target sets, newest first."""

    target_sets = fields.List(
        fields.Nested(TargetSetRowSchema), attribute="items", metadata=added("The target sets.")
    )
