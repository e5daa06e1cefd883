"""How Aladdin is reached: the one place that knows which Aladdin is behind the wire."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import httpx

from aladdin_simulator import create_simulator, load_book
from aladdin_simulator.app import any_first_order_id
from aladdin_simulator.book import Benchmark as BookBenchmark
from aladdin_simulator.book import ReferenceData
from aladdin_simulator.wire.operations import TOKEN_PATH
from app.core.clock import Clock
from app.core.config import AladdinSettings, Settings, SettingsError
from app.services.accounts import reference
from app.services.accounts.reference import copied
from app.services.aladdin.budgets import Budgets
from app.services.aladdin.cached_book import CachedBook
from app.services.aladdin.calls import CALL_THREADS, CallPool
from app.services.aladdin.credentials import ClientCredentials, OAuthClient
from app.services.aladdin.mapping.orders import OrderDefaults
from app.services.aladdin.mapping.securities import MasterRules
from app.services.aladdin.resilient_wire import Patience, ResilientWire
from app.services.aladdin.transport import Transport, Wire
from app.services.aladdin.vendor_book import VendorBook
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.book import Benchmark
from app.wiring.container import Aladdin, Room, Services

READS_PER_REQUEST = 3
"""Reads that a preview makes beside the one in its own thread: so many threads for each of the server's."""

PATIENCE = 1.5
"""How long a read is kept trying, in times of one call: one that ran out of time can be repeated once."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """How Aladdin is reached, which day it is there, and the reference data that a mock brings along."""

    http: httpx.Client
    credentials: ClientCredentials
    mode: str
    business_date: Callable[[], date]
    reference: reference.ReferenceBook | None


def build(house: Services) -> Room[Aladdin]:
    """Build the one client of the vendor: the network, or the simulator behind the same wire."""
    settings = house.settings.aladdin
    vendor = vendor_of(house.settings, house.clock, house.transport)
    return Room(aladdin_of(settings, wire_of(settings, vendor), vendor))


def wire_of(aladdin: AladdinSettings, vendor: Vendor) -> Wire:
    """Return the one wire to the vendor: its budgets and circuit breakers hold for all who use it."""
    seconds = float(aladdin.timeout_seconds)
    return ResilientWire(
        Transport(vendor.http, vendor.credentials, seconds=seconds),
        Budgets(aladdin.quota_seconds),
        Patience(aladdin.read_attempts, PATIENCE * seconds),
    )


def aladdin_of(aladdin: AladdinSettings, wire: Wire, vendor: Vendor) -> Aladdin:
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
        mode=vendor.mode,
        business_date=vendor.business_date,
        reference=vendor.reference,
    )


def vendor_of(settings: Settings, clock: Clock, transport: httpx.BaseTransport | None) -> Vendor:
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
    return Vendor(http, _credentials(aladdin, http), "mock", lambda: day, reference_of(book.reference()))


def _http(settings: Settings, transport: httpx.BaseTransport | None) -> httpx.Client:
    # As many connections as there are threads that make calls: no call waits for another one's.
    connections = (1 + READS_PER_REQUEST) * settings.server.threads + CALL_THREADS
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
