"""Optimised portfolios: what is answered."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.schemas.kit.base import ResponseSchema, added
from app.schemas.kit.fields import Code, Entries, Number, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.schemas.optimization import (
    GROUPS,
    GroupLimitSchema,
    OptimizationRequestSchema,
    PortfolioConstraintsSchema,
    PortfolioViewSchema,
)
from app.schemas.risk_answer import RiskDataSchema
from app.services.kernels.optimization import Measure, OptimizationSolver
from app.services.optimization.types import OptimalityStatus, PortfolioModel, PortfolioObjective

_ID = "5f0c7a3e-1d5e-4d6c-9a59-6a3f8a1c2b11"
_WEIGHTS = {"EQ-US-LARGE": 0.35, "BD-GOVT-LONG": 0.65}


def _by_asset(text: str, example: dict[str, float]) -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=Number(), metadata=added(text, example=example))


def _number(text: str, example: float) -> Number:
    return Number(metadata=added(text, example=example))


def _perhaps(text: str, example: float) -> Number:
    return Number(allow_none=True, metadata=added(text, example=example))


def _versions(text: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(), values=fields.String(), metadata=added(text, example={"numpy": "2.1.0"})
    )


class PortfolioMetricsSchema(ResponseSchema):
    """What the weights come to."""

    expected_return = _number("Expected return of a year before costs.", 0.06)
    volatility = _number("Standard deviation of a year, by the covariance that was taken.", 0.11)
    sharpe_ratio = _perhaps("Excess return over volatility, of a year; null without risk.", 0.5)
    max_drawdown = _perhaps(
        "Deepest drawdown, compounded, of the returns that were taken (BL moves them by its views); "
        "null where more than all is lost.",
        0.18,
    )
    risk = _number("Risk by the measure, of a period; MSV and SLPM are roots.", 0.0071)
    worst_return = _number("Expected return of a year after costs, the worst within the radius.", 0.05)
    worst_risk = _number("Risk by the measure, of a period, the worst within the radius.", 0.0075)
    turnover = _perhaps("Half of what current weights change by; null without them.", 0.12)
    cost = _perhaps(
        "Costs of that as a fraction of the portfolio, once; null without current weights.", 0.0002
    )


class EfficientPointSchema(ResponseSchema):
    """A portfolio of the efficient frontier."""

    risk = _number("Least risk by the measure, of a period.", 0.0071)
    # `return` is a word of Python
    expected_return = Number(
        data_key="return", metadata=added("Expected return of a year that it is for.", example=0.06)
    )
    weights = _by_asset("Weights.", _WEIGHTS)


class SolverAttemptSchema(ResponseSchema):
    """A solver's try."""

    solver = Code(OptimizationSolver, metadata=added("Solver.", example="PIQP"))
    said = fields.String(metadata=added("What it said of itself.", example="PIQP_SOLVED"))
    iterations = fields.Integer(metadata=added("Iterations.", example=9))
    gap = _perhaps("Gap that was computed for its answer; null without an answer.", 0.0)
    kkt_residual = _perhaps("Violation of the optimality conditions; null without an answer.", 0.0)
    accepted = fields.Boolean(metadata=added("Whether it was good enough.", example=True))


class PortfolioOptimalitySchema(ResponseSchema):
    """What is proved of the weights; amounts are of a period."""

    status = Code(
        OptimalityStatus,
        metadata=added(
            "OPTIMAL: nothing is better, up to rounding. WITHIN_GAP: at most `gap` is missing. "
            "NOT_SOUGHT: the rule has no objective.",
            example="OPTIMAL",
        ),
    )
    objective = _perhaps(
        "Objective of the weights, of a period: a risk, return or utility, or return above the "
        "risk-free rate by risk, not annualised; of RiskParity the function that is least there.",
        0.0071,
    )
    bound = _perhaps("No weights within the constraints are better.", 0.0071)
    gap = _perhaps("Distance of both, in the unit of the objective.", 0.0)
    kkt_residual = _perhaps("Largest violation of the optimality conditions.", 0.0)
    solver = Code(
        OptimizationSolver, allow_none=True, metadata=added("Who found the weights.", example="PIQP")
    )
    attempts = fields.List(fields.Nested(SolverAttemptSchema), metadata=added("Tries in their order."))


class UsedGroupLimitSchema(ResponseSchema, GroupLimitSchema):
    """Least and most of a group; null where there is none."""


class UsedPortfolioConstraintsSchema(ResponseSchema, PortfolioConstraintsSchema):
    """Limits of weights as they were used, defaults filled in."""

    group_constraints = Entries(
        fields.String(),
        fields.Nested(UsedGroupLimitSchema),
        GROUPS,
        metadata=added("Limits by the name of a group.", example={"bonds": {"min": 0.1, "max": 0.5}}),
    )


class UsedPortfolioViewSchema(ResponseSchema, PortfolioViewSchema):
    """A view as it was used; null where its uncertainty is the prior's."""


