"""Errors of alerts and their channels."""

from __future__ import annotations

from app.core.errors import Conflict


class AlertNotOpen(Conflict):
    """The alert is acknowledged already, or resolved."""

    code, title = "ALERT_NOT_OPEN", "The alert is not open"


class AlertChanged(Conflict):
    """Optimistic lock: another version of the alert is stored than the one that the user has seen."""

    code, title = "ALERT_CHANGED", "The alert was changed meanwhile"


class AlertChannelChanged(Conflict):
    """Optimistic lock: another version of the channel is stored than the one that was to be replaced."""

    code, title = "ALERT_CHANNEL_CHANGED", "The channel was changed meanwhile"


class DeliveryNotDead(Conflict):
    """Only what is not tried again by itself can be sent again."""

    code, title = "DELIVERY_NOT_DEAD", "The delivery was not given up"
