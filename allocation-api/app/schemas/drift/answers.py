"""Drift of a portfolio, and what brings it back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from marshmallow import fields

from app.schemas.drift.portfolio import THRESHOLD, VALUE
from app.schemas.kit.base import ResponseSchema, added
from app.schemas.kit.fields import Code, Number, UtcTime
from app.services.drift.types import DriftWarningType, Portfolio, TradeAction
from app.services.kernels.rebalancing import Mode


class AssetSchema(ResponseSchema):
    """A holding of an asset class."""

    symbol = fields.String(metadata=added("Its symbol.", example="AAPL"))
    asset_class = fields.String(metadata=added("Its class as it was stated.", example="stocks"))
    value = Number(metadata=added("Its value in money.", example=26940))


_PARTS = {
    "current_percent": "Share of the portfolio's value, in percent.",
    "target_percent": "What it should be, in percent.",
    "drift": "Current less target share, in percentage points; negative when too little.",
}


def _part(name: str, attribute: str | None = None) -> Number:
    return Number(attribute=attribute or name, metadata=added(_PARTS[name]))


class ClassReportSchema(ResponseSchema):
    """An asset class against its target."""

    asset_class = fields.String(attribute="drift.asset_class", metadata=added("The class.", example="stocks"))
    current_percent = _part("current_percent", "drift.current_percent")
    target_percent = _part("target_percent", "drift.target_percent")
    current_value = Number(attribute="drift.current_value", metadata=added("What its holdings are worth."))
    target_value = Number(attribute="drift.target_value", metadata=added("What they should be worth."))
    difference = Number(
        attribute="drift.difference",
        metadata=added("Current less target value, in money; negative when too little."),
    )
    difference_percent = _part("drift", "drift.difference_percent")
    assets = fields.List(fields.Nested(AssetSchema), metadata=added("Its holdings."))


class RebalancingActionSchema(ResponseSchema):
    """What brings one class all the way to its target, whatever the others do."""

    asset_class = fields.String(metadata=added("The class.", example="stocks"))
    action = Code(TradeAction, metadata=added("What to do.", example="BUY"))
    amount = Number(metadata=added("How much, in money."))
    current_percent = _part("current_percent")
    target_percent = _part("target_percent")
    drift = _part("drift")


class BalancedActionSchema(ResponseSchema):
    """What to do with a class so that purchases are paid by sales and free cash."""

    asset_class = fields.String(metadata=added("The class.", example="stocks"))
    action = Code(TradeAction, metadata=added("What to do.", example="BUY"))
    amount = Number(metadata=added("How much, in money, to the cent."))
    drift_after = Number(metadata=added("Drift afterwards, in percentage points."))
    is_out_after = fields.Boolean(metadata=added("Whether that is still more than the threshold."))
    explanation = fields.String(metadata=added("Why."))


class DriftWarningSchema(ResponseSchema):
    """Something to know about the numbers."""

    type = Code(DriftWarningType, metadata=added("What it is.", example="SHORT_POSITION"))
    message = fields.String(metadata=added("The same in words."))
    symbols = fields.List(fields.String(), metadata=added("Holdings that it is about."))
    difference = Number(
        allow_none=True, metadata=added("Holdings less portfolio value, in money; null of other warnings.")
    )


class CalculationSchema(ResponseSchema):
    """Drift of a portfolio, with what brings it back."""

    portfolio_value = Number(attribute="report.portfolio.portfolio_value", metadata=added(VALUE))
    timestamp = UtcTime(attribute="report.timestamp", metadata=added("When it was calculated, in UTC."))
    asset_classes = fields.List(
        fields.Nested(ClassReportSchema),
        attribute="report.classes",
        metadata=added("The classes in the order of the targets; unclassified holdings last."),
    )
    total_drift = Number(
        attribute="report.drift.total_drift",
        metadata=added("Sum of the absolute drifts of all classes, in points; not halved."),
    )
    turnover_to_target = Number(
        attribute="report.drift.turnover_to_target", metadata=added("Half of the total drift, in points.")
    )
    needs_rebalancing = fields.Boolean(
        attribute="report.drift.needs_rebalancing",
        metadata=added("Whether any class drifted by more than the threshold."),
    )
    rebalancing_threshold = Number(attribute="report.portfolio.threshold", metadata=added(THRESHOLD))
    rebalancing_actions = fields.List(
        fields.Nested(RebalancingActionSchema),
        attribute="report.actions",
        metadata=added("One for each class beyond the threshold, to its target; they need not balance."),
    )
    mode = Code(Mode, metadata=added("Mode of the balanced actions."))
    free_cash = Number(metadata=added("Portfolio value less its holdings, in money."))
    balanced_actions = fields.List(
        fields.Nested(BalancedActionSchema),
        attribute="actions",
        metadata=added("What to do with each class: purchases = sales + free cash - left_over, to the cent."),
    )
    left_over = Number(metadata=added("Free cash that no balanced action takes, for the rules of trades."))
    warnings = fields.List(
        fields.Nested(DriftWarningSchema), attribute="report.warnings", metadata=added("What to know.")
    )


@dataclass(frozen=True, slots=True)
class TargetValues:
    """Targets of a portfolio in money."""

    portfolio: Portfolio
    targets: dict[str, Decimal]


class TargetsSchema(ResponseSchema):
    """Targets of a portfolio in money and in percent."""

    portfolio_value = Number(attribute="portfolio.portfolio_value", metadata=added(VALUE))
    targets = fields.Dict(
        keys=fields.String(), values=Number(), metadata=added("Target of each class in money.")
    )
    target_percentages = fields.Dict(
        keys=fields.String(),
        values=Number(),
        attribute="portfolio.targets",
        metadata=added("Target of each class in percent."),
    )


class RebalancingCheckSchema(ResponseSchema):
    """Whether a portfolio needs rebalancing."""

    needs_rebalancing = fields.Boolean(
        attribute="drift.needs_rebalancing",
        metadata=added("Whether any class drifted by more than the threshold."),
    )
    alerts = fields.List(
        fields.String(
            metadata={"example": "STOCKS: under-allocated by 35.32% (current: 14.68%, target: 50.00%)"}
        ),
        metadata=added("One sentence for each class beyond the threshold, in the order of the targets."),
    )
    total_drift = Number(
        attribute="drift.total_drift",
        metadata=added("Sum of the absolute drifts of all classes, in points; not halved."),
    )
    threshold = Number(attribute="portfolio.threshold", metadata=added(THRESHOLD))
    warnings = fields.List(fields.Nested(DriftWarningSchema), metadata=added("What to know."))


class DriftRowSchema(ResponseSchema):
    """Drift of an asset class."""

    asset_class = fields.String(metadata=added("The class.", example="stocks"))
    current_percent = _part("current_percent")
    target_percent = _part("target_percent")
    drift = _part("drift", "difference_percent")
    drift_amount = Number(attribute="difference", metadata=added("The same in money."))
    needs_rebalancing = fields.Boolean(
        attribute="is_out", metadata=added("Whether the drift is more than the threshold.")
    )


class DriftAnalysisSchema(ResponseSchema):
    """Drift of each asset class, the largest first."""

    portfolio_value = Number(attribute="portfolio.portfolio_value", metadata=added(VALUE))
    timestamp = UtcTime(metadata=added("When it was calculated, in UTC."))
    drifts = fields.List(
        fields.Nested(DriftRowSchema),
        attribute="by_size",
        metadata=added("By absolute drift; ties in the order of the targets."),
    )
    total_drift = Number(
        attribute="drift.total_drift",
        metadata=added("Sum of the absolute drifts of all classes, in points; not halved."),
    )
    needs_rebalancing = fields.Boolean(
        attribute="drift.needs_rebalancing",
        metadata=added("Whether any class drifted by more than the threshold."),
    )
    warnings = fields.List(fields.Nested(DriftWarningSchema), metadata=added("What to know."))
