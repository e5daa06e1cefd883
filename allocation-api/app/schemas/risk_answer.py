"""Risk of a portfolio: what is answered."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.kit.base import ResponseSchema, added
from app.schemas.kit.fields import Code, IsoDate, Number, UtcTime
from app.schemas.market_history_fields import Column
from app.services.kernels.risk import FaultKind
from app.services.kernels.risk.covariance import CovarianceMethod
from app.services.market_history.types import FillMethod, SeriesFrequency
from app.services.risk.types import RelativeFigure, RiskFigure, RiskUnit, RollingFigure

_FALL = "Change as a fraction, below 0 for a loss."
_PARTS = "What each asset does of it."


def _number(text: str, example: float) -> Number:
    return Number(allow_none=True, metadata=added(text, example=example))


def _by_asset(text: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(), values=Number(), metadata=added(text, example={"EQ-US-LARGE": -0.12})
    )


def _day(text: str) -> IsoDate:
    return IsoDate(allow_none=True, metadata=added(text, example="2024-03-15"))


def _level() -> Number:
    return _number("Confidence, null for measures without one.", 0.95)


def _unit() -> Code:
    return Code(RiskUnit, metadata=added("Unit of the value.", example="return_per_period"))


class UndefinedSchema(ResponseSchema):
    """Why there is no value."""

    undefined = Code(
        FaultKind, allow_none=True, metadata=added("Why there is no value; null where there is one.")
    )
    message = fields.String(allow_none=True, metadata=added("The same in words."))


class RiskValueSchema(UndefinedSchema):
    """A measure of the portfolio."""

    measure = Code(RiskFigure, metadata=added("Measure.", example="CVaR"))
    level = _level()
    unit = _unit()
    value = _number("Value; losses are positive.", 0.0213)
    is_monotone = fields.Boolean(
        allow_none=True,
        metadata=added("Whether Cornish and Fisher's correction holds at all levels; null for others."),
    )


class RelativeValueSchema(UndefinedSchema):
    """A measure of the portfolio against its benchmark."""

    measure = Code(RelativeFigure, metadata=added("Measure.", example="beta"))
    unit = _unit()
    value = _number("Value.", 0.58)


class RiskPartSchema(ResponseSchema):
    """What an asset contributes to a measure."""

    symbol = fields.String(metadata=added("Asset.", example="EQ-US-LARGE"))
    weight = Number(metadata=added("Weight.", example=0.6))
    part = Number(metadata=added("Part in the unit of the measure; below 0 for a hedge.", example=0.081))
    share = Number(metadata=added("Part of the total; all add up to 1.", example=0.9))
    marginal = Number(metadata=added("What the measure grows by for a unit of weight.", example=0.135))


class RiskContributionSchema(UndefinedSchema):
    """Where a measure comes from."""

    measure = Code(RiskFigure, metadata=added("volatility or CVaR.", example="volatility"))
    level = _level()
    unit = _unit()
    total = _number("The measure: the sum of the parts.", 0.09)
    assets = fields.List(fields.Nested(RiskPartSchema), metadata=added("By asset, in order of the weights."))


class RiskDrawdownSchema(UndefinedSchema):
    """The deepest drawdown."""

    depth = _number("Part of the peak's wealth that was lost.", 0.187)
    peak_date = _day("Last day at the peak; null without a drawdown.")
    trough_date = _day("Lowest day.")
    recovery_date = _day("First day at the peak again; null while there is none.")


class RiskStressSchema(ResponseSchema):
    """The portfolio under the given shocks."""

    change = Number(metadata=added(_FALL, example=-0.12))
    assets = _by_asset(_PARTS)
    unshocked = fields.List(
        fields.String(), metadata=added("Assets without a shock, which stay.", example=["BD-GOVT-LONG"])
    )


class RiskWindowSchema(ResponseSchema):
    """A window of the past in which today's weights, bought at its start and held, would have lost."""

    start_date = IsoDate(metadata=added("Day at whose close it begins.", example="2024-02-14"))
    end_date = IsoDate(metadata=added("Day at whose close it ends.", example="2024-03-15"))
    change = Number(metadata=added(_FALL, example=-0.12))
    assets = _by_asset(_PARTS)


