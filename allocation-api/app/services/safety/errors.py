"""Errors of the emergency stop and of limits on orders."""

from __future__ import annotations

from app.core.errors import Conflict


class TradingHalted(Conflict):
    """The emergency stop is on, by the desk or by the settings: no order is sent or changed (R10.6)."""

    code, title = "TRADING_HALTED", "Trading is halted"


class OrderTooLarge(Conflict):
    """The order is larger than the desk lets one order be (R2.8)."""

    code, title = "ORDER_TOO_LARGE", "The order is too large"


class TradingNotStopped(Conflict):
    """There is nothing to reset: the emergency stop is not on."""

    code, title = "TRADING_NOT_STOPPED", "Trading is not stopped"


class StoppedBySameUser(Conflict):
    """Who stopped trading does not open it again: another user decides (four eyes)."""

    code, title = "STOPPED_BY_SAME_USER", "Another user must reset the emergency stop"
