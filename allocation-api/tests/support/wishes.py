"""Small random books with random wishes, and all splits that the allocation rules allow, enumerated.

Nothing of the application is used: amounts are whole hundredths of face, so that every comparison is exact.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from stdnum import cusip

UNIT = 100
"""Hundredths of face in one face."""
LOT = 1_000 * UNIT
PRICES = ("98.5", "101.25", "87.125")


@dataclass(frozen=True)
class Holder:
    """An account: NAV and cash in whole money, `held` in hundredths of face, `kept` the fraction of NAV."""

    account_id: str
    nav: int
    cash: int
    held: int
    benchmark: float
    kept: str | None = None


@dataclass(frozen=True)
class Case:
    """One order over one group of a book, with its wishes as the request has them."""

    group_id: str
    cusip: str
    price: str
    accrued: str
    spread_duration: float
    min_piece: int
    holders: tuple[Holder, ...]
    side: str
    quantity: int
    wishes: dict = field(default_factory=dict)

    @property
    def cost(self) -> Fraction:
        """Money of one face."""
        return (Fraction(self.price) + Fraction(self.accrued)) / 100

    @property
    def metrics(self) -> np.ndarray:
        """Active spread duration before the trade."""
        value = [float(round(h.held * self.cost, 0)) / UNIT for h in self.holders]
        return np.array(
            [v / h.nav * self.spread_duration - h.benchmark for v, h in zip(value, self.holders, strict=True)]
        )

    def body(self, method: str, weighting: str = "EQUAL") -> dict:
        """The request for a preview."""
        parameters: dict = {"weighting": weighting}
        if method == "CUSTOM_WEIGHTS":
            barred = {e["account_id"] for e in self.wishes.get("exclude_accounts", ())}
            takers = [h.account_id for h in self.holders if h.account_id not in barred]
            share = round(1 / len(takers), 6)
            weights = dict.fromkeys(takers, share)
            weights[takers[0]] = round(1 - share * (len(takers) - 1), 6)
            parameters |= {"weights": weights, "redistribute": True}
        return {
            "order": {
                "security_id": self.cusip,
                "side": self.side,
                "quantity": number(self.quantity),
                "price": float(self.price),  # nobody may hold the bond
            },
            "allocation_method": method,
            "portfolio_groups": [self.group_id],
            "parameters": parameters,
            "constraints": self.wishes,
        }

    # --- the rules ------------------------------------------------------------------------------------------

    @property
    def step(self) -> int:
        """Step of the grid, in hundredths."""
        step, least = (
            self.wishes.get("round_to", 0),
            max(self.min_piece, self.wishes.get("min_allocation", 0)),
        )
        plain = least >= step or not self.wishes.get("round_to_above_only", False)
        lot = LOT if self.wishes.get("round_to_denomination", True) else UNIT
        return max(lot, step * UNIT) if plain else lot

    def is_on_grid(self, amount: int) -> bool:
        """Whether an amount may be traded as such, whatever an account can take."""
        least = max(self.min_piece, self.wishes.get("min_allocation", 0)) * UNIT
        coarse = self.wishes.get("round_to", 0) * UNIT if self.wishes.get("round_to_above_only") else 0
        rough = coarse and amount > coarse and amount % coarse
        return amount >= math.ceil(least / self.step) * self.step and amount % self.step == 0 and not rough

    def amounts(self, holder: Holder) -> list[int]:
        """Everything that an account may get, in hundredths."""
        most, wishes = self.quantity, self.wishes
        limit = wishes.get("account_limits", {}).get(holder.account_id, {})
        if holder.account_id in {e["account_id"] for e in wishes.get("exclude_accounts", ())}:
            most = 0
        if self.side == "SELL":
            most = min(most, holder.held)
        elif wishes.get("respect_cash", True):
            most = min(most, math.floor(max(holder.cash - self.reserve(holder), 0) / self.cost) * UNIT)
        found = {0} | {a for a in range(self.step, most + 1, self.step) if self.is_on_grid(a)}
        if self.side == "SELL":
            if wishes.get("leave_tradable", True):
                found = {
                    a for a in found if a in (0, holder.held) or holder.held - a >= self.min_piece * UNIT
                }
            found |= {holder.held} if holder.held <= most else set()
        least, fixed = hundredths(limit.get("min", 0)), limit.get("fixed")
        if "max" in limit:
            found = {a for a in found if a <= hundredths(limit["max"])}
        if fixed is not None:
            found &= {hundredths(fixed)}
        return sorted(a for a in found if a >= least)

    def reserve(self, holder: Holder) -> Fraction:
        """Cash that stays in an account."""
        asked = self.wishes.get("cash_reserve", {})
        part = max(Fraction(str(asked.get("percent_of_nav", 0))), Fraction(holder.kept or "0"))
        return max(part * holder.nav, Fraction(str(asked.get("amount", 0))))

    @property
    def misses_the_grid(self) -> bool:
        """Whether a minimum is no amount that could be traded, which is refused even where more could be."""
        for holder in self.holders:
            least = hundredths(self.wishes.get("account_limits", {}).get(holder.account_id, {}).get("min", 0))
            is_whole = self.side == "SELL" and least == holder.held
            if least and not is_whole and not self.is_on_grid(least):
                return True
        return False

    def splits(self) -> np.ndarray:
        """Every split that is allowed, one a row, in hundredths of face; none where no split is."""
        rows = np.zeros((1, 0), dtype=np.int64)
        for holder in self.holders:
            choices = np.array(self.amounts(holder), dtype=np.int64)
            left = np.repeat(rows, choices.size, axis=0)
            rows = np.column_stack([left, np.tile(choices, len(rows))])
            rows = rows[rows.sum(axis=1) <= self.quantity]
        return rows

    def dispersion(self, faces: np.ndarray, weighting: str) -> np.ndarray:
        """Standard deviation of the metric after each split (one a row, in hundredths), written out."""
        nav = np.array([h.nav for h in self.holders], dtype=np.float64)
        weight = nav / nav.sum() if weighting == "NAV" else np.full(nav.size, 1 / nav.size)
        sign = 1 if self.side == "BUY" else -1
        after = self.metrics + sign * float(self.cost) * self.spread_duration * faces / UNIT / nav
        mean = (after * weight).sum(axis=1, keepdims=True)
        return np.sqrt((weight * (after - mean) ** 2).sum(axis=1))


def hundredths(face: float) -> int:
    """Hundredths of a face of the request."""
    return round(face * UNIT)


def number(amount: int) -> float:
    """The JSON number of hundredths of face."""
    return amount // UNIT if amount % UNIT == 0 else amount / UNIT


# --- random cases -------------------------------------------------------------------------------------------


def random_case(rng: random.Random, serial: int) -> Case:
    """A book of one to five accounts with an order of up to twelve lots and wishes of all kinds."""
    side = rng.choice(("BUY", "SELL"))
    holders = tuple(_holder(rng, f"B{serial:03}A{n}") for n in range(rng.randint(1, 5)))
    quantity = rng.randint(1, 12) * LOT
    if side == "SELL" and rng.random() < 0.4:
        some = [h.held for h in holders if rng.random() < 0.6]
        quantity = min(sum(some), 12 * LOT) or quantity
        if quantity % UNIT and quantity != sum(some):
            quantity = 12 * LOT
    base = f"9128{serial:03}A"
    case = Case(
        group_id=f"B{serial:03}",
        cusip=base + cusip.calc_check_digit(base),
        price=rng.choice(PRICES),
        accrued=rng.choice(("0", "0.75")),
        spread_duration=rng.choice((3.8, 7.25)),
        min_piece=rng.choice((1_000, 1_000, 2_000, 2_500, 4_000)),
        holders=holders,
        side=side,
        quantity=quantity,
    )
    return Case(**{**vars(case), "wishes": _wishes(rng, case)})


def _holder(rng: random.Random, account_id: str) -> Holder:
    odd = rng.choice((0, 0, 0, 49_176, 70_000, 1))
    return Holder(
        account_id,
        nav=rng.randint(60_000, 240_000),
        cash=rng.randint(0, 14_000),
        held=rng.choice((0, rng.randint(1, 10), rng.randint(1, 10))) * LOT + odd,
        benchmark=round(rng.uniform(-6, 0), 4),
        kept=rng.choice((None, None, "0.02", "0.05")),
    )


def _wishes(rng: random.Random, case: Case) -> dict:
    wishes: dict = {}
    ids = [h.account_id for h in case.holders]
    if rng.random() < 0.25 and len(ids) > 1:
        barred = rng.sample(ids, rng.randint(1, len(ids) - 1))
        wishes["exclude_accounts"] = [{"account_id": a, "reason": "asked to wait"} for a in barred]
    if rng.random() < 0.3:
        reserve = {"amount": rng.randint(0, 6_000)}, {"percent_of_nav": rng.randint(0, 8) / 100}
        wishes["cash_reserve"] = rng.choice(reserve)
    elif rng.random() < 0.1:
        wishes["respect_cash"] = False
    if rng.random() < 0.3:
        wishes["leave_tradable"] = False
    if rng.random() < 0.15:
        wishes["min_allocation"] = rng.choice((1_500, 3_000))
    if rng.random() < 0.3:
        wishes["round_to"] = rng.choice((2_000, 3_000))
        wishes["round_to_above_only"] = rng.random() < 0.6
        if not wishes["round_to_above_only"] and rng.random() < 0.3:
            wishes["round_to_denomination"] = False
    if rng.random() < 0.7:
        held = {h.account_id: h.held for h in case.holders}
        some = rng.sample(ids, rng.randint(1, len(ids)))
        wishes["account_limits"] = {a: _limit(rng, held[a]) for a in some}
    return wishes


def _limit(rng: random.Random, held: int) -> dict:
    def amount() -> float:
        lots = rng.choice((0, 1, 2, 3, 4, 6)) * 1_000
        return rng.choice((lots, lots, lots, lots, number(held), lots + 500))

    kind = rng.choice(("min", "max", "both", "fixed"))
    if kind == "both":
        least, most = sorted((amount(), amount()))
        return {"min": least, "max": most}
    return {kind: amount()}


def book_of(cases: list[Case]) -> dict:
    """One book file for all cases: each has a group and a bond of its own."""
    return {
        "as_of": "2026-06-30",
        "groups": [
            {
                "group_id": case.group_id,
                "group_name": case.group_id,
                "created_date": "2020-01-01",
                "accounts": [h.account_id for h in case.holders],
            }
            for case in cases
        ],
        "accounts": [
            {
                "account_id": h.account_id,
                "account_name": h.account_id,
                "nav": h.nav,
                "cash": h.cash,
                "currency": "USD",
                "benchmark": {"spread_duration": h.benchmark},
                "cash_reserve_percent": None if h.kept is None else float(h.kept),
                "positions": [{"cusip": case.cusip, "face": number(h.held)}] if h.held else [],
            }
            for case in cases
            for h in case.holders
        ],
        "securities": [_bond(case) for case in cases],
    }


def _bond(case: Case) -> dict:
    return {
        "cusip": case.cusip,
        "ticker": "T",
        "description": f"US Treasury 2.5 05/31/2031 {case.group_id}",
        "issuer": "US Treasury",
        "issuer_id": "UST",
        "sector": "GOVT",
        "country": "US",
        "rating": "AA+",
        "coupon": 2.5,
        "maturity": "2031-05-31",
        "day_count": "ACT/ACT",
        "price": float(case.price),
        "accrued": float(case.accrued),
        "duration": 4.2,
        "spread_duration": case.spread_duration,
        "oas": 12,
        "convexity": 0.2,
        "yield": 4.1,
        "min_piece": case.min_piece,
        "increment": 1_000,
        "amount_issued": 40_000_000_000,
        "currency": "USD",
    }
