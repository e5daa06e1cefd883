"""A desk over HTTP whose processes die, its vendor, and what must hold of both when all is settled."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from datetime import timedelta

import httpx
from sqlalchemy import select

from app.core import migrate
from app.core.clock import utc_now
from app.core.database import Database
from app.models import AccountRow, AllocationRow, AuditRow, FairnessEntryRow, OrderRow
from app.services.audit.verification import verify
from app.services.fairness.recompute import disagreements
from tests.e2e.server_process import Server, free_port
from tests.e2e.simulator_process import GOLDEN, MAX_WAIT_SECONDS, SimulatorProcess
from tests.e2e.vendor_client import BOND, GROUP, LOGIN_OPTIONS, settings_of
from tests.support.signing import SIGNING_KEY
from tests.support.waiting import until

DAY = "2026-06-30"
AT_REST = {"PREVIEWED", "PENDING_APPROVAL", "SUBMITTED", "FAILED", "EXPIRED"}
GONE = httpx.TransportError
LEASE = 120
"""Seconds, more than a lease by default."""
PREVIEW_LIFE = 90_000
"""Seconds, more than a preview lives here."""


def roomy_book(folder, times=1000):
    """The golden book with so much more cash in every account, as a file."""
    book = json.loads(GOLDEN.read_text())
    for account in book["accounts"]:
        account["cash"] *= times
        account["nav"] *= times
    file = folder / "book.json"
    file.write_text(json.dumps(book))
    return file


def vendor_of(folder, book):
    return SimulatorProcess(folder, *LOGIN_OPTIONS, "--scenario", str(book))


def describe_accounts(url, book):
    """Put into a new database what the desk knows of its accounts and the vendor does not say."""
    database = Database(url)
    migrate.upgrade(database)
    with database.write() as session:
        session.add_all(
            AccountRow(
                account_id=account["account_id"],
                account_name=account["account_name"],
                currency=account["currency"],
                restrictions="",
                benchmark_spread_duration=account["benchmark"]["spread_duration"],
            )
            for account in json.loads(book.read_text())["accounts"]
        )
    database.close()


def environment_of(simulator, **more):
    """The settings of a server whose vendor is this simulator."""
    given = {
        "MOCK_ALADDIN_DATA": "false",
        "ALADDIN_GROUPS": GROUP,
        "ALADDIN_QUOTA_SECONDS": "1",
        "BUSINESS_DATE": DAY,
        "JWT_SECRET_KEY": SIGNING_KEY,
        "ACCESS_TOKEN_MINUTES": "1440",
        "REFRESH_TOKEN_HOURS": "720",
        "PREVIEW_MINUTES": "1440",
        "PORT": str(free_port()),
    }
    return settings_of(simulator, **{**given, **more})


class Client:
    """A logged-in user of a server that may be gone at any time; every call has its own connection."""

    def __init__(self, root):
        self.http = httpx.Client(
            base_url=root, timeout=MAX_WAIT_SECONDS, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self.http.headers["Authorization"] = f"Bearer {self.token_of('demo_user')}"
        self._other = f"Bearer {self.token_of('demo_supervisor')}"

    def token_of(self, username):
        demo = {"username": username, "password": "demo_password"}
        return self.http.post("/v1/auth/login", json=demo).json()["access_token"]

    def preview(self, quantity=8000, groups=(GROUP,)):
        """Preview an order and return the allocation's id."""
        body = {
            "order": {"security_id": BOND, "side": "BUY", "quantity": quantity},
            "allocation_method": "PRO_RATA",
            "portfolio_groups": list(groups),
        }
        answer = self.http.post("/v1/allocations/preview", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["summary"]["unallocated"] == 0, answer.text
        return answer.json()["allocation_id"]

    def commit(self, allocation_id, **headers):
        path = f"/v1/allocations/{allocation_id}/commit"
        return self.http.post(path, json={"override_warnings": True}, headers=headers)

    def approve(self, allocation_id, **headers):
        """Approve a commit as another user."""
        path = f"/v1/allocations/{allocation_id}/approve"
        return self.http.post(path, json={}, headers={"Authorization": self._other, **headers})

    def close(self):
        self.http.close()

    def status(self, allocation_id):
        """The allocation's status, as soon as somebody serves."""

        def asked():
            try:
                answer = self.http.get(f"/v1/allocations/{allocation_id}")
            except GONE:
                return None
            assert answer.status_code == 200, answer.text
            return answer.json()["status"]

        return until(asked, "an answer")

    def settled(self, allocation_id):
        """The allocation's status, as soon as it is one that stays."""

        def seen():
            status = self.status(allocation_id)
            return status if status in AT_REST else None

        return until(seen, f"{allocation_id} settled")


class Books:
    """What the database and the vendor's process hold, read beside the server."""

    def __init__(self, simulator, url):
        self._simulator = simulator
        self._database = Database(url)

    def statuses(self):
        """The stored status of every allocation."""
        with self._database.read() as session:
            return dict(session.execute(select(AllocationRow.id, AllocationRow.status)).all())

    def sent(self):
        """How many orders the vendor has of every allocation that it has orders of."""
        return Counter(order["externalId1"] for order in self._simulator.orders())

    def at_rest(self):
        """Whether no allocation is under way."""
        return set(self.statuses().values()) <= AT_REST

    def agree(self):
        """See that all is settled, and that each committed allocation is one order, recorded and audited.

        It is in the fairness ledger as well, as orders and fills say.
        """
        statuses = self.statuses()
        assert set(statuses.values()) <= AT_REST, Counter(statuses.values())
        submitted = {each for each, status in statuses.items() if status == "SUBMITTED"}
        assert self.sent() == Counter(submitted)
        at_vendor = {order["externalId1"]: order["id"] for order in self._simulator.orders()}
        with self._database.read() as session:
            recorded = session.execute(select(OrderRow.external_id, OrderRow.order_id)).all()
            kept = session.execute(
                select(AllocationRow.id, AllocationRow.aladdin_order_id).where(
                    AllocationRow.status == "SUBMITTED"
                )
            ).all()
            audited = session.execute(
                select(AuditRow.entity_id, AuditRow.after).where(
                    AuditRow.action.in_(("COMMIT", "COMMIT_RECOVERED"))
                )
            ).all()
            # With each life the clock of a desk may be another PREVIEW_LIFE ahead.
            verification = verify(session, now=utc_now() + timedelta(days=3_650))
            entered = set(session.scalars(select(FairnessEntryRow.order_id)))
            unlike = list(disagreements(session))
        assert sorted(recorded) == sorted(at_vendor.items())
        assert dict(kept) == at_vendor
        outcomes = [(entity, json.loads(after)) for entity, after in audited]
        done = [(entity, *after["aladdin_order_ids"]) for entity, after in outcomes if is_sent(after)]
        assert sorted(done) == sorted(at_vendor.items())
        assert verification.whole, verification.breaks
        assert (entered, unlike) == (set(at_vendor.values()), [])
        return Counter(statuses.values())

    def close(self):
        self._database.close()


def is_sent(after):
    """Say whether an audit record of a commit tells of an order that was sent."""
    return after["status"] == "SUBMITTED"


class CrashingDesk:
    """One server that dies on demand, its database and its vendor.

    The clock of each new process is ahead of the one before by more than a lease, so that nobody has to wait
    until that of the dead runs out.
    """

    def __init__(self, folder, **settings):
        self._folder = folder
        book = roomy_book(folder)
        self.simulator = vendor_of(folder, book)
        url = f"sqlite:///{folder / 'allocator.db'}"
        describe_accounts(url, book)
        self.jump(LEASE)
        command = ("-m", "tests.e2e.crashing_server", str(folder))
        environment = environment_of(self.simulator, DATABASE_URL=url, RECOVERY_SECONDS="1", **settings)
        self._server = Server(folder, command=command, **environment).start(alive="/health/live")
        self.client = Client(self._server.root)
        self.books = Books(self.simulator, url)

    def jump(self, seconds):
        """Have the clock of the next processes jump ahead by so much."""
        (self._folder / "jump").write_text(str(seconds))

    def watch_settling(self, **order):
        """Have the next process note its first run of recovery, or `kill_at` a step of it."""
        (self._folder / "settle.json").write_text(json.dumps(order))

    def lives(self):
        """How many processes have served so far."""
        return len((self._folder / "lives").read_text())

    def steps(self):
        """What the last request or recovery went through that was noted: steps and names of functions."""
        return [tuple(step) for step in self.client.http.get("/steps").json()["steps"]]

    def kill_and_hold(self):
        """Kill the serving process from outside; no other one begins before `go_on`."""
        pid = self.client.http.get("/steps").json()["pid"]
        os.kill(self._server.pid, signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)

    def go_on(self):
        """Let the next process begin."""
        os.kill(self._server.pid, signal.SIGCONT)

    def die(self):
        """Kill the serving process from outside; the next one begins."""
        self.kill_and_hold()
        self.go_on()

    def commit_killed_at(self, step, allocation_id):
        """Commit and be killed at a step; say whether it was reached before the answer."""
        return self.killed_at(step, self.client.commit, allocation_id)

    def killed_at(self, step, request, allocation_id):
        """Do a request and be killed at a step; say whether it was reached before the answer."""
        try:
            answer = request(allocation_id, **{"X-Kill-At": step})
        except GONE:
            return True
        assert answer.status_code == 200, answer.text
        return False

    def close(self):
        if self._server.is_running():
            self._server.stop(signal.SIGKILL)
        self.client.close()
        self.books.close()
        self.simulator.kill()