class RollingSeriesSchema(ResponseSchema):
    """A measure of each window."""

    measure = Code(RollingFigure, metadata=added("Measure.", example="volatility"))
    level = _level()
    unit = _unit()
    values = Column(
        Number(allow_none=True),
        metadata=added("One for each of `dates`; null where it is not defined.", example=[0.11, 0.12]),
    )


class RiskRollingSchema(ResponseSchema):
    """Measures over windows."""

    window = fields.Integer(metadata=added("Periods of a window.", example=63))
    dates = fields.List(IsoDate(), metadata=added("Day on which each window ends."))
    series = fields.List(fields.Nested(RollingSeriesSchema), metadata=added("By measure."))


class RiskCovarianceSchema(ResponseSchema):
    """How the covariance of a year was estimated."""

    method = Code(CovarianceMethod, metadata=added("Estimate.", example="sample"))
    smallest_eigenvalue = Number(metadata=added("Smallest eigenvalue before a repair.", example=0.004))
    repair = Number(
        metadata=added("Frobenius norm of what a repair changed; 0 where there was none.", example=0)
    )
    shrinkage = Number(metadata=added("Part of the target in ledoit_wolf; 0 for others.", example=0))


class RiskDataSchema(ResponseSchema):
    """What the returns were."""

    start_date = IsoDate(metadata=added("Day of the first price.", example="2021-01-04"))
    end_date = IsoDate(metadata=added("Day of the last price.", example="2025-12-31"))
    frequency = Code(SeriesFrequency, metadata=added("Periods.", example="daily"))
    return_count = fields.Integer(metadata=added("Returns of each asset.", example=1303))
    fill = Code(FillMethod, metadata=added("What became of missing days.", example="none"))
    left_out = fields.Integer(
        metadata=added("Days between them that were left out, for only some assets have a price.", example=0)
    )
    missing_days = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata=added(
            "By asset, days of others without a price of its own: left out, or filled by `fill`.",
            example={"EQ-US-LARGE": 0},
        ),
    )
    longest_gap_days = fields.Integer(
        metadata=added("Most calendar days from one day with prices to the next.", example=3)
    )
    periods_per_year = fields.Integer(metadata=added("Periods of a year that annualise.", example=252))
    observed_periods_per_year = Number(
        metadata=added("Returns per 365.25 calendar days, to check the above.", example=260.9)
    )
    source = fields.List(fields.String(), metadata=added("Sources of the prices.", example=["demo"]))
    last_updated = UtcTime(
        metadata=added(
            "When the last price arrived. Sent as known_at, it repeats this answer.",
            example="2026-06-30T09:00:00Z",
        )
    )


class RiskAnswerSchema(ResponseSchema):
    """The risk of a portfolio."""

    data = fields.Nested(RiskDataSchema, metadata=added("What the returns were."))
    covariance = fields.Nested(RiskCovarianceSchema, metadata=added("How the covariance was estimated."))
    measures = fields.List(
        fields.Nested(RiskValueSchema), metadata=added("Measures, those of the tail at each level.")
    )
    relative = fields.List(
        fields.Nested(RelativeValueSchema), metadata=added("Against the benchmark; empty without one.")
    )
    contributions = fields.List(
        fields.Nested(RiskContributionSchema),
        metadata=added("What assets contribute to volatility, and to CVaR at each level."),
    )
    drawdown = fields.Nested(RiskDrawdownSchema, metadata=added("The deepest drawdown, compounded."))
    stress = fields.Nested(
        RiskStressSchema, allow_none=True, metadata=added("Under `shocks`; null without them.")
    )
    worst_windows = fields.List(
        fields.Nested(RiskWindowSchema), metadata=added("Worst first; empty where not asked for.")
    )
    rolling = fields.Nested(
        RiskRollingSchema, allow_none=True, metadata=added("Rolling series; null where not asked for.")
    )
