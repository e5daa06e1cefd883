"""The emergency stop."""

from __future__ import annotations

import structlog

from app.core.state_gauges import StateGauge
from app.services.safety.emergency_stop import EmergencyStop
from app.wiring.container import Room, Services

log = structlog.get_logger(__name__)


def build(house: Services) -> Room[EmergencyStop]:
    """Build the emergency stop, and say in the log of the start if trading is not open."""
    stop = EmergencyStop(house.database, house.audit, house.clock, halted=house.settings.trading.halted)
    found = stop.status()
    if found.words is not None:
        log.warning("trading is halted", state=found.state, reason=found.words)
    halted = StateGauge(
        "allocator_trading_halted",
        "1 while no order is sent: by the emergency stop or by TRADING_HALTED.",
        lambda session: {"": float(stop.read(session).words is not None)},
    )
    return Room(stop, gauges=(halted,))
