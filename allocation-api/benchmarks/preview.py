"""The cost of a preview per account: 1,000 accounts beside 31, in one run, through the whole service.

Run with `make bench`, or `python -m benchmarks.preview --json` for machines. Each figure is the median over
several previews, from JSON in to JSON out, vendor reads and storage included. The ratio is what counts: the
milliseconds depend on the machine.
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

from flask.testing import FlaskClient

from app import create_app
from app.core.config import load_settings

METHODS = ("PRO_RATA", "CUSTOM_WEIGHTS", "MIN_DISPERSION")
FOUR_GROUPS = ("PUBLICPRE", "BIG6", "DP-LB-USD", "OPNIC")
FACE_PER_ACCOUNT = 500_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Median cost of one preview."""

    method: str
    accounts: int
    milliseconds: float

    @property
    def per_account(self) -> float:
        """Milliseconds per account."""
        return self.milliseconds / self.accounts


class Session:
    """A logged-in client of the service on one scenario."""

    def __init__(self, scenario: str, folder: Path) -> None:
        settings = load_settings(
            {
                "MOCK_DATA_SCENARIO": scenario,
                "ALADDIN_QUOTA_SECONDS": "1",  # a desk previews less often than this
                "DATABASE_URL": f"sqlite:///{folder / scenario}.db",
                "LOG_LEVEL": "ERROR",
            }
        )
        self._client: FlaskClient = create_app(settings).test_client()
        demo = {"username": "demo_user", "password": "demo_password"}
        token = self._client.post("/v1/auth/login", json=demo).get_json()["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON of a GET."""
        return self._client.get(f"/v1/{path}", query_string=query, headers=self._headers).get_json()

    def cost(self, method: str, groups: list[str], runs: int) -> Cost:
        """Time previews of one method over all accounts of the groups."""
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
        times = [self._timed(body, len(accounts)) for _ in range(runs + 1)]
        return Cost(method, len(accounts), statistics.median(times[1:]) * 1000)

    def _timed(self, body: dict[str, Any], accounts: int) -> float:
        start = time.perf_counter()
        answer = self._client.post("/v1/allocations/preview", json=body, headers=self._headers)
        taken = time.perf_counter() - start
        if answer.status_code != 200 or len(answer.get_json()["allocations"]) != accounts:
            raise RuntimeError(answer.get_data(as_text=True)[:500])
        return taken


def measure(runs: int) -> list[tuple[Cost, Cost]]:
    """Return, per method, the cost at 31 and at 1,000 accounts."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (Session(s, Path(folder)) for s in ("default", "large_portfolio"))
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
        rows = [{**asdict(c), "per_account": c.per_account} for pair in pairs for c in pair]
        print(json.dumps(rows, indent=2))
        return
    print(f"{'method':16} {'accounts':>8} {'ms':>10} {'ms/account':>11} {'ratio to 31':>12}")
    for small, large in pairs:
        for cost in (small, large):
            ratio = cost.per_account / small.per_account
            print(
                f"{cost.method:16} {cost.accounts:8} {cost.milliseconds:10.1f} "
                f"{cost.per_account:11.3f} {ratio:12.2f}"
            )


if __name__ == "__main__":
    main()
