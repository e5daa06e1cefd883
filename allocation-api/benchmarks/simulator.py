"""The simulator as the benchmarks use it: in this process for its rows, in its own for its latency."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from aladdin_simulator import Simulator

API_DIR = Path(__file__).resolve().parents[1]
HEADERS = {
    "VND.com.blackrock.Request-ID": "7d1f6f3e-7c0b-4a58-9a57-0e8c2f0f5a11",
    "VND.com.blackrock.Origin-Timestamp": "Tue, 30 Jun 2026 13:30:00 GMT",
}


def positions_of(simulator: Simulator, group: str) -> list[dict[str, Any]]:
    """Return the rows of a group as served."""
    with httpx.Client(transport=httpx.WSGITransport(app=simulator), base_url="http://simulator") as http:
        answer = http.get(
            "/api/portfolio-mgmt/positions/v1/position",
            params={"portGroup": group, "posType": "SOD+Trades+Orders"},
            headers=HEADERS,
        )
        rows: list[dict[str, Any]] = answer.raise_for_status().json()
        return rows


COMMAND = (sys.executable, "-m", "aladdin_simulator", "--port", "0", "--business-date", "2026-06-30")


class SimulatorProcess:
    """A simulator that serves a scenario on a free port of this machine until the block ends."""

    def __init__(self, scenario: str) -> None:
        self._scenario = scenario

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [*COMMAND, "--scenario", self._scenario],
            cwd=API_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        said = self._process.stdout.readline() if self._process.stdout else ""
        if not said:
            raise RuntimeError("the simulator did not start")
        self.url = said.split()[-1]
        self._admin = httpx.Client(base_url=self.url)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._admin.close()
        self._process.terminate()
        self._process.wait(30)

    def answer_after(self, seconds: float) -> None:
        """Let every answer from now on take this long."""
        faults = [{"operation": "*", "kind": "latency", "seconds": seconds}] if seconds else []
        self._admin.put("/simulator/faults", json=faults).raise_for_status()

    def requests(self) -> int:
        """Return how many requests of the vendor's wire came in so far."""
        counts = self._admin.get("/simulator/requests").raise_for_status().json()["operations"]
        return sum(count["received"] for count in counts.values())
