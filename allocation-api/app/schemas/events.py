"""Events that others tell of, and the monitoring of portfolios that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.alerts_channels import TIME_OF_DAY
from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, Entries, Flag, Pattern, Real, Text, UtcTime, WholeNumber
from app.schemas.market_history_fields import EXAMPLE_ASSETS, JsonList, Symbol
from app.services.events.database_changes import RowChange, RowChangeType
from app.services.events.types import (
    MAX_EVENT_ASSETS,
    MAX_INTERVAL_SECONDS,
    MAX_SCHEDULES,
    AssetClass,
    ChangeKind,
    EventReceiptStatus,
    ListenerName,
    ListenerState,
    MonitorConfig,
    MonitorState,
    RecalculationReason,
    RecalculationState,
    RequestedState,
    Thresholds,
)

MAX_VERSION = 1_000_000_000
DEFAULTS = Thresholds()

REASON = (
    "FIRST: it never was. PRICE, VOLATILITY, CORRELATION: a change since the last one is at the threshold. "
    "NOT_MEASURABLE: there are no prices by which to tell. DEPOSIT, WITHDRAWAL: money came or went. "
    "SCHEDULE: its time has come. REQUEST: a user asked. Of several, the first."
)


@dataclass(frozen=True, slots=True)
class MarketDataUpdate:
    """New data of assets."""

    assets: tuple[str, ...]
    timestamp: datetime


class MarketDataUpdateSchema(RequestSchema):
    """New data of assets, as an ETL job tells of it."""

    makes = MarketDataUpdate

    assets = JsonList(
        Symbol(),
        most=MAX_EVENT_ASSETS,
        required=True,
        metadata=added("Symbols of assets with new data.", example=list(EXAMPLE_ASSETS)),
    )
    timestamp = UtcTime(
        required=True, metadata=added("When the data was there.", example="2026-06-30T14:00:00Z")
    )


class DatabaseWebhookSchema(RequestSchema):
    """A change of a row, as a database webhook of Supabase tells of it."""

    makes = RowChange

    type = Code(RowChangeType, required=True, metadata=added("What became of the row.", example="INSERT"))
    schema = Text(least=1, most=63, required=True, metadata=added("Schema of the table.", example="public"))
    table = Text(
        least=1,
        most=63,
        required=True,
        metadata=added(
            "The table: one of EVENT_PRICE_TABLE, EVENT_DEPOSIT_TABLE and EVENT_WITHDRAWAL_TABLE.",
            example="market_data",
        ),
    )
    record = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        required=True,
        metadata=added(
            "The row after the change, null after a DELETE: of prices `symbol` and `close` or `price`, of "
            "deposits and withdrawals `portfolio_id`; `id` tells a new row from every other one.",
            example={"id": 7, "symbol": EXAMPLE_ASSETS[0], "close": 101.5},
        ),
    )
    old_record = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        required=True,
        metadata=added("The row before the change, null after an INSERT."),
    )

    @validates_schema
    def has_rows(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a change without the row that its type has."""
        name = "old_record" if data["type"] is RowChangeType.DELETE else "record"
        if data[name] is None:
            raise ValidationError("A JSON object is expected.", name)


class EventReceiptSchema(ResponseSchema):
    """What became of an event at the door."""

    event_id = fields.String(metadata=added("Id of the stored event.", example="0b9f2f3c-5a1e"))
    status = Code(
        EventReceiptStatus, metadata=added("duplicate: the same event was stored before.", example="accepted")
    )
    received_at = UtcTime(metadata=added("When it was stored, in UTC."))


def _threshold(text: str, default: float) -> Real:
    return Real("0.000001", "100", load_default=default, metadata=added(text, example=default))


class ThresholdsSchema(RequestSchema):
    """Relative changes from which on new data is significant."""

    makes = Thresholds

    price = _threshold("Of prices of assets without a class.", DEFAULTS.price)
    volatility = _threshold("Of the volatility of an asset, over 60 days.", DEFAULTS.volatility)
    correlation = _threshold("Move of a correlation, over 60 days.", DEFAULTS.correlation)
    stocks = _threshold("Of prices of stocks.", DEFAULTS.stocks)
    bonds = _threshold("Of prices of bonds.", DEFAULTS.bonds)
    forex = _threshold("Of prices of currencies.", DEFAULTS.forex)
    crypto = _threshold("Of prices of crypto assets.", DEFAULTS.crypto)


