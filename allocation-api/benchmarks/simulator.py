"""The simulator as the benchmarks use it: in this process for its rows, in its own for its latency."""

from __future__ import annotations

from typing import Any

import httpx

from aladdin_simulator import Simulator

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
