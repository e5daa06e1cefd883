"""The outbox as a queue and as a list: claims with a lease and a fence, retries, dead letters.

A claim is a transaction of its own, and so is what came of it; nothing is held while a message is sent. A
process that dies in between leaves a message of which nobody knows whether it was delivered: it is sent again
under the same id.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from app.core import metrics
from app.core.clock import Clock
from app.core.config.alerts import AlertsSettings
from app.core.database import Database, new_id, rows_changed
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
from app.services.alerts.failures import PERMANENT, SendFailed, not_taken
from app.services.alerts.messages import Message, MessageEvent
from app.services.alerts.types import (
    ChannelKind,
    DeliveryError,
    DeliveryState,
    EventKind,
    RuleName,
    Severity,
)
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
    """A claim on a message: it holds while the message has this fence.

    Terms have the recipients that are still to be told, who are not among `told`; they are None without a
    channel, or without anybody to tell.
    """

    delivery_id: str
    fence: int
    attempts: int
    terms: ChannelTerms | None
    message: Message
    told: frozenset[str] = frozenset()


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
        told = frozenset(json.loads(row.told or "[]"))
        return Claim(
            row.id,
            row.fence + 1,
            row.attempts + 1,
            None if channel is None else _without(channel_of(channel), told),
            Message(row.id, row.created_at, self._events(session, row.id)),
            told,
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
        return self._end(claim, *self._taken())

    def failed(self, claim: Claim, failure: SendFailed) -> bool:
        """Store that a message was not delivered: it is tried again, or is DEAD.

        A mail that the server did not take for some recipients goes on for them alone. Those whom it refuses
        for good, while others have the mail or may have it later, get a message of their own that is DEAD.
        """
        if not failure.refusals:
            return self._end(claim, *self._outcome(claim, failure))
        asked = set() if claim.terms is None else set(claim.terms.recipients)
        dead = {each: code for each, code in failure.refusals.items() if code >= PERMANENT}
        left = {each: code for each, code in failure.refusals.items() if code < PERMANENT}
        if dead.keys() == asked:
            dead, left = {}, dead
        state, values = self._outcome(claim, not_taken(left)) if left else self._taken()
        values["told"] = _names(claim.told | asked - left.keys())
        if not dead:
            return self._end(claim, state, values)
        apart: dict[str, object] = {
            **_error(not_taken(dead)),
            "told": _names(claim.told | asked - dead.keys()),
        }
        return self._end(claim, state, values, apart)

    def _outcome(self, claim: Claim, failure: SendFailed) -> tuple[DeliveryState, dict[str, object]]:
        values = _error(failure)
        if failure.code is DeliveryError.REFUSED or claim.attempts >= self._settings.send_attempts:
            return DeliveryState.DEAD, values
        wait = min(FIRST_WAIT_SECONDS * 2 ** (claim.attempts - 1), MAX_WAIT_SECONDS)
        wait *= 1 + JITTER * (2 * self._chance() - 1)
        values["due_at"] = self._clock() + timedelta(seconds=wait)
        return DeliveryState.PENDING, values

    def _taken(self) -> tuple[DeliveryState, dict[str, object]]:
        return DeliveryState.SENT, {"sent_at": self._clock(), "error_code": None, "error_reason": None}

    def cancelled(self, claim: Claim) -> bool:
        """Store that there is no channel to which the message could go."""
        return self._end(claim, DeliveryState.CANCELLED, {})

    def _end(
        self,
        claim: Claim,
        state: DeliveryState,
        values: dict[str, object],
        apart: dict[str, object] | None = None,
    ) -> bool:
        """Store what came of a claim; `apart` are values of a message that is DEAD, for other recipients."""
        metrics.ALERT_DELIVERIES.labels("RETRY" if state is DeliveryState.PENDING else state).inc()
        statement = _held(claim.delivery_id, claim.fence).where(
            AlertDeliveryRow.state == DeliveryState.SENDING
        )
        moved = statement.values({"state": state, "lease_until": None, **values})

        def work(session: Session) -> bool:
            if not rows_changed(session, moved):
                return False
            if apart is not None:
                _add_dead(session, _row(session, claim.delivery_id), apart)
            return True

        return self._database.retried(work)

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


def _add_dead(session: Session, of: AlertDeliveryRow, values: dict[str, object]) -> None:
    """Store a message that is DEAD and tells what another one tells, to other recipients."""
    metrics.ALERT_DELIVERIES.labels(DeliveryState.DEAD).inc()
    row = AlertDeliveryRow(
        id=new_id(),
        channel_id=of.channel_id,
        channel_name=of.channel_name,
        is_digest=of.is_digest,
        is_urgent=of.is_urgent,
        state=DeliveryState.DEAD,
        created_at=of.created_at,
        due_at=of.due_at,
        attempts=of.attempts,
        fence=0,
        **values,
    )
    session.add(row)
    session.flush()
    events = select(AlertDeliveryEventRow.event_id).where(AlertDeliveryEventRow.delivery_id == of.id)
    session.add_all(
        AlertDeliveryEventRow(delivery_id=row.id, event_id=each) for each in session.scalars(events)
    )


def _error(failure: SendFailed) -> dict[str, object]:
    return {"error_code": failure.code, "error_reason": failure.reason[:MAX_REASON]}


def _names(recipients: Iterable[str]) -> str:
    return json.dumps(sorted(recipients))


def _without(terms: ChannelTerms, told: Collection[str]) -> ChannelTerms | None:
    """Return the terms for the recipients of a mail who are not told yet; None where all are."""
    if not told or terms.kind is not ChannelKind.EMAIL:
        return terms
    left = tuple(each for each in terms.recipients if each not in told)
    return replace(terms, recipients=left) if left else None


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