def _asset_classes(**more: Any) -> Entries:
    return Entries(
        Symbol(),
        Code(AssetClass),
        Length(max=MAX_EVENT_ASSETS, error=f"At most {MAX_EVENT_ASSETS} assets are accepted."),
        metadata=added(
            "Class by asset; an asset without one has the threshold `price`.",
            example={EXAMPLE_ASSETS[1]: "bonds"},
        ),
        **more,
    )


@dataclass(frozen=True, slots=True)
class MonitorBody:
    """A configuration, and the version that it replaces; None replaces any."""

    config: MonitorConfig
    version: int | None


class MonitorConfigSchema(RequestSchema):
    """How a portfolio is monitored; what is left out is as by default."""

    makes = MonitorBody

    automatic_recalculation = Flag(
        load_default=True,
        metadata=added("false: neither events nor times recalculate it, requests alone do.", example=True),
    )
    significance_thresholds = fields.Nested(
        ThresholdsSchema, load_default=DEFAULTS, metadata=added("When new data is significant.")
    )
    minimum_interval = WholeNumber(
        0,
        MAX_INTERVAL_SECONDS,
        load_default=MonitorConfig().minimum_interval,
        metadata=added(
            "Seconds between two recalculations; deposits, withdrawals and requests pass.",
            example=3600,
        ),
    )
    scheduled_recalculations = fields.List(
        fields.String(validate=Pattern(rf"^({TIME_OF_DAY})$", "A time like 09:30 is expected.")),
        load_default=list,
        validate=Length(max=MAX_SCHEDULES, error=f"At most {MAX_SCHEDULES} times are accepted."),
        metadata=added("Times of the desk's day, each day.", example=["09:30", "16:00"]),
    )
    asset_classes = _asset_classes(load_default=dict)
    version = WholeNumber(
        0,
        MAX_VERSION,
        load_default=None,
        allow_none=True,
        metadata=added(
            "The version that was read, 0 the default one: refused with a 409 where another is stored."
        ),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> MonitorBody:
        """Split what was read into configuration and version."""
        version = data.pop("version")
        times = tuple(sorted(set(data.pop("scheduled_recalculations"))))
        return MonitorBody(MonitorConfig(scheduled_recalculations=times, **data), version)


class ShownThresholdsSchema(ResponseSchema):
    """Relative changes from which on new data is significant."""

    price = fields.Float(metadata=added("Of prices of assets without a class.", example=0.01))
    volatility = fields.Float(metadata=added("Of the volatility of an asset.", example=0.2))
    correlation = fields.Float(metadata=added("Move of a correlation.", example=0.15))
    stocks = fields.Float(metadata=added("Of prices of stocks.", example=0.01))
    bonds = fields.Float(metadata=added("Of prices of bonds.", example=0.005))
    forex = fields.Float(metadata=added("Of prices of currencies.", example=0.008))
    crypto = fields.Float(metadata=added("Of prices of crypto assets.", example=0.03))


class ShownMonitorConfigSchema(ResponseSchema):
    """How a portfolio is monitored."""

    automatic_recalculation = fields.Boolean(metadata=added("Whether events and times recalculate it."))
    significance_thresholds = fields.Nested(ShownThresholdsSchema, metadata=added("Thresholds."))
    minimum_interval = fields.Integer(metadata=added("Seconds between two recalculations.", example=3600))
    scheduled_recalculations = fields.List(
        fields.String(), metadata=added("Times of the desk's day.", example=["09:30", "16:00"])
    )
    asset_classes = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata=added("Class by asset.")
    )


