"""A desk to test with: the whole application on a database, logged in, every response checked by contract.

`DATABASE_URL` of the environment or `.env` is honoured; without it each application gets a file of its own.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from flask import Response
from sqlalchemy.engine import make_url

from aladdin_simulator import create_simulator, load_book
from aladdin_simulator.app import any_first_order_id
from app import create_app
from app.core.clock import utc_now
from app.core.config import environment, load_settings
from app.core.security import Passwords, Permission
from app.models import OrderRow
from app.services.trading.desk_lock import DeskLock
from app.services.trading.orders.ledger import OrderLedger
from app.wiring import build_services
from tests.contract.validation import ContractClient
from tests.support.databases import prepare
from tests.support.users import hold_only

TODAY = date(2026, 6, 30)
"""The day of the desks in tests."""

GOLDEN_BOOK = Path(__file__).parents[1] / "books" / "golden.json"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def database_url(folder: Path) -> str:
    """The configured database, or a new file. A server's database must be named as one for tests."""
    configured = environment().get("DATABASE_URL")
    if not configured:
        return f"sqlite:///{folder / 'allocator.db'}"
    url = make_url(configured)
    if url.get_backend_name() != "sqlite" and "test" not in (url.database or ""):
        pytest.exit("DATABASE_URL names a database that is not called a test database", returncode=4)
    return configured


class TestClock:
    """Real time, moved by hand."""

    __test__ = False

    def __init__(self):
        self.ahead = timedelta()

    def __call__(self):
        return utc_now() + self.ahead


WRITES = ("/order:post", "/order:cancel", "/orders:filter")


class FaultyWire(httpx.BaseTransport):
    """The simulator's wire, with a fault for the calls whose path ends as named; it keeps the calls.

    `edits` change the decoded answers of calls whose path ends as named.
    """

    def __init__(self, app):
        self._inner = httpx.WSGITransport(app=app)
        self.faults = {}
        self.status = None
        self.rows = {}
        self.order = {}
        self.edits = {}
        self.calls = []
        self.paths = []

    @classmethod
    def over(cls, book, *, order_id=None):
        return cls(create_simulator(load_book(str(book)), first_order_id=order_id or any_first_order_id()))

    def handle_request(self, request):
        name = next((n for n in WRITES if request.url.path.endswith(n)), None)
        self.calls.append((name, request.read()))
        self.paths.append(request.url.path)
        fault = self.faults.get(name)
        if fault == "unreached":
            raise httpx.ConnectError("no route", request=request)
        if fault == "away":
            raise httpx.ReadTimeout("no answer", request=request)
        if fault == "refused":
            error = {"results": [{"error": {"code": 9, "message": "market closed"}}]}
            return httpx.Response(200, json=error, request=request)
        response = self._inner.handle_request(request)
        if fault == "lost":
            response.read()
            raise httpx.ReadTimeout("answer lost", request=request)
        if self.rows and request.url.path.endswith("/position"):
            rows = [r | self.rows if r.get("secGroup") == "BND" else r for r in json.loads(response.read())]
            return httpx.Response(200, json=rows, request=request)
        if self.order and name == "/orders:filter":
            answer = json.loads(response.read())
            answer["orders"] = [o | self.order for o in answer["orders"]]
            return httpx.Response(200, json=answer, request=request)
        if self.status is not None and name == "/order:post":
            answer = json.loads(response.read())
            answer["results"][0]["output"]["order"]["orderStatus"] = self.status
            return httpx.Response(200, json=answer, request=request)
        edit = next((e for end, e in self.edits.items() if request.url.path.endswith(end)), None)
        if edit is not None:
            answer = json.loads(response.read())
            edit(answer)
            return httpx.Response(200, json=answer, request=request)
        return response

    def count(self, name):
        return sum(1 for called, _ in self.calls if called == name)

    def last_order(self):
        return json.loads([body for name, body in self.calls if name == "/order:post"][-1])["order"]


