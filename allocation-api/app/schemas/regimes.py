"""Market regimes: what is asked, and what is answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, IsoDate, Number, QueryReal, UtcTime
from app.schemas.market_history_fields import Column, known_at
from app.services.kernels.regimes.types import ReasonKind, Regime
from app.services.regimes.types import (
    DEFAULT_DAYS,
    MAX_DAYS,
    RecordStrategy,
    RecordVerdict,
    RegimeHistoryRequest,
    RegimeRecordRequest,
    RegimeStatusRequest,
)

_TEXT = "BTC dominance rose 1.8 points in 30 bars"
_CONFIDENCE = (
    "From 0 to 1: how far the nearest threshold is, in units of the threshold. It is no probability. 0 while "
    "a bar says another regime than the one that is told."
)


class RegimeStatusQuerySchema(RequestSchema):
    """Which knowledge counts."""

    makes = RegimeStatusRequest

    known_at = known_at()


class _SpanSchema(RequestSchema):
    """A last day, and that it does not lie before the first one."""

    end_date = IsoDate(
        load_default=None, metadata=added("Last day, by default the last there is.", example="2026-06-30")
    )
    known_at = known_at()

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        first: date | None = data["start_date"]
        last: date | None = data["end_date"]
        if first and last and first > last:
            raise ValidationError("The date lies before start_date.", "end_date")


class RegimeHistoryQuerySchema(_SpanSchema):
    """Which days, and which knowledge counts."""

    makes = RegimeHistoryRequest

    start_date = IsoDate(
        load_default=None,
        metadata=added(
            f"First day, by default {DEFAULT_DAYS} days up to the last; {MAX_DAYS:,} days at most.",
            example="2026-01-05",
        ),
    )


class RegimeRecordQuerySchema(_SpanSchema):
    """Which days, at what costs, and which knowledge counts."""

    makes = RegimeRecordRequest

    start_date = IsoDate(
        load_default=None, metadata=added("First day, by default the first there is.", example="2023-01-01")
    )
    cost_basis_points = QueryReal(
        "0",
        "1000",
        load_default=10.0,
        metadata=added("Costs of what is traded, in basis points.", example=10),
    )


def _regime(text: str) -> Code:
    return Code(Regime, metadata=added(text, example="BTC_SEASON"))


def _number(text: str, example: float) -> Number:
    return Number(allow_none=True, metadata=added(text, example=example))


def _day(text: str) -> IsoDate:
    return IsoDate(metadata=added(text, example="2026-06-30"))


def _confidence() -> Number:
    return Number(metadata=added(_CONFIDENCE, example=0.8))


class RegimeReasonSchema(ResponseSchema):
    """One thing that speaks for a regime."""

    kind = Code(
        ReasonKind, metadata=added("What was measured, and how it fell out.", example="BTC_DOMINANCE")
    )
    value = _number(
        "In standard deviations, percentile rank, percentage points, log return ahead of BTC, or bars; null "
        "beyond all numbers.",
        1.8,
    )
    threshold = Number(metadata=added("What it is held against.", example=1))
    bars = fields.Integer(metadata=added("Window that it was measured in.", example=30))
    text = fields.String(metadata=added("The same in words.", example=_TEXT))


class RegimeFeaturesSchema(ResponseSchema):
    """What was measured at a bar; null where that is not known yet."""

    annualised_volatility = _number("Yang-Zhang volatility of the whole market, of a year.", 0.52)
    volatility_rank = _number("Its percentile rank among the trailing bars.", 71.2)
    direction = _number("Return of the market over the trend's window, in standard deviations.", 0.9)
    btc_dominance_change = _number("Change of BTC.D in percentage points.", 1.8)
    eth_dominance_change = _number("Change of ETH.D in percentage points.", -0.3)
    stable_dominance_change = _number("Change of STABLE.D in percentage points.", -0.6)
    eth_lead = _number("Log return of ETH less that of BTC.", -0.04)
    alt_lead = _number("Log return of ALT less that of BTC.", -0.07)


class RegimeThresholdsSchema(ResponseSchema):
    """The thresholds that hold; the settings REGIME_... set them."""

    volatility_window = fields.Integer(metadata=added("Bars of the volatility.", example=30))
    trend_window = fields.Integer(metadata=added("Bars of returns, leads and changes.", example=30))
    rank_window = fields.Integer(metadata=added("Bars that a volatility is ranked among.", example=365))
    tight_rank = Number(metadata=added("Rank up to which volatility is tight.", example=33))
    high_rank = Number(metadata=added("Rank from which it is high.", example=67))
    direction = Number(metadata=added("Standard deviations from which the market goes up.", example=0.5))
    btc_band = Number(metadata=added("Points from which BTC.D rises or falls.", example=1))
    eth_band = Number(metadata=added("Points from which ETH.D rises or falls.", example=0.5))
    stable_band = Number(metadata=added("Points from which STABLE.D rises.", example=0.5))
    min_bars = fields.Integer(metadata=added("Bars without which no regime is told.", example=90))
    confirmation_bars = fields.Integer(metadata=added("Bars in a row of another regime.", example=2))


class RegimeDataSchema(ResponseSchema):
    """The bars that were read: those of days that all seven series have."""

    start_date = _day("First of these days.")
    end_date = _day("Last of these days.")
    bar_count = fields.Integer(metadata=added("Bars.", example=3100))
    left_out = fields.Integer(metadata=added("Days that only some of the series have.", example=0))
    source = fields.List(fields.String(), metadata=added("Sources of the bars.", example=["demo"]))
    last_updated = UtcTime(
        metadata=added(
            "When the last bar arrived. Sent as known_at, it repeats this answer.",
            example="2026-06-30T09:00:00Z",
        )
    )


def _reasons() -> fields.List[Any]:
    return fields.List(fields.Nested(RegimeReasonSchema), metadata=added("What the bar says, and why."))


class RegimeStatusSchema(ResponseSchema):
    """The regime at the close of the last bar; it trades the next one."""

    as_of = _day("Day of the last bar.")
    age_days = fields.Integer(metadata=added("Days since then.", example=1))
    regime = _regime("Regime that is told.")
    name = fields.String(metadata=added("The same in words.", example="BTC season"))
    confidence = _confidence()
    since = _day("First day of the run of this regime.")
    bars_in_regime = fields.Integer(metadata=added("Bars of this run.", example=12))
    bar_regime = _regime("Regime that the last bar alone says; another one waits for confirmation.")
    reasons = _reasons()
    features = fields.Nested(RegimeFeaturesSchema, metadata=added("What was measured."))
    thresholds = fields.Nested(RegimeThresholdsSchema, metadata=added("The thresholds that hold."))
    data = fields.Nested(RegimeDataSchema, metadata=added("The bars that were read."))


class RegimeChangeSchema(ResponseSchema):
    """A day at whose close another regime was told than before."""

    date = _day("Day.")
    before = _regime("Regime that was told before.")
    after = _regime("Regime that is told from then on.")
    confidence = _confidence()
    reasons = _reasons()


def _column(inner: fields.Field[Any], text: str, example: list[Any]) -> Column:
    return Column(inner, metadata=added(text, example=example))


class RegimeHistorySchema(ResponseSchema):
    """Regimes by day: columns of one length."""

    dates = fields.List(IsoDate(), metadata=added("Days.", example=["2026-06-29", "2026-06-30"]))
    prices = _column(Number(), "Closes of the whole market (TOTALES).", [3100.5, 3150.2])
    regimes = _column(
        Code(Regime), "Regime that was told at the close of the day.", ["RISK_ON", "BTC_SEASON"]
    )
    traded_regimes = _column(
        Code(Regime, allow_none=True),
        "Regime that trades the day: that of the bar before; null on the first bar.",
        ["RISK_ON", "RISK_ON"],
    )
    confidences = _column(Number(), _CONFIDENCE, [0.4, 0.8])
    reasons = _column(fields.List(fields.String()), "What each bar says, in words.", [["Market up"], [_TEXT]])
    changes = fields.List(fields.Nested(RegimeChangeSchema), metadata=added("Changes of the regime."))
    transitions = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer()),
        metadata=added(
            "How often a regime (inner key) followed another (outer key) a bar later.",
            example={"RISK_ON": {"BTC_SEASON": 3}},
        ),
    )
    shares = fields.Dict(
        keys=fields.String(),
        values=Number(),
        metadata=added("Part of the days by regime.", example={"RISK_ON": 0.25}),
    )
    thresholds = fields.Nested(RegimeThresholdsSchema, metadata=added("The thresholds that hold."))
    data = fields.Nested(RegimeDataSchema, metadata=added("The bars that were read."))


class RecordIntervalSchema(ResponseSchema):
    """A ratio of a year with the stationary bootstrap's interval, and what repeats it."""

    ratio = Number(metadata=added("Ratio of a year.", example=0.4))
    low = Number(metadata=added("Lower end.", example=-0.3))
    high = Number(metadata=added("Upper end.", example=1.1))
    confidence = Number(metadata=added("Part of the samples that lie within.", example=0.95))
    samples = fields.Integer(metadata=added("Samples.", example=2000))
    seed = fields.Integer(metadata=added("Seed of the generator.", example=20170217))


