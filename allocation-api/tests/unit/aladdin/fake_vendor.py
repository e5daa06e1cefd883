"""Hand-written stand-in for the vendor's side of the wire: canned answers and a record of what was asked."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any

import httpx

from app.services.aladdin.transport import Transport
from app.services.aladdin.vendor_book import VendorBook
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.book import AssetFault, ById, T

HOST = "https://tenant.example.com"
NOW = datetime(2025, 6, 5, 13, 30, tzinfo=UTC)

MEMBERS = "/api/portfolio/configuration/portfolio-group/v1/portfolioGroups/{}/members"
POSITION = "/api/portfolio-mgmt/positions/v1/position"
NODE = "/api/portfolio/configuration/portfolio-group/v1/portfolioGroups/{}/node"
RATINGS = "/api/reference-data/securities/v1/ratings"
MASTER = "/api/reference-data/securities/v1/security-master"
ASSETS = "/api/portfolio-mgmt/security-analytics/v2/assets"
POST = "/api/trading/order-management/order/v1/order:post"
CANCEL = "/api/trading/order-management/order/v1/order:cancel"
BATCH_POST = "/api/trading/order-management/order/v1/orders:batchPost"
BATCH_CANCEL = "/api/trading/order-management/order/v1/orders:batchCancel"
LONG_RUNNING = "/api/trading/order-management/order/v1/longrunningoperations/{}"
FILTER = "/api/trading/order-management/order/v1/orders:filter"

Answer = Callable[[httpx.Request], httpx.Response]


class FakeVendor:
    """Answers each path from a queue; the last answer of a queue repeats."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self._lock = Lock()
        self._answers: defaultdict[str, deque[Answer]] = defaultdict(deque)

    def answers(self, path: str, *bodies: object, status: int = 200, **headers: str) -> None:
        """Queue answers: strings and bytes as they are, everything else as JSON."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for body in bodies:
            content = body if isinstance(body, str | bytes) else json.dumps(body)
            self._answers[path].append(partial(_answer, status, content, named))

    def fails(self, path: str, error: type[httpx.RequestError]) -> None:
        """Queue a failure of the connection."""

        def fail(request: httpx.Request) -> httpx.Response:
            raise error("as the test wants it", request=request)

        self._answers[path].append(fail)

    def replies(self, path: str, answer: Answer) -> None:
        """Queue an answer that depends on the request."""
        self._answers[path].append(answer)

    def wire(self, **options: Any) -> Transport:
        """Return a wire that leads here."""
        http = httpx.Client(base_url=HOST, transport=httpx.MockTransport(self._handle))
        return Transport(http, clock=lambda: NOW, **options)

    def book(self, **options: Any) -> VendorBook:
        """Return a book that is read from this."""
        return VendorBook(self.wire(), **options)

    def orders(self, **options: Any) -> VendorOrders:
        """Return orders that are sent to this."""
        return VendorOrders(self.wire(), account_code="12345", **options)

    def bodies(self, path: str) -> list[Any]:
        """Return the JSON bodies that were sent to a path."""
        return [json.loads(request.content) for request in self.requests if request.url.path == path]

    def _handle(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request)
            queue = self._answers[request.url.raw_path.decode().partition("?")[0]]
            assert queue, f"nothing was expected at {request.url}"
            answer = queue.popleft() if len(queue) > 1 else queue[0]
        return answer(request)


def split(answer: ById[T]) -> tuple[tuple[T, ...], tuple[AssetFault, ...]]:
    """Return what was found and the faults, each in the order of the ids."""
    found = tuple(a for a in answer.values() if not isinstance(a, AssetFault))
    return found, tuple(a for a in answer.values() if isinstance(a, AssetFault))


def json_answer(body: object, status: int = 200) -> httpx.Response:
    """Return an answer of JSON."""
    return httpx.Response(status, json=body)


def _answer(
    status: int, content: str | bytes, headers: dict[str, str], _request: httpx.Request
) -> httpx.Response:
    return httpx.Response(status, content=content, headers=headers)
