"""The cost of a warm preview: 1,000 accounts beside 31, in one run, over HTTP through the whole service.

Run with `make bench`, or `python -m benchmarks.preview --json` for machines. Each figure is the median over
several previews, from the request to the whole answer, storage included, vendor reads kept. Beside it stands
the median of authenticated requests that do nothing, taken in turns with the previews: milliseconds depend on
the machine, how many of those a preview takes does not.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

API_DIR = Path(__file__).resolve().parents[1]
START_SECONDS = 60
METHODS = ("PRO_RATA", "CUSTOM_WEIGHTS", "MIN_DISPERSION")
FOUR_GROUPS = ("PUBLICPRE", "BIG6", "DP-LB-USD", "OPNIC")
FACE_PER_ACCOUNT = 500_000


WANTED_NO_OPS = {31: 5, 1000: 40}
"""No-ops that a warm preview of so many accounts may take."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Median cost of one preview, and of one authenticated request that does nothing."""

    method: str
    accounts: int
    milliseconds: float
    no_op_milliseconds: float

    @property
    def no_ops(self) -> float:
        """How many requests that do nothing take as long."""
        return self.milliseconds / self.no_op_milliseconds

    @property
    def per_account(self) -> float:
        """Milliseconds per account."""
        return self.milliseconds / self.accounts


class Session:
    """A service on one scenario in a process of its own, and a logged-in client, until the block ends."""

    def __init__(self, scenario: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._environment = {
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "MOCK_DATA_SCENARIO": scenario,
            "MOCK_JOURNAL": "memory",
            "BUSINESS_DATE": "2026-06-30",
            "ALADDIN_QUOTA_SECONDS": "1",  # a desk previews less often than this
            "ALADDIN_POSITIONS_CACHE_SECONDS": "3600",
            "DATABASE_URL": f"sqlite:///{folder / scenario}.db",
            "LOG_LEVEL": "ERROR",
        }
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=START_SECONDS)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=API_DIR,
            env={**os.environ, **self._environment},
            stdout=subprocess.DEVNULL,
        )
        demo = {"username": "demo_user", "password": "demo_password"}
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                answer = self._client.post("auth/login", json=demo).raise_for_status()
                break
            except httpx.TransportError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(START_SECONDS)

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON of a GET."""
        return self._client.get(path, params=query).raise_for_status().json()

    def cost(self, method: str, groups: list[str], runs: int) -> Cost:
        """Time previews of one method over all accounts of the groups, in turns with requests for nothing."""
        cusip = self.get("securities/search", query="treasury", limit=1)["securities"][0]["cusip"]
        accounts = [a["account_id"] for g in groups for a in self.get(f"portfolio-groups/{g}")["accounts"]]
        quantity = FACE_PER_ACCOUNT * len(accounts)
        body: dict[str, Any] = {
            "order": {"security_id": cusip, "side": "BUY", "quantity": quantity},
            "allocation_method": method,
            "portfolio_groups": groups,
        }
        if method == "CUSTOM_WEIGHTS":
            body["parameters"] = {"weights": dict.fromkeys(accounts, 1 / len(accounts))}
        self._preview(body, len(accounts))
        previews, no_ops = [], []
        for _ in range(runs):
            previews.append(self._preview(body, len(accounts)))
            no_ops += [self._no_op() for _ in range(3)]
        return Cost(
            method, len(accounts), statistics.median(previews) * 1000, statistics.median(no_ops) * 1000
        )

    def _preview(self, body: dict[str, Any], accounts: int) -> float:
        start = time.perf_counter()
        answer = self._client.post("allocations/preview", json=body)
        taken = time.perf_counter() - start
        if answer.status_code != 200 or len(answer.json()["allocations"]) != accounts:
            raise RuntimeError(answer.text[:500])
        return taken

    def _no_op(self) -> float:
        start = time.perf_counter()
        self._client.get("auth/me").raise_for_status()
        return time.perf_counter() - start


def measure(runs: int) -> list[tuple[Cost, Cost]]:
    """Return, per method, the cost at 31 and at 1,000 accounts."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Session("default", Path(folder)) as small,
        Session("large_portfolio", Path(folder)) as large,
    ):
        everything = [*FOUR_GROUPS, "LARGE"]
        return [
            (small.cost(m, list(FOUR_GROUPS), runs), large.cost(m, everything, max(3, runs // 4)))
            for m in METHODS
        ]


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--runs", type=int, default=15, help="previews per figure (default 15)")
    options = parser.parse_args()
    pairs = measure(options.runs)
    if options.json:
        rows = [
            {**asdict(c), "no_ops": c.no_ops, "per_account": c.per_account} for pair in pairs for c in pair
        ]
        print(json.dumps(rows, indent=2))
        return
    print(f"{'method':16} {'accounts':>8} {'ms':>8} {'ms/account':>11} {'no-ops':>7} {'wanted':>7}")
    for cost in (c for pair in pairs for c in pair):
        wanted = WANTED_NO_OPS.get(cost.accounts, "")
        print(
            f"{cost.method:16} {cost.accounts:8} {cost.milliseconds:8.1f} {cost.per_account:11.3f} "
            f"{cost.no_ops:7.1f} {wanted:>7}"
        )


if __name__ == "__main__":
    main()
