"""Allocation drift."""

from __future__ import annotations

from datetime import timedelta

from app.core.jobs.embedded import Job, Where
from app.services.drift.calculator import DriftCalculator
from app.services.drift.check_times import CheckTimes
from app.services.drift.checks import CHECK, DriftChecks, Retention
from app.services.drift.history import DriftHistory
from app.services.drift.own_books import OwnBooks
from app.services.drift.target_sets import TargetSets
from app.services.jobs.kinds import Handler
from app.services.securities.lookup import SecurityLookup
from app.wiring.container import Drift, Room, Services

CLEARING_SECONDS = 3_600
"""Period of the job that deletes old snapshots."""

LOOK_SECONDS = 3_600
"""Longest time between two looks for a check: one that failed is tried again after it."""


def build(house: Services) -> Room[Drift]:
    """Build the calculator, the services of own books over the cached book, and their checks by schedule."""
    database, clock, aladdin, settings = house.database, house.clock, house.aladdin, house.settings.drift
    target_sets = TargetSets(
        database,
        house.audit,
        aladdin.book,
        SecurityLookup(database, aladdin.book),
        clock,
        aladdin.business_date,
        four_eyes=settings.four_eyes,
    )
    own_books = OwnBooks(database, aladdin.book, target_sets, clock, aladdin.business_date, house.pool)
    times = CheckTimes(settings.check_time, settings.weekday, house.settings.zone)
    checks = DriftChecks(
        database,
        own_books,
        house.jobs.service,
        times,
        Retention(settings.weekly_lifetime, settings.lifetime),
        clock,
        aladdin.business_date,
        house.access.users.user,
        house.accounts.visibility.of,
    )
    return Room(
        Drift(DriftCalculator(clock), target_sets, own_books, checks, DriftHistory(database)),
        jobs=(
            Job(
                "check-drift",
                LOOK_SECONDS,
                checks.scheduled,
                Where.SCHEDULE,
                at=lambda now: min(times.next(now), now + timedelta(seconds=LOOK_SECONDS)),
            ),
            Job("old-drift", CLEARING_SECONDS, checks.forget, Where.SCHEDULE),
        ),
        handlers=(Handler(CHECK, checks.work),),
    )