def _strategy(text: str) -> Code:
    return Code(RecordStrategy, metadata=added(text, example="REGIME"))


class StrategyRecordSchema(ResponseSchema):
    """What a strategy has made after costs; a figure that is not defined is null."""

    strategy = _strategy("Strategy.")
    total_return = _number("Return over all days.", 0.42)
    annualized_return = _number("Annualised return, compounded.", 0.07)
    volatility = _number("Standard deviation of a year.", 0.41)
    sharpe_ratio = _number("Sharpe ratio of a year.", 0.64)
    max_drawdown = _number("Part of the highest value that was lost at most; positive.", 0.58)
    turnover = _number("Half of what was traded over the value, of a year, after the first purchase.", 4.2)
    costs = Number(metadata=added("Costs over the capital at the beginning.", example=0.03))
    trade_count = fields.Integer(metadata=added("Days with trades.", example=120))
    sharpe_interval = fields.Nested(
        RecordIntervalSchema,
        allow_none=True,
        metadata=added("How sure the Sharpe ratio is; null where it has no interval."),
    )


class RecordComparisonSchema(ResponseSchema):
    """Holding by regimes against another strategy."""

    against = _strategy("The other strategy.")
    verdict = Code(
        RecordVerdict,
        metadata=added(
            "AHEAD or BEHIND where the whole interval is above or below 0, else UNDECIDED.",
            example="UNDECIDED",
        ),
    )
    information_ratio = fields.Nested(
        RecordIntervalSchema,
        allow_none=True,
        metadata=added("Of the daily difference of returns; null where it has no interval."),
    )


class RecordedRegimeSchema(ResponseSchema):
    """What the whole market has done on the days that a regime traded."""

    regime = _regime("Regime that was told at the close before.")
    day_count = fields.Integer(metadata=added("Days.", example=230))
    mean_return = _number("Mean return of TOTALES on a day; null without days.", 0.001)
    share_of_rises = _number("Share of these days with a return above 0; null without days.", 0.52)


class RegimeRecordSchema(ResponseSchema):
    """The record of regimes: each decision is made at a close, and traded the day after."""

    start_date = _day("First of these days.")
    end_date = _day("Last of these days.")
    day_count = fields.Integer(metadata=added("Days.", example=1096))
    cost_basis_points = Number(metadata=added("Costs of what is traded, in basis points.", example=10))
    strategies = fields.List(fields.Nested(StrategyRecordSchema), metadata=added("Strategies."))
    comparisons = fields.List(
        fields.Nested(RecordComparisonSchema), metadata=added("Holding by regimes against the others.")
    )
    regimes = fields.List(fields.Nested(RecordedRegimeSchema), metadata=added("The market by regime."))
    data = fields.Nested(RegimeDataSchema, metadata=added("The bars that were read."))
