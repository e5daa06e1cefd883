"""The year: is every account served in proportion over 250 orders? Through the whole service, in one run.

Run with `make bench`, or `python -m benchmarks.fairness_year --json` for machines. Every order is previewed
and committed over HTTP on the simulator, on a book whose accounts have cash for all. What an account is
entitled to is reckoned here, from NAV and what was placed, and not taken from the service's ledger.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self

import numpy as np
from flask.testing import FlaskClient

from app import create_app
from app.core.config import load_settings
from app.wiring import build_services

PIECES = (1_000, 100_000, 200_000)
METHODS = ("PRO_RATA", "MIN_DISPERSION")
MODES = ("PER_ORDER", "LEDGER")
SMALLEST_FACE, LARGEST_FACE = 1_000_000, 25_000_000
LOT = 1_000
CUSIP = "912828YW4"
GROUP = "YEAR"
PLENTY = 10**11
"""Cash of each account, so that nothing but the piece keeps one from its part."""

BOND: dict[str, Any] = {
    "cusip": CUSIP,
    "ticker": "T",
    "description": "US Treasury 2.5 05/31/2031",
    "issuer": "US Treasury",
    "issuer_id": "UST",
    "sector": "GOVT",
    "country": "US",
    "rating": "AA+",
    "coupon": 2.5,
    "maturity": "2031-05-31",
    "day_count": "ACT/ACT",
    "price": 98.5,
    "accrued": 0.0,
    "duration": 4.2,
    "spread_duration": 3.8,
    "oas": 12,
    "convexity": 0.2,
    "yield": 4.1,
    "increment": LOT,
    "amount_issued": 10**13,
    "currency": "USD",
}
"""A Treasury, which no limit of compliance is for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A year of orders over accounts: net asset values by account id, and faces."""

    nav: dict[str, int]
    faces: tuple[int, ...]

    @classmethod
    def of(cls, accounts: int, orders: int, seed: int = 8_799_146) -> Plan:
        """Draw lognormal net asset values and even order sizes."""
        random = np.random.default_rng(seed)
        nav = {f"ACC{i:03d}": int(v) for i, v in enumerate(random.lognormal(18.5, 1.0, accounts))}
        lots = random.integers(SMALLEST_FACE // LOT, LARGEST_FACE // LOT + 1, orders)
        return cls(nav, tuple(int(n) * LOT for n in lots))

    def book(self, piece: int) -> dict[str, Any]:
        """Return the simulator's book: one Treasury, accounts apart by up to a year of spread duration."""
        random = np.random.default_rng(len(self.nav))
        benchmarks = {a: round(float(random.normal(-5.0, 0.3)), 4) for a in self.nav}
        return {
            "as_of": "2026-06-30",
            "groups": [
                {
                    "group_id": GROUP,
                    "group_name": "The year",
                    "description": "Accounts of a year of orders",
                    "strategy": "CORE",
                    "manager": "Desk",
                    "created_date": "2020-01-01",
                    "accounts": list(self.nav),
                }
            ],
            "accounts": [
                {
                    "account_id": account_id,
                    "account_name": account_id,
                    "nav": nav,
                    "cash": PLENTY,
                    "currency": "USD",
                    "restrictions": [],
                    "benchmark": {"spread_duration": benchmarks[account_id]},
                    "positions": [{"cusip": CUSIP, "face": 1_000_000}],
                }
                for account_id, nav in self.nav.items()
            ],
            "securities": [{**BOND, "min_piece": piece}],
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """One year: received over entitled, accounts without anything, greatest balance in pieces at any time."""

    piece: int
    method: str
    mode: str
    least: float
    tenth: float
    most: float
    without: int
    greatest_pieces: float


class Desk:
    """The whole application in this process, on a database and simulator of its own, and a client."""

    def __init__(self, folder: Path, scenario: str) -> None:
        settings = load_settings(
            {
                "FLASK_ENV": "development",
                "DATABASE_URL": f"sqlite:///{folder / 'allocator.db'}",
                "MOCK_DATA_SCENARIO": scenario,
                "MOCK_JOURNAL": "memory",
                "LOG_LEVEL": "ERROR",
                "ALADDIN_POSITIONS_CACHE_SECONDS": "3600",
                "ALADDIN_QUOTA_SECONDS": "1",  # a desk's year takes longer than this
            }
        )
        self._client: FlaskClient = create_app(settings, services=build_services(settings)).test_client()
        demo = {"username": "demo_user", "password": "demo_password"}
        self._headers: dict[str, str] = {}
        token = self.post("auth/login", demo)["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    def on(cls, folder: Path, book: dict[str, Any]) -> Self:
        """Return a desk on a book of its own."""
        file = folder / "book.json"
        file.write_text(json.dumps(book), encoding="utf-8")
        return cls(folder, str(file))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return the JSON of a POST."""
        answer = self._client.post(f"/v1/{path}", json=body, headers=self._headers)
        if answer.status_code != 200:
            raise RuntimeError(answer.text[:500])
        return answer.get_json()

    def get(self, path: str) -> Any:
        """Return the JSON of a GET."""
        answer = self._client.get(f"/v1/{path}", headers=self._headers)
        if answer.status_code != 200:
            raise RuntimeError(answer.text[:500])
        return answer.get_json()

    def preview(self, face: int, method: str, mode: str) -> Any:
        """Return the preview of an order."""
        return self.post(
            "allocations/preview",
            {
                "order": {"security_id": CUSIP, "side": "BUY", "quantity": face},
                "allocation_method": method,
                "portfolio_groups": [GROUP],
                "parameters": {"fairness": mode},
            },
        )

    def place(self, face: int, method: str, mode: str) -> dict[str, int]:
        """Preview an order, commit it, and return the face of each account."""
        shown = self.preview(face, method, mode)
        self.post(f"allocations/{shown['allocation_id']}/commit", {"override_warnings": True})
        return {row["account_id"]: row["allocated_quantity"] for row in shown["allocations"]}


def splits(plan: Plan, piece: int, method: str, mode: str) -> Iterator[dict[str, int]]:
    """Yield the split of each order of the year, as committed."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk.on(Path(folder), plan.book(piece))
        for face in plan.faces:
            yield desk.place(face, method, mode)


def outcome(plan: Plan, piece: int, method: str, mode: str, found: Sequence[dict[str, int]]) -> Outcome:
    """Reckon entitlements in exact fractions of NAV, balances after every order, and ratios at the end."""
    nav = sum(plan.nav.values())
    received, balance = dict.fromkeys(plan.nav, 0), dict.fromkeys(plan.nav, Fraction(0))
    greatest = Fraction(0)
    for split in found:
        total = sum(split.values())
        for account_id, face in split.items():
            received[account_id] += face
            balance[account_id] += Fraction(total * plan.nav[account_id], nav) - face
        greatest = max(greatest, *(abs(b) for b in balance.values()))
    entitled = {a: received[a] + balance[a] for a in plan.nav}
    ratios = sorted(float(received[a] / entitled[a]) for a in plan.nav)
    return Outcome(
        piece=piece,
        method=method,
        mode=mode,
        least=ratios[0],
        tenth=statistics.quantiles(ratios, n=10, method="inclusive")[0],
        most=ratios[-1],
        without=sum(1 for face in received.values() if face == 0),
        greatest_pieces=float(greatest / piece),
    )


def one(plan: Plan, piece: int, method: str, mode: str) -> Outcome:
    """Run one year."""
    return outcome(plan, piece, method, mode, list(splits(plan, piece, method, mode)))


def year(plan: Plan) -> Iterator[Outcome]:
    """Yield the years by piece, method and mode, two at a time in processes of their own."""
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(one, plan), *zip(*product(PIECES, METHODS, MODES), strict=True))


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--orders", type=int, default=250, help="orders of the year (default 250)")
    parser.add_argument("--accounts", type=int, default=31, help="accounts (default 31)")
    options = parser.parse_args()
    outcomes = year(Plan.of(options.accounts, options.orders))
    if options.json:
        print(json.dumps([asdict(found) for found in outcomes], indent=2))
        return
    heads = f"{'least':>7} {'tenth':>7} {'most':>7} {'without':>7} {'pieces':>8}"
    print(f"{'piece':>7} {'method':14} {'fairness':9} {heads}")
    for found in outcomes:
        print(
            f"{found.piece:7,} {found.method:14} {found.mode:9} {found.least:7.1%} {found.tenth:7.1%} "
            f"{found.most:7.1%} {found.without:7} {found.greatest_pieces:8.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
