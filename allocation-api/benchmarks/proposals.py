"""Proposals: 200 accounts and 60 bonds, and groups of other sizes, each with what is proved of it.

Run with `make bench`, or `python -m benchmarks.proposals [seconds]`. NAVs lognormal about 66 million, five
classes of bonds and cash with bands of 3 points, three fifths of the bonds held by each account, classes a
quarter off their targets (one standard deviation), a fifth of the pairs barred. `reference` is as many
smallest programmes as there are accounts, solved by the same HiGHS in the same run: the ratio says what the
search costs, whatever the machine is.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy.optimize import LinearConstraint, milp

from app.services.kernels.proposals import Account, Bond, Goal, Problem, Proposal, ProposalMode, propose

CLASSES = ("TREASURY", "AGENCY", "FINANCIAL", "INDUSTRIAL", "UTILITY")
SIZES = ((1, 60), (20, 30), (200, 60))
TARGETS = (30, 15, 20, 20, 12)
TILT = 0.25
HELD = 0.6
LOT = 1_000
SECONDS = 4.5
GAP = 0.005


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
    return Problem(
        drawn, tuple(_account(random, f"A{at:03}", drawn) for at in range(accounts)), mode, Decimal(5_000)
    )


def _account(random: np.random.Generator, name: str, bonds: tuple[Bond, ...]) -> Account:
    nav = float(random.lognormal(18.0, 1.0))
    of_class = np.arange(len(bonds)) % len(CLASSES)
    shares = np.array(TARGETS) / 100 * random.normal(1.0, TILT, len(CLASSES)).clip(0.2)
    shares *= 0.97 / shares.sum()
    weights = random.lognormal(0.0, 0.5, len(bonds)) * (random.random(len(bonds)) < HELD)
    weights[: len(CLASSES)] += 1e-3  # something of every class
    held = []
    for b, bond in enumerate(bonds):
        part = shares[of_class[b]] * weights[b] / weights[of_class == of_class[b]].sum()
        held.append(int(nav * part / float(bond.price)) // LOT * LOT)
    values = dict.fromkeys(CLASSES, Decimal(0))
    for face, bond in zip(held, bonds, strict=True):
        values[next(iter(bond.exposure))] += face * bond.price
    whole = Decimal(round(nav, 2))
    cash = whole - sum(values.values())
    unit, band = whole / 100, 3 * whole / 100
    goals = [
        Goal(key, values[key], t * unit - band, t * unit, t * unit + band, unit)
        for key, t in zip(CLASSES, map(Decimal, TARGETS), strict=True)
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
    """One group; seconds of the search by the clock and of the processor, and these of the reference."""

    accounts: int
    bonds: int
    mode: ProposalMode
    seconds: float
    processor: float
    reference: float
    answer: Proposal


def reference(accounts: int) -> float:
    """Return seconds of one smallest programme for each account."""
    start = time.process_time()
    for _ in range(accounts):
        milp(
            np.ones(2),
            integrality=np.ones(2),
            constraints=LinearConstraint(np.array([[1.0, 2.0]]), 3.0, np.inf),
        )
    return time.process_time() - start


def measure(accounts: int, bonds: int, mode: ProposalMode, seconds: float) -> Row:
    """Solve one group."""
    problem = group(accounts, bonds, mode)
    least = reference(accounts)
    start, used = time.perf_counter(), time.process_time()
    answer = propose(problem, seconds=seconds, gap=GAP)
    used = time.process_time() - used
    return Row(accounts, bonds, mode, time.perf_counter() - start, used, least, answer)


HEAD = (
    f"{'accounts':>8} {'bonds':>5} {'mode':8} {'seconds':>7} {'CPU s':>6} {'x reference':>11} {'status':10} "
    f"{'back':>9} {'orders':>6} {'bound':>5} {'trades':>6} {'bound':>5} {'gap':>7} {'turnover gap':>12}"
)


def line(row: Row) -> str:
    """Return one line of the table."""
    by = {stage.name: stage for stage in row.answer.stages}
    back, orders, trades, turnover = (
        by[name] for name in ("accounts_back", "block_orders", "allocations", "turnover")
    )
    bounds = ["-" if each.bound is None else f"{each.bound:.0f}" for each in (back, orders, trades)]
    gaps = ["-" if each.gap is None else f"{each.gap:.2%}" for each in (trades, turnover)]
    times = f"{row.seconds:7.2f} {row.processor:6.2f} {row.processor / row.reference:11.1f}"
    return (
        f"{row.accounts:8} {row.bonds:5} {row.mode:8} {times} {row.answer.status:10} "
        f"{back.reached:5.0f}/{bounds[0]:3} {orders.reached:6.0f} {bounds[1]:>5} "
        f"{trades.reached:6.0f} {bounds[2]:>5} {gaps[0]:>7} {gaps[1]:>12}"
    )


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(f"Time limit {seconds} s; a turnover within {GAP:.1%} of the least is enough. Gaps per stage.")
    print(HEAD)
    for accounts, bonds in SIZES:
        for mode in (ProposalMode.TO_BAND, ProposalMode.FULL):
            print(line(measure(accounts, bonds, mode, seconds)))


if __name__ == "__main__":
    main()
