"""Small proposals, and brute force over all trades by the rules alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction as F  # noqa: N817 - in every line

import numpy as np

from app.services.kernels.proposals import Account, Bond, Goal, Problem, ProposalMode, Room

MODES = tuple(ProposalMode)
CLASSES = ("GOV", "CORP")


def bond(name, key="GOV", *, price="1", piece=1_000, increment=1_000, cost="0", **exposure) -> Bond:
    """A bond of one class at par in lots of 1,000."""
    counts = {key: Decimal(1), **{k: Decimal(v) for k, v in exposure.items()}}
    return Bond(name, Decimal(price), piece, increment, counts, Decimal(cost))


def goal(key, value, target, band, *, nav=100_000, tolerance=0) -> Goal:
    """A class whose target and band are in percent of the NAV."""
    unit = Decimal(nav) / 100
    return Goal(
        key=key,
        value=Decimal(value),
        low=(Decimal(target) - Decimal(band)) * unit,
        target=Decimal(target) * unit,
        high=(Decimal(target) + Decimal(band)) * unit,
        unit=unit,
        tolerance=Decimal(tolerance),
        of_cash=key == "CASH",
    )


def account(name, cash, goals, buy, sell, *, whole=None, floor=0, **limits) -> Account:
    """An account; amounts of money may be whole numbers."""
    money = {k: Decimal(v) if isinstance(v, int) else v for k, v in limits.items()}
    return Account(
        name,
        Decimal(cash),
        Decimal(floor),
        tuple(goals),
        tuple(buy),
        tuple(sell),
        tuple(whole or [0] * len(buy)),
        **money,
    )


def small(seed: int) -> Problem:
    """Draw a problem of one to three accounts and two or three bonds with few amounts each."""
    random = np.random.default_rng(seed)
    mode = MODES[seed % len(MODES)]
    size, count = int(random.integers(1, 4)), int(random.integers(2, 4))
    bonds = tuple(
        Bond(
            name=f"B{b}",
            price=Decimal(str(random.choice(["0.95", "1", "1.04", "0.9875"]))),
            piece=int(random.choice([1_000, 2_000, 3_000])),
            increment=1_000,
            exposure={
                CLASSES[int(random.integers(2))]: Decimal(1),
                "DURATION": Decimal(str(random.choice(["1.5", "4", "9"]))),
            },
            cost=Decimal(str(random.choice(["0", "0.0025"]))),
        )
        for b in range(count)
    )
    accounts = tuple(_drawn(random, f"A{at}", bonds, mode) for at in range(size))
    minimum = Decimal(int(random.choice([0, 0, 1_500])))
    return Problem(bonds, accounts, mode, minimum)


def _drawn(random, name, bonds, mode) -> Account:
    nav = int(random.choice([20_000, 40_000]))
    held = [int(random.choice([0, 2_000, 4_000, 4_500, 700])) for _ in bonds]
    cash = int(random.integers(-1, 9)) * 1_000
    by_class = {key: Decimal(0) for key in CLASSES}
    years = Decimal(0)
    for each, face in zip(bonds, held, strict=True):
        (key,) = (k for k in each.exposure if k != "DURATION")
        by_class[key] += each.price * face
        years += each.price * face * each.exposure["DURATION"]
    raised = int(random.integers(1, 6)) * 1_000 if mode is ProposalMode.CASH_RAISE else 0
    if random.random() < 0.3:
        target = Decimal(int(random.integers(1, 6)))
        goals = [
            Goal(
                "DURATION",
                years,
                (target - 1) * nav / 2,
                target * nav / 2,
                (target + 1) * nav / 2,
                Decimal(nav),
            )
        ]
    else:
        gov = int(random.integers(0, 21))
        corp = int(random.integers(0, 21 - gov))
        band = int(random.choice([2, 4, 6]))
        goals = [
            goal("GOV", by_class["GOV"], gov, band, nav=nav),
            goal("CORP", by_class["CORP"], corp, band, nav=nav),
            goal("CASH", cash - raised, 20, int(random.choice([5, 20])), nav=nav),
        ]
    limits: dict[str, object] = {}
    if random.random() < 0.3:
        limits["max_turnover"] = Decimal(int(random.integers(500, 4_000)))
    if random.random() < 0.3:
        limits["max_cost"] = Decimal(int(random.integers(0, 20)))
    if random.random() < 0.3:
        limits["rooms"] = (Room("issuer", (0, 1), Decimal(int(random.integers(0, 5_000)))),)
    return Account(
        account_id=name,
        cash=Decimal(cash),
        floor=Decimal(int(random.choice([0, 1_000]))),
        goals=tuple(goals),
        buy=tuple(int(random.choice([0, 2_000, 3_000])) for _ in bonds),
        sell=tuple(face // 1_000 * 1_000 if random.random() < 0.8 else 0 for face in held),
        whole=tuple(face if face % 1_000 and random.random() < 0.8 else 0 for face in held),
        to_raise=Decimal(raised),
        **limits,
    )


# --- brute force --------------------------------------------------------------------------------------------


def outcomes(problem: Problem, at: int):
    """Every allowed set of trades of an account: (levels, options, turnover)."""
    choices = [_amounts(problem, at, b) for b in range(len(problem.bonds))]
    for trades in itertools.product(*choices):
        found = outcome(problem, at, trades)
        if found is not None:
            yield found


def _amounts(problem, at, b):
    """Signed faces of one bond: bought above zero, sold below."""
    mine, each = problem.accounts[at], problem.bonds[b]
    grid = [
        face
        for face in range(each.increment, 10_000, each.increment)
        if face >= each.piece and face * each.price >= problem.minimum
    ]
    found = {0}
    if problem.mode is not ProposalMode.CASH_RAISE:
        found |= {face for face in grid if face <= mine.buy[b]}
    if problem.mode is not ProposalMode.BUY_ONLY:
        found |= {-face for face in grid if face <= mine.sell[b]}
        if mine.whole[b] and mine.whole[b] * each.price >= problem.minimum:
            found.add(-mine.whole[b])
    return sorted(found)


def outcome(problem: Problem, at: int, trades):
    """Levels, options and turnover of signed faces, None where a limit is broken."""
    mine = problem.accounts[at]
    pairs = list(zip(problem.bonds, trades, strict=True))
    money = [F(each.price) * face for each, face in pairs]
    cost = sum(F(each.cost) * abs(face) for each, face in pairs)
    cash = F(mine.cash) - sum(money) - cost
    turnover = sum(abs(m) for m in money) / 2
    if cash < min(mine.cash, mine.floor):
        return None
    if mine.max_turnover is not None and turnover > mine.max_turnover:
        return None
    if mine.max_cost is not None and cost > mine.max_cost:
        return None
    for room in mine.rooms:
        if sum(max(money[b], 0) for b in room.bonds) > room.money:
            return None
    missing = max(F(0), F(mine.to_raise) + F(mine.floor) - cash) if mine.to_raise else F(0)
    after = {}
    for each in mine.goals:
        moved = sum(m * F(b.exposure.get(each.key, 0)) for m, (b, _) in zip(money, pairs, strict=True))
        after[each.key] = F(each.value) + (moved if not each.of_cash else cash - F(mine.cash))
    excess = sum(_beyond(after[g.key], g.low, g.high) / F(g.unit) for g in mine.goals)
    distance = F(0)
    if problem.mode is ProposalMode.FULL:
        for each, (low, high) in zip(mine.goals, zones(problem, at), strict=True):
            distance += _beyond(after[each.key], low, high) / F(each.unit)
    options = frozenset(b if face > 0 else b + len(problem.bonds) for b, face in enumerate(trades) if face)
    return (missing, excess, distance), options, turnover


def _beyond(value, low, high):
    return max(F(low) - value, value - F(high), F(0))


def zones(problem, at):
    """What counts as at the target: the tolerance, or half of what the smallest trade moves."""
    mine = problem.accounts[at]
    half = []
    for each in mine.goals:
        sizes = []
        for b, stated in enumerate(problem.bonds):
            for sign in (1, -1):
                faces = [abs(f) for f in _amounts(problem, at, b) if f * sign > 0]
                exact = [f for f in faces if f % stated.increment == 0 and f >= stated.piece]
                if not faces:
                    continue
                face = min(exact) if exact else min(faces)
                if each.of_cash:
                    sizes.append(abs(-sign * F(stated.price) - F(stated.cost)) * face)
                else:
                    sizes.append(F(stated.price) * F(stated.exposure.get(each.key, 0)) * face)
        smallest = min((s for s in sizes if s), default=F(0))
        half.append(max(F(each.tolerance), smallest / 2))
    others = sum(w for w, g in zip(half, mine.goals, strict=True) if not g.of_cash)
    found = []
    for each, width in zip(mine.goals, half, strict=True):
        wide = max(width, others) if each.of_cash else width
        found.append((max(F(each.target) - wide, F(each.low)), min(F(each.target) + wide, F(each.high))))
    return found


def best(problem: Problem):
    """(levels of each account, block orders, trades, turnover) of the best proposal."""
    levels, kept = [], []
    for at in range(len(problem.accounts)):
        every = list(outcomes(problem, at))
        least = min(found[0] for found in every)
        levels.append(least)
        cheapest: dict[frozenset[int], F] = {}
        for found, options, turnover in every:
            if found == least and turnover < cheapest.get(options, math.inf):
                cheapest[options] = turnover
        kept.append(cheapest)
    options = range(2 * len(problem.bonds))
    for orders in range(len(options) + 1):
        found = [
            total
            for chosen in itertools.combinations(options, orders)
            if (total := _within(kept, frozenset(chosen))) is not None
        ]
        if found:
            return levels, orders, *min(found)
    raise AssertionError("doing nothing is always allowed")


def _within(kept: list[Mapping[frozenset[int], F]], chosen):
    trades, turnover = 0, F(0)
    for cheapest in kept:
        possible = [(len(used), moved) for used, moved in cheapest.items() if used <= chosen]
        if not possible:
            return None
        count, moved = min(possible)
        trades, turnover = trades + count, turnover + moved
    return trades, turnover


def signed(problem: Problem, faces):
    """Faces by option as signed faces by bond."""
    size = len(problem.bonds)
    return [faces.get(b, 0) - faces.get(b + size, 0) for b in range(size)]
