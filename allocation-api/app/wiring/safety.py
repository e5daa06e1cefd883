"""The emergency stop, and limits on the size of an order."""

from __future__ import annotations

import structlog

from app.core.state_gauges import StateGauge
from app.services.safety.emergency_stop import EmergencyStop
from app.services.safety.order_limits import OrderLimits
from app.wiring.container import Room, Safety, Services

log = structlog.get_logger(__name__)


def build(house: Services) -> Room[Safety]:
    """Build the stop and the limits, and say in the log of the start if trading is not open."""
    stop = EmergencyStop(house.database, house.audit, house.clock, halted=house.settings.trading.halted)
    found = stop.status()
    if found.words is not None:
        log.warning("trading is halted", state=found.state, reason=found.words)
    halted = StateGauge(
        "allocator_trading_halted",
        "1 while no order is sent: by the emergency stop or by TRADING_HALTED.",
        lambda session: {"": float(stop.read(session).words is not None)},
    )
    settings = house.settings.safety
    limits = OrderLimits(settings.warn_above, settings.max_quantity)
    return Room(Safety(stop, limits), gauges=(halted,))
