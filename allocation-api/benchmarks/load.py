"""Mixed load on four processes: logins, reads, previews of 12 and 200 accounts, commits, cancels, blotters.

Run with `make load`, or `python -m benchmarks.load --seconds 20`. Aladdin is a simulator in a process of its
own; the processes share a Redis where redis-server is installed, and a worker does the jobs. Each client does
one thing after the other, drawn by seed, and comes again when it is told to (503 or 429 with Retry-After).
Printed are how often and how fast each was done (half, 95 and 99 of 100 were no slower), beside the
authenticated request of the same run that does nothing (`auth/me`), the errors, and the memory of the
processes at the start, in the middle and at the end. The exit status is 1 after any error, or when memory has
grown.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from benchmarks.service import BOND, DEMO, START_SECONDS, Service, redis_url, roomy_book
from benchmarks.simulator import SimulatorProcess

WORKERS, CLIENTS = 4, 8
SMALL, LARGE = 12, 200
GROUPS = {"SMALL": SMALL, "LARGE": LARGE}
BLOTTER_LINES = 10
LOOK_SECONDS = 0.2
"""Between two looks at the job of a blotter."""

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
    "blotter of 10": 2,
    "login": 3,
}
READS = ("portfolio-groups", "portfolio-groups/SMALL", "positions/LOAD001", "cash/LOAD001", "orders?limit=20")


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
            "blotter of 10": self._blotter,
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

    def _order(self, group: str, accounts: int) -> dict[str, Any]:
        quantity = 1_000 * accounts * self._random.randint(1, 50)
        order = {"security_id": BOND, "side": "BUY", "quantity": quantity}
        return {"order": order, "allocation_method": "MIN_DISPERSION", "portfolio_groups": [group]}

    def _preview(self, group: str, accounts: int) -> str:
        shown = self._ask("POST", "allocations/preview", self._order(group, accounts))
        if len(shown["allocations"]) != accounts:
            raise ValueError(f"{len(shown['allocations'])} accounts instead of {accounts}")
        return str(shown["allocation_id"])

    def _commit_and_cancel(self) -> None:
        path = f"allocations/{self._preview('SMALL', SMALL)}/commit"
        (order,) = self._ask("POST", path, {"override_warnings": True})["aladdin_order_ids"]
        self._ask("DELETE", f"orders/{order}", {"reason": "load"})

    def _blotter(self) -> None:
        """Ask for a blotter, and wait until its lines are previewed."""
        lines = [self._order("SMALL", SMALL) for _ in range(BLOTTER_LINES)]
        asked = self._ask("POST", "blotters", {"lines": lines})
        while self._ask("GET", f"jobs/{asked['job_id']}")["state"] in {"PENDING", "RUNNING"}:
            time.sleep(LOOK_SECONDS)
        shown = self._ask("GET", f"blotters/{asked['blotter_id']}")
        counts = {each["status"]: each["count"] for each in shown["lines_by_status"]}
        if shown["status"] != "READY" or counts != {"PREVIEWED": BLOTTER_LINES}:
            raise ValueError(f"a blotter is {shown['status']}: {counts}")


def measure(seconds: int) -> tuple[list[Client], list[list[int]]]:
    """Put the load on; return the clients, and the memory at the start, in the middle and at the end."""
    with tempfile.TemporaryDirectory() as name, redis_url(Path(name)) as redis:
        folder = Path(name)
        file = str(roomy_book(folder, GROUPS))
        shared = {} if redis is None else {"REDIS_URL": redis}
        print("with Redis" if redis else "without Redis: redis-server is not installed")
        with (
            SimulatorProcess(file) as simulator,
            Service(simulator, folder, file, list(GROUPS), WORKERS=str(WORKERS), **shared) as service,
        ):
            for client in (Client(service.root, seed) for seed in range(CLIENTS)):
                client.login()
                client.run(time.monotonic() + WARM_SECONDS / CLIENTS)
            clients = [Client(service.root, CLIENTS + seed) for seed in range(CLIENTS)]
            for client in clients:
                client.login()
            begun = time.monotonic()
            threads = [threading.Thread(target=each.run, args=(begun + seconds,)) for each in clients]
            memory = [[*service.memory().values()]]
            for thread in threads:
                thread.start()
            time.sleep(max(0.0, begun + seconds / 2 - time.monotonic()))
            memory.append([*service.memory().values()])
            for thread in threads:
                thread.join()
            memory.append([*service.memory().values()])
            return clients, memory


def report(clients: list[Client], memory: list[list[int]], seconds: int) -> bool:
    """Print the figures, and say whether all is well."""
    took = {name: [each for client in clients for each in client.seconds[name]] for name in MIX}
    no_op = statistics.median(took["auth/me"] or [float("nan")])
    print(f"{seconds} seconds, {WORKERS} processes, {len(clients)} clients\n")
    print(f"{'ms':20}{'done':>7}{'per second':>12}{'p50':>9}{'p95':>9}{'p99':>9}{'no-ops':>8}")
    for name, each in took.items():
        if len(each) > 1:
            cut = statistics.quantiles(each, n=100, method="inclusive")
            late = "".join(f"{cut[part - 1] * 1000:>9.1f}" for part in (50, 95, 99))
            print(f"{name:20}{len(each):>7}{len(each) / seconds:>12.1f}{late}{cut[49] / no_op:>8.1f}")
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
