"""Grids of backtests: what is asked, and what is answered."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.schemas.backtest import MAX_WINDOW, BacktestRequestSchema
from app.schemas.backtest_answer import (
    BacktestViewSchema,
    ShownBacktestRequestSchema,
    SubmittedBacktestSchema,
    number_or_null,
)
from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, IsoDate, Number, Real, UtcTime, WholeNumber
from app.schemas.kit.paging import NextCursorSchema
from app.schemas.market_history_fields import JsonList
from app.services.backtest.grid_types import CrossValidationRequest, GridParameters, GridRequest
from app.services.backtest.types import BacktestStatus
from app.services.kernels.backtest import MAX_FOLDS, MIN_FOLDS, RebalancingFrequency
from app.services.kernels.risk import FaultKind

MAX_VALUES = 16
MAX_LEFT_OUT_DAYS = 252
"""Trading days that are purged, or under embargo, about each tested fold."""


def _tried(inner: fields.Field[Any], text: str, example: list[Any]) -> JsonList:
    return JsonList(inner, most=MAX_VALUES, load_default=None, metadata=added(text, example=example))


class BacktestGridParametersSchema(RequestSchema):
    """Values that are tried in every combination."""

    makes = GridParameters

    threshold = _tried(Real("0", "0.99"), "Values of threshold.", [0.02, 0.05])
    window = _tried(WholeNumber(2, MAX_WINDOW), "Values of window.", [126, 252])
    risk_aversion = _tried(Real("0", "1000000"), "Values of risk_aversion.", [1, 5])
    radius = _tried(Real("0", "1"), "Values of radius.", [0, 0.001])
    upper_bound = _tried(Real("-1", "100"), "Values of constraints.upper_bound.", [0.5, 1])
    rebalancing_frequency = _tried(
        Code(RebalancingFrequency), "Values of rebalancing_frequency.", ["monthly", "quarterly"]
    )


class BacktestCrossValidationSchema(RequestSchema):
    """How days are cut to cross-validate the choice among the backtests of a grid."""

    makes = CrossValidationRequest

    folds = WholeNumber(
        MIN_FOLDS,
        MAX_FOLDS,
        load_default=10,
        metadata=added("Folds that the days are cut into.", example=10),
    )
    test_folds = WholeNumber(
        1,
        MAX_FOLDS - 1,
        load_default=2,
        metadata=added("Of these, how many are tested together; fewer than folds.", example=2),
    )
    purged_days = WholeNumber(
        0,
        MAX_LEFT_OUT_DAYS,
        load_default=1,
        metadata=added("Days before and after a tested fold that choose nothing.", example=1),
    )
    embargo_days = WholeNumber(
        0,
        MAX_LEFT_OUT_DAYS,
        load_default=None,
        metadata=added("Further days after it; by default 1 % of the days.", example=5),
    )

    @validates_schema(skip_on_field_errors=True)
    def some_folds_choose(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse to test all folds: then nothing chooses."""
        if data["test_folds"] >= data["folds"]:
            raise ValidationError(f"Fewer than the {data['folds']} folds are expected.", "test_folds")


class BacktestGridRequestSchema(RequestSchema):
    """A backtest, and the parameters of it that are varied."""

    makes = GridRequest

    base = fields.Nested(BacktestRequestSchema, required=True, metadata=added("The backtest."))
    grid = fields.Nested(BacktestGridParametersSchema, required=True, metadata=added("What is varied of it."))
    cross_validation = fields.Nested(
        BacktestCrossValidationSchema,
        load_default=CrossValidationRequest,
        metadata=added("How the choice of the best one is cross-validated."),
    )


def _shown(inner: fields.Field[Any], text: str, example: list[Any]) -> fields.List[Any]:
    return fields.List(inner, allow_none=True, metadata=added(text, example=example))


class SubmittedGridSchema(ResponseSchema):
    """Backtests of a grid that were asked for."""

    grid_id = fields.String(metadata=added("Id of the grid.", format="backtest-grid-id"))
    backtests = fields.List(
        fields.Nested(SubmittedBacktestSchema), metadata=added("One for each combination.")
    )


class OverfittingSchema(ResponseSchema):
    """How much of the best backtest's Sharpe ratio is luck (Bailey and others, 2017)."""

    probability_of_overfitting = Number(
        metadata=added("Share of the splits of the days in which the best of one half is poor in the other.")
    )
    loss_probability = Number(metadata=added("Share in which it has lost there.", example=0.1))
    performance_slope = number_or_null("Slope of the ratio there on the ratio here.", -0.3)
    best_backtest_id = fields.String(metadata=added("Backtest with the highest Sharpe ratio."))
    expected_maximum_sharpe = Number(metadata=added("Ratio of a year that luck alone is expected to reach."))
    deflated_sharpe_ratio = Number(metadata=added("Probability that the best one's ratio is above that."))
    blocks = fields.Integer(metadata=added("Blocks of days.", example=16))
    split_count = fields.Integer(metadata=added("Ways to choose half of the blocks.", example=12870))
    start_date = IsoDate(metadata=added("First day that all have.", example="2021-01-04"))
    end_date = IsoDate(metadata=added("Last day that all have.", example="2025-12-31"))


