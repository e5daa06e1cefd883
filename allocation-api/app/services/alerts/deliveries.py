"""The outbox as a queue and as a list: claims with a lease and a fence, retries, dead letters.

A claim is a transaction of its own, and so is what came of it; nothing is held while a message is sent. A
process that dies in between leaves a message of which nobody knows whether it was delivered: it is sent again
under the same id.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from app.core import metrics
from app.core.clock import Clock
from app.core.config.alerts import AlertsSettings
from app.core.database import Database, rows_changed
from app.core.errors import NotFound
from app.models import (
    AlertChannelRow,
    AlertDeliveryEventRow,
    AlertDeliveryRow,
    AlertEventRow,
    AlertRow,
)
from app.services.alerts.channel_rows import ChannelTerms, channel_of
from app.services.alerts.errors import DeliveryNotDead
from app.services.alerts.messages import Message, MessageEvent
from app.services.alerts.types import DeliveryError, DeliveryState, EventKind, RuleName, Severity
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller
from app.utils.paging import Page, page

FIRST_WAIT_SECONDS = 10.0
"""Wait before the second attempt; each further one doubles it, up to the longest."""

MAX_WAIT_SECONDS = 1_800.0
JITTER = 0.25
"""Part of a wait by which it is longer or shorter, so that messages do not come back all at once."""

LEASE_MARGIN = timedelta(seconds=60)
"""Time that a claim holds beyond the longest time of sending."""

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on a message: it holds while the message has this fence. Terms are None without a channel."""

    delivery_id: str
    fence: int
    attempts: int
    terms: ChannelTerms | None
    message: Message


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to a channel as administrators see it."""

    delivery_id: str
    channel_id: str
    channel_name: str
    is_digest: bool
    state: DeliveryState
    created_at: datetime
    due_at: datetime
    attempts: int
    sent_at: datetime | None
    error_code: DeliveryError | None
    error_reason: str | None
    alert_ids: tuple[str, ...]


class Deliveries:
    """Claims messages and stores what came of them; lists them, and lets dead ones be sent again."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        clock: Clock,
        settings: AlertsSettings,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._settings = settings
        self._lease = timedelta(seconds=settings.send_seconds) + LEASE_MARGIN
        self._chance = chance

    # --- the queue ------------------------------------------------------------------------------------------

    def due_channels(self) -> tuple[str, ...]:
        """Return the channels with messages that are due."""
        query = select(AlertDeliveryRow.channel_id).where(self._claimable()).distinct()
        with self._database.read() as session:
            return tuple(session.scalars(query))

    def claim(self, channel_id: str) -> Claim | None:
        """Claim the message of a channel that is due for longest, an urgent one first; None without any."""

        def work(session: Session) -> Claim | None:
            query = select(AlertDeliveryRow).where(AlertDeliveryRow.channel_id == channel_id)
            order = (AlertDeliveryRow.is_urgent.desc(), AlertDeliveryRow.due_at, AlertDeliveryRow.id)
            row = session.scalar(query.where(self._claimable()).order_by(*order).limit(1))
            return None if row is None else self._claimed(session, row)

        return self._database.retried(work)

    def _claimable(self) -> ColumnElement[bool]:
        now, row = self._clock(), AlertDeliveryRow
        left = and_(row.state == DeliveryState.SENDING, row.lease_until <= now)
        return or_(and_(row.state == DeliveryState.PENDING, row.due_at <= now), left)

    def _claimed(self, session: Session, row: AlertDeliveryRow) -> Claim | None:
        values = {
            "state": DeliveryState.SENDING,
            "fence": row.fence + 1,
            "attempts": row.attempts + 1,
            "lease_until": self._clock() + self._lease,
        }
        if not rows_changed(session, _held(row.id, row.fence).where(self._claimable()).values(values)):
            return None
        channel = session.get(AlertChannelRow, row.channel_id)
        return Claim(
            row.id,
            row.fence + 1,
            row.attempts + 1,
            None if channel is None else channel_of(channel),
            Message(row.id, row.created_at, self._events(session, row.id)),
        )

    def _events(self, session: Session, delivery_id: str) -> Sequence[MessageEvent]:
        query = (
            select(AlertEventRow, AlertRow)
            .join(AlertDeliveryEventRow, AlertDeliveryEventRow.event_id == AlertEventRow.id)
            .join(AlertRow, AlertRow.id == AlertEventRow.alert_id)
            .where(AlertDeliveryEventRow.delivery_id == delivery_id)
            .order_by(AlertEventRow.at, AlertEventRow.id)
        )
        return [self._event(event, alert) for event, alert in session.execute(query)]

    def _event(self, event: AlertEventRow, alert: AlertRow) -> MessageEvent:
        base = self._settings.link_base
        return MessageEvent(
            alert_id=alert.id,
            kind=EventKind(event.kind),
            severity=Severity(event.severity),
            rule=RuleName(alert.rule),
            subject=alert.subject,
            text=event.text,
            at=event.at,
            link=None if base is None else f"{base}{alert.link or '/'}",
        )

    def is_exhausted(self, claim: Claim) -> bool:
        """Whether it has had all of its attempts already: each of them ended with its process."""
        return claim.attempts > self._settings.send_attempts

    def sent(self, claim: Claim) -> bool:
        """Store that a message was delivered; False if the claim is lost."""
        values: dict[str, object] = {"sent_at": self._clock(), "error_code": None, "error_reason": None}
        return self._end(claim, DeliveryState.SENT, values)

    def failed(self, claim: Claim, code: DeliveryError, reason: str) -> bool:
        """Store that a message was not delivered: it is tried again, or is DEAD."""
        values: dict[str, object] = {"error_code": code, "error_reason": reason[:MAX_REASON]}
        if code is DeliveryError.REFUSED or claim.attempts >= self._settings.send_attempts:
            return self._end(claim, DeliveryState.DEAD, values)
        wait = min(FIRST_WAIT_SECONDS * 2 ** (claim.attempts - 1), MAX_WAIT_SECONDS)
        wait *= 1 + JITTER * (2 * self._chance() - 1)
        values["due_at"] = self._clock() + timedelta(seconds=wait)
        return self._end(claim, DeliveryState.PENDING, values)

    def cancelled(self, claim: Claim) -> bool:
        """Store that there is no channel to which the message could go."""
        return self._end(claim, DeliveryState.CANCELLED, {})

    def _end(self, claim: Claim, state: DeliveryState, values: dict[str, object]) -> bool:
        metrics.ALERT_DELIVERIES.labels("RETRY" if state is DeliveryState.PENDING else state).inc()
        statement = _held(claim.delivery_id, claim.fence).where(
            AlertDeliveryRow.state == DeliveryState.SENDING
        )
        moved = statement.values({"state": state, "lease_until": None, **values})
        return bool(self._database.retried(lambda session: rows_changed(session, moved)))

    # --- for administrators ---------------------------------------------------------------------------------

    def list(
        self, *, state: DeliveryState | None, channel_id: str | None, cursor: str | None, limit: int
    ) -> Page[Delivery]:
        """Return a page of messages, newest first; a filter of None matches all."""
        query = select(AlertDeliveryRow)
        if state is not None:
            query = query.where(AlertDeliveryRow.state == state)
        if channel_id is not None:
            query = query.where(AlertDeliveryRow.channel_id == channel_id)
        with self._database.read() as session:
            order = (AlertDeliveryRow.created_at, AlertDeliveryRow.id)
            rows = page(session, query, order, cursor, limit, lambda row: row)
            return Page(_shown(session, rows.items), rows.next_cursor)

    def retry(self, delivery_id: str, caller: Caller) -> Delivery:
        """Send a dead message again, with all of its attempts, under the same id.

        Raises
        ------
        NotFound
            When there is none of this id.
        DeliveryNotDead
            When it was not given up.
        """

        def work(session: Session) -> None:
            row = _row(session, delivery_id)
            values = {"state": DeliveryState.PENDING, "due_at": self._clock(), "attempts": 0}
            is_dead = AlertDeliveryRow.state == DeliveryState.DEAD
            if not rows_changed(session, _held(row.id, row.fence).where(is_dead).values(values)):
                raise DeliveryNotDead(f"The delivery is {row.state}; only one that is DEAD is sent again")
            self._audit.record_for(
                session,
                Action.ALERT_DELIVERY_RETRIED,
                caller,
                EntityType.ALERT_CHANNEL,
                row.channel_id,
                after={"delivery_id": row.id},
            )

        self._database.retried(work)
        with self._database.read() as session:
            return _shown(session, [_row(session, delivery_id)])[0]


