"""Gauges of alerts."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.state_gauges import StateGauge
from app.models import AlertDeliveryRow, AlertRow
from app.services.alerts.types import ACTIVE, DeliveryState, Severity

WAITING = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.DEAD)


def gauges() -> tuple[StateGauge, ...]:
    """Return the gauges of the room."""
    return (
        StateGauge("allocator_alerts_open", "Alerts that are not resolved.", _open, "severity"),
        StateGauge(
            "allocator_alert_messages",
            "Messages of alerts that wait or are being sent, and those that were given up (DEAD).",
            _messages,
            "state",
        ),
    )


def _open(session: Session) -> Mapping[str, float]:
    query = select(AlertRow.severity, func.count()).where(AlertRow.state.in_(ACTIVE))
    counts = dict(session.execute(query.group_by(AlertRow.severity)).all())
    return {severity: counts.get(severity, 0) for severity in Severity}


def _messages(session: Session) -> Mapping[str, float]:
    query = select(AlertDeliveryRow.state, func.count()).where(AlertDeliveryRow.state.in_(WAITING))
    counts = dict(session.execute(query.group_by(AlertDeliveryRow.state)).all())
    return {state: counts.get(state, 0) for state in WAITING}
