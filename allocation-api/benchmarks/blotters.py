"""The cost of a line of a blotter beside a preview of its own, for 31 and 1,000 accounts, in one run.

Run with `make bench`, or `python -m benchmarks.blotters --json` for machines. A preview of its own is asked
for over HTTP and waits for its answer, with the vendor's positions read anew, as a desk finds them that asks
for one order now and then; a line is previewed by the job's work, which reads the book once for all lines.
Both are the same orders of the same accounts, in turns, storage included. What they cost is compared in
processor time, which other work on the machine does not stretch; lines per second are by the clock.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app import create_app
from app.core.config import load_settings
from app.core.security import Passwords
from app.wiring import build_services
from app.wiring.container import Services
from benchmarks.preview import FACE_PER_ACCOUNT, FOUR_GROUPS

WANTED_PART = 0.5
"""Part of a preview of its own that a line may cost."""

LINES = 40


@dataclass(frozen=True, slots=True)
class Cost:
    """Median milliseconds of the processor for a preview of its own, the same with cached positions, a line.

    `elapsed_milliseconds` are those of a line by the clock.
    """

    accounts: int
    single_milliseconds: float
    cached_milliseconds: float
    line_milliseconds: float
    elapsed_milliseconds: float

    @property
    def part(self) -> float:
        """Part of a preview of its own that a line costs."""
        return self.line_milliseconds / self.single_milliseconds

    @property
    def lines_per_second(self) -> float:
        """Lines that one worker does in a second."""
        return 1000 / self.elapsed_milliseconds


class Desk:
    """A service on one scenario in this process, and a logged-in client."""

    def __init__(self, scenario: str, folder: Path) -> None:
        settings = load_settings(
            {
                "FLASK_ENV": "development",
                "MOCK_DATA_SCENARIO": scenario,
                "MOCK_JOURNAL": "memory",
                "BUSINESS_DATE": "2026-06-30",
                "ALADDIN_QUOTA_SECONDS": "1",
                "ALADDIN_POSITIONS_CACHE_SECONDS": "3600",
                "RATE_LIMIT_PER_MINUTE": "0",
                "DATABASE_URL": f"sqlite:///{folder / scenario}.db",
                "LOG_LEVEL": "ERROR",
            }
        )
        self.services: Services = build_services(settings, passwords=Passwords())
        self._client = create_app(settings, services=self.services).test_client()
        demo = {"username": "demo_user", "password": "demo_password"}
        self._token = self._client.post("/v1/auth/login", json=demo).get_json()["access_token"]

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Return the JSON of an answer."""
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self._client.open(f"/v1/{path}", method=method, headers=headers, **more)
        if answer.status_code >= 400:
            raise RuntimeError(answer.text[:500])
        return answer.get_json()

    def cost(self, groups: list[str], lines: int) -> Cost:
        """Time lines of one blotter, in turns with previews of the same order."""
        cusip = self.ask("GET", "securities/search?query=treasury&limit=1")["securities"][0]["cusip"]
        accounts = sum(len(self.ask("GET", f"portfolio-groups/{g}")["accounts"]) for g in groups)
        order = {"security_id": cusip, "side": "BUY", "quantity": FACE_PER_ACCOUNT * accounts // lines}
        body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": groups}
        work, database = self.services.blotters.previews, self.services.database
        asked = self.ask("POST", "blotters", json={"lines": [body] * (lines + 1)})
        run = work.begin(asked["blotter_id"], 0)
        work.run_line(run, 0, database.retried)  # which reads the book
        alone, cached, of_lines, elapsed = [], [], [], []
        for place in range(1, lines + 1):
            began = time.perf_counter()
            of_lines.append(_timed(lambda: work.run_line(run, place, database.retried)))  # noqa: B023
            elapsed.append(time.perf_counter() - began)
            self.services.aladdin.forget()
            alone.append(_timed(lambda: self.ask("POST", "allocations/preview", json=body)))
            cached.append(_timed(lambda: self.ask("POST", "allocations/preview", json=body)))
        medians = [statistics.median(each) * 1000 for each in (alone, cached, of_lines, elapsed)]
        return Cost(accounts, *medians)


def _timed(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(lines: int) -> list[Cost]:
    """Return the cost at 31 and at 1,000 accounts."""
    with tempfile.TemporaryDirectory() as folder:
        small = Desk("default", Path(folder)).cost([*FOUR_GROUPS], lines)
        large = Desk("large_portfolio", Path(folder)).cost([*FOUR_GROUPS, "LARGE"], max(5, lines // 4))
    return [small, large]


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--lines", type=int, default=LINES, help=f"lines of a blotter (default {LINES})")
    options = parser.parse_args()
    costs = measure(options.lines)
    if options.json:
        print(json.dumps([{**asdict(c), "part": c.part} for c in costs], indent=2))
        return
    print("accounts  alone ms cached ms  line ms   part  wanted  lines/s")
    for cost in costs:
        print(
            f"{cost.accounts:8} {cost.single_milliseconds:9.1f} {cost.cached_milliseconds:9.1f} "
            f"{cost.line_milliseconds:8.1f} {cost.part:6.2f} {WANTED_PART:7.2f} {cost.lines_per_second:8.1f}"
        )


if __name__ == "__main__":
    main()