class UsedOptimizationRequestSchema(ResponseSchema, OptimizationRequestSchema):
    """What was asked for, defaults filled in; sent again it gives the same portfolio."""

    constraints = fields.Nested(
        UsedPortfolioConstraintsSchema,
        allow_none=True,
        metadata=added("Limits of weights; null for rules, which have none."),
    )
    views = fields.List(fields.Nested(UsedPortfolioViewSchema), metadata=added("Views, for BL."))
    known_at = UtcTime(  # type: ignore[assignment]  # read with any time zone, shown in UTC
        metadata=added("Moment as of which prices were known, in UTC.")
    )


class OptimizedPortfolioSchema(ResponseSchema):
    """An optimised portfolio."""

    portfolio_id = fields.String(metadata=added("Id.", example=_ID))
    timestamp = UtcTime(metadata=added("When it was made.", example="2026-06-30T09:00:00Z"))
    created_by = fields.String(metadata=added("User.", example="demo_user"))
    model = Code(PortfolioModel, attribute="request.model", metadata=added("Model.", example="Classic"))
    risk_measure = Code(
        Measure, attribute="request.risk_measure", metadata=added("Measure of risk.", example="MV")
    )
    objective = Code(
        PortfolioObjective, attribute="request.objective", metadata=added("Objective.", example="MinRisk")
    )
    request = fields.Nested(UsedOptimizationRequestSchema, metadata=added("What was asked for."))
    weights = fields.Dict(
        keys=fields.String(),
        values=Number(),
        attribute="outcome.weights",
        metadata=added("Weights by asset, which sum to 1.", example=_WEIGHTS),
    )
    metrics = fields.Nested(
        PortfolioMetricsSchema, attribute="outcome.metrics", metadata=added("What they come to.")
    )
    expected_returns = fields.Dict(
        keys=fields.String(),
        values=Number(),
        attribute="outcome.expected_returns",
        metadata=added("Expected return of a year by asset, as it was taken.", example={"CM-GOLD": 0.04}),
    )
    efficient_frontier = fields.List(
        fields.Nested(EfficientPointSchema),
        attribute="outcome.efficient_frontier",
        metadata=added("Least risk for expected returns at equal distances; empty for rules."),
    )
    optimality = fields.Nested(
        PortfolioOptimalitySchema, attribute="outcome.optimality", metadata=added("What is proved.")
    )
    data = fields.Nested(RiskDataSchema, attribute="outcome.data", metadata=added("What the returns were."))
    versions = _versions("Versions of what computed it.")
    returns_sha256 = fields.String(metadata=added("Fingerprint of the returns.", example="9f86d08188"))
    outcome_sha256 = fields.String(metadata=added("Fingerprint of what came out.", example="9f86d08188"))


class OptimizationSummarySchema(ResponseSchema):
    """An optimised portfolio as a list shows it."""

    portfolio_id = fields.String(metadata=added("Id.", example=_ID))
    timestamp = UtcTime(metadata=added("When it was made.", example="2026-06-30T09:00:00Z"))
    created_by = fields.String(metadata=added("User.", example="demo_user"))
    model = Code(PortfolioModel, metadata=added("Model.", example="Classic"))
    risk_measure = Code(Measure, metadata=added("Measure of risk.", example="MV"))
    objective = Code(PortfolioObjective, metadata=added("Objective.", example="MinRisk"))
    asset_count = fields.Integer(metadata=added("Assets that were to choose from.", example=3))
    status = Code(OptimalityStatus, metadata=added("What is proved.", example="OPTIMAL"))


class OptimizationPageSchema(NextCursorSchema):
    """A page of optimised portfolios."""

    portfolios = fields.List(
        fields.Nested(OptimizationSummarySchema),
        attribute="items",
        metadata=added("Optimised portfolios, newest first."),
    )


class OptimizationReplaySchema(ResponseSchema):
    """Whether an optimised portfolio comes out again."""

    portfolio_id = fields.String(metadata=added("Id.", example=_ID))
    identical = fields.Boolean(metadata=added("Whether every byte is the same.", example=True))
    reproduced = fields.Boolean(
        metadata=added(
            "Identical, or on other versions no weight differs by more than `tolerance`.", example=True
        )
    )
    same_returns = fields.Boolean(metadata=added("Whether the returns are the same.", example=True))
    same_versions = fields.Boolean(metadata=added("Whether the versions are the same.", example=True))
    largest_difference = _number("Largest difference of a weight.", 0.0)
    tolerance = _number("By how much a weight may differ on other versions.", 1e-6)
    recorded_versions = _versions("Versions of what computed it first.")
    versions = _versions("Versions of what computed it now.")


@dataclass(frozen=True, slots=True)
class OptimizationPageQuery:
    """Which page of optimised portfolios."""

    cursor: str | None
    limit: int


class OptimizationPageQuerySchema(PagingSchema):
    """Which page of optimised portfolios."""

    makes = OptimizationPageQuery
