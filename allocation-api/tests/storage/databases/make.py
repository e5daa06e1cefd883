"""Writes the SQL dump of a database of this code: `python -m tests.storage.databases.make > NNNN.sql`.

Run once, by the last code of a revision, before the version of the product that has it is handed over.
`tests/storage/test_old_databases.py` says what is in it.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from datetime import date, timedelta
from math import sin
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from sqlalchemy import delete, select

from aladdin_simulator import create_simulator, load_book
from app.core import migrate
from app.core.database import Database
from app.core.security import ROLES, Role
from app.models import AccountRow
from tests.support.blotters import blotter, line
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.users import set_user

BOND = "912828YW4"
FILL_SECONDS = 2
LONG_SECONDS = 3600
FIRST_ORDER_ID = 1_129_004_000
DAYS = {"29": 100.5, "30": 101.25}


class Story:
    """What a desk did with one database, over simulated vendors that know nothing of each other."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.url = f"sqlite:///{folder / 'allocator.db'}"
        database = Database(self.url)
        migrate.upgrade(database)
        database.close()
        self.vendors = 0

    def open(self, fill_seconds: int):
        book = load_book(str(GOLDEN_BOOK))
        first = FIRST_ORDER_ID + 100 * self.vendors
        self.vendors += 1
        self.wire = FaultyWire(create_simulator(book, first_order_id=first, fill_seconds=fill_seconds))
        self.desk = Desk(self.folder, scenario=GOLDEN_BOOK, transport=self.wire, DATABASE_URL=self.url)

    def preview(self, face, **more):
        return self.desk.preview(BOND, face, groups=["GOLDEN"], **more)

    def commit(self, face):
        path = f"allocations/{self.preview(face)['allocation_id']}/commit"
        (order_id,) = self.desk.post(path, {"comment": "a fixture"})["aladdin_order_ids"]
        return f"orders/{order_id}"

    def previews(self):
        """Every method, a price far from the market, and an account that our tables do not know."""
        self.preview(8_000_000, method="MIN_DISPERSION")
        self.preview(8_000_000, method="MIN_DISPERSION", parameters={"solver": "SLSQP"})
        self.preview(30_000_000, method="MIN_DISPERSION")
        weights = {"ACC001": 0.2, "ACC002": 0.4, "ACC003": 0.3, "ACC004": 0.1}
        self.preview(5_000_000, method="CUSTOM_WEIGHTS", parameters={"weights": weights})
        self.preview(2_000_000, order={"side": "SELL"}, parameters={"base_metric": "POSITION"})
        self.preview(3_800_001, constraints={"round_to_denomination": False})
        self.preview(1_000_000, order={"price": 91})
        database = self.desk.services.database
        row = select(*AccountRow.__table__.columns).where(AccountRow.account_id == "ACC003")
        with database.write() as session:
            unknown = dict(session.execute(row).mappings().one())
            session.execute(delete(AccountRow).where(AccountRow.account_id == "ACC003"))
        self.preview(3_800_000)
        self.permit("compliance:bypass")
        self.preview(1_000_000, constraints={"compliance_check": False})
        self.permit()
        with database.write() as session:
            session.add(AccountRow(**unknown))

    def permit(self, *more):
        held = [*ROLES[Role.PORTFOLIO_MANAGER], *more]
        set_user(self.desk.services.database, permissions=held)
        self.desk.token = self.desk.login()["access_token"]

    def orders(self):
        """One filled, with its FIX message; one made smaller and cancelled; one refused; one pending."""
        booked = self.commit(3_800_000)
        time.sleep(FILL_SECONDS + 1)
        order = self.desk.get(booked)
        assert order["status"] == "Booked", order
        path = f"/v1/allocations/{order['allocation_id']}/fix"
        assert self.desk.client.get(path, headers=self.desk.headers).status_code == 200
        self.open(LONG_SECONDS)
        cancelled = self.commit(1_000_000)
        self.desk.call("PUT", cancelled, json={"quantity": 500_000, "comment": "smaller"})
        self.desk.call("DELETE", cancelled, json={"reason": "withdrawn"})
        self.open(LONG_SECONDS)
        refused = f"allocations/{self.preview(380_000)['allocation_id']}/commit"
        self.wire.faults["/order:post"] = "refused"
        self.desk.post(refused, {"comment": "a fixture"})
        self.wire.faults.clear()
        self.wire.status = "Compl Pending"
        self.commit(380_000)

    def people(self):
        """Trading stopped, and opened by another user."""
        self.desk.post("system/emergency-stop", {"reason": "a fixture"})
        self.desk.token = self.desk.login("demo_supervisor")["access_token"]
        self.desk.post("system/emergency-stop/reset", {"reason": "a fixture"})

    def screens(self):
        """A layout that a user keeps, and the use of a page and a step."""
        self.desk.token = self.desk.login()["access_token"]
        value = {"columns": ["account_id", "quantity"]}
        self.desk.call("PUT", "preferences/orders.columns", json={"value": value})
        page = {"kind": "PAGE", "name": "orders"}
        step = {"kind": "STEP", "name": "preview", "milliseconds": 4_200}
        self.desk.post("usage", {"events": [page, step]})
        self.desk.services.periodic.do("usage")

    def blotters(self):
        """One whose first line was previewed and whose second has a bond that nobody knows."""
        blotter(self.desk, line("SELL", 40_000), line("BUY", 1_000, security_id="000000000"))

    def drift(self):
        """Targets of a group, a proposal from them, and the alerts that follow."""
        stated = {"scope": "GROUP", "scope_id": "GOLDEN", "dimension": "ASSET_CLASS", "version": 0}
        targets = [{"key": "bonds", "target_percent": 97}, {"key": "cash", "target_percent": 3}]
        self.desk.post("drift/target-sets", {**stated, "comment": "a fixture", "targets": targets})
        self.desk.post("drift/proposals", {"scope": "GROUP", "scope_id": "GOLDEN"})
        self.desk.services.periodic.do("alerts-of-drift")
        self.desk.services.periodic.do("check-drift")

    def market(self):
        """Closes of one asset on two days."""
        rows = [{"symbol": "OLD", "date": f"2026-06-{day}", "close": close} for day, close in DAYS.items()]
        self.desk.post("data/market/import", {"rows": rows})

    def portfolios(self):
        """Two assets over a quarter: optimised and monitored, a backtest, and a plan back to a target."""
        days = [date(2026, 4, 1) + timedelta(days=at) for at in range(90)]
        closes = {"OLD-A": 1, "OLD-B": 3}  # amplitudes, in per cent
        rows = [
            {"symbol": name, "date": f"{day}", "close": round(100 + size * sin(at * size), 6)}
            for name, size in closes.items()
            for at, day in enumerate(days)
        ]
        self.desk.post("data/market/import", {"rows": rows})
        asked = {"assets": list(closes), "start_date": "2026-04-01", "end_date": "2026-06-29"}
        optimised = {"model": "Classic", "risk_measure": "MV", "objective": "MinRisk"}
        found = self.desk.post(
            "portfolio/optimize", {**asked, **optimised, "constraints": {"upper_bound": 0.9}}
        )
        path = f"monitor/portfolio/{found['portfolio_id']}/config"
        self.desk.call("PUT", path, json={"scheduled_recalculations": ["16:00"]})
        weights = {"type": "fixed_weights", "parameters": {"weights": {"OLD-A": 0.5, "OLD-B": 0.5}}}
        self.desk.post("backtest/run", {**asked, "strategy": weights}, status=202)
        while self.desk.services.jobs.executor.run_next(Event(), lambda: None):
            pass
        plan = {"current": {"OLD-A": 180, "OLD-B": 120}, "target": {"OLD-A": 200, "OLD-B": 100}}
        self.desk.post("reallocation/evaluate", {**plan, "liquidity": {"OLD-A": 1000, "OLD-B": 1000}})

    def brokers(self):
        """An account at the paper broker, with an order."""
        cash = {"name": "Paper", "currency": "USD", "cash": 10_000, "seed": 7}
        account = self.desk.post("brokers/paper/accounts", cash)
        order = {"symbol": "OLD", "side": "BUY", "type": "LIMIT", "quantity": 2, "limit_price": 50}
        self.desk.post(f"brokers/accounts/{account['account_id']}/orders", order)

    def dump(self):
        self.desk.services.database.close()
        connection = sqlite3.connect(self.folder / "allocator.db")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        lines = list(connection.iterdump())
        connection.close()
        return "\n".join(lines)


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        story = Story(Path(made))
        story.open(FILL_SECONDS)
        story.previews()
        story.orders()
        story.people()
        story.screens()
        story.blotters()
        story.drift()
        story.market()
        story.portfolios()
        story.brokers()
        sys.stdout.write(f"{story.dump()}\n")
