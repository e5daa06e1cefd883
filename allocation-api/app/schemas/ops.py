"""Whether the service lives and can work."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.kit.base import ResponseSchema, doc
from app.schemas.kit.fields import Code, IsoDate, Number, UtcTime
from app.services.aladdin.breaker import Circuit
from app.services.domain.staleness import MAX_AGE_BUSINESS_DAYS
from app.services.ops.health import DataMode, RedisState
from app.services.safety.emergency_stop import TradingState


class LiveSchema(ResponseSchema):
    """The process answers."""

    status = fields.String(metadata=doc("Always alive.", example="alive", enum=["alive"]))


class DataAgeSchema(ResponseSchema):
    """Date of Aladdin's positions and risk numbers, and its age."""

    reference_date = IsoDate(
        allow_none=True, metadata=doc("Date of Aladdin's positions and risk numbers; null where unknown.")
    )
    reference_age_business_days = fields.Integer(
        allow_none=True,
        metadata=doc(
            "Business days from the reference date to the business date, by the US bond calendar; "
            "null where unknown.",
            example=0,
        ),
    )
    stale = fields.Boolean(
        allow_none=True,
        metadata=doc(
            f"Whether that is more than {MAX_AGE_BUSINESS_DAYS} business day, of which previews warn "
            "(STALE_DATA); the service stays ready. Null where unknown.",
            example=False,
        ),
    )


class ReadySchema(DataAgeSchema):
    """Whether the service can do its work, and on which data."""

    ready = fields.Boolean(metadata=doc("Everything that is needed answers.", example=True, enum=[True]))
    mode = fields.String(
        metadata=doc("Where the data comes from.", example="mock", enum=[mode.value for mode in DataMode])
    )
    database = fields.String(metadata=doc("The database answers.", example="ok", enum=["ok"]))
    aladdin = fields.String(metadata=doc("Aladdin answers.", example="ok", enum=["ok"]))
    redis = Code(
        RedisState,
        allow_none=True,
        metadata=doc(
            "What all processes share (REDIS_URL). While it is away each counts and caches for itself, and "
            "the service stays ready. Null where it is not used.",
            example="ok",
        ),
    )
    business_date = IsoDate(metadata=doc("The date that the service works on."))
    different_orders = fields.Integer(
        allow_none=True,
        metadata=doc(
            "Orders that are over and booked at Aladdin otherwise than they are filled: of these there is no "
            "calculated FIX and no final number. The service stays ready.",
            example=0,
        ),
    )
    different_face = Number(
        allow_none=True, metadata=doc("Filled face less booked face of these orders, together.", example=0)
    )
    trading = Code(
        TradingState,
        allow_none=True,
        metadata=doc(
            "Whether orders may leave: OPEN, STOPPED by a user, or HALTED by the setting TRADING_HALTED. The "
            "service stays ready, since orders can be read and cancelled. Null where unknown.",
            example="OPEN",
        ),
    )


class VendorOperationSchema(ResponseSchema):
    """An operation of Aladdin's, as the process that answers knows it."""

    name = fields.String(metadata=doc("The operation, by Aladdin's name.", example="getPositions"))
    api = fields.String(metadata=doc("The API that it belongs to.", example="POSITIONS"))
    quota_per_window = fields.Integer(
        metadata=doc(
            "Calls that this process may make in one window, orders included, if no other makes any.",
            example=500,
        )
    )
    used = fields.Integer(
        metadata=doc(
            "How many of these are used in the window that ends now: by this process, and with REDIS_URL by "
            "all, of the part that they share.",
            example=12,
        )
    )
    circuit = Code(
        Circuit,
        metadata=doc(
            "Circuit breaker of the API for what users read. OPEN: it failed several times in a row and is "
            "not called. HALF_OPEN: the next call finds out whether it is back.",
            example="CLOSED",
        ),
    )
    retry_at = UtcTime(
        allow_none=True, metadata=doc("When an open one lets a call through, in UTC; else null.")
    )
    order_circuit = Code(
        Circuit, metadata=doc("The same for what leads to an order or changes one.", example="CLOSED")
    )
    order_retry_at = UtcTime(
        allow_none=True, metadata=doc("When an open one lets a call through, in UTC; else null.")
    )


class VendorStateSchema(ResponseSchema):
    """What the process that answers knows of Aladdin; others have circuits and quotas of their own, too."""

    apis = fields.List(
        fields.Nested(VendorOperationSchema), metadata=doc("The operations that are used, by their API.")
    )
    window_seconds = fields.Integer(
        metadata=doc("Length of a quota's window (ALADDIN_QUOTA_SECONDS).", example=60)
    )
    waiting_requests = fields.Integer(
        metadata=doc("Requests of users that ask Aladdin now, orders and cancellations included.", example=2)
    )
    max_vendor_requests = fields.Integer(
        metadata=doc(
            "Reads that may ask Aladdin at a time (MAX_VENDOR_REQUESTS); an order and a cancellation find "
            "one more place each.",
            example=5,
        )
    )
