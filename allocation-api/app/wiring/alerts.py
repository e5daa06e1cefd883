"""Alerts: the looks of the leader, and the outbox that it works off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.core.config import Settings, SettingsError
from app.core.jobs.embedded import Job, Where
from app.services.accounts import reference
from app.services.alerts.alerts import AlertService
from app.services.alerts.channels import ChannelService
from app.services.alerts.deliveries import Deliveries
from app.services.alerts.dispatcher import Dispatcher
from app.services.alerts.drift_rules import AccountsOutOfBand, Drift, NeedsRebalancing
from app.services.alerts.gauges import gauges
from app.services.alerts.look import AlertLook, Timing
from app.services.alerts.outbox import Outbox
from app.services.alerts.retention import forget
from app.services.alerts.rules import (
    ChainBroken,
    CommitRefused,
    JobFailed,
    LedgerAboveBound,
    OrderUnknown,
    TradingStopped,
    VendorStale,
)
from app.services.alerts.senders import Sender
from app.services.alerts.types import Rule, RuleName
from app.services.domain.book import GroupMembers
from app.wiring.container import Alerts, Room, Services

SEND_SECONDS = 2
"""Period of the look for messages that are due."""

TRAIL_SECONDS = 3_600
"""Period of the look at the audit trail: it reads all records of two days."""

WHOLE_TRAIL_SECONDS = 86_400
"""Period of the look at the whole audit trail, with all rows and balances."""

VENDOR_SECONDS = 300
"""Period of the look at the age of Aladdin's data, for which Aladdin itself is asked."""

CLEARING_SECONDS = 3_600
"""Period of the job that deletes old alerts."""


def build(house: Services) -> Room[Alerts]:
    """Build the services and their periodic work.

    The quick rules and the outbox are looks of the leader, a few seconds apart, that mostly find nothing:
    what stops trading must not wait for a job's turn. What reads much goes by schedule. None of it is left to
    workers: one of them may be busy with a blotter for minutes, or there may be none.
    """
    database, clock, settings = house.database, house.clock, house.settings.alerts
    sender = Sender(settings, clock)
    deliveries = Deliveries(database, house.audit, clock, settings)
    dispatcher = Dispatcher(deliveries, sender)
    look = AlertLook(database, clock, Outbox(house.settings.zone), _timing(house.settings))
    quick = _rules(house)
    vendor = (VendorStale(house.ops.data_age),)
    trail = (ChainBroken(house.audit, clock),)
    whole_trail = (ChainBroken(house.audit, clock, is_whole=True),)
    return Room(
        Alerts(
            service=AlertService(database, house.audit, clock),
            channels=ChannelService(database, house.audit, clock, sender),
            deliveries=deliveries,
            dispatcher=dispatcher,
            look=look,
        ),
        jobs=(
            Job("alerts", settings.look_seconds, lambda: look.run(quick), Where.LEADER),
            Job("send-alerts", SEND_SECONDS, dispatcher.start_due, Where.LEADER),
            Job(
                "old-alerts",
                CLEARING_SECONDS,
                lambda: forget(database, clock() - settings.lifetime),
                Where.SCHEDULE,
            ),
            Job(
                "alerts-of-drift",
                settings.drift_minutes * 60,
                lambda: _look_at_drift(house, look),
                Where.SCHEDULE,
            ),
            Job("alerts-of-vendor", VENDOR_SECONDS, lambda: look.run(vendor), Where.SCHEDULE),
            Job("alerts-of-trail", TRAIL_SECONDS, lambda: look.run(trail), Where.SCHEDULE),
            Job(
                "alerts-of-whole-trail",
                WHOLE_TRAIL_SECONDS,
                lambda: look.run(whole_trail),
                Where.SCHEDULE,
            ),
        ),
        gauges=gauges(),
    )


def _rules(house: Services) -> Sequence[Rule]:
    database, clock, settings = house.database, house.clock, house.settings.alerts
    return (
        TradingStopped(house.safety.stop),
        OrderUnknown(database),
        CommitRefused(database, clock, settings.event_lifetime),
        JobFailed(database, clock, settings.event_lifetime),
        LedgerAboveBound(database, settings.ledger_bound),
    )


def _look_at_drift(house: Services, look: AlertLook) -> None:
    """Look at the drift of all accounts, which both rules read once."""

    def members() -> Sequence[GroupMembers]:
        with house.database.read() as session:
            groups = [group.group_id for group in reference.groups(session)]
        return house.aladdin.book.group_members(groups) if groups else ()

    accounts = AccountsOutOfBand(house.drift.own_books, members)
    look.run((Drift(accounts), NeedsRebalancing(accounts)))


def _timing(settings: Settings) -> Timing:
    of_rules: dict[RuleName, timedelta] = {}
    for name, after in settings.alerts.escalation_of.items():
        if name not in set(RuleName):
            raise SettingsError(
                f"ALERT_ESCALATION_BY_RULE names {name}; rules are {', '.join(sorted(RuleName))}"
            )
        of_rules[RuleName(name)] = after
    return Timing(settings.alerts.cooldown, settings.alerts.escalation, of_rules)
