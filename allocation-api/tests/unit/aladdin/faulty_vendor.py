"""A vendor that fails as it is told to, and a house of good manners in front of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from app.services.aladdin import operations
from app.services.aladdin.operations import Operation
from app.services.aladdin.quotas import Quotas
from app.services.aladdin.resilient_wire import ResilientWire, RetryPolicy
from app.services.aladdin.transport import Transport
from tests.unit.aladdin.clocks import FakeTime
from tests.unit.aladdin.fake_vendor import HOST, NOW

ANYTHING = msgspec.json.Decoder(Any)
Answer = Callable[[httpx.Request], httpx.Response]


def good(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=["answer"], request=request)


def status(code: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(code, headers=named)


def body(content: object) -> Answer:
    text = content if isinstance(content, str) else json.dumps(content)
    return lambda _: httpx.Response(200, content=text)


def broken(error: type[httpx.RequestError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("as the test wants it", request=request)

    return answer


class Vendor:
    """Gives each answer once, in order, then good ones; it knows how often it was asked."""

    def __init__(self) -> None:
        self.faults: list[Answer] = []
        self.asked = 0
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.asked += 1
            answer = self.faults.pop(0) if self.faults else good
        return answer(request)


class House:
    """A resilient wire over a vendor, on a clock that only sleeping moves; pauses are the longest."""

    def __init__(self, attempts: int = 3, seconds: float = 60.0) -> None:
        self.vendor = Vendor()
        self.time = FakeTime()
        http = httpx.Client(base_url=HOST, transport=httpx.MockTransport(self.vendor))
        self.wire = ResilientWire(
            Transport(http, clock=lambda: NOW),
            Quotas(3600, monotonic=self.time),
            RetryPolicy(attempts, seconds),
            sleep=self.time.sleep,
            monotonic=self.time,
            uniform=lambda low, high: high,
        )

    def call(self, operation: Operation = operations.POSITIONS) -> object:
        return self.wire.call(operation, ANYTHING, item="x", body=b"{}" if operation.writes else None)
