"""Alerts and their outbox on each database: one of a key over processes, and each message to one sender."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.core.config import load_settings
from app.models import AlertChannelRow, AlertDeliveryEventRow, AlertDeliveryRow, AlertEventRow, AlertRow
from app.services.alerts.channel_rows import ChannelTerms, columns_of
from app.services.alerts.deliveries import Deliveries
from app.services.alerts.failures import SendFailed, not_taken
from app.services.alerts.outbox import Outbox
from app.services.alerts.quiet import Times
from app.services.alerts.retention import forget
from app.services.alerts.types import (
    ChannelKind,
    DeliveryError,
    DeliveryState,
    Digest,
    Finding,
    RuleName,
    Severity,
)
from app.services.audit.trail import AuditService
from tests.storage.rows import MOMENT
from tests.support.alert_process import FOUND, alert_look

RULE = RuleName.VENDOR_STALE


class Clock:
    """The time of day, moved by hand."""

    def __init__(self):
        self.now = MOMENT

    def __call__(self):
        return self.now

    def move(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


def add_channel(database, channel_id="one", kind=ChannelKind.WEBHOOK, **terms):
    of = ChannelTerms(channel_id, kind, url="https://hooks.example.com/", **terms)
    stored = {"created_at": MOMENT, "updated_at": MOMENT, "updated_by": "anna", "version": 1}
    with database.write() as session:
        session.add(AlertChannelRow(id=channel_id, **columns_of(of), **stored))


def deliveries_of(database, clock):
    settings = load_settings({"ALERT_SEND_ATTEMPTS": "2"}).alerts
    return Deliveries(database, AuditService(database, clock), clock, settings, chance=lambda: 0.5)


def count(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_processes_that_look_at_once_open_one_alert_of_each_key(database, another, clock):
    add_channel(database)
    found = [Finding(f"k{n}", f"s{n}", Severity.WARNING, "It is so.") for n in range(5)]
    looks = [alert_look(each, clock) for each in (database, another)] * 2
    with ThreadPoolExecutor(len(looks)) as pool:
        list(pool.map(lambda look: look.compare(RULE, found), looks))
    assert [count(database, table) for table in (AlertRow, AlertEventRow, AlertDeliveryRow)] == [5, 5, 1]


def test_the_cooldown_holds_over_processes_and_a_restart(database, another, clock):
    """R21.2"""
    add_channel(database)
    first, second = alert_look(database, clock), alert_look(another, clock)
    first.compare(RULE, [FOUND])
    second.compare(RULE, [])
    clock.move(minutes=59)
    second.compare(RULE, [FOUND])
    restarted = alert_look(database, clock)
    restarted.compare(RULE, [])
    restarted.compare(RULE, [FOUND])
    assert [count(database, table) for table in (AlertRow, AlertDeliveryRow)] == [1, 1]
    with database.read() as session:
        assert session.scalars(select(AlertRow.count)).one() == 3
    first.compare(RULE, [])
    clock.move(minutes=1)
    second.compare(RULE, [FOUND])
    assert [count(database, table) for table in (AlertRow, AlertDeliveryRow)] == [2, 2]


def test_processes_that_escalate_at_once_do_it_once(database, another, clock):
    """R21.3"""
    add_channel(database)
    alert_look(database, clock).compare(RULE, [FOUND])
    clock.move(minutes=30)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: alert_look(each, clock).run(()), (database, another)))
    with database.read() as session:
        kinds = session.scalars(select(AlertEventRow.kind).order_by(AlertEventRow.at)).all()
        assert session.scalars(select(AlertRow.severity)).one() == "CRITICAL"
    assert kinds == ["OPENED", "ESCALATED"]
    assert count(database, AlertDeliveryRow) == 2


def test_a_message_is_claimed_by_one_process_until_its_lease_is_over(database, another, clock):
    """R21.6"""
    add_channel(database)
    alert_look(database, clock).compare(RULE, [FOUND])
    queues = [deliveries_of(each, clock) for each in (database, another)]
    assert queues[0].due_channels() == ("one",)
    with ThreadPoolExecutor(2) as pool:
        claims = list(pool.map(lambda queue: queue.claim("one"), queues))
    (claim,) = [each for each in claims if each is not None]
    assert [event.text for event in claim.message.events] == ["Positions are old."]
    clock.move(seconds=71)
    again = queues[1].claim("one")
    assert (again.delivery_id, again.attempts, again.fence) == (claim.delivery_id, 2, 2)
    assert not queues[0].sent(claim)
    assert queues[1].failed(again, SendFailed(DeliveryError.UNREACHABLE, "No answer."))
    (dead,) = queues[0].list(state=None, channel_id=None, cursor=None, limit=10).items
    assert (dead.state, dead.attempts, dead.error_code) == ("DEAD", 2, "UNREACHABLE")
    assert queues[0].due_channels() == ()


def test_waits_double_and_events_of_a_digest_are_one_message(database, clock):
    add_channel(database, times=Times(Digest.HOURLY))
    look, queue = alert_look(database, clock), deliveries_of(database, clock)
    clock.now = datetime(2026, 6, 30, 9, 15, tzinfo=UTC)
    look.compare(RULE, [FOUND])
    clock.move(seconds=1)
    look.compare(RuleName.JOB_FAILED, [Finding("job", "job", Severity.WARNING, "A job failed.")])
    assert count(database, AlertDeliveryRow) == 1
    assert queue.due_channels() == ()
    clock.move(hours=1)
    claim = queue.claim("one")
    assert [event.rule for event in claim.message.events] == ["VENDOR_STALE", "JOB_FAILED"]
    assert queue.failed(claim, SendFailed(DeliveryError.RECEIVER_FAILED, "Status 503."))
    clock.move(seconds=9)
    assert queue.claim("one") is None
    clock.move(seconds=1)
    assert queue.sent(queue.claim("one"))


def test_a_mail_goes_on_for_those_who_have_it_not_and_what_is_refused_is_a_message_apart(database, clock):
    add_channel(database, kind=ChannelKind.EMAIL, recipients=("a@x.example", "b@x.example", "c@x.example"))
    alert_look(database, clock).compare(RULE, [FOUND])
    queue = deliveries_of(database, clock)
    claim = queue.claim("one")
    assert queue.failed(claim, not_taken({"a@x.example": 550, "c@x.example": 451}))
    assert not queue.failed(claim, not_taken({"a@x.example": 550}))  # the claim is over
    clock.move(minutes=1)
    again = queue.claim("one")
    assert (again.delivery_id, again.terms.recipients) == (claim.delivery_id, ("c@x.example",))
    found = queue.list(state=DeliveryState.DEAD, channel_id=None, cursor=None, limit=10).items
    assert [(each.attempts, each.error_code, len(each.alert_ids)) for each in found] == [(1, "REFUSED", 1)]
    assert queue.sent(again)
    assert queue.due_channels() == ()


def test_what_one_look_finds_is_one_message_and_an_emergency_is_sent_first(database, clock):
    """R21.5"""
    add_channel(database)
    look, queue = alert_look(database, clock), deliveries_of(database, clock)
    look.compare(RULE, [Finding(f"k{n}", f"s{n}", Severity.WARNING, "It is so.") for n in range(300)])
    clock.move(minutes=1)
    stop = Finding("stop", "trading", Severity.EMERGENCY, "Trading is stopped.")
    look.compare(RuleName.TRADING_STOPPED, [stop])
    claims = [queue.claim("one") for _ in range(3)]
    assert [claim and len(claim.message.events) for claim in claims] == [1, 300, None]
    assert claims[0].message.title == "[EMERGENCY] Trading is stopped."


def test_what_is_added_to_a_digest_is_in_what_is_sent_or_in_another(database, another, clock, monkeypatch):
    """R21.6: a look of 9:59:59 that commits after 10:00."""
    add_channel(database, times=Times(Digest.HOURLY))
    look, queue = alert_look(database, clock), deliveries_of(another, clock)
    clock.now = datetime(2026, 6, 30, 9, 59, 59, tzinfo=UTC)
    look.compare(RULE, [FOUND])
    add, claims = Outbox.add, []

    def slowly(self, session, told, now):
        add(self, session, told, now)
        session.flush()
        clock.move(seconds=2)
        claims.append(pool.submit(queue.claim, "one"))
        wait(claims, 1)

    monkeypatch.setattr(Outbox, "add", slowly)
    with ThreadPoolExecutor(1) as pool:
        look.compare(RuleName.JOB_FAILED, [Finding("job", "job", Severity.WARNING, "A job failed.")])
        claim = claims[0].result(10) or queue.claim("one")
    of = AlertDeliveryEventRow.delivery_id == claim.delivery_id
    with database.read() as session:
        stored = session.scalars(select(AlertDeliveryEventRow.event_id).where(of)).all()
    assert len(claim.message.events) == len(stored)
    assert count(database, AlertDeliveryEventRow) == 2


def test_what_was_resolved_long_ago_is_forgotten_with_its_messages(database, clock):
    add_channel(database)
    look, queue = alert_look(database, clock), deliveries_of(database, clock)
    look.compare(RULE, [FOUND])
    queue.sent(queue.claim("one"))
    look.compare(RULE, [])
    look.compare(RuleName.JOB_FAILED, [Finding("job", "job", Severity.WARNING, "A job failed.")])
    clock.move(days=2)
    forget(database, clock() - timedelta(days=3))
    assert count(database, AlertRow) == 2
    forget(database, clock() - timedelta(days=1))
    assert [count(database, each) for each in (AlertRow, AlertEventRow, AlertDeliveryRow)] == [1, 1, 1]
