"""A tenant that gives tokens and looks at them, and the wire to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from app.services.aladdin import operations
from app.services.aladdin.credentials import ClientCredentials, OAuthClient
from app.services.aladdin.operations import Operation
from app.services.aladdin.transport import Transport
from tests.unit.aladdin.clocks import FakeTime
from tests.unit.aladdin.fake_vendor import HOST, NOW

TOKEN_URL = "https://login.example.com/api/oauth2/default/v1/token"
SECRET = "s3cret&+%/="
KEY = "k3y-0f-the-tenant"
ANYTHING = msgspec.json.Decoder(Any)
OPERATIONS = [operations.POSITIONS, operations.POST_ORDER, operations.CANCEL_ORDER]

Login = Callable[[int], httpx.Response]


def good(number: int, **more: object) -> httpx.Response:
    body = {"access_token": f"t0ken-{number}", "token_type": "Bearer", "expires_in": 3600}
    return httpx.Response(200, json={**body, **more})


class Tenant:
    """A vendor that takes only the tokens it gave last; `login` answers the n-th token call."""

    def __init__(self) -> None:
        self.login: Login = good
        self.logins: list[httpx.Request] = []
        self.calls: list[httpx.Request] = []
        self.accepted: set[str] | None = None
        self.refusal = 401
        self._lock = threading.Lock()

    def handle(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKEN_URL:
            with self._lock:
                self.logins.append(request)
                number = len(self.logins)
            return self.login(number)
        with self._lock:
            self.calls.append(request)
        token = request.headers["Authorization"].removeprefix("Bearer ")
        if self.accepted is not None and token not in self.accepted:
            said = {"code": f"EXPIRED {token}", "message": f"{token} and {KEY} have expired"}
            return httpx.Response(self.refusal, json=said)
        return httpx.Response(200, json=[])


def wire(tenant: Tenant, time: FakeTime | None = None, **options: Any) -> Transport:
    client = OAuthClient(token_url=TOKEN_URL, client_id="allocator", client_secret=SECRET, **options)
    http = httpx.Client(base_url=HOST, transport=httpx.MockTransport(tenant.handle))
    credentials = ClientCredentials(http, client, monotonic=time or FakeTime(), clock=lambda: NOW)
    return Transport(http, credentials, clock=lambda: NOW)


def ask(wire: Transport, operation: Operation = operations.POSITIONS) -> object:
    return wire.call(operation, ANYTHING)


def sent_tokens(tenant: Tenant) -> list[str]:
    return [request.headers["Authorization"] for request in tenant.calls]
