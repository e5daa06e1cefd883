"""Channels for administrators: stored under an optimistic lock, audited, and tried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import BoundedSemaphore

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, WriteConflictError, new_id, rows_changed
from app.core.errors import FieldError, InvalidRequest, NotFound
from app.models import ALERTS_LOCK, AlertChannelRow, AlertDeliveryRow
from app.models.lock import serialise
from app.services.alerts.channel_rows import Channel, ChannelTerms, channel_of, columns_of
from app.services.alerts.errors import AlertChannelChanged
from app.services.alerts.failures import SendFailed
from app.services.alerts.messages import Message
from app.services.alerts.senders import Sender
from app.services.alerts.types import Body, ChannelKind, DeliveryError, DeliveryState
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller
from app.services.requests.errors import TooManyRequests

MAX_CHANNELS = 100
MAX_TESTS_AT_ONCE = 2
TEST_RETRY_SECONDS = 5.0
"""Tests that a process sends at a time: each may hold a thread until its deadline."""


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """What came of a test: delivered, or why not, and how long it took."""

    message_id: str
    delivered: bool
    error_code: DeliveryError | None
    error_reason: str | None
    seconds: float


class ChannelService:
    """Keeps channels, each change audited, and sends tests."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock, sender: Sender) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._sender = sender
        self._tests = BoundedSemaphore(MAX_TESTS_AT_ONCE)

    def list(self) -> tuple[Channel, ...]:
        """Return all channels, by name."""
        with self._database.read() as session:
            rows = session.scalars(select(AlertChannelRow).order_by(AlertChannelRow.name, AlertChannelRow.id))
            return tuple(_channel(row) for row in rows)

    def get(self, channel_id: str) -> Channel:
        """Return a channel.

        Raises
        ------
        NotFound
            When there is none of this id.
        """
        with self._database.read() as session:
            return _channel(_row(session, channel_id))

    def create(self, terms: ChannelTerms, caller: Caller) -> Channel:
        """Store a new channel.

        Raises
        ------
        InvalidRequest
            Naming the fields that do not go together, or that the settings do not allow.
        """
        self._check(terms)

        def store(session: Session) -> Channel:
            serialise(session, ALERTS_LOCK)
            self._check_name(session, terms, None)
            now = self._clock()
            row = AlertChannelRow(
                id=new_id(),
                **columns_of(terms),
                version=1,
                created_at=now,
                updated_at=now,
                updated_by=caller.username,
            )
            session.add(row)
            session.flush()
            self._record(session, Action.ALERT_CHANNEL_SET, row.id, None, terms, caller)
            return _channel(row)

        return self._database.retried(store)

    def put(self, channel_id: str, terms: ChannelTerms, version: int, caller: Caller) -> Channel:
        """Replace version `version` of a channel; messages that wait go by the new terms.

        Raises
        ------
        InvalidRequest
            Naming the fields that do not go together, or that the settings do not allow.
        NotFound
            When there is none of this id.
        AlertChannelChanged
            When another version is stored.
        """
        self._check(terms)

        def store(session: Session) -> None:
            serialise(session, ALERTS_LOCK)
            row = _row(session, channel_id)
            if row.version != version:
                raise AlertChannelChanged(
                    f"Version {row.version} of the channel is stored, not {version}. Read it, and put yours "
                    "again"
                )
            self._check_name(session, terms, channel_id)
            before = channel_of(row)
            changed = {"version": version + 1, "updated_at": self._clock(), "updated_by": caller.username}
            statement = update(AlertChannelRow).where(AlertChannelRow.id == channel_id)
            unmoved = statement.where(AlertChannelRow.version == version)
            if not rows_changed(session, unmoved.values({**columns_of(terms), **changed})):
                raise WriteConflictError("the channel moved")
            self._record(session, Action.ALERT_CHANNEL_SET, channel_id, before, terms, caller)

        self._database.retried(store)
        return self.get(channel_id)

    def delete(self, channel_id: str, caller: Caller) -> None:
        """Delete a channel; messages that wait for it are cancelled.

        Raises
        ------
        NotFound
            When there is none of this id.
        """

        def work(session: Session) -> None:
            serialise(session, ALERTS_LOCK)
            before = channel_of(_row(session, channel_id))
            rows_changed(session, delete(AlertChannelRow).where(AlertChannelRow.id == channel_id))
            waiting = update(AlertDeliveryRow).where(
                AlertDeliveryRow.channel_id == channel_id, AlertDeliveryRow.state == DeliveryState.PENDING
            )
            rows_changed(session, waiting.values(state=DeliveryState.CANCELLED))
            self._record(session, Action.ALERT_CHANNEL_DELETED, channel_id, before, None, caller)

        self._database.retried(work)

    def test(self, channel_id: str) -> ChannelTest:
        """Send a message that is marked as a test now, whatever the channel's times, and say what came of it.

        Raises
        ------
        NotFound
            When there is none of this id.
        TooManyRequests
            While too many tests are being sent.
        """
        terms = self.get(channel_id).terms
        if not self._tests.acquire(blocking=False):
            raise TooManyRequests(
                "Other tests of channels are being sent. Try again in a few seconds",
                retry_after=TEST_RETRY_SECONDS,
            )
        message = Message(new_id(), self._clock(), (), is_test=True)
        began = time.monotonic()
        failure: SendFailed | None = None
        try:
            self._sender.send(terms, message)
        except SendFailed as error:
            failure = error
        finally:
            self._tests.release()
        return ChannelTest(
            message_id=message.message_id,
            delivered=failure is None,
            error_code=None if failure is None else failure.code,
            error_reason=None if failure is None else failure.reason,
            seconds=round(time.monotonic() - began, 3),
        )

    def _check(self, terms: ChannelTerms) -> None:
        errors = [FieldError(field, message) for field, message in _faults(terms)]
        errors += [FieldError(field, message) for field, message in self._sender.faults(terms)]
        first = {error.field: error for error in reversed(errors)}
        if first:
            raise InvalidRequest.of(*(error for error in errors if first[error.field] is error))

    def _check_name(self, session: Session, terms: ChannelTerms, channel_id: str | None) -> None:
        named = select(AlertChannelRow.id).where(AlertChannelRow.name == terms.name)
        if set(session.scalars(named)) - {channel_id}:
            raise InvalidRequest.of(FieldError("name", "There is a channel of this name already."))
        count = session.scalar(select(func.count()).select_from(AlertChannelRow)) or 0
        if channel_id is None and count >= MAX_CHANNELS:
            message = f"There are {MAX_CHANNELS} channels, and no more can be added. Delete one first."
            raise InvalidRequest.of(FieldError("name", message))

    def _record(
        self,
        session: Session,
        action: Action,
        channel_id: str,
        before: ChannelTerms | None,
        after: ChannelTerms | None,
        caller: Caller,
    ) -> None:
        self._audit.record_for(
            session,
            action,
            caller,
            EntityType.ALERT_CHANNEL,
            channel_id,
            before=None if before is None else columns_of(before),
            after=None if after is None else columns_of(after),
        )