def _row(session: Session, delivery_id: str) -> AlertDeliveryRow:
    row = session.get(AlertDeliveryRow, delivery_id)
    if row is None:
        raise NotFound(f"There is no delivery {delivery_id!r}")
    return row


def _held(delivery_id: str, fence: int) -> Update:
    return update(AlertDeliveryRow).where(AlertDeliveryRow.id == delivery_id, AlertDeliveryRow.fence == fence)


def _shown(session: Session, rows: Sequence[AlertDeliveryRow]) -> tuple[Delivery, ...]:
    alerts: dict[str, set[str]] = {row.id: set() for row in rows}
    query = (
        select(AlertDeliveryEventRow.delivery_id, AlertEventRow.alert_id)
        .join(AlertEventRow, AlertDeliveryEventRow.event_id == AlertEventRow.id)
        .where(AlertDeliveryEventRow.delivery_id.in_(alerts))
    )
    for delivery_id, alert_id in session.execute(query):
        alerts[delivery_id].add(alert_id)
    return tuple(_delivery(row, tuple(sorted(alerts[row.id]))) for row in rows)


def _delivery(row: AlertDeliveryRow, alert_ids: tuple[str, ...]) -> Delivery:
    return Delivery(
        delivery_id=row.id,
        channel_id=row.channel_id,
        channel_name=row.channel_name,
        is_digest=row.is_digest,
        state=DeliveryState(row.state),
        created_at=row.created_at,
        due_at=row.due_at,
        attempts=row.attempts,
        sent_at=row.sent_at,
        error_code=None if row.error_code is None else DeliveryError(row.error_code),
        error_reason=row.error_reason,
        alert_ids=alert_ids,
    )
