"""The emergency stop, the status of the system, and the desk's settings."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.core.config.reader import Environment
from app.core.config.safety import QuantityM
from app.schemas.kit.base import RequestSchema, ResponseSchema, doc
from app.schemas.kit.fields import Code, Flag, IsoDate, Number, Text, UtcTime
from app.schemas.ops import DataAgeSchema
from app.services.ops.health import DataMode
from app.services.safety.emergency_stop import MAX_REASON_CHARACTERS, TradingState
from app.services.trading.orders.working import CancelOutcome

_STATE = (
    "Whether orders may leave. OPEN: they may. STOPPED: a user stopped trading, until another one resets it. "
    "HALTED: the setting TRADING_HALTED is on, whatever users do."
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A wish to stop trading."""

    reason: str
    cancel_working_orders: bool


class StopSchema(RequestSchema):
    """Why trading is to stop."""

    makes = Stop

    reason = Text(
        least=1,
        most=MAX_REASON_CHARACTERS,
        required=True,
        metadata=doc("Why, for everybody who sees the stop.", example="Prices from the vendor are wrong"),
    )
    cancel_working_orders = Flag(
        load_default=False,
        metadata=doc("Also cancel what Aladdin may still fill; needs orders:write.", example=True),
    )


@dataclass(frozen=True, slots=True)
class Reset:
    """A wish to open trading again."""

    reason: str


class ResetSchema(RequestSchema):
    """Why trading may go on."""

    makes = Reset

    reason = Text(
        least=1,
        most=MAX_REASON_CHARACTERS,
        required=True,
        metadata=doc("Why trading may go on.", example="Checked"),
    )


class EmergencyStopSchema(ResponseSchema):
    """The emergency stop, with its last change; null before there was any."""

    state = Code(TradingState, metadata=doc(_STATE, example="STOPPED"))
    stopped = fields.Boolean(
        metadata=doc("A user stopped trading, and no other one has reset it.", example=True)
    )
    halted = fields.Boolean(metadata=doc("The setting TRADING_HALTED is on.", example=False))
    version = fields.Integer(metadata=doc("Changes of the stop so far.", example=1))
    reason = fields.String(
        allow_none=True,
        metadata=doc("Reason of the last change.", example="Prices are wrong"),
    )
    changed_at = UtcTime(allow_none=True, metadata=doc("When it last changed, in UTC."))
    changed_by = fields.String(allow_none=True, metadata=doc("Who changed it last.", example="demo_user"))


class CancelledOrderSchema(ResponseSchema):
    """What became of one working order."""

    order_id = fields.String(metadata=doc("Aladdin's id of the order.", example="9001"))
    outcome = Code(
        CancelOutcome,
        metadata=doc(
            "CANCELLED, FAILED, UNKNOWN where Aladdin may have cancelled it, NOT_TRIED where the time was "
            "over: repeat the request.",
            example="CANCELLED",
        ),
    )
    message = fields.String(metadata=doc("The same in words.", example="Aladdin cancelled the order"))


class StopResultSchema(EmergencyStopSchema):
    """The emergency stop as it is now, and what became of working orders that were to be cancelled."""

    cancelled_orders = fields.List(
        fields.Nested(CancelledOrderSchema),
        metadata=doc("Working orders, newest first; empty where none was to be cancelled."),
    )
    order_under_way = fields.Boolean(
        metadata=doc(
            "An order was being sent while the others were cancelled, or it is not known yet whether Aladdin "
            "has one (COMMITTING, UNKNOWN). It left before the stop and is not in the list: look at "
            "allocations and orders again.",
            example=False,
        )
    )


class SystemStatusSchema(DataAgeSchema):
    """What every user of the system needs to know of it."""

    trading = Code(TradingState, metadata=doc(_STATE, example="OPEN"))
    reason = fields.String(allow_none=True, metadata=doc("Why no order may leave; null while they may."))
    changed_at = UtcTime(allow_none=True, metadata=doc("When the emergency stop last changed, in UTC."))
    changed_by = fields.String(allow_none=True, metadata=doc("Who changed it last.", example="demo_user"))
    mode = Code(DataMode, metadata=doc("Where the data comes from.", example="mock"))
    environment = fields.String(
        metadata=doc(
            "What the service runs for.", example="production", enum=[kind.value for kind in Environment]
        )
    )
    business_date = IsoDate(metadata=doc("The date that the service works on."))
    version = fields.String(metadata=doc("Version of the service.", example="1.0.0"))


class DeskSchema(ResponseSchema):
    """The desk's settings, as far as a screen needs them; quantities are face."""

    quantity_m = fields.String(
        metadata=doc(
            "What m behind a typed quantity means (QUANTITY_M).",
            example="MILLION",
            enum=[meaning.name for meaning in QuantityM],
        )
    )
    warn_above_quantity = fields.Integer(
        allow_none=True,
        metadata=doc(
            "Screens ask before an order of more than this (ORDER_WARN_ABOVE); null for never.",
            example=50_000_000,
        ),
    )
    max_quantity = fields.Integer(
        allow_none=True,
        metadata=doc(
            "An order of more is refused (ORDER_MAX); null for no limit of the desk's own.",
            example=250_000_000,
        ),
    )
    business_timezone = fields.String(
        metadata=doc("Time zone in which the desk's days begin and end.", example="America/New_York")
    )
    preview_minutes = fields.Integer(
        metadata=doc("Minutes for which a preview can be committed.", example=15)
    )
    price_band_percent = Number(
        metadata=doc("Largest move of the market price between preview and commit, in per cent.", example=1)
    )
    approval_above_notional = Number(
        allow_none=True,
        metadata=doc(
            "A commit of a greater notional than this waits for another user's approval; null for never.",
            example=25_000_000,
        ),
    )
    approval_for_warnings = fields.Boolean(
        metadata=doc("So does every commit of a preview with warnings.", example=False)
    )
