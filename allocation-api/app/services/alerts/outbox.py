"""Transactional outbox: messages are stored with the events that they tell of (R21.5, R21.6).

Events are collected in one message for each channel and moment: those of one look that are told at once, and
those that are told later, by a digest or after quiet hours. An EMERGENCY is a message of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.database import new_id, rows_changed
from app.models import AlertChannelRow, AlertDeliveryEventRow, AlertDeliveryRow, AlertEventRow, AlertRow
from app.services.alerts.channel_rows import channel_of
from app.services.alerts.quiet import send_at
from app.services.alerts.types import DeliveryState, RuleName, Severity


@dataclass(frozen=True, slots=True)
class Told:
    """An event to tell, of an alert about these groups."""

    alert: AlertRow
    event: AlertEventRow
    groups: Collection[str]


class Outbox:
    """Stores messages in the transaction of their events.

    Parameters
    ----------
    zone : ZoneInfo
        The desk's, of quiet hours and digests.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def add(self, session: Session, told: Sequence[Told], now: datetime) -> None:
        """Store what the channels are to be told; the caller holds the lock of alerts."""
        if not told:
            return
        session.flush()  # the events are there before what refers to them
        for row in session.scalars(select(AlertChannelRow).where(AlertChannelRow.enabled.is_(True))):
            self._add(session, row, told, now)

    def _add(self, session: Session, row: AlertChannelRow, told: Sequence[Told], now: datetime) -> None:
        channel = channel_of(row)
        collected: dict[datetime, str] = {}
        for each in told:
            severity = Severity(each.event.severity)
            of_account = each.alert.account_id is not None
            if not channel.wants(RuleName(each.alert.rule), severity, each.groups, of_account=of_account):
                continue
            due = send_at(now, severity, channel.times, self._zone)
            if severity is Severity.EMERGENCY:
                delivery_id = new_delivery(session, row, now, due, is_urgent=True)
            elif due in collected:
                delivery_id = collected[due]
            elif due <= now:
                delivery_id = collected[due] = new_delivery(session, row, now, due)
            else:
                delivery_id = collected[due] = _collecting(session, row, now, due)
            session.add(AlertDeliveryEventRow(delivery_id=delivery_id, event_id=each.event.id))


def _collecting(session: Session, row: AlertChannelRow, now: datetime, due: datetime) -> str:
    """Return the message of a channel that is sent at a moment, a new one if there is none.

    Its fence moves, so that whoever claims it meanwhile fails, and then reads what this unit adds.
    """
    waiting = (
        AlertDeliveryRow.channel_id == row.id,
        AlertDeliveryRow.is_digest.is_(True),
        AlertDeliveryRow.state == DeliveryState.PENDING,
        AlertDeliveryRow.due_at == due,
        AlertDeliveryRow.attempts == 0,
    )
    found = session.scalar(select(AlertDeliveryRow.id).where(*waiting).limit(1))
    if found is not None:
        kept = update(AlertDeliveryRow).where(AlertDeliveryRow.id == found, *waiting)
        if rows_changed(session, kept.values(fence=AlertDeliveryRow.fence + 1)):
            return found
    return new_delivery(session, row, now, due, is_digest=True)


def new_delivery(
    session: Session,
    row: AlertChannelRow,
    now: datetime,
    due: datetime,
    *,
    is_digest: bool = False,
    is_urgent: bool = False,
) -> str:
    """Store a message to a channel and return its id."""
    delivery_id = new_id()
    session.add(
        AlertDeliveryRow(
            id=delivery_id,
            channel_id=row.id,
            channel_name=row.name,
            is_digest=is_digest,
            is_urgent=is_urgent,
            state=DeliveryState.PENDING,
            created_at=now,
            due_at=due,
            attempts=0,
            fence=0,
        )
    )
    session.flush()
    return delivery_id
