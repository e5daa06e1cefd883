"""What a preview pays for the vendor's latency: 31 accounts, cold and warm, over a real socket.

Run with `make bench`, or `python -m benchmarks.latency --json` for machines. The simulator serves from a
process of its own and lets every answer wait; the service keeps nothing (cold) or everything (warm). The
extra time of a cold preview is stated in latencies: the round trips that follow one another. Previews with
and without latency take turns, figures are medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from flask.testing import FlaskClient

from app import create_app
from app.core.config import load_settings
from app.wiring import build_services
from benchmarks.preview import FOUR_GROUPS
from benchmarks.simulator import SimulatorProcess

LATENCY = 0.05
WANTED = 2.5
CACHE_SECONDS, NO_CACHE_SECONDS = "3600", "0"


@dataclass(frozen=True, slots=True)
class Figures:
    """Median milliseconds of a preview; `extra` in latencies; vendor calls for each preview."""

    accounts: int
    without_latency: float
    with_latency: float
    extra: float
    cold_calls: float
    warm: float
    warm_calls: float


class Desk:
    """A logged-in client of a service that reads from the simulator's process."""

    def __init__(self, simulator: SimulatorProcess, folder: Path, kept: str) -> None:
        settings = load_settings(
            {
                "DATABASE_URL": f"sqlite:///{folder / kept}.db",
                "LOG_LEVEL": "ERROR",
                "BUSINESS_DATE": "2026-06-30",
                "ALADDIN_HOST": simulator.url,
                "ALADDIN_QUOTA_SECONDS": "1",
                "ALADDIN_POSITIONS_CACHE_SECONDS": kept,
                "ALADDIN_REFERENCE_CACHE_SECONDS": kept,
            }
        )
        services = build_services(settings, transport=httpx.HTTPTransport())
        self._client: FlaskClient = create_app(settings, services=services).test_client()
        demo = {"username": "demo_user", "password": "demo_password"}
        token = self._client.post("/v1/auth/login", json=demo).get_json()["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}
        found = self._client.get("/v1/securities/search?query=treasury&limit=1", headers=self._headers)
        self._body: dict[str, Any] = {
            "order": {
                "security_id": found.get_json()["securities"][0]["cusip"],
                "side": "BUY",
                "quantity": 15_500_000,
            },
            "allocation_method": "PRO_RATA",
            "portfolio_groups": list(FOUR_GROUPS),
        }
        self.accounts = 0

    def preview(self) -> float:
        """Return the seconds that one preview takes."""
        start = time.perf_counter()
        answer = self._client.post("/v1/allocations/preview", json=self._body, headers=self._headers)
        taken = time.perf_counter() - start
        if answer.status_code != 200:
            raise RuntimeError(answer.get_data(as_text=True)[:500])
        self.accounts = len(answer.get_json()["allocations"])
        return taken


def measure(runs: int) -> Figures:
    """Time cold previews with and without latency in turns, then warm ones."""
    with tempfile.TemporaryDirectory() as folder, SimulatorProcess("default") as simulator:
        cold, warm = (Desk(simulator, Path(folder), kept) for kept in (NO_CACHE_SECONDS, CACHE_SECONDS))
        times: dict[float, list[float]] = {0.0: [], LATENCY: []}
        cold.preview()
        before = simulator.requests()
        for _ in range(runs):
            for latency, taken in times.items():
                simulator.answer_after(latency)
                taken.append(cold.preview())
        cold_calls = (simulator.requests() - before) / (2 * runs)
        simulator.answer_after(LATENCY)
        warm.preview()
        before = simulator.requests()
        kept = _median([warm.preview() for _ in range(runs)])
        warm_calls = (simulator.requests() - before) / runs
        without, with_latency = _median(times[0.0]), _median(times[LATENCY])
        return Figures(
            accounts=cold.accounts,
            without_latency=without,
            with_latency=with_latency,
            extra=(with_latency - without) / (LATENCY * 1000),
            cold_calls=cold_calls,
            warm=kept,
            warm_calls=warm_calls,
        )


def _median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) * 1000


def main() -> None:
    """Print the figures, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument("--runs", type=int, default=21, help="previews per figure (default 21)")
    options = parser.parse_args()
    figures = measure(options.runs)
    if options.json:
        print(json.dumps(asdict(figures), indent=2))
        return
    print(
        f"a preview of {figures.accounts} accounts, {LATENCY * 1000:.0f} ms of latency for each vendor call"
    )
    print(f"cold, no latency   {figures.without_latency:8.1f} ms  {figures.cold_calls:.1f} vendor calls")
    print(f"cold, with latency {figures.with_latency:8.1f} ms  {figures.extra:.2f} latencies more")
    print(f"warm, with latency {figures.warm:8.1f} ms  {figures.warm_calls:.1f} vendor calls")
    reached = "reached" if figures.extra < WANTED and not figures.warm_calls else "missed"
    print(f"asked for: under {WANTED} latencies more, no vendor call when warm: {reached}")


if __name__ == "__main__":
    main()
