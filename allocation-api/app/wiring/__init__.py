"""Puts the services together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
from sqlalchemy.orm import Session

from app.core import migrate
from app.core.clock import Clock, utc_now
from app.core.config import Settings
from app.core.database import Database
from app.core.jobs.embedded import Job, JobRunner
from app.core.security import Passwords
from app.models import START_LOCK, LimitRow
from app.models.lock import enter
from app.services.access.auth import AuthService
from app.services.accounts import reference
from app.services.accounts.groups import PortfolioService
from app.services.accounts.positions import MarketDataService
from app.services.aladdin.cached_book import BookReader
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.service import AllocationService
from app.services.audit.trail import AuditService
from app.services.compliance.rules import DEFAULT_LIMITS
from app.services.ops.health import HealthService
from app.services.reports.committed import FairnessService
from app.services.reports.first_day import FirstDayPrices
from app.services.reports.history import HistoryReport
from app.services.reports.instructions import FixExport
from app.services.requests.activity import ActivityService
from app.services.requests.idempotency import IdempotencyService
from app.services.securities.lookup import SecurityLookup
from app.services.securities.service import SecurityService
from app.wiring.container import Reports, Services
from app.wiring.trading import trading_of
from app.wiring.vendor import READS_PER_REQUEST, aladdin_of, vendor_of, wire_of

ACTIVITY_SECONDS, PRICE_SECONDS, CLEARING_SECONDS = 2, 900, 3_600
"""How often activity is written, first-day prices are looked for, and what is too old is deleted."""


def build_services(
    settings: Settings,
    *,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Services:
    """Migrate the embedded database, load what the mock brings, and wire every service.

    Parameters
    ----------
    settings : Settings
        From `load_settings`.
    clock, passwords, transport
        Replaced by tests; the real ones otherwise. `transport` is the way to the vendor.
    """
    now = clock or utc_now
    database = Database(settings.database_url)
    if settings.is_sqlite:
        migrate.upgrade(database)
    vendor = vendor_of(settings, now, transport)
    _seed(database, vendor.reference, () if settings.aladdin.mock else settings.aladdin.groups)
    aladdin = aladdin_of(settings.aladdin, wire_of(settings.aladdin, vendor))
    pool = ThreadPoolExecutor(READS_PER_REQUEST * settings.threads, thread_name_prefix="reads")
    audit = AuditService(database, now)
    auth = AuthService(database, audit, now, passwords or Passwords(), demo=settings.is_development)
    auth.ensure_demo_user()

    def inputs_of(book: BookReader) -> InputsLoader:
        return InputsLoader(database, book, SecurityLookup(database, book), pool, vendor.business_date)

    book, fresh = aladdin.book, inputs_of(aladdin.vendor_book)
    trading = trading_of(settings.trading, database, aladdin, fresh, auth, audit, now)
    activity = ActivityService(database, now, settings.activity_lifetime)
    hold = timedelta(seconds=settings.trading.lease_seconds)
    idempotency = IdempotencyService(database, now, hold=hold, lifetime=settings.idempotency_lifetime)
    first_day = FirstDayPrices(database, book.positions, vendor.business_date)
    check = aladdin.orders.check if settings.aladdin.what_if else None
    return Services(
        auth=auth,
        portfolios=PortfolioService(database, book, pool),
        securities=SecurityService(database, book, SecurityLookup(database, book), pool),
        market_data=MarketDataService(book, pool),
        allocations=AllocationService(
            database, inputs_of(book), audit, now, settings.preview_lifetime, check=check
        ),
        commits=trading.commits,
        orders=trading.orders,
        reports=Reports(
            history=HistoryReport(database, now),
            fairness=FairnessService(database),
            fix=FixExport(database, now, settings.fix, look=trading.orders.look),
        ),
        audit=audit,
        activity=activity,
        health=HealthService(database, aladdin.vendor_book, book, pool, vendor.mode, vendor.business_date),
        idempotency=idempotency,
        keeper=JobRunner((*trading.jobs, *_jobs(activity, first_day, idempotency))),
    )


def _jobs(
    activity: ActivityService, first_day: FirstDayPrices, idempotency: IdempotencyService
) -> tuple[Job, ...]:
    """Return what is done beside the requests, but for what trading does."""
    return (
        Job("activity", ACTIVITY_SECONDS, activity.write, last=True),
        Job("first-day-prices", PRICE_SECONDS, first_day.store),
        Job("forget-keys", CLEARING_SECONDS, idempotency.forget_old),
        Job("old-activity", CLEARING_SECONDS, activity.forget),
    )


def _seed(database: Database, book: reference.ReferenceBook | None, groups: tuple[str, ...]) -> None:
    """Load the mock's reference data, the groups of the settings, and limits where the desk has none."""

    def fill(session: Session) -> None:
        enter(session, START_LOCK)
        if book is not None:
            reference.load_mock(session, book)
        else:
            reference.refuse_mock(session)
        reference.add_groups(session, groups)
        if not reference.limits(session):
            session.add_all(
                LimitRow(code=x.code, scope=x.scope, scope_id=x.scope_id, value=x.value)
                for x in DEFAULT_LIMITS
            )

    database.retried(fill)