def _faults(terms: ChannelTerms) -> Iterator[tuple[str, str]]:
    """Yield the fields that do not go together, each with why."""
    is_mail = terms.kind is ChannelKind.EMAIL
    if is_mail and terms.url is not None:
        yield "url", "A channel by e-mail has no address on the web."
    if is_mail and terms.secret is not None:
        yield "secret", "A channel by e-mail has no secret."
    if not is_mail and terms.url is None:
        yield "url", "A webhook needs its address."
    if is_mail and not terms.recipients:
        yield "recipients", "A channel by e-mail needs at least one address."
    if is_mail and any("@" not in recipient for recipient in terms.recipients):
        yield "recipients", "Addresses like desk@example.com are expected."
    if not is_mail and bool(terms.recipients) != (terms.body is Body.SMS):
        yield "recipients", "A webhook names phone numbers where its body is SMS, and nobody else."
    first, last = terms.times.quiet_from, terms.times.quiet_to
    if (first is None) != (last is None):
        yield "quiet_to", "Quiet hours have both their begin and their end, or neither."
    elif first is not None and first == last:
        yield "quiet_to", "Quiet hours end at another time than they begin."


def _row(session: Session, channel_id: str) -> AlertChannelRow:
    row = session.get(AlertChannelRow, channel_id)
    if row is None:
        raise NotFound(f"There is no channel {channel_id!r}")
    return row


def _channel(row: AlertChannelRow) -> Channel:
    return Channel(
        channel_id=row.id,
        terms=channel_of(row),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )
