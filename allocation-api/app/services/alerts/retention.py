"""Forgets alerts that were resolved long ago, with their events and the messages that told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.database import Database, rows_changed
from app.models import (
    AlertDeliveryEventRow,
    AlertDeliveryRow,
    AlertEventRow,
    AlertGroupRow,
    AlertRow,
)
from app.services.alerts.types import AlertState, DeliveryState

MAX_AT_ONCE = 500
"""Alerts that one run forgets."""

OVER = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.CANCELLED)


def forget(database: Database, before: datetime) -> None:
    """Delete what was resolved before a moment; a message goes with the last alert that it tells of."""

    def work(session: Session) -> None:
        old = select(AlertRow.id).where(AlertRow.state == AlertState.RESOLVED, AlertRow.resolved_at < before)
        alerts = session.scalars(old.limit(MAX_AT_ONCE)).all()
        if alerts:
            _delete(session, alerts)
        told = select(AlertDeliveryEventRow.delivery_id)
        untold = delete(AlertDeliveryRow).where(
            AlertDeliveryRow.state.in_(OVER),
            AlertDeliveryRow.created_at < before,
            AlertDeliveryRow.id.not_in(told),
        )
        rows_changed(session, untold)

    database.retried(work)


def _delete(session: Session, alerts: Sequence[str]) -> None:
    events = select(AlertEventRow.id).where(AlertEventRow.alert_id.in_(alerts))
    rows_changed(session, delete(AlertDeliveryEventRow).where(AlertDeliveryEventRow.event_id.in_(events)))
    rows_changed(session, delete(AlertEventRow).where(AlertEventRow.alert_id.in_(alerts)))
    rows_changed(session, delete(AlertGroupRow).where(AlertGroupRow.alert_id.in_(alerts)))
    rows_changed(session, delete(AlertRow).where(AlertRow.id.in_(alerts)))
