"""Proposals on random books: what their previews say of cash, positions, lots and restrictions."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from random import Random
from threading import Event

import pytest

from tests.support.proposal_desk import INDUSTRIALS, ProposalDesk

PRICE = Decimal("0.985")
MODES = ("to_band", "full", "buy_only", "cash_raise")
SIDES = {"buy_only": {"BUY"}, "cash_raise": {"SELL"}}
BARRED = INDUSTRIALS[:3]
"""Bonds below investment grade, which accounts with NO_HIGH_YIELD may not buy."""

FEW, MANY = (1, 100, 102, 107), range(108, 132)


class Drawn:
    """A book with coarse pieces, positions off the grid, little cash, and accounts that may not buy all."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.bonds, self.accounts = {}, {}

    def change(self, book):
        choose = self.random.choice
        for bond in book["securities"]:
            bond["min_piece"] = choose([1_000, 5_000, 100_000])
            bond["increment"] = choose([1_000, 5_000])
            bond["rating"] = "BB" if bond["cusip"] in BARRED else bond["rating"]
            self.bonds[bond["cusip"]] = bond
        for account in book["accounts"]:
            for held in account["positions"]:
                held["face"] = self.random.randrange(0, 2 * held["face"] // 1_000) * 1_000 + choose(
                    [0, 0, 491]
                )
            account["cash"] = choose([-2_000_000, 0, 300_000, 5_000_000, 20_000_000])
            value = sum((PRICE * held["face"] for held in account["positions"]), Decimal(0))
            account["nav"] = float(value + account["cash"])
            account["restrictions"] = choose([[], ["NO_HIGH_YIELD"]])
            self.accounts[account["account_id"]] = account

    def held(self, account, bond):
        return {each["cusip"]: each["face"] for each in self.accounts[account]["positions"]}.get(bond, 0)

    def is_barred(self, account, bond):
        return bond in BARRED and bool(self.accounts[account]["restrictions"])

    def request(self, seed):
        mode = MODES[seed % len(MODES)]
        more = {"amount": self.random.randrange(1, 9) * 1_000_000} if mode == "cash_raise" else {}
        if self.random.random() < 0.3:
            more["minimum_trade"] = 50_000
        if self.random.random() < 0.3:
            more["maximum_turnover_percent"] = self.random.choice([2, 5])
        return {"scope": "GROUP", "scope_id": "ALL", "mode": mode, **more}


def keeps_the_rules(drawn, asked, orders):
    """See by the book alone that no order breaks a rule (R20.5, R20.1)."""
    cash = {name: Decimal(account["cash"]) for name, account in drawn.accounts.items()}
    traded = defaultdict(Decimal)
    for order in orders:
        bond, is_buy = drawn.bonds[order["security_id"]], order["side"] == "BUY"
        assert order["side"] in SIDES.get(asked["mode"], {"BUY", "SELL"})
        for part in order["accounts"]:
            name, face = part["account_id"], part["quantity"]
            held = drawn.held(name, bond["cusip"])
            is_whole = not is_buy and face == held
            assert is_whole or (face % bond["increment"] == 0 and face >= bond["min_piece"])
            assert is_buy or is_whole or held - face >= bond["min_piece"]
            assert not (is_buy and drawn.is_barred(name, bond["cusip"]))
            assert face * PRICE >= asked.get("minimum_trade", 0)
            cash[name] += face * PRICE * (-1 if is_buy else 1)
            traded[name] += face * PRICE
    for name, account in drawn.accounts.items():
        assert cash[name] >= min(0, account["cash"])
        most = asked.get("maximum_turnover_percent", 1_000)
        assert traded[name] / 2 <= Decimal(account["nav"]) * most / 100


def previews_agree(desk, drawn, proposal):
    """See that the previews of its blotter give each account exactly its face, and warn of nothing."""
    made = desk.post(f"drift/proposals/{proposal['proposal_id']}/blotter", status=202)
    assert desk.services.jobs.executor.run(made["job_id"], Event(), lambda: None)
    lines = desk.get(f"blotters/{made['blotter_id']}")["lines"]
    for line, order in zip(lines, proposal["outcome"]["orders"], strict=True):
        assert (line["status"], line["errors"]) == ("PREVIEWED", [])
        preview = desk.get(f"allocations/{line['allocation_id']}")
        given = {r["account_id"]: r["allocated_quantity"] for r in preview["allocations"]}
        wanted = defaultdict(int, {each["account_id"]: each["quantity"] for each in order["accounts"]})
        assert given == {name: wanted[name] for name in given}
        assert preview["warnings"] == []
        if order["side"] == "BUY":
            barred = [
                r for r in preview["allocations"] if drawn.is_barred(r["account_id"], order["security_id"])
            ]
            assert {r["reason"]["code"] for r in barred} <= {"COMPLIANCE"}


def proposed_and_previewed(folder, seed):
    drawn = Drawn(seed)
    desk = ProposalDesk(folder, change=drawn.change)
    asked = drawn.request(seed)
    proposal = desk.propose(**asked)
    orders = proposal["outcome"]["orders"]
    keeps_the_rules(drawn, asked, orders)
    if orders:
        previews_agree(desk, drawn, proposal)
    return orders


@pytest.mark.parametrize("seed", FEW)
def test_no_order_breaks_a_rule_in_a_few_books(tmp_path, seed):
    # R20.5
    assert proposed_and_previewed(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_no_order_breaks_a_rule(tmp_path, seed):
    # R20.5
    proposed_and_previewed(tmp_path, seed)
