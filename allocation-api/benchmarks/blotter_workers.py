"""Blotters on real worker processes: lines per second of one and of two workers, and memory over many lines.

Run with `make bench`, or `python -m benchmarks.blotter_workers`. A job is one worker's, so two workers do two
blotters at once; rounds of one blotter, of two, and of previews of their own take turns, by the clock. A
preview of its own reads the vendor's positions anew (nothing is kept of them), a blotter reads them once.
Then a long blotter of 31 accounts is previewed, and the memory of the processes at its first thousand lines
stands beside that at its end. Other work on the machine spoils all figures: measure alone.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from benchmarks.preview import FACE_PER_ACCOUNT, FOUR_GROUPS
from benchmarks.service import BOND, DEMO, START_SECONDS, Service, roomy_book
from benchmarks.simulator import SimulatorProcess

WANTED_RATIO = 1.6
WANTED_PART = 0.5
"""Part of a preview of its own that a line may cost."""

WANTED_GROWTH = 0.1
"""Of memory from the first thousand lines to the last one."""

FIRST = 1_000
ACCOUNTS = 31
LOOK_SECONDS = 0.2
SCENARIOS = {"default": [*FOUR_GROUPS], "large_portfolio": [*FOUR_GROUPS, "LARGE"]}


class Desk:
    """A logged-in user of a service until the block ends."""

    def __init__(self, service: Service) -> None:
        self._http = httpx.Client(base_url=service.root, timeout=START_SECONDS)

    def __enter__(self) -> Self:
        token = self.ask("POST", "auth/login", DEMO)["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the JSON of an answer."""
        return self._http.request(method, path, json=body).raise_for_status().json()

    def begin(self, body: dict[str, Any], lines: int) -> str:
        """Ask for a blotter of equal lines, and return its job's id."""
        job_id: str = self.ask("POST", "blotters", {"lines": [{}] * lines, "defaults": body})["job_id"]
        return job_id

    def job(self, job_id: str) -> Any:
        """Return a job."""
        return self.ask("GET", f"jobs/{job_id}")

    def seconds(self, body: dict[str, Any], lines: int, blotters: int) -> float:
        """Return what so many blotters at once take, from the first start of one to the last end."""
        asked = [self.begin(body, lines) for _ in range(blotters)]
        while not all((jobs := {each: self.job(each) for each in asked})[each]["ended_at"] for each in asked):
            time.sleep(LOOK_SECONDS)
        if any((job["state"], job["done"]) != ("SUCCEEDED", lines) for job in jobs.values()):
            raise RuntimeError(str(jobs)[:500])
        starts, ends = ([_moment(job[name]) for job in jobs.values()] for name in ("started_at", "ended_at"))
        return (max(ends) - min(starts)).total_seconds()

    def preview(self, body: dict[str, Any]) -> float:
        """Return the seconds that a preview of its own takes."""
        start = time.perf_counter()
        self.ask("POST", "allocations/preview", body)
        return time.perf_counter() - start


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Speed:
    """Median seconds of a preview of its own, of a blotter by one worker, and of two blotters by two."""

    accounts: int
    lines: int
    alone: float
    one: float
    two: float

    @property
    def ratio(self) -> float:
        """Lines per second of two workers by those of one."""
        return 2 * self.one / self.two

    @property
    def part(self) -> float:
        """Part of a preview of its own that a line costs."""
        return self.one / self.lines / self.alone


def speed(scenario: str, lines: int, rounds: int, folder: Path, **settings: str) -> Speed:
    """Measure the blotters of one book."""
    groups = SCENARIOS[scenario]
    more = {"JOB_WORKERS": "2", "ALADDIN_POSITIONS_CACHE_SECONDS": "0", **settings}
    with (
        SimulatorProcess(scenario) as simulator,
        Service(simulator, folder, scenario, groups, **more) as service,
        Desk(service) as desk,
    ):
        found = desk.ask("GET", "securities/search?query=treasury&limit=1")["securities"]
        accounts = sum(len(desk.ask("GET", f"portfolio-groups/{each}")["accounts"]) for each in groups)
        order = {"security_id": found[0]["cusip"], "side": "BUY"}
        order["quantity"] = FACE_PER_ACCOUNT * accounts // lines
        body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": groups}
        # Long enough that each worker takes one, and has loaded afterwards all that it keeps.
        desk.seconds(body, lines, 2)
        desk.preview(body)
        one, two, alone = [], [], []
        for _ in range(rounds):
            one.append(desk.seconds(body, lines, 1))
            alone += [desk.preview(body) for _ in range(10)]
            two.append(desk.seconds(body, lines, 2))
        return Speed(accounts, lines, *(statistics.median(each) for each in (alone, one, two)))


def memory(lines: int, folder: Path) -> tuple[dict[int, int], dict[int, int]]:
    """Return the megabytes of each process after `FIRST` lines of a blotter, and after all of them."""
    file = str(roomy_book(folder, {"ALL": ACCOUNTS}))
    with (
        SimulatorProcess(file) as simulator,
        Service(simulator, folder, file, ["ALL"], JOB_WORKERS="1") as service,
        Desk(service) as desk,
    ):
        order = {"security_id": BOND, "side": "BUY", "quantity": 1_000 * ACCOUNTS}
        job_id = desk.begin(
            {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": ["ALL"]}, lines
        )
        first: dict[int, int] = {}
        while not (job := desk.job(job_id))["ended_at"]:
            if not first and job["done"] >= min(FIRST, lines // 10):
                first = service.memory()
            time.sleep(LOOK_SECONDS)
        if (job["state"], job["done"]) != ("SUCCEEDED", lines):
            raise RuntimeError(str(job))
        return first, service.memory()


def report(speeds: Sequence[Speed]) -> None:
    """Print lines per second, and what a line costs."""
    print("accounts  lines  alone ms  line ms  part  wanted  1 worker/s  2 workers/s  ratio  wanted")
    for each in speeds:
        print(
            f"{each.accounts:8} {each.lines:6} {each.alone * 1000:9.1f} {each.one / each.lines * 1000:8.1f} "
            f"{each.part:5.2f} {WANTED_PART:7.2f} {each.lines / each.one:11.1f} "
            f"{2 * each.lines / each.two:12.1f} {each.ratio:6.2f} {WANTED_RATIO:7.2f}"
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=400, help="lines of a blotter (default 400)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds per figure (default 3)")
    parser.add_argument("--long", type=int, default=10_000, help="lines of the long blotter (default 10,000)")
    parser.add_argument("--database", help="URL of an empty database, in the place of SQLite files")
    options = parser.parse_args()
    settings = {"DATABASE_URL": options.database} if options.database else {}
    speeds = []
    for scenario, lines in {"default": options.lines, "large_portfolio": max(5, options.lines // 8)}.items():
        with tempfile.TemporaryDirectory() as folder:
            speeds.append(speed(scenario, lines, options.rounds, Path(folder), **settings))
    report(speeds)
    with tempfile.TemporaryDirectory() as folder:
        first, last = memory(options.long, Path(folder))
    growth = max(last[pid] / first[pid] - 1 if pid in first else 1.0 for pid in last)
    print(
        f"{options.long} lines, {ACCOUNTS} accounts: {list(first.values())} MB at first, "
        f"{list(last.values())} MB at the end: {growth:+.1%}, wanted at most {WANTED_GROWTH:.0%}"
    )


if __name__ == "__main__":
    main()
