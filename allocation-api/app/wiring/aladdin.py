"""Client of Aladdin; the only place that chooses between the real Aladdin and the simulator."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import httpx
import structlog

from aladdin_simulator import DeskOptions, open_simulator
from aladdin_simulator.book import Benchmark as BookBenchmark
from aladdin_simulator.book import ReferenceData
from aladdin_simulator.wire.operations import TOKEN_PATH
from app.core import metrics
from app.core.clock import Clock
from app.core.config import AladdinSettings, Settings, SettingsError
from app.core.jobs.embedded import Job
from app.services.accounts import reference
from app.services.accounts.reference import copied
from app.services.aladdin.cached_book import CachedBook
from app.services.aladdin.calls import MAX_CALL_THREADS, CallPool
from app.services.aladdin.credentials import ClientCredentials, OAuthClient
from app.services.aladdin.mapping.orders import OrderDefaults
from app.services.aladdin.mapping.securities import MasterRules
from app.services.aladdin.metered_wire import MeteredWire
from app.services.aladdin.mock_lease import RENEWAL_SECONDS, MockLease
from app.services.aladdin.quotas import Priority, Quotas
from app.services.aladdin.resilient_wire import ResilientWire, RetryPolicy
from app.services.aladdin.shared_orders import SharedOrders
from app.services.aladdin.state import VendorState
from app.services.aladdin.transport import Transport
from app.services.aladdin.vendor_book import VendorBook
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.account import Limit, LimitScope
from app.services.domain.book import Benchmark
from app.services.domain.cash_reserve import CashReserve
from app.services.ops.health import DataMode
from app.wiring.container import Aladdin, Room, Services

log = structlog.get_logger(__name__)

GAUGES_SECONDS = 5
"""Period of the job that shows what is left of the quotas."""

MOCK_TWICE = (
    "another process already serves mock data on this database (MOCK_ALADDIN_DATA), and each of them would "
    "have a vendor of its own. For more processes, start a separate simulator (make simulator)"
)
"""Why a second process with a simulator inside cannot start."""

READS_PER_REQUEST = 3
"""Reads that a preview makes concurrently, beside the one in its own thread; sizes the pool of reads."""

READ_TIMEOUTS = 1.5
"""Time for the retries of a read, in timeouts of one call: a read that timed out can be retried once."""

MAX_QUOTA_WAIT_SECONDS = 5.0
"""Longest wait of an ordinary read for its quota: it holds a thread meanwhile."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """Connection to Aladdin with its business date; for the mock, its reference data, too."""

    http: httpx.Client
    credentials: ClientCredentials
    mode: DataMode
    business_date: Callable[[], date]
    reference: reference.ReferenceBook | None


def build(house: Services) -> Room[Aladdin]:
    """Build the client of the vendor, over the network or over the simulator in this process."""
    aladdin = aladdin_of(house.settings, vendor_of(house.settings, house.clock, house.transport), house.clock)
    gauges = Job("quota-gauges", GAUGES_SECONDS, lambda: _show_quotas(aladdin.quotas))
    return Room(aladdin, jobs=(gauges, *_mock_lease(house)))


def _mock_lease(house: Services) -> tuple[Job, ...]:
    """Take the database for the simulator of this process; the embedded one is of one host, so a file does.

    Raises
    ------
    SettingsError
        When a process of another host has it.
    """
    if not house.sole or house.settings.is_sqlite:
        return ()
    lease = MockLease(house.database, house.clock, house.settings.aladdin.mock_lock)
    if not lease.acquire():
        raise SettingsError(MOCK_TWICE)
    return (Job("mock-lease", RENEWAL_SECONDS, lease.renew),)


def _show_quotas(quotas: Quotas) -> None:
    for name, left in quotas.left().items():
        metrics.VENDOR_QUOTA_LEFT.labels(name, "ORDINARY").set(left.ordinary)
        metrics.VENDOR_QUOTA_LEFT.labels(name, "ORDER").set(left.order)


def aladdin_of(settings: Settings, vendor: Vendor, clock: Clock) -> Aladdin:
    """Build the clients: those for orders, and those for everything else, over one set of quotas."""
    aladdin = settings.aladdin
    quotas = Quotas(
        aladdin.quota_seconds,
        reserve_percent=aladdin.quota_reserve_percent,
        processes=settings.vendor_processes,
    )
    order_wire = _wire(aladdin, vendor, quotas, Priority.ORDER)
    ordinary_wire = _wire(aladdin, vendor, quotas, Priority.ORDINARY, quota_seconds=MAX_QUOTA_WAIT_SECONDS)
    vendor_book, orders = _clients(aladdin, order_wire)
    ordinary_book, ordinary_orders = _clients(aladdin, ordinary_wire)
    job_book, job_orders = _clients(
        aladdin, _wire(aladdin, vendor, quotas, Priority.ORDINARY, quota_seconds=0.0)
    )
    return Aladdin(
        vendor_book=vendor_book,
        orders=orders,
        book=CachedBook(
            ordinary_book,
            positions_seconds=aladdin.positions_cache_seconds,
            reference_seconds=aladdin.reference_cache_seconds,
            unknown_seconds=aladdin.unknown_cache_seconds,
        ),
        shared_orders=SharedOrders(ordinary_orders, seconds=aladdin.orders_cache_seconds),
        ordinary_orders=ordinary_orders,
        job_book=job_book,
        job_orders=job_orders,
        quotas=quotas,
        state=VendorState(quotas, ordinary_wire, order_wire, clock),
        mode=vendor.mode,
        business_date=vendor.business_date,
        reference=vendor.reference,
    )


def _wire(
    aladdin: AladdinSettings,
    vendor: Vendor,
    quotas: Quotas,
    priority: Priority,
    *,
    quota_seconds: float = math.inf,
) -> ResilientWire:
    """Build a wire of one priority class, with circuit breakers of its own (bulkhead)."""
    seconds = float(aladdin.timeout_seconds)
    return ResilientWire(
        Transport(vendor.http, vendor.credentials, seconds=seconds),
        quotas,
        RetryPolicy(
            aladdin.read_attempts,
            READ_TIMEOUTS * seconds,
            quota_seconds=quota_seconds,
        ),
        priority=priority,
    )


def _clients(aladdin: AladdinSettings, resilient: ResilientWire) -> tuple[VendorBook, VendorOrders]:
    """Build the clients over a wire, with threads of their own (bulkhead).

    Compliance gets two thirds of a call's timeout, so that it ends before the call.
    """
    wire = MeteredWire(resilient)
    calls = CallPool()
    return (
        VendorBook(wire, calls=calls, rules=MasterRules(sector_type=aladdin.sector_type)),
        VendorOrders(
            wire,
            account_code=aladdin.account_code,
            defaults=OrderDefaults(compliance_timeout_seconds=aladdin.timeout_seconds * 2 // 3),
            calls=calls,
        ),
    )


def vendor_of(settings: Settings, clock: Clock, transport: httpx.BaseTransport | None) -> Vendor:
    """Connect to the real Aladdin or to a simulator; all other code is the same in both modes."""
    aladdin = settings.aladdin
    if not aladdin.mock:
        http = _http(settings, transport)
        credentials = _credentials(aladdin, http)
        zone = ZoneInfo(settings.business_timezone)
        today = lambda: settings.business_date or clock().astimezone(zone).date()  # noqa: E731
        return Vendor(http, credentials, DataMode.REAL, today, None)
    aladdin = replace(
        aladdin,
        client_id=aladdin.client_id or "allocator",
        client_secret=aladdin.client_secret or secrets.token_urlsafe(),
        token_url=f"{aladdin.host}{TOKEN_PATH}",
    )
    desk = DeskOptions(
        scenario=aladdin.scenario,
        accounts=aladdin.accounts_file,
        holdings=aladdin.holdings_file,
        seed=aladdin.seed,
        fill_seconds=aladdin.fill_seconds,
        business_date=settings.business_date,
        zone=settings.business_timezone,
        journal=aladdin.journal if transport is None else None,
        clock=clock,
    )
    simulator = open_simulator(
        desk, clients={str(aladdin.client_id): str(aladdin.client_secret)}, api_key=aladdin.api_key
    )
    for warning in simulator.book.warnings:
        log.warning("book", found=warning)
    http = _http(settings, transport or httpx.WSGITransport(app=simulator))
    return Vendor(
        http,
        _credentials(aladdin, http),
        DataMode.MOCK,
        lambda: settings.business_date or simulator.business_date(),
        reference_of(simulator.book.reference()),
    )


def _http(settings: Settings, transport: httpx.BaseTransport | None) -> httpx.Client:
    # As many connections as threads that make calls, so that no call waits for a connection.
    connections = (1 + 2 * READS_PER_REQUEST) * settings.server.threads + 2 * MAX_CALL_THREADS
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


def reference_of(data: ReferenceData) -> reference.ReferenceBook:
    """Convert the simulator's reference data; an account's home is the first group that lists it."""
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
                cash_reserve=CashReserve(percent_of_nav=a.cash_reserve_percent),
                home_group_id=home.get(a.account_id),
            )
            for a in data.accounts
        ),
        securities=tuple(copied(reference.SecurityReference, s) for s in data.securities),
        limits=tuple(Limit(x.code, LimitScope(x.scope), x.scope_id, x.value) for x in data.limits),
    )


def _benchmark(known: BookBenchmark | None) -> Benchmark:
    return Benchmark() if known is None else copied(Benchmark, known)