class RecalculationSchema(ResponseSchema):
    """A recalculation of a portfolio."""

    recalculation_id = fields.String(metadata=added("Its id."))
    state = Code(
        RecalculationState,
        metadata=added(
            "PENDING until it is due, QUEUED while it has a job; DONE, FAILED and COVERED are final. A "
            "COVERED one was answered by another one, which read its data later."
        ),
    )
    reason = Code(RecalculationReason, metadata=added(REASON))
    requested_by = fields.String(metadata=added("Who asked for it.", example="system"))
    first_event_at = UtcTime(metadata=added("When its first event was received, in UTC."))
    last_event_at = UtcTime(metadata=added("When its last event was received, in UTC."))
    event_count = fields.Integer(metadata=added("Events that it answers.", example=3))
    due_at = UtcTime(
        allow_none=True,
        metadata=added(
            "When it is queued if nothing comes between, in UTC; null while automatic_recalculation is false."
        ),
    )
    job_id = fields.String(allow_none=True, metadata=added("Its job; null before it is queued."))
    queued_at = UtcTime(allow_none=True, metadata=added("When it was queued, in UTC."))
    known_at = UtcTime(allow_none=True, metadata=added("Up to when data counted, in UTC."))
    ended_at = UtcTime(allow_none=True, metadata=added("When it was over, in UTC."))
    result = fields.String(allow_none=True, metadata=added("Path of the result; null if there is none."))


class PortfolioStatusSchema(ResponseSchema):
    """How a portfolio is monitored, and what became of it."""

    portfolio_id = fields.String(metadata=added("Its id."))
    assets = fields.List(fields.String(), metadata=added("Its assets.", example=list(EXAMPLE_ASSETS)))
    config = fields.Nested(ShownMonitorConfigSchema, metadata=added("How it is monitored."))
    version = fields.Integer(metadata=added("Version of the configuration; 0 is the default one.", example=1))
    last_recalculation = UtcTime(allow_none=True, metadata=added("When it was last recalculated, in UTC."))
    next_scheduled_at = UtcTime(allow_none=True, metadata=added("The next scheduled time, in UTC."))
    recalculations_of_day = fields.Integer(
        metadata=added("Recalculations that were queued in the last 24 hours.", example=2)
    )
    max_per_day = fields.Integer(metadata=added("How many there may be in 24 hours.", example=24))
    recalculations = fields.List(
        fields.Nested(RecalculationSchema), metadata=added("The last recalculations, newest first.")
    )


class ListenerSchema(ResponseSchema):
    """The connection of a listener."""

    name = Code(ListenerName, metadata=added("NOTIFY of PostgreSQL, or REALTIME of Supabase."))
    state = Code(ListenerState, metadata=added("OFF is not configured, LOST is trying to connect again."))
    changed_at = UtcTime(allow_none=True, metadata=added("Since when, in UTC."))
    reason = fields.String(allow_none=True, metadata=added("Why it is lost."))


class MonitorStatusSchema(ResponseSchema):
    """The state of monitoring."""

    status = Code(
        MonitorState,
        metadata=added("degraded: a listener has no connection, or events wait for more than two minutes."),
    )
    last_etl_update = UtcTime(
        allow_none=True, metadata=added("When the last event of market data was received, in UTC.")
    )
    last_recalculation = UtcTime(
        allow_none=True, metadata=added("When a portfolio was last recalculated, in UTC.")
    )
    monitored_assets = fields.Integer(metadata=added("Assets of active portfolios.", example=20))
    active_portfolios = fields.Integer(
        metadata=added("Portfolios that are recalculated automatically.", example=2)
    )
    pending_recalculations = fields.Integer(metadata=added("Recalculations that are not over.", example=0))
    waiting_events = fields.Integer(metadata=added("Events that are not processed yet.", example=0))
    listeners = fields.List(fields.Nested(ListenerSchema), metadata=added("Doors that keep a connection."))


class RequestedRecalculationSchema(ResponseSchema):
    """A recalculation that was asked for."""

    status = Code(RequestedState, metadata=added("It is queued.", example="recalculation_queued"))
    request_time = UtcTime(metadata=added("When it was asked for, in UTC."))
    estimated_completion = UtcTime(
        allow_none=True,
        metadata=added("When it is done if it takes as long as the last ones, in UTC; null without any."),
    )
    job_id = fields.String(metadata=added("Its job.", format="job-id"))
    recalculation_id = fields.String(metadata=added("Its id."))


class ChangeSchema(ResponseSchema):
    """A change, as clients are told of it."""

    sequence = fields.Integer(metadata=added("Its number.", example=12))
    at = UtcTime(metadata=added("When it was, in UTC."))
    kind = Code(ChangeKind, metadata=added("What has changed."))
    portfolio_id = fields.String(allow_none=True, metadata=added("The portfolio; null for several."))
    event_id = fields.String(allow_none=True, metadata=added("The event, where it is one."))
    recalculation_id = fields.String(allow_none=True, metadata=added("The recalculation, where it is one."))
