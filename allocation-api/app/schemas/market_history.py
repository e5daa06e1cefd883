"""Market history: what is asked, in a query string or as an item of a batch, and what is answered."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, IsoDate, Number, QueryNumber, QueryReal, Real, UtcTime, WholeNumber
from app.schemas.market_history_fields import (
    Column,
    CommaList,
    JsonList,
    Symbol,
    assets_in_body,
    assets_in_query,
    known_at,
)
from app.services.market_history.types import (
    CorrelationMethod,
    CorrelationRequest,
    FillMethod,
    LatestField,
    LatestRequest,
    MarketMetric,
    MarketPeriod,
    MetricsRequest,
    ReturnType,
    SeriesField,
    SeriesFrequency,
    SeriesRequest,
)

DEFAULT_FIELDS = (SeriesField.PRICES, SeriesField.RETURNS, SeriesField.VOLUMES)
_FIELDS = "Columns: prices, returns, volumes, opens, highs, lows. The others are null."
_LATEST = "Values: price, return, volume. The others are null."
_METRICS = "Measures: volatility, sharpe_ratio, beta, var_95, max_drawdown. The others are null."
_RATE = "Risk-free rate of a year, as a share: 0.02 is 2 %."
_PERIODS = "Trading days of a year: 252; 365 where there is a price every day."
_RATES, _DAYS = ("-1", "1"), (1, 366)


def _fields(of: type[StrEnum], text: str) -> dict[str, Any]:
    """Return what the fields of columns share; a schema has an attribute `fields` of its own."""
    default = DEFAULT_FIELDS if of is SeriesField else tuple(of)
    return {"data_key": "fields", "attribute": "fields", "load_default": default, "metadata": added(text)}


class DaysSchema(RequestSchema):
    """Which days, and what becomes of gaps."""

    start_date = IsoDate(load_default=None, metadata=added("First day, by default the first there is."))
    end_date = IsoDate(load_default=None, metadata=added("Last day, by default the last there is."))
    frequency = Code(
        SeriesFrequency,
        load_default=SeriesFrequency.DAILY,
        metadata=added("A week's or a month's price is its last one.", example="daily"),
    )
    fill = Code(
        FillMethod,
        load_default=FillMethod.NONE,
        metadata=added(
            "forward: days on which only other assets have a price get the last one.",
            example="none",
        ),
    )
    known_at = known_at()

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        first: date | None = data["start_date"]
        last: date | None = data["end_date"]
        if first and last and first > last:
            raise ValidationError("The date lies before start_date.", "end_date")


class SpanSchema(DaysSchema):
    """Which days, and how they are shown."""

    return_type = Code(
        ReturnType,
        load_default=ReturnType.SIMPLE,
        metadata=added("simple: p / p' - 1; log: ln(p / p').", example="simple"),
    )


class _SampleSchema(RequestSchema):
    """On which days something is measured."""

    period = Code(
        MarketPeriod,
        load_default=MarketPeriod.YEAR,
        metadata=added("It ends on the last day on which all assets have a price.", example="1y"),
    )
    known_at = known_at()


class MarketSchema(_SampleSchema):
    """What measures are against."""

    benchmark = Symbol(
        load_default=None,
        metadata=added("The market; by default the mean of the assets, each day of equal weights."),
    )


class SeriesQuerySchema(SpanSchema):
    """Series of assets."""

    makes = SeriesRequest

    assets = assets_in_query()
    fields_ = CommaList(Code(SeriesField), most=len(SeriesField), **_fields(SeriesField, _FIELDS))


class SeriesItemSchema(SpanSchema):
    """The same as an item of a batch."""

    makes = SeriesRequest

    assets = assets_in_body()
    fields_ = JsonList(Code(SeriesField), most=len(SeriesField), **_fields(SeriesField, _FIELDS))


class LatestQuerySchema(RequestSchema):
    """The last day of assets."""

    makes = LatestRequest

    assets = assets_in_query()
    fields_ = CommaList(Code(LatestField), most=len(LatestField), **_fields(LatestField, _LATEST))
    known_at = known_at()


class LatestItemSchema(RequestSchema):
    """The same as an item of a batch."""

    makes = LatestRequest

    assets = assets_in_body()
    fields_ = JsonList(Code(LatestField), most=len(LatestField), **_fields(LatestField, _LATEST))
    known_at = known_at()


class MetricsQuerySchema(MarketSchema):
    """Measures of assets."""

    makes = MetricsRequest

    assets = assets_in_query()
    metrics = CommaList(
        Code(MarketMetric),
        most=len(MarketMetric),
        load_default=tuple(MarketMetric),
        metadata=added(_METRICS, example="volatility,sharpe_ratio,beta"),
    )
    risk_free_rate = QueryReal(*_RATES, load_default=0.0, metadata=added(_RATE, example=0))
    periods_per_year = QueryNumber(*_DAYS, load_default=252, metadata=added(_PERIODS, example=252))


class MetricsItemSchema(MarketSchema):
    """The same as an item of a batch."""

    makes = MetricsRequest

    assets = assets_in_body()
    metrics = JsonList(
        Code(MarketMetric), most=len(MarketMetric), load_default=tuple(MarketMetric), metadata=added(_METRICS)
    )
    risk_free_rate = Real(*_RATES, load_default=0.0, metadata=added(_RATE, example=0))
    periods_per_year = WholeNumber(*_DAYS, load_default=252, metadata=added(_PERIODS, example=252))


class CorrelationQuerySchema(_SampleSchema):
    """How assets move together."""

    makes = CorrelationRequest

    assets = assets_in_query()
    method = Code(
        CorrelationMethod,
        load_default=CorrelationMethod.PEARSON,
        metadata=added("Coefficient; kendall is tau-b.", example="pearson"),
    )


def _number(text: str, example: float) -> Number:
    return Number(allow_none=True, metadata=added(text, example=example))


def _column(text: str, example: list[float | None]) -> Column:
    return Column(Number(allow_none=True), allow_none=True, metadata=added(text, example=example))


def _sources() -> fields.List[str]:
    return fields.List(fields.String(), metadata=added("Sources of the prices.", example=["demo"]))


def _last_updated() -> UtcTime:
    text = "When the last price arrived. Sent as known_at, it repeats this answer."
    return UtcTime(metadata=added(text, example="2026-06-30T09:00:00Z"))


class MarketAssetSchema(ResponseSchema):
    """An asset that has prices."""

    symbol = fields.String(metadata=added("Symbol.", example="CM-GOLD"))
    first_date = IsoDate(metadata=added("First day with a price.", example="2016-01-04"))
    last_date = IsoDate(metadata=added("Last day with a price.", example="2026-06-29"))
    last_updated = UtcTime(metadata=added("When its last price arrived.", example="2026-06-30T09:00:00Z"))


class MarketAssetsSchema(ResponseSchema):
    """All assets that have prices."""

    assets = fields.List(fields.Nested(MarketAssetSchema), metadata=added("Assets by symbol."))


class MarketSeriesSchema(ResponseSchema):
    """Columns of one asset, each as long as `dates`; null where a column was not asked for."""

    dates = fields.List(IsoDate(), metadata=added("Days.", example=["2026-06-29", "2026-06-30"]))
    prices = _column("Closing prices.", [100.0, 101.5])
    returns = _column("Returns; null the first, and one beyond all numbers.", [None, 0.015])
    volumes = _column("Volumes, null where not known.", [1200000, 900000])
    opens = _column("Opening prices, null where not known.", [99.5, 100.2])
    highs = _column("Highest prices, null where not known.", [100.4, 101.9])
    lows = _column("Lowest prices, null where not known.", [99.1, 100.0])
    filled = fields.List(IsoDate(), metadata=added("Days without a price of their own.", example=[]))


class MarketSeriesMetadataSchema(ResponseSchema):
    """Where series come from."""

    frequency = Code(SeriesFrequency, metadata=added("Periods of the series.", example="daily"))
    source = _sources()
    last_updated = _last_updated()
    count = fields.Integer(metadata=added("Rows of all series together.", example=2))
    period_days = fields.Integer(metadata=added("Calendar days from the first to the last.", example=2))


class MarketSeriesAnswerSchema(ResponseSchema):
    """Series by symbol."""

    data = fields.Dict(
        keys=fields.String(), values=fields.Nested(MarketSeriesSchema), metadata=added("Series by symbol.")
    )
    metadata = fields.Nested(MarketSeriesMetadataSchema, metadata=added("Where they come from."))


class MarketLatestSchema(ResponseSchema):
    """The last day of one asset."""

    date = IsoDate(metadata=added("Day of the last price.", example="2026-06-30"))
    price = _number("Closing price.", 101.5)
    return_ = Number(
        data_key="return",
        allow_none=True,
        metadata=added(
            "Simple return since the price before; null for the first, and for one beyond all numbers.",
            example=0.015,
        ),
    )
    volume = _number("Volume, null where not known.", 900000)


class MarketLatestAnswerSchema(ResponseSchema):
    """The last day of assets."""

    data = fields.Dict(
        keys=fields.String(), values=fields.Nested(MarketLatestSchema), metadata=added("Last day by symbol.")
    )


class MarketSampleSchema(ResponseSchema):
    """The days that something was measured on: those on which all assets have a price."""

    start_date = IsoDate(metadata=added("First of these days.", example="2025-06-30"))
    end_date = IsoDate(metadata=added("Last of these days.", example="2026-06-30"))
    return_count = fields.Integer(metadata=added("Returns of each asset.", example=252))
    left_out = fields.Integer(
        metadata=added("Days between them on which only some assets have a price.", example=0)
    )
    source = _sources()
    last_updated = _last_updated()


class MarketMetricsSchema(ResponseSchema):
    """Measures of one asset by its daily simple returns."""

    volatility = _number("Sample standard deviation of a year.", 0.152)
    sharpe_ratio = _number("Mean of a year less the risk-free rate, in volatilities.", 0.61)
    beta = _number("Covariance with the market by its variance.", 0.94)
    var_95 = _number("Loss of a day that 5 % of the days exceed, a loss positive.", 0.0148)
    max_drawdown = _number("Largest fall from a peak, as a positive share of it.", 0.187)


def _matrix() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=Number()),
        metadata=added("Coefficients by symbol and symbol.", example={"CM-GOLD": {"CM-GOLD": 1}}),
    )


class MarketTogetherSchema(ResponseSchema):
    """Measures of the assets together."""

    correlation_matrix = _matrix()
    market_volatility = Number(metadata=added("Volatility of the market in a year.", example=0.12))
    risk_free_rate = Number(metadata=added("Rate that was used.", example=0))


class MarketMetricsAnswerSchema(ResponseSchema):
    """Measures of assets."""

    data = fields.Dict(
        keys=fields.String(), values=fields.Nested(MarketMetricsSchema), metadata=added("Measures by symbol.")
    )
    market_metrics = fields.Nested(MarketTogetherSchema, metadata=added("Of the assets together."))
    metadata = fields.Nested(MarketSampleSchema, metadata=added("The days that were used."))


class MarketCorrelationSchema(ResponseSchema):
    """How assets move together."""

    matrix = _matrix()
    method = Code(CorrelationMethod, metadata=added("Coefficient.", example="pearson"))
    metadata = fields.Nested(MarketSampleSchema, metadata=added("The days that were used."))
