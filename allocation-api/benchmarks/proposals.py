"""Proposals: 200 accounts and 60 bonds, and groups of other sizes, each with what is proved of it.

Run with `make bench`, or `python -m benchmarks.proposals`. NAVs lognormal about 66 million, six classes with
targets and bands, a third of the bonds held by each account, a fifth of the pairs barred; most accounts are out
of their bands. `reference` is the same number of smallest programmes, one account with one trade each, solved by
the same HiGHS in the same run: the ratio says what the search costs, whatever the machine is.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy.optimize import LinearConstraint, milp

from app.services.kernels.proposals import Account, Bond, Goal, Problem, Proposal, ProposalMode, propose

CLASSES = ("TREASURY", "AGENCY", "FINANCIAL", "INDUSTRIAL", "UTILITY")
SIZES = ((1, 60), (20, 30), (200, 60))
LOT = 1_000
SECONDS = 4.5
GAP = 0.001


def group(accounts: int, bonds: int, mode: ProposalMode, seed: int = 1) -> Problem:
    """Draw a group."""
    random = np.random.default_rng(seed)
    drawn = tuple(
        Bond(
            name=f"B{b:02}",
            price=Decimal(str(round(float(random.uniform(0.85, 1.1)), 5))),
            piece=int(random.choice([1_000, 1_000, 100_000])),
            increment=LOT,
            exposure={CLASSES[b % len(CLASSES)]: Decimal(1)},
            cost=Decimal("0.0015"),
        )
        for b in range(bonds)
    )
    return Problem(drawn, tuple(_account(random, f"A{at:03}", drawn) for at in range(accounts)), mode, Decimal(5_000))


def _account(random: np.random.Generator, name: str, bonds: tuple[Bond, ...]) -> Account:
    nav = float(random.lognormal(18.0, 1.0))
    weights = random.uniform(0.0, 1.0, len(bonds)) * (random.random(len(bonds)) < 1 / 3)
    weights *= 0.96 / max(float(weights.sum()), 1e-9)
    held = [int(nav * w / float(b.price)) // LOT * LOT for w, b in zip(weights, bonds, strict=True)]
    values = dict.fromkeys(CLASSES, Decimal(0))
    for face, bond in zip(held, bonds, strict=True):
        values[next(iter(bond.exposure))] += face * bond.price
    whole = Decimal(round(nav, 2))
    cash = whole - sum(values.values())
    unit, band = whole / 100, 3 * whole / 100
    targets = [Decimal(t) for t in (30, 15, 20, 20, 12)]
    goals = [
        Goal(key, values[key], t * unit - band, t * unit, t * unit + band, unit)
        for key, t in zip(CLASSES, targets, strict=True)
    ]
    goals.append(Goal("CASH", cash, Decimal(0), 3 * unit, 6 * unit, unit, of_cash=True))
    may = random.random((2, len(bonds))) < 0.8
    return Account(
        account_id=name,
        cash=cash,
        floor=whole / 200,
        goals=tuple(goals),
        buy=tuple(int(nav * 0.1) // LOT * LOT if each else 0 for each in may[0]),
        sell=tuple(face if each else 0 for face, each in zip(held, may[1], strict=True)),
        whole=(0,) * len(bonds),
        max_turnover=whole / 4,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One group; seconds of the search, and of the reference."""

    accounts: int
    bonds: int
    mode: ProposalMode
    seconds: float
    reference: float
    answer: Proposal


def reference(accounts: int) -> float:
    """Return seconds of one smallest programme for each account."""
    start = time.perf_counter()
    for _ in range(accounts):
        milp(
            np.ones(2),
            integrality=np.ones(2),
            constraints=LinearConstraint(np.array([[1.0, 2.0]]), 3.0, np.inf),
        )
    return time.perf_counter() - start


def measure(accounts: int, bonds: int, mode: ProposalMode) -> Row:
    """Solve one group."""
    problem = group(accounts, bonds, mode)
    least = reference(accounts)
    start = time.perf_counter()
    answer = propose(problem, seconds=SECONDS, gap=GAP)
    return Row(accounts, bonds, mode, time.perf_counter() - start, least, answer)


def main() -> None:
    """Print the table."""
    print(f"Time limit {SECONDS} s; a turnover within {GAP:.1%} of the least is enough. Gaps per stage.")
    print(
        f"{'accounts':>8} {'bonds':>5} {'mode':8} {'seconds':>7} {'x reference':>11} {'status':10} {'back':>9} "
        f"{'orders':>7} {'bound':>5} {'trades':>6} {'bound':>6} {'gap':>6} {'turnover gap':>12}"
    )
    for accounts, bonds in SIZES:
        for mode in (ProposalMode.TO_BAND, ProposalMode.FULL):
            row = measure(accounts, bonds, mode)
            by = {stage.name: stage for stage in row.answer.stages}
            back, orders, trades, turnover = (
                by[name] for name in ("accounts_back", "block_orders", "allocations", "turnover")
            )
            bound = "-" if trades.bound is None else f"{trades.bound:.0f}"
            gaps = ["-" if each.gap is None else f"{each.gap:.2%}" for each in (trades, turnover)]
            print(
                f"{accounts:8} {bonds:5} {mode.value:8} {row.seconds:7.2f} {row.seconds / row.reference:11.1f} "
                f"{row.answer.status:10} {back.reached:4.0f}/{back.bound or 0:4.0f} {orders.reached:7.0f} "
                f"{'-' if orders.bound is None else f'{orders.bound:.0f}':>5} {trades.reached:6.0f} {bound:>6} "
                f"{gaps[0]:>6} {gaps[1]:>12}"
            )


if __name__ == "__main__":
    main()
