"""Puts the services together: the one place that knows which Aladdin is behind the client."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import httpx

from aladdin_simulator import create_simulator, load_book
from aladdin_simulator.book import Benchmark as BookBenchmark
from aladdin_simulator.book import ReferenceData
from app.core import migrate
from app.core.clock import Clock, utc_now
from app.core.config import AladdinSettings, Settings
from app.core.database import Database
from app.core.security import Passwords
from app.models import LimitRow
from app.services import reference
from app.services.aladdin.client import AladdinClient
from app.services.aladdin.mapping.orders import OrderDefaults
from app.services.aladdin.mapping.securities import MasterRules
from app.services.audit import AuditService
from app.services.auth import AuthService
from app.services.book import Benchmark
from app.services.compliance.rules import DEFAULT_LIMITS
from app.services.container import Services
from app.services.health import HealthService
from app.services.market_data import MarketDataService
from app.services.portfolios import PortfolioService
from app.services.preview.inputs import InputsLoader
from app.services.preview.service import AllocationService
from app.services.reference import copied
from app.services.securities import SecurityService
from app.services.security_lookup import SecurityLookup
from app.services.trading.commit import CommitService
from app.services.trading.gateway import OrderGateway
from app.services.trading.orders import OrderService

log = logging.getLogger(__name__)

VENDOR_THREADS = 8


@dataclass(frozen=True, slots=True)
class Vendor:
    """How Aladdin is reached, which day it is there, and the reference data that a mock brings along."""

    http: httpx.Client
    mode: str
    business_date: Callable[[], date]
    reference: reference.ReferenceBook | None


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
    client = _client(settings.aladdin, vendor.http)
    pool = ThreadPoolExecutor(VENDOR_THREADS, thread_name_prefix="vendor")
    audit = AuditService(database, now)
    auth = AuthService(database, audit, now, passwords or Passwords(), demo=settings.is_development)
    auth.ensure_demo_user()
    lookup = SecurityLookup(database, client)
    inputs = InputsLoader(database, client, lookup, pool, vendor.business_date)
    gateway = OrderGateway(client, halted=settings.trading_halted)
    return Services(
        auth=auth,
        portfolios=PortfolioService(database, client, pool),
        securities=SecurityService(database, client, lookup, pool),
        market_data=MarketDataService(client, pool),
        allocations=AllocationService(database, inputs, audit, now, settings.preview_lifetime),
        commits=CommitService(database, inputs, gateway, audit, now),
        orders=OrderService(database, client, gateway, inputs, audit, now),
        audit=audit,
        health=HealthService(database, client, vendor.mode, vendor.business_date),
    )


def _client(aladdin: AladdinSettings, http: httpx.Client) -> AladdinClient:
    """Give compliance two thirds of a call's time, so that its answer comes before we stop waiting."""
    seconds = aladdin.timeout_seconds
    return AladdinClient(
        http,
        account_code=aladdin.account_code,
        defaults=OrderDefaults(compliance_timeout_seconds=seconds * 2 // 3),
        rules=MasterRules(sector_type=aladdin.sector_type),
        timeout=httpx.Timeout(float(seconds), connect=5.0, pool=5.0),
    )


def _vendor(settings: Settings, clock: Clock, transport: httpx.BaseTransport | None) -> Vendor:
    aladdin = settings.aladdin
    if aladdin.mock:
        book = load_book(aladdin.scenario, seed=aladdin.seed)
        simulator = create_simulator(
            book, first_order_id=first_order_id(), fill_seconds=aladdin.fill_seconds, seed=aladdin.seed
        )
        transport = transport or httpx.WSGITransport(app=simulator)
        day = settings.business_date or book.as_of
        http = httpx.Client(transport=transport, base_url=aladdin.host)
        return Vendor(http, "mock", lambda: day, _reference(book.reference()))
    headers = {"VND.com.blackrock.API-Key": aladdin.api_key} if aladdin.api_key else {}
    zone = ZoneInfo(settings.business_timezone)
    http = httpx.Client(base_url=aladdin.host, headers=headers, transport=transport)
    return Vendor(http, "real", lambda: settings.business_date or clock().astimezone(zone).date(), None)


def first_order_id() -> int:
    """Return where the simulator's order ids start.

    It forgets its orders when it ends and our record of them stays, so no two simulators may use the same
    ids. The vendor's ids fit 32 bits.
    """
    return 100_000_000 + secrets.randbelow(2_000_000_000)


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
