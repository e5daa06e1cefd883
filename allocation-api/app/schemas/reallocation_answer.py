"""Reallocation: what is answered."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.kit.base import ResponseSchema, added
from app.schemas.kit.fields import Code, Number, UtcTime
from app.schemas.kit.paging import NextCursorSchema
from app.services.compliance.vault import VaultCode, VaultSeverity
from app.services.domain.side import Side
from app.services.reallocation.types import (
    LiquiditySource,
    ReallocationOutput,
    ReallocationReason,
    ReallocationStatus,
)

_ASSET = "Asset."


def _asset() -> fields.String:
    return fields.String(metadata=added(_ASSET, example="EQ-US-LARGE"))


def _maybe(text: str, example: float) -> Number:
    return Number(allow_none=True, metadata=added(text, example=example))


class ReallocationHoldingSchema(ResponseSchema):
    """An asset of a portfolio."""

    asset = _asset()
    weight = Number(metadata=added("Part of the total value.", example=0.6))
    value = Number(metadata=added("Value in money.", example=180))


class ReallocationPortfolioSchema(ResponseSchema):
    """A portfolio; free cash is no part of it."""

    total_value = Number(metadata=added("Value of all assets.", example=300))
    holdings = fields.List(fields.Nested(ReallocationHoldingSchema), metadata=added("Its assets."))


class AssetUtilizationSchema(ResponseSchema):
    """Utilisation of an asset."""

    asset = _asset()
    utilization = _maybe("Current over target; 0 where both are 0, null where it is to be sold.", 0.9)
    difference = Number(
        metadata=added("Distance of current and target, as a part of the larger.", example=0.1)
    )
    is_out = fields.Boolean(metadata=added("Whether it is further from 1 than the threshold."))


class UtilizationStateSchema(ResponseSchema):
    """Utilisation of a portfolio."""

    overall = _maybe("Mean of all assets, weighted by target value; null without a target.", 1)
    worst = _maybe("Largest distance from 1; null without a target.", 0.2)
    by_asset = fields.List(fields.Nested(AssetUtilizationSchema), metadata=added("By asset."))


class UtilizationMetricsSchema(ResponseSchema):
    """Utilisation before and after the plan."""

    pre_reallocation = fields.Nested(UtilizationStateSchema, metadata=added("Before it."))
    post_reallocation = fields.Nested(UtilizationStateSchema, metadata=added("After it."))


class AssetLiquiditySchema(ResponseSchema):
    """What can be traded of an asset."""

    asset = _asset()
    source = Code(
        LiquiditySource,
        metadata=added("Who says so: the request, the service, or the average volume.", example="VOLUME"),
    )
    available = _maybe("Money that can be traded; null where it is assumed or unknown.", 5000000)


class LiquidityMetricsSchema(ResponseSchema):
    """Liquidity of a plan."""

    fully_matched = fields.Boolean(metadata=added("Whether nothing is missing to the target."))
    estimated_market_impact = _maybe("Cost of the trades by their impact, in money; null if unknown.", 12.5)
    total_reallocation_amount = Number(metadata=added("Money traded, sales and purchases.", example=40))
    liquidity_shortfall = Number(metadata=added("Money missing, sales and purchases.", example=0))
    by_asset = fields.List(
        fields.Nested(AssetLiquiditySchema), metadata=added("By asset; empty where nothing is needed.")
    )


class ReallocationRiskSchema(ResponseSchema):
    """Risk of a year by the days of the request; null where it is not defined, see `reasons`."""

    current_volatility = _maybe("Standard deviation of the portfolio as it is.", 0.11)
    target_volatility = _maybe("Of the target.", 0.12)
    current_sharpe = _maybe("Sharpe ratio of the portfolio as it is.", 0.4)
    target_sharpe = _maybe("Of the target.", 0.5)
    expected_tracking_error = _maybe("Of the portfolio after the plan against the target.", 0)


class ReallocationTradeSchema(ResponseSchema):
    """A trade."""

    asset = _asset()
    side = Code(Side, metadata=added("BUY or SELL.", example="SELL"))
    amount = Number(metadata=added("Money to be traded.", example=20))
    wanted = Number(metadata=added("Money that the target asks for.", example=20))


class DirectionChangesSchema(ResponseSchema):
    """Assets by direction."""

    increased = fields.Integer(metadata=added("Assets that are bought.", example=1))
    decreased = fields.Integer(metadata=added("Assets that are sold.", example=1))


class ReallocationSummarySchema(ResponseSchema):
    """What a plan moves."""

    total_assets_adjusted = fields.Integer(metadata=added("Assets that are traded.", example=2))
    direction_changes = fields.Nested(DirectionChangesSchema, metadata=added("In which direction."))
    largest_adjustments = fields.List(
        fields.Nested(ReallocationTradeSchema), metadata=added("The largest trades, largest first.")
    )


class ReallocationGroundsSchema(ResponseSchema):
    """Why a plan is not matched, or a number is not known."""

    code = Code(ReallocationReason, metadata=added("For programs.", example="INSUFFICIENT_LIQUIDITY"))
    message = fields.String(metadata=added("In words."))
    assets = fields.List(fields.String(), metadata=added("Assets that it is about.", example=["EQ-US-LARGE"]))


class LiquidityAnswerSchema(ResponseSchema):
    """What the liquidity service said."""

    asked_at = UtcTime(metadata=added("When it was asked."))
    assets = fields.List(fields.String(), metadata=added("Of what.", example=["EQ-US-LARGE"]))
    status = fields.Integer(allow_none=True, metadata=added("HTTP status; null without.", example=200))
    body = fields.String(allow_none=True, metadata=added("Its answer as it came; null without."))
    fault = fields.String(allow_none=True, metadata=added("Why it is of no use; null where it is."))


class VaultFindingSchema(ResponseSchema):
    """A limit of the vault that is violated, or a warning."""

    code = Code(VaultCode, metadata=added("Which one.", example="DAILY_CHANGE_EXCEEDED"))
    severity = Code(VaultSeverity, metadata=added("Whether it is violated.", example="VIOLATION"))
    message = fields.String(metadata=added("In words."))
    asset = fields.String(allow_none=True, metadata=added("Asset; null for the whole.", example="CM-GOLD"))
    value = _maybe("What is compared: percent, points, assets or money; null if unknown.", 20)
    limit = Number(metadata=added("What it is compared with.", example=15))


class VaultReportSchema(ResponseSchema):
    """What the limits of the vault say of the target and the trades that it asks for."""

    allowed = fields.Boolean(metadata=added("Whether none is violated."))
    findings = fields.List(fields.Nested(VaultFindingSchema), metadata=added("All at once."))


class ReallocationHeadSchema(ResponseSchema):
    """A reallocation in a list."""

    reallocation_id = fields.String(metadata=added("Id of the reallocation, a UUID."))
    timestamp = UtcTime(metadata=added("When it was evaluated."))
    created_by = fields.String(metadata=added("Who asked for it.", example="pm_smith"))
    status = Code(
        ReallocationStatus,
        metadata=added(
            "NOT_NEEDED: every asset is within the threshold. MATCHED: the plan reaches the target. PARTIAL: "
            "it reaches a part, or is not known to reach more. FAILED: nothing of it. The reasons say why.",
            example="MATCHED",
        ),
    )
    output = Code(
        ReallocationOutput,
        metadata=added(
            "Which of the three: the plan, the current portfolio, or the report of a failure.",
            example="REALLOCATION_PLAN",
        ),
    )
    blotter_id = fields.String(
        allow_none=True, metadata=added("Id of the blotter that was made of it; null where none was.")
    )


class ReallocationSchema(ReallocationHeadSchema):
    """A reallocation."""

    reasons = fields.List(
        fields.Nested(ReallocationGroundsSchema),
        metadata=added("Why the plan is not matched, and which numbers are not known."),
    )
    current_portfolio = fields.Nested(ReallocationPortfolioSchema, metadata=added("As it is."))
    target_portfolio = fields.Nested(ReallocationPortfolioSchema, metadata=added("As it is to be."))
    utilization_metrics = fields.Nested(UtilizationMetricsSchema, metadata=added("Current over target."))
    trades = fields.List(
        fields.Nested(ReallocationTradeSchema),
        metadata=added("The plan, sales first: purchases are sales and the cash used, to the cent."),
    )
    cash_used = Number(metadata=added("Of the free cash.", example=0))
    cash_after = Number(metadata=added("What is left of it.", example=0))
    liquidity_metrics = fields.Nested(LiquidityMetricsSchema, metadata=added("Liquidity."))
    risk_metrics = fields.Nested(ReallocationRiskSchema, metadata=added("Risk before and after."))
    reallocation_summary = fields.Nested(
        ReallocationSummarySchema,
        metadata=added("What the plan moves."),
    )
    vault = fields.Nested(
        VaultReportSchema,
        allow_none=True,
        metadata=added("Limits of the vault; null where they were not asked for."),
    )
    service_answer = fields.Nested(
        LiquidityAnswerSchema,
        allow_none=True,
        metadata=added("What the liquidity service said; null where it was not asked."),
    )


class ReallocationPageSchema(NextCursorSchema):
    """A page of reallocations."""

    reallocations = fields.List(
        fields.Nested(ReallocationHeadSchema),
        attribute="items",
        metadata=added("Reallocations, newest first."),
    )