class Desk:
    """A logged-in user of one application."""

    def __init__(self, folder, *, scenario="default", clock=None, transport=None, **settings):
        env = {
            "FLASK_ENV": "development",
            "DATABASE_URL": database_url(folder),
            "MOCK_DATA_SCENARIO": str(scenario),
            "MOCK_JOURNAL": "memory",
            "LOG_LEVEL": "ERROR",
            "ALADDIN_QUOTA_SECONDS": "1",  # tests ask more in a minute than a desk does
            "RATE_LIMIT_PER_MINUTE": "0",
            "THREADS": "64",  # tests call from as many threads
            "ALADDIN_ORDERS_CACHE_SECONDS": "0",  # tests move the clock by hand
            **({} if str(scenario).endswith(".json") else {"BUSINESS_DATE": f"{TODAY}"}),
            **settings,
        }
        self.folder = folder
        self.settings = load_settings(env)
        prepare(self.settings.database_url)
        self.clock = clock or TestClock()
        self.services = build_services(self.settings, clock=self.clock, passwords=CHEAP, transport=transport)
        self.app = create_app(self.settings, services=self.services)
        self.client = ContractClient(self.app, Response)
        self.token = self.login()["access_token"]

    def login(self, username="demo_user", password="demo_password"):
        answer = self.client.post("/v1/auth/login", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"}

    def desk_lock(self):
        """The lock that is one for all processes, as another process comes to it."""
        return DeskLock(self.services.database, self.clock, self.settings.trading.lease_seconds)

    def ledger(self):
        """What is kept of orders, as another process comes to it."""
        found = self.services
        return OrderLedger(found.database, found.audit, self.clock, found.fairness.ledger)

    def kept(self, order_id):
        """What is kept of one order now."""
        with self.services.database.read() as session:
            row = session.get(OrderRow, order_id)
        return self.ledger().read([row])[order_id]

    def call(self, method, path, *, status=200, **more):
        headers = {**self.headers, **more.pop("headers", {})}
        answer = self.client.open(f"/v1/{path}", method=method, headers=headers, **more)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def ask(self, path, body):
        """Post without expecting an outcome; return its status and what it says."""
        answer = self.client.post(f"/v1/{path}", headers=self.headers, json=body)
        return answer.status_code, answer.get_json()

    def log_in_without(self, *permissions):
        """Log in with all permissions but these."""
        hold_only(self.services.database, [p for p in Permission if p not in permissions])
        self.token = self.login()["access_token"]

    def state_policy(self, *, status=200, version=0, statement="Shared by NAV.", **more):
        """State the fairness policy as the supervisor."""
        token = self.login("demo_supervisor")["access_token"]
        body = {"version": version, "statement": statement, **more}
        headers = {"Authorization": f"Bearer {token}"}
        return self.call("PUT", "fairness/policy", status=status, json=body, headers=headers)

    def reset_stop(self, reason="checked", *, status=200):
        """Reset the emergency stop as the supervisor."""
        headers = {"Authorization": f"Bearer {self.login('demo_supervisor')['access_token']}"}
        return self.call(
            "POST", "system/emergency-stop/reset", status=status, json={"reason": reason}, headers=headers
        )

    def get(self, path, *, status=200, **query):
        return self.call("GET", path, status=status, query_string=query)

    def post(self, path, body=None, *, status=200):
        return self.call("POST", path, status=status, json=body if body is not None else {})

    def preview(self, security_id, quantity, *, status=200, groups=("PUBLICPRE",), method="PRO_RATA", **more):
        """Preview an order; `order`, `parameters`, `constraints` add to the request's parts of that name."""
        body = {
            "order": {
                "security_id": security_id,
                "side": "BUY",
                "quantity": quantity,
                **more.get("order", {}),
            },
            "allocation_method": method,
            "portfolio_groups": list(groups),
        }
        for part in ("parameters", "constraints"):
            if part in more:
                body[part] = more[part]
        return self.post("allocations/preview", body, status=status)

    def compare(self, security_id, quantity, *variants, status=200, groups=("PUBLICPRE",), **more):
        """Compare splits of an order; `order` and `constraints` as in a preview."""
        body = {
            "order": {
                "security_id": security_id,
                "side": "BUY",
                "quantity": quantity,
                **more.get("order", {}),
            },
            "portfolio_groups": list(groups),
            "variants": list(variants),
        }
        if "constraints" in more:
            body["constraints"] = more["constraints"]
        return self.post("allocations/compare", body, status=status)
