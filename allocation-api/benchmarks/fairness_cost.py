"""What the ledger costs a warm preview: LEDGER beside PER_ORDER, in one run, through the whole service.

Run with `make bench`, or `python -m benchmarks.fairness_cost --json` for machines. An order is committed
first, so that there are balances; then previews of both modes take turns. Figures are medians of processor
time, storage included; their ratio does not depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.fairness_year import METHODS, MODES, Desk
from benchmarks.preview import FACE_PER_ACCOUNT, FOUR_GROUPS

WANTED_RATIO = 1.10
BOOKS = (("default", FOUR_GROUPS), ("large_portfolio", (*FOUR_GROUPS, "LARGE")))


@dataclass(frozen=True, slots=True)
class Pair:
    """Median milliseconds of a preview of each mode."""

    method: str
    accounts: int
    per_order: float
    ledger: float

    @property
    def ratio(self) -> float:
        """How many previews by themselves one by the ledger takes."""
        return self.ledger / self.per_order


def order(desk: Desk, method: str, groups: Sequence[str]) -> tuple[dict[str, Any], int]:
    """Return the request for a preview over all accounts of the groups, and how many these are."""
    cusip = desk.get("securities/search?query=treasury&limit=1")["securities"][0]["cusip"]
    accounts = {a["account_id"] for g in groups for a in desk.get(f"portfolio-groups/{g}")["accounts"]}
    face = FACE_PER_ACCOUNT * len(accounts)
    return {
        "order": {"security_id": cusip, "side": "BUY", "quantity": face},
        "allocation_method": method,
        "portfolio_groups": list(groups),
    }, len(accounts)


def owing(desk: Desk, groups: Sequence[str]) -> None:
    """Commit an order, so that accounts are owed something."""
    body, _ = order(desk, "PRO_RATA", groups)
    body["order"]["quantity"] //= 10
    shown = desk.post("allocations/preview", body)
    desk.post(f"allocations/{shown['allocation_id']}/commit", {"override_warnings": True})


def pair(desk: Desk, method: str, groups: Sequence[str], runs: int) -> Pair:
    """Time previews of both modes in turns; the first of each is not counted."""
    body, accounts = order(desk, method, groups)
    times: dict[str, list[float]] = {mode: [] for mode in MODES}
    for _ in range(runs + 1):
        for mode in MODES:
            start = time.process_time()
            desk.post("allocations/preview", {**body, "parameters": {"fairness": mode}})
            times[mode].append(1_000 * (time.process_time() - start))
    per_order, ledger = (statistics.median(times[mode][1:]) for mode in MODES)
    return Pair(method, accounts, per_order, ledger)


def measure(runs: int) -> Iterator[Pair]:
    """Yield the costs at 31 and at 1,000 accounts, by method."""
    for scenario, groups in BOOKS:
        with tempfile.TemporaryDirectory() as folder:
            desk = Desk(Path(folder), scenario)
            owing(desk, groups)
            for method in METHODS:
                yield pair(desk, method, groups, runs)


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--runs", type=int, default=15, help="previews per figure (default 15)")
    options = parser.parse_args()
    pairs = measure(options.runs)
    if options.json:
        print(json.dumps([{**asdict(found), "ratio": found.ratio} for found in pairs], indent=2))
        return
    print(f"{'method':16} {'accounts':>8} {'per order':>12} {'ledger':>12} {'ratio':>6} {'wanted':>7}")
    for found in pairs:
        times = f"{found.per_order:9.1f} ms {found.ledger:9.1f} ms"
        print(f"{found.method:16} {found.accounts:8} {times} {found.ratio:6.2f} {WANTED_RATIO:7.2f}")


if __name__ == "__main__":
    main()
