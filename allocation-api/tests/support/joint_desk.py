"""A desk of three accounts and two bonds at 100, in lots of a million, whose splits can be counted out."""

from __future__ import annotations

import copy
import json
from itertools import product
from math import sqrt

from tests.support.desk import GOLDEN_BOOK, Desk

SHORT, LONG = "912828YW4", "91282CKF7"
DURATIONS = {SHORT: 1.0, LONG: 10.0}
START = {"ACC001": 4.0, "ACC002": 6.0, "ACC003": 5.5}
CASH = {"ACC001": 10_000_000, "ACC002": 10_000_000, "ACC003": 4_000_000}
HELD = {"ACC001": 3_000_000, "ACC002": 2_000_000, "ACC003": 0}
NAV, LOT = 100_000_000, 1_000_000


def book(**more):
    """The book; each account holds as much of either bond, and its benchmark makes it start where it does."""
    given = copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))
    bond = given["securities"][0]
    cash, held = more.pop("cash", CASH), more.pop("held", HELD)
    given["securities"] = [
        bond
        | {"cusip": cusip, "issuer_id": f"ISSUER {cusip}", "spread_duration": years, "duration": years}
        | {"price": 100, "accrued": 0, "min_piece": LOT, "increment": LOT}
        | more
        for cusip, years in DURATIONS.items()
    ]
    golden = given["groups"][0]
    groups = {"GOLDEN": list(START), "PAIR": ["ACC001", "ACC002"], "THIRD": ["ACC003"]}
    given["groups"] = [golden | {"group_id": g, "accounts": accounts} for g, accounts in groups.items()]
    given["accounts"] = [
        {
            "account_id": account,
            "account_name": account,
            "nav": NAV,
            "cash": cash[account],
            "currency": "USD",
            "restrictions": [],
            "benchmark": {"spread_duration": held[account] * sum(DURATIONS.values()) / NAV - start},
            "positions": [{"cusip": c, "face": held[account]} for c in DURATIONS if held[account]],
        }
        for account, start in START.items()
    ]
    return given


def joint_desk(folder, **more):
    """The desk."""
    file = folder / "joint.json"
    file.write_text(json.dumps(book(**more)))
    return Desk(folder, scenario=file)


def joint_line(security_id, quantity, side="BUY", **more):
    """A line by minimum dispersion."""
    return {
        "order": {"security_id": security_id, "side": side, "quantity": quantity, **more.pop("order", {})},
        "allocation_method": "MIN_DISPERSION",
        "portfolio_groups": ["GOLDEN"],
        **more,
    }


def std_dev(*lines):
    """Standard deviation after lines, each `(security_id, lots by account, +1 or -1)`."""
    years = list(START.values())
    for security_id, lots, sign in lines:
        years = [y + sign * n * LOT * DURATIONS[security_id] / NAV for y, n in zip(years, lots, strict=True)]
    mean = sum(years) / len(years)
    return sqrt(sum((y - mean) ** 2 for y in years) / len(years))


def splits(lots, most):
    """Every way to split lots over accounts that can take so many each."""
    return [s for s in product(*(range(min(lots, m) + 1) for m in most)) if sum(s) == lots]
