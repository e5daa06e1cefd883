"""The emergency stop, and what every user needs to know of the system and of the desk's settings."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask_restx import Namespace

from app.api.kit.context import services, settings
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, caller
from app.api.kit.visibility import visible
from app.core.security import Permission
from app.core.version import VERSION
from app.schemas.safety import (
    DeskSchema,
    EmergencyStopSchema,
    Reset,
    ResetSchema,
    Stop,
    StopResultSchema,
    StopSchema,
    SystemStatusSchema,
)
from app.services.safety.emergency_stop import StopStatus
from app.services.safety.errors import StoppedBySameUser, TradingNotStopped
from app.services.trading.orders.working import Cancellations

system = Namespace("system", "The emergency stop, and the state of the system", path="/system")


@system.route("/emergency-stop")
class EmergencyStopEndpoint(Endpoint):
    """The emergency stop."""

    @operation("getEmergencyStop", Access.LOGGED_IN, returns=EmergencyStopSchema, addition=True, cost=0)
    def get(self) -> StopStatus:
        """Show the emergency stop with its last change."""
        return services().safety.stop.status()

    @operation(
        "stopTrading",
        Permission.TRADING_STOP,
        body=StopSchema,
        returns=StopResultSchema,
        cost=0,
        addition=True,
        idempotent=True,
        examples={"stop": {"reason": "Prices from the vendor are wrong", "cancel_working_orders": True}},
    )
    def post(self, body: Stop) -> dict[str, Any]:
        """Stop trading: from now on no order is sent or changed, by any process, until the stop is reset.

        Orders can still be cancelled. Where trading is stopped already the first stop stands; the request can
        then be used to cancel the working orders. The stop is of the whole desk, the orders that it cancels
        are those that the user may see. An order that is being sent at this very moment has left.
        """
        who = caller()
        stopped = services().safety.stop.stop(body.reason, who)
        done = Cancellations()
        if body.cancel_working_orders:
            done = services().trading.working.cancel_all(body.reason, who, visible())
        return {
            **_shown(stopped),
            "cancelled_orders": done.orders,
            "order_under_way": done.order_under_way,
        }


@system.route("/emergency-stop/reset")
class EmergencyStopResetEndpoint(Endpoint):
    """The end of a stop."""

    @operation(
        "resumeTrading",
        Permission.TRADING_RESUME,
        body=ResetSchema,
        returns=EmergencyStopSchema,
        cost=0,
        fails=(TradingNotStopped, StoppedBySameUser),
        addition=True,
        idempotent=True,
        examples={"reset": {"reason": "Prices are checked"}},
    )
    def post(self, body: Reset) -> StopStatus:
        """Open trading again, by another user than the one who stopped it.

        The setting TRADING_HALTED is not touched: while it is on, no order is sent.
        """
        return services().safety.stop.reset(body.reason, caller())


@system.route("/status")
class SystemStatusEndpoint(Endpoint):
    """The state of the system."""

    @operation("getSystemStatus", Access.LOGGED_IN, returns=SystemStatusSchema, addition=True, cost=0)
    def get(self) -> dict[str, Any]:
        """Say whether orders may leave, and on which data and date the service works.

        The age of the data is that of readiness, at most a minute old: the vendor is not asked for every
        request.
        """
        found, aladdin = services().safety.stop.status(), services().aladdin
        return {
            "trading": found.state,
            "reason": found.words,
            "changed_at": found.changed_at,
            "changed_by": found.changed_by,
            "mode": aladdin.mode,
            "environment": settings().environment,
            "business_date": aladdin.business_date(),
            "version": VERSION,
            **asdict(services().ops.data_age()),
        }


@system.route("/desk")
class DeskEndpoint(Endpoint):
    """The desk's settings."""

    @operation("getDesk", Access.LOGGED_IN, returns=DeskSchema, addition=True, cost=0)
    def get(self) -> dict[str, Any]:
        """Show the settings that a screen needs: how quantities are typed, sizes, limits, times."""
        chosen = settings()
        return {
            "quantity_m": chosen.safety.quantity_m.name,
            "warn_above_quantity": chosen.safety.warn_above,
            "max_quantity": chosen.safety.max_quantity,
            "business_timezone": chosen.business_timezone,
            "preview_minutes": chosen.allocations.preview_lifetime // timedelta(minutes=1),
            "price_band_percent": chosen.trading.price_band_percent,
            "approval_above_notional": chosen.trading.approval_above_notional,
            "approval_for_warnings": chosen.trading.approval_for_warnings,
        }


def _shown(status: StopStatus) -> dict[str, Any]:
    return {**asdict(status), "state": status.state}
