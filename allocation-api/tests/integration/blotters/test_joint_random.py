"""Random joint blotters on the demo desk: what lines share holds over the sum, by the rows (R17.6)."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from aladdin_simulator import load_book
from tests.support.blotters import allocations, blotter, statuses
from tests.support.desk import TODAY, Desk

SCENARIO, GROUP = "cash_constrained", "PUBLICPRE"
DAYS = (None, "2026-07-06", "2026-07-09")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("joint"), scenario=SCENARIO)


@pytest.fixture(scope="module")
def bonds():
    known = load_book(SCENARIO, as_of=TODAY).securities
    return [bond.cusip for bond in known if bond.currency == "USD"][:60]


def drawn(seed, bonds):
    """Two to seven lines in four bonds, and whether sales fund purchases."""
    draw = random.Random(seed)
    pool = draw.sample(bonds, 4)
    lines = []
    for _ in range(draw.randint(2, 7)):
        order = {
            "security_id": draw.choice(pool),
            "side": draw.choice(["BUY", "BUY", "SELL"]),
            "quantity": draw.choice([500_000, 2_000_000, 8_000_000, 40_000_000, 150_000_000]),
            "settlement_date": draw.choice(DAYS),
        }
        line = {"order": order, "allocation_method": "MIN_DISPERSION", "portfolio_groups": [GROUP]}
        lines.append(line | {"priority": draw.choice([None, 1, 2])})
    return lines, draw.random() < 0.7


def paid_by_day(rows):
    """What an account has paid by the end of each day, and never less than that later."""
    paid, found = 0, []
    for day in sorted({day for day, _ in rows}):
        paid += sum(amount for when, amount in rows if when == day)
        found.append(paid)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_cash_positions_and_proof_hold(desk, bonds, seed):
    lines, funded = drawn(seed, bonds)
    cash = {
        row["account_id"]: row["available_cash"]
        for row in desk.preview(bonds[0], 2_000, groups=[GROUP])["allocations"]
    }
    shown = blotter(desk, *lines, joint=True, policy={"sales_fund_buys": funded})
    assert statuses(shown) == ["PREVIEWED"] * len(lines)
    trades = defaultdict(list)
    for made, one in zip(allocations(desk, shown), shown["lines"], strict=True):
        for row in made["allocations"]:
            sign = 1 if one["side"] == "BUY" else -int(funded)
            day = made["order"]["settlement_date"]
            trades[row["account_id"]].append((day, sign * row["settlement_amount"]))
        assert desk.post(f"allocations/{made['allocation_id']}/replay")["identical"] is True
    for account, rows in trades.items():
        bought = [amount for _, amount in rows if amount > 0]
        assert not bought or max(paid_by_day(rows)) <= cash[account] + 1e-6, account
    found = shown["joint"]
    assert found["lower_bound"] <= found["std_dev"] * (1 + 1e-9)
    assert found["unallocated"] == sum(one["quantity"] - one["total_allocated"] for one in shown["lines"])
    assert desk.post(f"blotters/{shown['blotter_id']}/replay")["confirmed"] is True
