"""Days of trading over the new year, by policies that change: every balance and report is reckoned anew."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

import pytest

from benchmarks.fairness_year import BOND
from tests.support.orders import OrderDesk
from tests.support.reckoner import FINAL, Reckoner, traded

GOVT, AGENCY = "912828YW4", "037833AK6"
NAV = {"A": 90_000_000, "B": 33_333_333.33, "C": 10_500_000.55, "D": 61_000_000, "E": 7_000_000}
GROUPS = {"ONE": "ABC", "TWO": "BCDE"}
FILL_SECONDS = 600_000
"""Days and nights: orders of the old year are filled in the new one."""

FIRST_DAY = date(2026, 12, 28)


def book():
    return {
        "as_of": f"{FIRST_DAY}",
        "groups": [
            {
                "group_id": name,
                "group_name": name,
                "description": name,
                "strategy": "CORE",
                "manager": "Desk",
                "created_date": "2020-01-01",
                "accounts": list(accounts),
            }
            for name, accounts in GROUPS.items()
        ],
        "accounts": [
            {
                "account_id": account,
                "account_name": account,
                "nav": nav,
                "cash": 10**10,
                "currency": "USD",
                "restrictions": [],
                "benchmark": {"spread_duration": -5 + number / 10},
                "positions": [
                    {"cusip": GOVT, "face": 5_000_000 + (491.76 if account == "B" else 0)},
                    {"cusip": AGENCY, "face": 2_000_000},
                ],
            }
            for number, (account, nav) in enumerate(NAV.items())
        ],
        "securities": [
            {**BOND, "min_piece": 1_000},
            {**BOND, "cusip": AGENCY, "sector": "AGENCY", "issuer_id": "AG", "min_piece": 100_000},
        ],
    }


POLICIES = (
    {"carry": "HALF_LIFE", "half_life_days": 3, "mode": "LEDGER"},
    {"weights": "EQUAL", "mode": "LEDGER", "scope": "SECTOR"},
    {"weights": "STATED", "stated_weights": {"A": 1.5, "B": 0.33333333, "E": 7}, "mode": "LEDGER"},
    {"carry": "HALF_LIFE", "half_life_days": 40, "weights": "EQUAL"},
    {},
)


def asked(choose, desk):
    """A random order, previewed."""
    groups = choose.choice([["ONE"], ["ONE", "TWO"], ["TWO", "ONE"]])
    bond, side = choose.choice([GOVT, AGENCY]), choose.choice(["BUY", "BUY", "BUY", "SELL"])
    face = choose.randrange(3, 30) * 100_000
    more = choose.choice(
        [
            {},
            {"method": "MIN_DISPERSION"},
            {"method": "CUSTOM_WEIGHTS", "parameters": {"weights": {"B": 0.7, "C": 0.3}}},
            {"constraints": {"exclude_accounts": [{"account_id": "B", "reason": "asked"}]}},
            {"constraints": {"account_limits": {"C": {"max": 50_000}}}},
            {"parameters": {"fairness": "LEDGER"}},
        ]
    )
    return desk.preview(bond, face, groups=groups, order={"side": side}, **more)


class Days:
    """A desk that trades at random, a process of its own for each day, and the reckoner beside it."""

    def __init__(self, folder, seed):
        self.choose = random.Random(seed)
        file = folder / "book.json"
        file.write_text(json.dumps(book()))
        self._folder = folder
        self._how = {"scenario": file, "seed": seed, "fill_seconds": FILL_SECONDS, "first_order_id": 90_000}
        self.day, self.desk, self.version, self.kept = FIRST_DAY, None, 0, []
        self.reckoner = Reckoner(None)
        self.begin_day()

    def begin_day(self):
        more = {"BUSINESS_DATE": f"{self.day}", "ALADDIN_POSITIONS_CACHE_SECONDS": "0"}
        self.desk = OrderDesk(self._folder, beside=self.desk, **self._how, **more)
        self.reckoner.desk = self.desk

    def order(self):
        shown = asked(self.choose, self.desk) | {"day": traded(self.day)}
        self.reckoner.check_preview(shown)
        if self.choose.random() < 0.2:
            self.kept.append(shown)
        else:
            self.reckoner.commit(shown)

    def late(self):
        """Commit a preview that was made before other orders, and maybe by another policy."""
        if self.kept:
            self.reckoner.commit(self.kept.pop())

    def policy(self):
        self.desk.state_policy(version=self.version, **self.choose.choice(POLICIES))
        self.version += 1

    def wait(self):
        """Minutes or days; a clock may also be set back by a day."""
        days = self.choose.choice([0, 0, 1, 1, 2, 3, -1, 20])
        self.day += timedelta(days=days)
        self.desk.clock.pass_by(40_000 * max(days, 0) + self.choose.choice([600, 3_600, 40_000]))
        self.kept.clear()  # previews expire within minutes
        self.begin_day()

    def an_open_order(self):
        shown = [self.desk.get(f"orders/{order_id}") for order_id, _ in self.reckoner.orders]
        found = [o for o in shown if o["status"] not in FINAL and o["filled_quantity"] < o["quantity"]]
        return self.choose.choice(found) if found else None

    def cancel(self):
        order = self.an_open_order()
        if order:
            self.desk.cancel(order["order_id"])

    def change(self):
        order = self.an_open_order()
        if order:
            face = (order["filled_quantity"] + order["quantity"]) // 200_000 * 100_000
            body = {"quantity": max(face, 100_000), "comment": "less"}
            done = self.desk.client.put(
                f"/v1/orders/{order['order_id']}", json=body, headers=self.desk.headers
            )
            assert done.status_code in {200, 409, 422}, done.text

    def check(self):
        self.desk.services.periodic.do("watch")
        self.reckoner.look()
        self.reckoner.check()


@pytest.mark.parametrize("seed", [5])
def test_days_of_trading_over_the_new_year(tmp_path, seed):
    """R15.4, R15.5, R15.6, R15.7"""
    days = Days(tmp_path, seed)
    for _ in range(24):
        name = days.choose.choice(
            ["order"] * 4 + ["wait"] * 3 + ["cancel"] * 2 + ["change", "policy", "late"]
        )
        getattr(days, name)()
        days.check()
    days.desk.clock.pass_by(2 * FILL_SECONDS)
    days.begin_day()
    days.check()
    assert any(ledger.late for ledger in days.reckoner.ledgers.values())  # corrections after a carry
    traded_on = [shown["day"] for _, shown in days.reckoner.orders]
    for begin in (min(traded_on), date(2027, 1, 1), days.choose.choice(traded_on)):
        days.reckoner.check_report(begin, date(2027, 12, 31))
    verified = days.desk.get("audit/verify")
    assert verified["whole"] is True, verified["breaks"]
