"""The product's client of the vendor, over a real socket, with pauses that pass at once."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import uuid4

import httpx

from app.core.clock import utc_now
from app.core.config import load_settings
from app.services.aladdin.long_running import LongRunning
from app.services.aladdin.quotas import Quotas
from app.services.aladdin.resilient_wire import ResilientWire, RetryPolicy
from app.services.aladdin.transport import Transport
from app.services.aladdin.vendor_book import VendorBook
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.block_order import BlockOrder, Slice
from app.services.domain.side import Side
from app.wiring import aladdin as wiring

CLIENT_ID, CLIENT_SECRET = "desk", "a-secret-of-the-desk"
LOGIN_OPTIONS = ("--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET)
GROUP, BOND = "GOLDEN", "912828YW4"
ACCOUNT_CODE = "12345"
CALL_SECONDS = 30.0
ATTEMPTS = 2


def settings_of(simulator, **more):
    """The settings of a desk whose vendor is a simulator in another process."""
    return {
        "FLASK_ENV": "development",
        "DEMO_USERS": "true",
        "LOG_LEVEL": "ERROR",
        "ALADDIN_HOST": simulator.url,
        "ALADDIN_CLIENT_ID": CLIENT_ID,
        "ALADDIN_CLIENT_SECRET": CLIENT_SECRET,
        **more,
    }


class Pauses:
    """Real seconds, and on top of them those that somebody wanted to sleep."""

    def __init__(self):
        self.slept = []
        self.ahead = 0.0

    def __call__(self):
        return time.monotonic() + self.ahead

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.ahead += seconds


@dataclass(frozen=True)
class Vendor:
    """The vendor as the services have it, and the pauses that were made between calls."""

    book: VendorBook
    orders: VendorOrders
    pauses: Pauses = field(default_factory=Pauses)


@contextmanager
def connected(simulator, *, seconds=CALL_SECONDS, transport=None):
    """A client in real mode: only how long it waits and pauses is not the product's."""
    settings = load_settings(settings_of(simulator, MOCK_ALADDIN_DATA="false", ALADDIN_GROUPS=GROUP))
    behind = wiring.vendor_of(settings, utc_now, transport or httpx.HTTPTransport())
    pauses = Pauses()
    wire = ResilientWire(
        Transport(behind.http, behind.credentials, seconds=seconds),
        Quotas(settings.aladdin.quota_seconds),
        RetryPolicy(ATTEMPTS, wiring.READ_TIMEOUTS * CALL_SECONDS),
        sleep=pauses.sleep,
        monotonic=pauses,
    )
    # The simulator takes a real second for a batch.
    long_running = LongRunning(wire, sleep=lambda _: time.sleep(0.05))
    with behind.http:
        yield Vendor(
            VendorBook(wire),
            VendorOrders(wire, account_code=ACCOUNT_CODE, long_running=long_running),
            pauses,
        )


def new_block():
    """An order that no other has the external id of."""
    reference = uuid4().hex
    return BlockOrder(
        security_id=BOND,
        side=Side.BUY,
        face=Decimal(3000),
        settlement_date=date(2026, 7, 1),
        external_id=f"{reference}-1",
        basket_id=reference,
        slices=(Slice("ACC001", Decimal(2000)), Slice("ACC002", Decimal(1000))),
        trade_date=date(2026, 6, 30),
        currency="USD",
    )
