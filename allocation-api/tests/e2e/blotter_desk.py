"""A desk with real workers for its blotters, a vendor, a PostgreSQL that can be cut off, and a Redis."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from pathlib import Path

import httpx
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from app.core.database import Database
from app.models import AllocationRow, AuditRow, BlotterLineRow, JobRow
from tests.e2e.cut_line import CutLine
from tests.e2e.simulator_process import GOLDEN
from tests.e2e.trading_desk import Books, describe_accounts, environment_of, vendor_of
from tests.e2e.vendor_client import BOND
from tests.support.redis_server import RedisServer
from tests.support.waiting import until

ACCOUNTS = 31
GROUPS = ("NORTH", "EAST", "SOUTH", "WEST")
LOT = 1_000
ENDED = {"SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"}
WAIT_SECONDS = 600
PAUSE_SECONDS = 0.2
"""Between two looks at a job that takes long: looks cost time, too."""

LOOK_SECONDS = 0.3
"""Time over which the processes are compared by what they work."""

QUICK = {
    "ALADDIN_TIMEOUT_SECONDS": "3",
    "ORDER_SETTLE_SECONDS": "1",
    "ORDER_LEASE_SECONDS": "4",
    "RECOVERY_SECONDS": "1",
}
"""The shortest times that the settings allow: what a killed worker was sending is settled soon."""


def wide_book(folder):
    """A book of 31 accounts in four groups that can pay for every order of a test, as a file."""
    book = json.loads(GOLDEN.read_text())
    template = book["accounts"][0]
    ids = [f"ACC{number:03}" for number in range(1, ACCOUNTS + 1)]
    book["accounts"] = [template | {"account_id": each, "account_name": each} for each in ids]
    for account in book["accounts"]:
        account["cash"] *= 10_000
        account["nav"] *= 10_000
    members = {group: ids[place :: len(GROUPS)] for place, group in enumerate(GROUPS)}
    book["groups"] = [
        book["groups"][0] | {"group_id": group, "group_name": group, "accounts": members[group]}
        for group in GROUPS
    ]
    file = folder / "wide.json"
    file.write_text(json.dumps(book))
    return file


class BlotterDesk:
    """Two real workers of one engine, and a user who asks for blotters and their commits."""

    def __init__(self, folder, engine, url):
        book = wide_book(folder)
        describe_accounts(url, book)
        self.simulator = vendor_of(folder, book)
        self.books = Books(self.simulator, url)
        self.database = Database(url)
        near = make_url(url)
        self.line = CutLine(near.port)
        cut = near.set(port=self.line.port).render_as_string(hide_password=False)
        environment = environment_of(self.simulator, DATABASE_URL=cut, **QUICK)
        environment["ALADDIN_GROUPS"] = ",".join(GROUPS)
        self.engine = engine(folder, environment, redis=RedisServer.start(folder))
        self.engine.start("/health/ready")
        self._http = httpx.Client(base_url=f"{self.engine.server.root}/v1/", timeout=60)
        demo = {"username": "demo_user", "password": "demo_password"}
        token = self._http.post("auth/login", json=demo).raise_for_status().json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def close(self):
        self._http.close()
        self.engine.close()
        self.line.cut()
        self.books.close()
        self.database.close()
        self.simulator.kill()

    # --- what a user does -----------------------------------------------------------------------------------

    def ask(self, count):
        """Ask for a blotter of so many purchases, of another face each, and return its id and its job's.

        The groups take turns, so that what a commit reads again does not grow with every order.
        """
        lines = [
            {
                "order": {"security_id": BOND, "side": "BUY", "quantity": face},
                "portfolio_groups": [GROUPS[place % len(GROUPS)]],
            }
            for place, face in enumerate(faces_of(count))
        ]
        defaults = {"allocation_method": "PRO_RATA"}
        answer = self._http.post("blotters", json={"lines": lines, "defaults": defaults})
        assert answer.status_code == 202, answer.text
        return answer.json()["blotter_id"], answer.json()["job_id"]

    def commit(self, blotter_id):
        """Ask for the commit of a blotter, and return the job's id."""
        answer = self._http.post(f"blotters/{blotter_id}/commit", json={"override_warnings": True})
        assert answer.status_code == 202, answer.text
        return answer.json()["job_id"]

    def seconds_to_cancel(self, job_id):
        """Cancel a job, and return how long it went on."""
        asked = time.monotonic()
        answer = self._http.delete(f"jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        until(lambda: self.job(job_id).state in ENDED, "the end of the job")
        return time.monotonic() - asked

    def status(self, blotter_id):
        return self._http.get(f"blotters/{blotter_id}").raise_for_status().json()["status"]

    # --- what the database holds ----------------------------------------------------------------------------

    def job(self, job_id):
        with self.database.read() as session:
            return session.get_one(JobRow, job_id)

    def done(self, job_id, lines):
        """Wait until so many lines of a job are done."""
        until(lambda: self.job(job_id).done >= lines, f"{lines} lines", WAIT_SECONDS, PAUSE_SECONDS)

    def ended(self, job_id):
        """The job at its end."""
        until(lambda: self.job(job_id).state in ENDED, "the end of the job", WAIT_SECONDS, PAUSE_SECONDS)
        return self.job(job_id)

    def statuses(self, blotter_id):
        """How many lines of a blotter are at what: the status of their allocations, None without one."""
        line = BlotterLineRow
        query = select(AllocationRow.status, func.count()).select_from(line)
        query = query.outerjoin(AllocationRow, line.allocation_id == AllocationRow.id)
        with self.database.read() as session:
            return dict(session.execute(query.where(line.blotter_id == blotter_id).group_by("status")).all())

    def allocations(self, blotter_id):
        """The previews of a blotter's lines, in their order."""
        line = BlotterLineRow
        query = select(line.allocation_id).where(line.blotter_id == blotter_id).order_by(line.place)
        with self.database.read() as session:
            return session.scalars(query.where(line.allocation_id.is_not(None))).all()

    def faces_sent(self, blotter_id):
        """The faces of the orders that the vendor has of a blotter, in the order of its lines."""
        faces = defaultdict(list)
        for order in self.simulator.orders():
            faces[order["externalId1"]].append(order["face"])
        return [face for each in self.allocations(blotter_id) for face in faces[each]]

    def previews_told_of(self):
        """How often the audit trail tells of a preview of each allocation."""
        query = select(AuditRow.entity_id).where(AuditRow.action == "PREVIEW")
        with self.database.read() as session:
            return Counter(session.scalars(query))

    # --- processes ------------------------------------------------------------------------------------------

    def worker(self):
        """The pid of the worker that has the only job: the busiest one."""
        pids = self.engine.processes()
        before = {pid: ticks(pid) for pid in pids}
        time.sleep(LOOK_SECONDS)
        return max(pids, key=lambda pid: ticks(pid) - before[pid])


def faces_of(count):
    """The faces of the lines of a blotter: 100,000, 101,000, and so on."""
    return [100 * LOT + LOT * place for place in range(count)]


def ticks(pid):
    """What a process has worked, in ticks of the processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
