"""Puts the services together: the one place that knows which Aladdin is behind the client."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import httpx

from aladdin_simulator import create_simulator, load_book
from aladdin_simulator.book import Benchmark as BookBenchmark
from aladdin_simulator.book import ReferenceData
from aladdin_simulator.wire.app import any_first_order_id
from aladdin_simulator.wire.operations import TOKEN_PATH
from app.core import migrate
from app.core.clock import Clock, utc_now
from app.core.config import AladdinSettings, Settings, SettingsError, TradingSettings
from app.core.database import Database
from app.core.security import Passwords
from app.models import LimitRow
from app.services import reference
from app.services.activity import ActivityService
from app.services.aladdin.budgets import Budgets
from app.services.aladdin.cached_book import BookReader, CachedBook
from app.services.aladdin.calls import CALL_THREADS, CallPool
from app.services.aladdin.credentials import ClientCredentials, OAuthClient
from app.services.aladdin.manners import Manners, Patience
from app.services.aladdin.mapping.orders import OrderDefaults
from app.services.aladdin.mapping.securities import MasterRules
from app.services.aladdin.transport import Transport, Wire
from app.services.aladdin.vendor_book import VendorBook
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.audit import AuditService
from app.services.auth import AuthService
from app.services.book import Benchmark
from app.services.compliance.rules import DEFAULT_LIMITS
from app.services.container import Reports, Services
from app.services.health import HealthService
from app.services.idempotency import IdempotencyService
from app.services.keeper import Job, Keeper
from app.services.market_data import MarketDataService
from app.services.portfolios import PortfolioService
from app.services.preview.inputs import InputsLoader
from app.services.preview.service import AllocationService
from app.services.reference import copied
from app.services.reports.committed import FairnessService
from app.services.reports.first_day import FirstDayPrices
from app.services.reports.history import HistoryReport
from app.services.reports.instructions import FixExport
from app.services.securities import SecurityService
from app.services.security_lookup import SecurityLookup
from app.services.trading.commit import CommitService
from app.services.trading.desk_lock import DeskLock
from app.services.trading.dispatch import Dispatch
from app.services.trading.gateway import OrderGateway
from app.services.trading.ledger import OrderLedger
from app.services.trading.orders import OrderService
from app.services.trading.outcome import Outcomes
from app.services.trading.recheck import Recheck
from app.services.trading.recovery import Recovery
from app.services.trading.states import expire
from app.services.trading.watch import OrderWatch

log = logging.getLogger(__name__)

READS_PER_REQUEST = 3
"""Reads that a preview makes beside the one in its own thread: so many threads for each of the server's."""

PATIENCE = 1.5
"""How long a read is kept trying, in times of one call: one that ran out of time can be repeated once."""

EXPIRY_SECONDS = 60
"""How often it is stored which previews have expired; whoever reads one sees it at once."""