class CrossValidationSchema(ResponseSchema):
    """What choosing the best backtest comes to on days that it was not chosen by (Lopez de Prado 2018)."""

    folds = fields.Integer(metadata=added("Folds that the days are cut into.", example=10))
    test_folds = fields.Integer(metadata=added("Folds that are tested together.", example=2))
    purged_days = fields.Integer(metadata=added("Days left out on both sides of a tested fold.", example=1))
    embargo_days = fields.Integer(metadata=added("Further days left out after it.", example=13))
    split_count = fields.Integer(metadata=added("Ways to choose the tested folds.", example=45))
    path_count = fields.Integer(metadata=added("Paths over all days that the tests make.", example=9))
    sharpe_ratios = fields.List(
        Number(), metadata=added("Sharpe ratio of a year of each path.", example=[0.4, 0.6])
    )
    mean_sharpe = Number(metadata=added("Their mean.", example=0.5))
    median_sharpe = Number(metadata=added("Their median.", example=0.5))
    sharpe_deviation = number_or_null("Their standard deviation; null for one path.", 0.2)
    loss_probability = Number(metadata=added("Share of the paths with a ratio below 0.", example=0.1))
    chosen = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata=added("In how many splits each backtest was the best one, by id."),
    )


class GridUndefinedSchema(ResponseSchema):
    """Why something is not defined for the results of a grid."""

    reason = Code(FaultKind, metadata=added("Why.", example="TOO_FEW_ROWS"))
    message = fields.String(metadata=added("The same in words."))


class ShownGridParametersSchema(ResponseSchema):
    """Values that are tried in every combination; null is not varied."""

    threshold = _shown(Number(), "Values of threshold.", [0.02, 0.05])
    window = _shown(fields.Integer(), "Values of window.", [126, 252])
    risk_aversion = _shown(Number(), "Values of risk_aversion.", [1, 5])
    radius = _shown(Number(), "Values of radius.", [0, 0.001])
    upper_bound = _shown(Number(), "Values of constraints.upper_bound.", [0.5, 1])
    rebalancing_frequency = _shown(
        Code(RebalancingFrequency), "Values of rebalancing_frequency.", ["monthly", "quarterly"]
    )


class ShownCrossValidationRequestSchema(ResponseSchema):
    """How days are cut to cross-validate the choice."""

    folds = fields.Integer(metadata=added("Folds that the days are cut into.", example=10))
    test_folds = fields.Integer(metadata=added("Folds that are tested together.", example=2))
    purged_days = fields.Integer(metadata=added("Days left out on both sides of a tested fold.", example=1))
    embargo_days = fields.Integer(
        allow_none=True, metadata=added("Further days left out after it; null is 1 % of them.", example=5)
    )


class ShownGridRequestSchema(ResponseSchema):
    """What was asked for; sent again it makes the same backtests of the prices that are known then."""

    base = fields.Nested(ShownBacktestRequestSchema, metadata=added("The backtest."))
    grid = fields.Nested(ShownGridParametersSchema, metadata=added("What is varied of it."))
    cross_validation = fields.Nested(
        ShownCrossValidationRequestSchema, metadata=added("How the choice of the best one is validated.")
    )


class BacktestGridSchema(ResponseSchema):
    """A grid of backtests."""

    grid_id = fields.String(metadata=added("Id of the grid.", format="backtest-grid-id"))
    created_at = UtcTime(metadata=added("When it was asked for, in UTC."))
    request = fields.Nested(ShownGridRequestSchema, metadata=added("What was asked for."))
    backtests = fields.List(fields.Nested(BacktestViewSchema), metadata=added("One for each combination."))
    overfitting = fields.Nested(
        OverfittingSchema, allow_none=True, metadata=added("Null until all have a result.")
    )
    undefined = Code(FaultKind, allow_none=True, metadata=added("Why it is not defined for these results."))
    message = fields.String(allow_none=True, metadata=added("The same in words."))
    cross_validation = fields.Nested(
        CrossValidationSchema, allow_none=True, metadata=added("Null until all have a result.")
    )
    cross_validation_undefined = fields.Nested(
        GridUndefinedSchema,
        allow_none=True,
        metadata=added("Why it is not defined for these results; null where it is."),
    )


class BacktestGridViewSchema(ResponseSchema):
    """A grid as a list shows it."""

    grid_id = fields.String(metadata=added("Id of the grid.", format="backtest-grid-id"))
    created_at = UtcTime(metadata=added("When it was asked for, in UTC."))
    request = fields.Nested(ShownGridRequestSchema, metadata=added("What was asked for."))
    backtest_count = fields.Integer(metadata=added("Combinations.", example=4))
    statuses = fields.Dict(
        keys=Code(BacktestStatus),
        values=fields.Integer(),
        metadata=added("How many backtests are in which state.", example={"SUCCEEDED": 4}),
    )


class BacktestGridPageSchema(NextCursorSchema):
    """A page of grids, newest first."""

    grids = fields.List(
        fields.Nested(BacktestGridViewSchema), attribute="items", metadata=added("The grids.")
    )


class DeletedGridSchema(ResponseSchema):
    """What was deleted."""

    grid_id = fields.String(metadata=added("Id of the grid.", format="backtest-grid-id"))
