"""Mixed load on four processes: logins, reads, previews of 12 and 200 accounts, commits, cancels.

Run with `make load`, or `python -m benchmarks.load --seconds 20`. Aladdin is a simulator in a process of its
own. Each client does one thing after the other, drawn by seed, and comes again when it is told to (503 or 429
with Retry-After). Printed are how often and how fast each was done, beside the authenticated request of the
same run that does nothing (`auth/me`), the errors, and the memory of the serving processes at the start, in
the middle and at the end. The exit status is 1 after any error, or when memory has grown.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from aladdin_simulator import load_book
from app.core import migrate
from app.core.database import Database
from app.models import ReferenceSourceRow
from app.services.accounts import reference
from app.wiring import aladdin as wiring
from benchmarks.simulator import API_DIR, SimulatorProcess

WORKERS, CLIENTS = 4, 8
SMALL, LARGE = 12, 200
CASH = 1_000_000_000_000
BOND, DAY = "912828YW4", "2026-06-30"
START_SECONDS = 120
WARM_SECONDS = 10
MAX_TURNS = 30
MAX_GROWTH = 1.10
"""Of memory from the middle to the end; before, caches fill."""

MIX = {
    "auth/me": 30,
    "read": 28,
    "preview of 12": 25,
    "preview of 200": 6,
    "commit and cancel": 8,
    "login": 3,
}
READS = ("portfolio-groups", "portfolio-groups/SMALL", "positions/LOAD001", "cash/LOAD001", "orders?limit=20")
DEMO = {"username": "demo_user", "password": "demo_password"}


def book_file(folder: Path) -> Path:
    """Write a book of `LARGE` accounts with more cash than any run spends, in a small and a large group."""
    book = json.loads((API_DIR / "tests" / "books" / "golden.json").read_text())
    template = book["accounts"][0] | {"cash": CASH, "nav": 2 * CASH}
    ids = [f"LOAD{number:03}" for number in range(1, LARGE + 1)]
    book["accounts"] = [template | {"account_id": each, "account_name": each} for each in ids]
    group = book["groups"][0]
    book["groups"] = [
        group | {"group_id": "SMALL", "group_name": "SMALL", "accounts": ids[:SMALL]},
        group | {"group_id": "LARGE", "group_name": "LARGE", "accounts": ids},
    ]
    file = folder / "load.json"
    file.write_text(json.dumps(book))
    return file


def describe_accounts(url: str, file: Path) -> None:
    """Make a database that holds what the desk knows of its accounts, and the vendor does not say."""
    database = Database(url)
    migrate.upgrade(database)
    with database.write() as session:
        reference.load_mock(session, wiring.reference_of(load_book(str(file)).reference()))
        session.delete(session.get(ReferenceSourceRow, reference.MOCK))
    database.close()


class Service:
    """The service in `WORKERS` processes, until the block ends."""

    def __init__(self, simulator: SimulatorProcess, folder: Path, file: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        url = f"sqlite:///{folder / 'load.db'}"
        describe_accounts(url, file)
        self.root = f"http://127.0.0.1:{port}/v1/"
        self._environment = {
            "FLASK_ENV": "development",
            "DEMO_USERS": "true",
            "LOG_LEVEL": "ERROR",
            "PORT": str(port),
            "WORKERS": str(WORKERS),
            "DATABASE_URL": url,
            "BUSINESS_DATE": DAY,
            "MOCK_ALADDIN_DATA": "false",
            "ALADDIN_HOST": simulator.url,
            "ALADDIN_CLIENT_ID": "load",
            "ALADDIN_CLIENT_SECRET": "load-secret",
            "ALADDIN_GROUPS": "SMALL,LARGE",
            "ALADDIN_QUOTA_SECONDS": "1",
            "RATE_LIMIT_PER_MINUTE": "0",
        }

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=API_DIR,
            env={**os.environ, **self._environment},
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx.get(f"{self.root}health/ready", timeout=START_SECONDS).raise_for_status()
                break
            except httpx.HTTPError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS)

    def memory(self) -> list[int]:
        """Return the resident megabytes of each serving process."""
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        page = os.sysconf("SC_PAGE_SIZE")
        return [
            int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page // 1_000_000 for pid in children
        ]


class Client:
    """One user who does one thing after the other."""

    def __init__(self, root: str, seed: int) -> None:
        self._http = httpx.Client(base_url=root, timeout=START_SECONDS)
        self._random = random.Random(seed)
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self.turned_away = 0
        self._work: dict[str, Callable[[], object]] = {
            "auth/me": lambda: self._ask("GET", "auth/me"),
            "read": lambda: self._ask("GET", self._random.choice(READS)),
            "preview of 12": lambda: self._preview("SMALL", SMALL),
            "preview of 200": lambda: self._preview("LARGE", LARGE),
            "commit and cancel": self._commit_and_cancel,
            "login": self.login,
        }

    def run(self, until: float) -> None:
        """Do one thing after the other until then."""
        while time.monotonic() < until:
            (name,) = self._random.choices(list(MIX), list(MIX.values()))
            begun = time.perf_counter()
            try:
                self._work[name]()
            except (httpx.HTTPError, ValueError, KeyError) as error:
                said = error.response.text[:300] if isinstance(error, httpx.HTTPStatusError) else repr(error)
                self.errors[f"{name}: {said}"] += 1
            else:
                self.seconds[name].append(time.perf_counter() - begun)
        self._http.close()

    def login(self) -> None:
        """Log in, and go on with the new token."""
        token = self._ask("POST", "auth/login", DEMO)["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask, again as often as the service says when, and return the JSON."""
        for _ in range(MAX_TURNS):
            answer = self._http.request(method, path, json=body)
            if answer.status_code not in {429, 503} or "Retry-After" not in answer.headers:
                break
            self.turned_away += 1
            time.sleep(float(answer.headers["Retry-After"]))
        said: dict[str, Any] = answer.raise_for_status().json()
        return said

    def _preview(self, group: str, accounts: int) -> str:
        order = {
            "security_id": BOND,
            "side": "BUY",
            "quantity": 1_000 * accounts * self._random.randint(1, 50),
        }
        body = {"order": order, "allocation_method": "MIN_DISPERSION", "portfolio_groups": [group]}
        shown = self._ask("POST", "allocations/preview", body)
        if len(shown["allocations"]) != accounts:
            raise ValueError(f"{len(shown['allocations'])} accounts instead of {accounts}")
        return str(shown["allocation_id"])

    def _commit_and_cancel(self) -> None:
        path = f"allocations/{self._preview('SMALL', SMALL)}/commit"
        (order,) = self._ask("POST", path, {"override_warnings": True})["aladdin_order_ids"]
        self._ask("DELETE", f"orders/{order}", {"reason": "load"})