FORGET_SECONDS = 3_600.0
"""Seconds between two looks for idempotency keys whose time is over."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """How Aladdin is reached, which day it is there, and the reference data that a mock brings along."""

    http: httpx.Client
    credentials: ClientCredentials
    mode: str
    business_date: Callable[[], date]
    reference: reference.ReferenceBook | None


@dataclass(frozen=True, slots=True)
class Aladdin:
    """The vendor's book, read anew each time or kept for a while, and its orders.

    Ordinary readers have `book`. What leads to an order is checked against `vendor_book`.
    """

    vendor_book: VendorBook
    book: CachedBook
    orders: VendorOrders


@dataclass(frozen=True, slots=True)
class Trading:
    """What sends orders: all through one gateway."""

    gateway: OrderGateway
    commits: CommitService
    recovery: Recovery


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
    vendor = _vendor(settings, now, transport)
    _seed(database, vendor.reference, () if settings.aladdin.mock else settings.aladdin.groups)
    aladdin = _aladdin(settings.aladdin, _wire(settings.aladdin, vendor))
    pool = ThreadPoolExecutor(READS_PER_REQUEST * settings.threads, thread_name_prefix="reads")
    audit = AuditService(database, now)
    auth = AuthService(database, audit, now, passwords or Passwords(), demo=settings.is_development)
    auth.ensure_demo_user()
    first_day = FirstDayPrices(database, aladdin.book.positions, vendor.business_date)
    activity = ActivityService(database, now, settings.activity_lifetime)

    def inputs_of(book: BookReader) -> InputsLoader:
        return InputsLoader(database, book, SecurityLookup(database, book), pool, vendor.business_date)

    idempotency = IdempotencyService(
        database,
        now,
        hold=timedelta(seconds=settings.trading.lease_seconds),
        lifetime=settings.idempotency_lifetime,
    )
    fresh = inputs_of(aladdin.vendor_book)
    ledger = OrderLedger(database, audit, now)
    watch = OrderWatch(database, aladdin.orders, ledger, now)
    book = aladdin.book
    trading = _trading(settings.trading, database, aladdin, fresh, auth, audit, now)
    orders = OrderService(database, aladdin.orders, trading.gateway, fresh, audit, ledger)
    return Services(
        auth=auth,
        portfolios=PortfolioService(database, book, pool),
        securities=SecurityService(database, book, SecurityLookup(database, book), pool),
        market_data=MarketDataService(book, pool),
        allocations=AllocationService(
            database,
            inputs_of(book),
            audit,
            now,
            settings.preview_lifetime,
            check=aladdin.orders.check if settings.aladdin.what_if else None,
        ),
        commits=trading.commits,
        orders=orders,
        reports=Reports(
            history=HistoryReport(database, now),
            fairness=FairnessService(database),
            fix=FixExport(database, now, settings.fix, look=orders.look),
        ),
        audit=audit,
        activity=activity,
        health=HealthService(database, aladdin.vendor_book, book, pool, vendor.mode, vendor.business_date),
        idempotency=idempotency,
        keeper=Keeper(
            (
                Job("settle", settings.trading.recovery_seconds, trading.recovery.settle),
                Job("watch", settings.trading.recovery_seconds, watch.look),
                Job("expire", EXPIRY_SECONDS, lambda: _expire(database, now)),
                Job("forget-keys", FORGET_SECONDS, idempotency.forget_old),
                Job("activity", 2, activity.write, last=True),
                Job("first-day-prices", 900, first_day.store),
                Job("old-activity", 3_600, activity.forget),
            )
        ),
    )


def _trading(
    settings: TradingSettings,
    database: Database,
    aladdin: Aladdin,
    fresh: InputsLoader,
    auth: AuthService,
    audit: AuditService,
    clock: Clock,
) -> Trading:
    lease, settle = timedelta(seconds=settings.lease_seconds), timedelta(seconds=settings.settle_seconds)
    gateway = OrderGateway(
        aladdin.orders,
        aladdin.book.forget_positions,
        DeskLock(database, clock, settings.lease_seconds),
        halted=settings.halted,
    )
    recheck = Recheck(database, fresh, settings.price_band_percent)
    outcomes = Outcomes(database, audit, clock)
    dispatch = Dispatch(gateway, outcomes, clock, lease=lease, settle=settle)
    return Trading(
        gateway=gateway,
        commits=CommitService(database, gateway, recheck, dispatch, outcomes, clock, lease=lease),
        recovery=Recovery(
            database,
            aladdin.orders,
            gateway,
            recheck,
            dispatch,
            outcomes,
            auth.user,
            clock,
            lease=lease,
        ),
    )


def _expire(database: Database, clock: Clock) -> None:
    database.retried(lambda session: expire(session, clock()))


def _wire(aladdin: AladdinSettings, vendor: Vendor) -> Wire:
    """Return the one wire to the vendor: its budgets and circuit breakers hold for all who use it."""
    seconds = float(aladdin.timeout_seconds)
    return Manners(
        Transport(vendor.http, vendor.credentials, seconds=seconds),
        Budgets(aladdin.quota_seconds),
        Patience(aladdin.read_attempts, PATIENCE * seconds),
    )


def _aladdin(aladdin: AladdinSettings, wire: Wire) -> Aladdin:
    """Give compliance two thirds of a call's time, so that its answer comes before we stop waiting."""
    calls = CallPool()
    vendor_book = VendorBook(wire, calls=calls, rules=MasterRules(sector_type=aladdin.sector_type))
    return Aladdin(
        vendor_book=vendor_book,
        book=CachedBook(
            vendor_book,
            positions_seconds=aladdin.positions_cache_seconds,
            reference_seconds=aladdin.reference_cache_seconds,
        ),
        orders=VendorOrders(
            wire,
            account_code=aladdin.account_code,
            defaults=OrderDefaults(compliance_timeout_seconds=aladdin.timeout_seconds * 2 // 3),
            calls=calls,
        ),
    )


def _vendor(settings: Settings, clock: Clock, transport: httpx.BaseTransport | None) -> Vendor:
    """Choose what is behind the wire; everything on this side of it is the same in both modes."""
    aladdin = settings.aladdin
    if not aladdin.mock:
        http = _http(settings, transport)
        credentials = _credentials(aladdin, http)
        zone = ZoneInfo(settings.business_timezone)
        today = lambda: settings.business_date or clock().astimezone(zone).date()  # noqa: E731
        return Vendor(http, credentials, "real", today, None)
    aladdin = replace(
        aladdin,
        client_id=aladdin.client_id or "allocator",
        client_secret=aladdin.client_secret or secrets.token_urlsafe(),
        token_url=f"{aladdin.host}{TOKEN_PATH}",
    )
    book = load_book(aladdin.scenario, seed=aladdin.seed)
    simulator = create_simulator(
        book,
        first_order_id=any_first_order_id(),
        fill_seconds=aladdin.fill_seconds,
        seed=aladdin.seed,
        clients={str(aladdin.client_id): str(aladdin.client_secret)},
        api_key=aladdin.api_key,
    )
    http = _http(settings, transport or httpx.WSGITransport(app=simulator))
    day = settings.business_date or book.as_of
    return Vendor(http, _credentials(aladdin, http), "mock", lambda: day, _reference(book.reference()))


def _http(settings: Settings, transport: httpx.BaseTransport | None) -> httpx.Client:
    # As many connections as there are threads that make calls: no call waits for another one's.
    connections = (1 + READS_PER_REQUEST) * settings.threads + CALL_THREADS
    return httpx.Client(
        base_url=settings.aladdin.host,
        transport=transport,
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
    )


def _credentials(aladdin: AladdinSettings, http: httpx.Client) -> ClientCredentials:
    if aladdin.client_id is None or aladdin.client_secret is None:
        raise SettingsError("ALADDIN_CLIENT_ID and ALADDIN_CLIENT_SECRET must be set")
    client = OAuthClient(
        token_url=aladdin.token_url,
        client_id=aladdin.client_id,
        client_secret=aladdin.client_secret,
        scope=aladdin.scope,
        api_key=aladdin.api_key,
    )
    return ClientCredentials(http, client)


def _seed(database: Database, book: reference.ReferenceBook | None, groups: tuple[str, ...]) -> None:
    """Load the mock's reference data, the groups of the settings, and limits where the desk has none."""
    with database.write() as session:
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


def _reference(data: ReferenceData) -> reference.ReferenceBook:
    """Translate what the simulator knows beside the wire; the first group to list an account is its home."""
    home = {
        member: group.group_id
        for group in sorted(data.groups, key=lambda g: g.group_id, reverse=True)
        for member in group.member_ids
    }
    return reference.ReferenceBook(
        groups=tuple(
            copied(reference.GroupReference, g, benchmark=_benchmark(g.benchmark)) for g in data.groups
        ),
        accounts=tuple(
            copied(
                reference.AccountReference,
                a,
                benchmark=_benchmark(a.benchmark),
                home_group_id=home.get(a.account_id),
            )
            for a in data.accounts
        ),
        securities=tuple(copied(reference.SecurityReference, s) for s in data.securities),
    )


def _benchmark(known: BookBenchmark | None) -> Benchmark:
    return Benchmark() if known is None else copied(Benchmark, known)
