"""A fairness ledger recomputed from what the service answers over HTTP, in whole units and by own rounding.

It follows events: a carry rounds, so a ledger depends on when it is moved.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from sqlalchemy import select

from app.models import FairnessBalanceRow
from tests.support.fairness import shared, some

FINAL = {"Booked", "Canceled", "Rejected", "Expired"}
UNITS = 10_000
HOLIDAYS = {date(2027, 1, 1), date(2027, 1, 18)}


def traded(day):
    """A day, or the next on which is traded."""
    while day.weekday() > 4 or day in HOLIDAYS:
        day += timedelta(days=1)
    return day


@dataclass
class Ledger:
    """Balances in units of face, and the date that they were carried to."""

    units: dict[str, int] = field(default_factory=dict)
    as_of: date | None = None
    late: int = 0

    def move(self, owed, day, policy):
        """Carry what there is to the day, or what is added to the ledger's, and add it up."""
        end = max(day, self.as_of or day)
        before, late = halved(self.units, self.as_of, end, policy), halved(owed, day, end, policy)
        self.units = {a: before.get(a, 0) + late.get(a, 0) for a in {*before, *late}}
        self.as_of = end
        self.late += late != owed


def halved(units, begin, end, policy):
    """Units carried from one date to a later one by a policy as it is shown."""
    if begin is None or end <= begin:
        return dict(units)
    if policy["carry"] == "YEARLY_RESET":
        return dict(units) if begin.year == end.year else dict.fromkeys(units, 0)
    with localcontext(prec=80):
        power = -Decimal((end - begin).days) / policy["half_life_days"]
        factor = Fraction((power * Decimal(2).ln()).exp())
    exact = {a: n * factor for a, n in units.items()}
    down = {a: x.numerator // x.denominator for a, x in exact.items()}
    left = round(sum(units.values()) * factor) - sum(down.values())
    for account in sorted(exact, key=lambda a: (down[a] - exact[a], a))[:left]:
        down[account] += 1
    return down


class Reckoner:
    """The same ledger from what the service shows of orders, allocations and policies alone."""

    def __init__(self, desk):
        self.desk = desk
        self.orders = []
        self.entered = defaultdict(dict)
        self.ledgers = defaultdict(Ledger)

    def commit(self, shown):
        answer = self.desk.post(f"allocations/{shown['allocation_id']}/commit", {"override_warnings": True})
        if answer["aladdin_order_ids"]:
            self.orders.append((answer["aladdin_order_ids"][0], shown))
        self.look()

    def look(self):
        for order_id, shown in self.orders:
            order = self.desk.get(f"orders/{order_id}")
            said = shown["summary"]["fairness"]
            got, due = self.parts(order, shown)
            now = {a: int((due.get(a, 0) - got.get(a, 0)) * UNITS) for a in {*got, *due}}
            before = self.entered[order_id]
            moved = {a: now.get(a, 0) - before.get(a, 0) for a in {*now, *before}}
            if now != before:
                self.ledgers[said["scope"], order["side"]].move(moved, shown["day"], self.policy(said))
            self.entered[order_id] = now

    def parts(self, order, shown):
        """Faces by account: received, and entitled to."""
        got = {a: face for a, face in received(order).items() if face}
        weights = weights_of(self.desk.get(f"allocations/{shown['allocation_id']}")["allocations"])
        return got, shared(sum(got.values(), Decimal(0)), weights) if weights else got

    def policy(self, said):
        return self.desk.get("fairness/policy", policy_id=said["policy_id"])

    def check(self):
        row = FairnessBalanceRow
        query = select(row.scope_id, row.side, row.account_id, row.balance)
        with self.desk.services.database.read() as session:
            found = {tuple(key): face for *key, face in session.execute(query)}
        wanted = {
            (*key, account): Decimal(units) / UNITS
            for key, ledger in self.ledgers.items()
            for account, units in ledger.units.items()
        }
        assert some(found) == some(wanted)

    def check_preview(self, shown):
        """Rows are the balances of the ledger, carried to now, and the entitlements to what is placed."""
        said, side = shown["summary"]["fairness"], shown["order"]["side"]
        policy = self.policy(said)
        ledger = self.ledgers[said["scope"], side]
        known = halved(ledger.units, ledger.as_of, shown["day"], policy)
        rows = shown["allocations"]
        weights = weights_of(rows)
        placed = sum((Decimal(str(r["allocated_quantity"])) for r in rows), Decimal(0))
        due = shared(placed, weights) if weights else {}
        for r in rows:
            before = Decimal(known.get(r["account_id"], 0)) / UNITS + due.get(r["account_id"], 0)
            assert Decimal(str(r["owed_before"])) == before
            assert Decimal(str(r["owed_after"])) == before - Decimal(str(r["allocated_quantity"]))

    def over(self, begin, end):
        """The ledgers over a period, in order of date, each order with what came of it (R15.7)."""
        found = Period(begin)
        for order_id, shown in sorted(self.orders, key=lambda pair: pair[1]["day"]):
            if shown["day"] <= end:
                said, order = shown["summary"]["fairness"], self.desk.get(f"orders/{order_id}")
                got, due = self.parts(order, shown)
                parts = {a: (to_units(due.get(a, 0)), to_units(got.get(a, 0))) for a in {*got, *due}}
                found.add((said["scope"], order["side"]), shown["day"], self.policy(said), parts)
        return found

    def check_report(self, begin, end):
        """Every line of the report is what orders, fills and weights say."""
        found = self.over(begin, end)
        report = self.desk.get("reports/fairness-ledger", date_from=f"{begin}", date_to=f"{end}")
        assert (report["orders"], report["balance_sum"], report["breaks"]) == (found.orders, 0, [])
        lines = {(r["scope"], r["side"], r["account_id"]): r for r in report["accounts"]}
        names = ("entitled_quantity", "received_quantity", "balance_start", "carried", "balance_end")
        names += ("greatest_shortfall", "greatest_excess")
        assert {key: tuple(to_units(r[n]) for n in names) for key, r in lines.items()} == {
            key: found.line(*key) for key in lines
        }
        assert found.moved <= set(lines)


class Period:
    """Ledgers over a period in units: sums of the period, balances at its begin and end, and peaks."""

    def __init__(self, begin):
        self.begin = begin
        self.orders = 0
        self.ledgers = defaultdict(Ledger)
        self.starts = {}
        self.sums = defaultdict(lambda: [0, 0])
        self.peaks = defaultdict(int)
        self._policies = {}

    def add(self, key, day, policy, parts):
        is_within = day >= self.begin
        if is_within and not any(got for _, got in parts.values()):
            return
        ledger = self.ledgers[key]
        if is_within and key not in self.starts:
            self.starts[key] = halved(ledger.units, ledger.as_of, self.begin, policy)
        self._policies[key] = policy
        ledger.move({a: due - got for a, (due, got) in parts.items()}, day, policy)
        if is_within:
            self.orders += 1
            for account, part in parts.items():
                self.sums[*key, account] = [
                    x + y for x, y in zip(self.sums[*key, account], part, strict=True)
                ]
            for account, units in ledger.units.items():
                for sign in (1, -1):
                    self.peaks[*key, account, sign] = max(self.peaks[*key, account, sign], sign * units)

    def line(self, scope, side, account):
        key = (scope, side)
        ledger = self.ledgers[key]
        start = self.starts.get(key)
        if start is None:  # no order of the period
            start = ledger.units = halved(ledger.units, ledger.as_of, self.begin, self._policies[key])
            self.starts[key] = start
        first, last = start.get(account, 0), ledger.units.get(account, 0)
        due, got = self.sums[*key, account]
        peaks = (self.peaks[*key, account, 1], self.peaks[*key, account, -1])
        return due, got, first, last - first - due + got, last, *peaks

    @property
    def moved(self):
        """Accounts that the orders of the period gave something, or a part in the entitlements."""
        return {key for key, sums in self.sums.items() if any(sums)}


def weights_of(rows):
    return {r["account_id"]: Decimal(str(r["entitlement_weight"])) for r in rows if r["entitlement_weight"]}


def to_units(face):
    return int(Decimal(str(face)) * UNITS)


def received(order):
    """Face by account as R15.5 counts it, from an order as it is shown."""
    number = lambda value: Decimal(str(value))  # noqa: E731
    slices = {s["account_id"]: s for s in order["slices"]}
    is_over = order["status"] in FINAL or 0 < order["quantity"] <= order["filled_quantity"]
    if not is_over:
        return {a: number(s["quantity"]) for a, s in slices.items()}
    booked = {a: s["booked_quantity"] for a, s in slices.items()}
    if order["allocation_state"] == "DIFFERENT" and None not in booked.values():
        found = {a: number(face) for a, face in booked.items()}
        if sum(found.values()) >= number(order["filled_quantity"]):
            return found
    return {a: number(s["filled_quantity"]) for a, s in slices.items()}
