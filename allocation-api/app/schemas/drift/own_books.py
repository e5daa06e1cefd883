"""Drift of accounts and groups from the targets that hold for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import fields, post_load

from app.schemas.accounts import AsOfField
from app.schemas.drift.answers import DriftWarningSchema
from app.schemas.drift.target_sets import DIMENSION, SCOPE, SCOPE_ID
from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, Identifier, IsoDate, Number, QueryFlag, Real, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.allocations.request import TargetMetric
from app.services.domain.book import AsOf
from app.services.drift.book_types import DriftSide
from app.services.drift.standings import StandingFilter
from app.services.drift.target_types import RelativeTo, RiskMetric, TargetDimension, TargetScope
from app.services.drift.types import DriftWarningType

_AS_OF = "Basis of the positions; SOD+Trades+Orders counts today's trades and live orders."
_TOTAL = "Sum of the absolute drifts, in points or of metrics in years; not halved."
_NEEDS = "Whether any class or metric is out of its band."
_BAND = "Drift that is left alone, in points or of metrics in years."
_SET_VERSION = "Version of the set that is in force."


class AnyAsOfField(AsOfField):
    """Basis of positions, live orders too."""

    OFFERED: ClassVar[tuple[str, ...]] = tuple(AsOf)


def _as_of() -> AnyAsOfField:
    return AnyAsOfField(
        load_default=AsOf.TRADES_AND_ORDERS,
        metadata=added(_AS_OF, example=AsOf.TRADES_AND_ORDERS.value, enum=list(AnyAsOfField.OFFERED)),
    )


@dataclass(frozen=True, slots=True)
class BookQuery:
    """On which basis a book is measured."""

    as_of: AsOf


class BookQuerySchema(RequestSchema):
    """On which basis a book is measured."""

    makes = BookQuery

    as_of = _as_of()


@dataclass(frozen=True, slots=True)
class StandingPage:
    """A page of accounts against their targets."""

    filters: StandingFilter
    as_of: AsOf
    cursor: str | None
    limit: int


class StandingPageQuerySchema(PagingSchema):
    """Which accounts against their targets."""

    makes = StandingPage

    as_of = _as_of()
    group_id = Identifier(
        "portfolio-group-id", load_default=None, metadata=added("Only accounts of this group.")
    )
    dimension = Code(TargetDimension, load_default=None, metadata=added(DIMENSION, example="ASSET_CLASS"))
    only_out = QueryFlag(
        load_default=True,
        metadata=added("false lists accounts within their bands, too.", example=True),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> StandingPage:
        """Return the page with its filter."""
        wanted = StandingFilter(data["group_id"], data["dimension"], data["only_out"])
        return StandingPage(wanted, data["as_of"], data["cursor"], data["limit"])


class BandedClassSchema(ResponseSchema):
    """A class against its target."""

    key = fields.String(attribute="drift.asset_class", metadata=added("The class.", example="bonds"))
    current_value = Number(
        attribute="drift.current_value", metadata=added("Market value, accrued included.", example=96500000)
    )
    current_percent = Number(attribute="drift.current_percent", metadata=added("The same in percent of NAV."))
    target_percent = Number(
        attribute="drift.target_percent", metadata=added("What it should be, in percent.")
    )
    target_value = Number(attribute="drift.target_value", metadata=added("The same in money."))
    difference = Number(
        attribute="drift.difference",
        metadata=added("Current less target value, in money; negative when too little."),
    )
    difference_percent = Number(
        attribute="drift.difference_percent", metadata=added("The same in percentage points: the drift.")
    )
    band = Number(metadata=added("Drift in points that is left alone.", example=5))
    is_out = fields.Boolean(
        attribute="drift.is_out", metadata=added("Whether the drift is more than the band.")
    )


class MetricDriftSchema(ResponseSchema):
    """A metric against its target, in years; null where a number is missing."""

    metric = Code(RiskMetric, attribute="target.metric", metadata=added("The metric.", example="DURATION"))
    relative_to = Code(
        RelativeTo,
        attribute="target.relative_to",
        allow_none=True,
        metadata=added("What it is measured against.", example="BENCHMARK"),
    )
    current = Number(allow_none=True, metadata=added("The metric of the book.", example=5.31))
    benchmark = Number(allow_none=True, metadata=added("The metric of the benchmark.", example=5))
    target = Number(attribute="target.target", metadata=added("Target.", example=0))
    difference = Number(
        allow_none=True, metadata=added("Current less benchmark, if any, less target.", example=0.31)
    )
    band = Number(
        attribute="target.band_absolute", metadata=added("Distance that is left alone.", example=0.25)
    )
    is_out = fields.Boolean(metadata=added("Whether the difference is more than the band."))


class WorstSchema(ResponseSchema):
    """The class or metric with the largest drift in bands."""

    key = fields.String(metadata=added("The class or metric.", example="cash"))
    side = Code(DriftSide, metadata=added("Whether there is too much of it or too little.", example="OVER"))
    difference = Number(metadata=added("Its drift, in points or of a metric in years.", example=7.5))
    band = Number(metadata=added(_BAND, example=5))
    ratio = Number(
        allow_none=True, metadata=added("Drift in bands, without sign; null for a band of 0.", example=1.5)
    )
    is_out = fields.Boolean(metadata=added("Whether it is out of its band."))


class SetDriftSchema(ResponseSchema):
    """Drift from one target set."""

    target_set_id = fields.String(attribute="held.target_set_id", metadata=added("Id of the target set."))
    target_set_version = fields.Integer(attribute="held.version", metadata=added(_SET_VERSION, example=1))
    scope = Code(TargetScope, attribute="held.scope", metadata=added(SCOPE, example="GROUP"))
    scope_id = fields.String(attribute="held.scope_id", metadata=added(SCOPE_ID, example="PUBLICPRE"))
    dimension = Code(
        TargetDimension, attribute="held.dimension", metadata=added(DIMENSION, example="ASSET_CLASS")
    )
    classes = fields.List(
        fields.Nested(BandedClassSchema),
        metadata=added("Classes in the order of the targets, then those without a target; none of METRIC."),
    )
    metrics = fields.List(
        fields.Nested(MetricDriftSchema), metadata=added("Metrics in the order of the targets; of METRIC.")
    )
    total_drift = Number(metadata=added(_TOTAL, example=12.4))
    needs_rebalancing = fields.Boolean(metadata=added(_NEEDS))
    worst = fields.Nested(
        WorstSchema, allow_none=True, metadata=added("The largest drift in bands; null where none is known.")
    )
    warnings = fields.List(
        fields.Nested(DriftWarningSchema), metadata=added("What to know about these numbers.")
    )


class DataSchema(ResponseSchema):
    """How old the positions are."""

    reference_date = IsoDate(
        attribute="data.reference_date",
        allow_none=True,
        metadata=added("Date of the positions; null where unknown.", example="2026-06-29"),
    )
    reference_age_business_days = fields.Integer(
        attribute="data.reference_age_business_days",
        allow_none=True,
        metadata=added("Its age in business days; null where unknown.", example=1),
    )
    stale = fields.Boolean(
        attribute="data.stale",
        allow_none=True,
        metadata=added("Whether that is stale; null where unknown."),
    )


class BookDriftSchema(DataSchema):
    """An account, or a group as one portfolio, against the targets that hold for it."""

    account_id = fields.String(
        allow_none=True, metadata=added("Account id; null of a group.", example="PPR-001")
    )
    account_name = fields.String(allow_none=True, metadata=added("Account name; null of a group."))
    nav = Number(
        allow_none=True,
        metadata=added("Net asset value, what shares are of; null where it cannot be measured."),
    )
    currency = fields.String(allow_none=True, metadata=added("Currency of all money.", example="USD"))
    needs_rebalancing = fields.Boolean(metadata=added(_NEEDS))
    drifts = fields.List(
        fields.Nested(SetDriftSchema),
        metadata=added("Drift from each target set, one for each dimension; none without targets or a NAV."),
    )
    warnings = fields.List(
        fields.Nested(DriftWarningSchema), metadata=added("What to know about the positions.")
    )


def _basis() -> Code:
    return Code(AsOf, metadata=added(_AS_OF, example=AsOf.TRADES_AND_ORDERS.value))


def _timestamp() -> UtcTime:
    return UtcTime(metadata=added("When it was measured, in UTC."))


class AccountDriftSchema(ResponseSchema):
    """The drift of an account."""

    as_of = _basis()
    timestamp = _timestamp()
    account = fields.Nested(BookDriftSchema, attribute="book", metadata=added("The account."))


class MetricDispersionSchema(ResponseSchema):
    """Dispersion of a metric over the accounts of a group; years, or basis points of OAS and DTS."""

    metric = Code(TargetMetric, metadata=added("The metric.", example="ACTIVE_SPREAD_DURATION"))
    std_dev = Real(metadata=added("Population standard deviation, each account alike.", example=0.26))
    mean = Real(metadata=added("Mean.", example=0.12))
    max_deviation = Real(metadata=added("Largest distance of an account from the mean.", example=0.4))
    accounts = fields.Integer(
        metadata=added("Accounts that have the metric; others do not count.", example=4)
    )


class GroupDriftSchema(ResponseSchema):
    """The drift of a group: account by account, and as one portfolio."""

    group_id = fields.String(metadata=added("Group id.", example="PUBLICPRE"))
    group_name = fields.String(metadata=added("Group name."))
    as_of = _basis()
    timestamp = _timestamp()
    needs_rebalancing = fields.Boolean(
        metadata=added("Whether an account, or the group as one portfolio, is out of a band.")
    )
    accounts = fields.List(
        fields.Nested(BookDriftSchema),
        metadata=added("Its accounts by id, each against its own targets, else those of the group."),
    )
    whole = fields.Nested(
        BookDriftSchema, metadata=added("All accounts as one portfolio, against the targets of the group.")
    )
    dispersion = fields.List(
        fields.Nested(MetricDispersionSchema), metadata=added("How far the accounts are from each other.")
    )


class StandingSchema(DataSchema):
    """An account against one target set."""

    account_id = fields.String(metadata=added("Account id.", example="PPR-001"))
    account_name = fields.String(metadata=added("Account name."))
    portfolio_groups = fields.List(
        fields.String(), metadata=added("The groups that it is under, as far as you may see them.")
    )
    nav = Number(allow_none=True, metadata=added("Net asset value; null where Aladdin has none."))
    target_set_id = fields.String(attribute="held.target_set_id", metadata=added("Id of the target set."))
    target_set_version = fields.Integer(attribute="held.version", metadata=added(_SET_VERSION, example=1))
    scope = Code(TargetScope, attribute="held.scope", metadata=added(SCOPE, example="GROUP"))
    scope_id = fields.String(attribute="held.scope_id", metadata=added(SCOPE_ID, example="PUBLICPRE"))
    dimension = Code(
        TargetDimension, attribute="held.dimension", metadata=added(DIMENSION, example="ASSET_CLASS")
    )
    total_drift = Number(allow_none=True, metadata=added(f"{_TOTAL} Null where it cannot be measured."))
    needs_rebalancing = fields.Boolean(metadata=added(_NEEDS))
    worst = fields.Nested(
        WorstSchema, allow_none=True, metadata=added("The largest drift in bands; null where none is known.")
    )
    warnings = fields.List(
        Code(DriftWarningType), metadata=added("What to know about the numbers; the account says more.")
    )


class StandingPageSchema(NextCursorSchema):
    """A page of accounts against their targets, the worst first."""

    accounts = fields.List(fields.Nested(StandingSchema), attribute="items", metadata=added("The accounts."))