def measure(seconds: int) -> tuple[list[Client], list[list[int]]]:
    """Put the load on; return the clients, and the memory at the start, in the middle and at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = book_file(folder)
        with SimulatorProcess(str(file)) as simulator, Service(simulator, folder, file) as service:
            for client in (Client(service.root, seed) for seed in range(CLIENTS)):
                client.login()
                client.run(time.monotonic() + WARM_SECONDS / CLIENTS)
            clients = [Client(service.root, CLIENTS + seed) for seed in range(CLIENTS)]
            for client in clients:
                client.login()
            begun = time.monotonic()
            threads = [threading.Thread(target=each.run, args=(begun + seconds,)) for each in clients]
            memory = [service.memory()]
            for thread in threads:
                thread.start()
            time.sleep(max(0.0, begun + seconds / 2 - time.monotonic()))
            memory.append(service.memory())
            for thread in threads:
                thread.join()
            memory.append(service.memory())
            return clients, memory


def report(clients: list[Client], memory: list[list[int]], seconds: int) -> bool:
    """Print the figures, and say whether all is well."""
    took = {name: [each for client in clients for each in client.seconds[name]] for name in MIX}
    no_op = statistics.median(took["auth/me"] or [float("nan")])
    print(f"{seconds} seconds, {WORKERS} processes, {len(clients)} clients\n")
    print(f"{'':20}{'done':>7}{'per second':>12}{'median ms':>11}{'95 % ms':>9}{'no-ops':>8}")
    for name, each in took.items():
        if len(each) > 1:
            median, late = statistics.median(each), statistics.quantiles(each, n=20)[-1]
            figures = (
                f"{len(each) / seconds:>12.1f}{median * 1000:>11.1f}{late * 1000:>9.1f}{median / no_op:>8.1f}"
            )
            print(f"{name:20}{len(each):>7}{figures}")
    for when, megabytes in zip(("start", "middle", "end"), memory, strict=True):
        print(f"memory at the {when}: {sum(megabytes)} MB {megabytes}")
    errors = sum((client.errors for client in clients), Counter())
    print(f"told to come again: {sum(client.turned_away for client in clients)}")
    print(f"errors: {sum(errors.values())}")
    for said, number in errors.most_common(10):
        print(f"  {number} x {said}")
    return not errors and sum(memory[2]) <= MAX_GROWTH * sum(memory[1])


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=120, help="length of the load (default: %(default)s)")
    seconds = parser.parse_args().seconds
    return 0 if report(*measure(seconds), seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
