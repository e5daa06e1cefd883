"""Errors of events and monitoring."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound, Unauthenticated


class WebhookRefused(Unauthenticated):
    """The webhook is not signed by whom it should be, or it is not of now."""

    code, title = "WEBHOOK_REFUSED", "The webhook is refused"


class WebhookOff(NotFound):
    """No secret of webhooks is set, so that none can be told from a forged one."""

    code, title = "WEBHOOK_OFF", "Webhooks are switched off"


class RecalculationRunning(Conflict):
    """A job of this portfolio has not ended: recalculations of a portfolio follow each other."""

    code, title = "RECALCULATION_RUNNING", "The portfolio is being recalculated"


class RecalculationLimit(Conflict):
    """The portfolio was recalculated as often as it may be in 24 hours."""

    code, title = "RECALCULATION_LIMIT", "No more recalculations now"


class MonitorChanged(Conflict):
    """Optimistic lock: another version of the configuration is stored than the one that was read."""

    code, title = "MONITOR_CHANGED", "The configuration was changed meanwhile"
