"""The joint split beside the same lines one after another: time, and what it saves.

Run with `make bench`, or `python -m benchmarks.joint`. Blotters of 5, 20 and 100 bonds over 200 accounts:
NAVs lognormal about 66 million, a fifth of the lines sales whose proceeds may be spent, cash up to 5 % of
NAV, 3 % of NAV in one bond and 2 % more of one of eight issuers. `all fits`: the purchases come to 60 % of
all cash; `pieces`: of 100,000, where the others have lots of 1,000; `short`: they come to 160 % of the cash.
Times are processor seconds; the machine matters for them, and for nothing else.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from dataclasses import dataclass

import numpy as np

from app.services.domain.side import Side
from app.services.kernels.allocation import AllocationProblem
from app.services.kernels.joint import JointAllocation, JointProblem, Limit, split_jointly
from app.services.kernels.joint.model import Model
from app.services.kernels.joint.rounding import Rounding

BONDS = (5, 20, 100)
ACCOUNTS = 200
LOT = 1_000
ISSUERS = 8
UNITS = 100_000  # of money per currency unit: prices have three decimals per 100 of face


@dataclass(frozen=True, slots=True)
class Kind:
    """A blotter: minimum piece in face, and what all purchases come to as a part of all cash."""

    name: str
    piece: int
    part: float


KINDS = (Kind("all fits", LOT, 0.6), Kind("pieces", 100 * LOT, 0.6), Kind("short", LOT, 1.6))


def blotter(bonds: int, accounts: int, kind: Kind) -> JointProblem:
    """Draw a blotter."""
    random = np.random.default_rng(bonds)
    nav = random.lognormal(18.0, 1.0, accounts)
    metric = random.normal(5.0, 0.5, accounts)
    cash = nav * random.uniform(0.0, 0.05, accounts)
    lines, use, value = [], [], []
    sells = np.arange(bonds) % 5 == 4
    each = float(cash.sum()) * kind.part / int((~sells).sum())
    for is_sale in sells.tolist():
        price, years = round(float(random.uniform(85, 110)), 3), float(random.uniform(1, 12))
        if is_sale:
            cap = nav * random.uniform(0.0, 0.02, accounts) * (random.random(accounts) < 0.6)
            face = float(cap.sum()) * random.uniform(0.1, 0.7)
        else:
            cap = nav * 0.03 / (price / 100)
            face = each / (price / 100) * random.uniform(0.7, 1.3)
        lines.append(
            AllocationProblem(
                account_ids=tuple(f"A{index:05d}" for index in range(accounts)),
                side=Side.SELL if is_sale else Side.BUY,
                face=int(face) // LOT * LOT,
                nav=nav,
                metric=metric,
                slope=(-1.0 if is_sale else 1.0) * price / 100 * years / nav,
                cap=cap.astype(np.int64) // LOT * LOT,
                piece=kind.piece,
                increment=LOT,
                whole=np.zeros(accounts, dtype=np.int64),
            )
        )
        value.append(round(price * UNITS / 100))
        use.append(-value[-1] if is_sale else value[-1])
    limits = [Limit("cash", tuple(use), tuple((cash * UNITS).astype(np.int64).tolist()))]
    issuer = random.integers(0, ISSUERS, bonds).tolist()
    room = tuple((nav * 0.02 * UNITS).astype(np.int64).tolist())
    limits += [
        Limit(
            f"issuer {i}", tuple(max(0, u) if i == of else 0 for u, of in zip(use, issuer, strict=True)), room
        )
        for i in range(ISSUERS)
    ]
    return JointProblem(tuple(lines), tuple(limits), tuple(value), (0,) * bonds)


@dataclass(frozen=True, slots=True)
class Row:
    """One blotter; processor seconds of the joint split and of the lines one after another."""

    bonds: int
    kind: str
    joint: float
    sequential: float
    answer: JointAllocation


def measure(bonds: int, accounts: int, kind: Kind) -> Row:
    """Split one blotter both ways."""
    problem = blotter(bonds, accounts, kind)
    start = time.process_time()
    Rounding(Model.of(problem)).in_order(range(bonds), None, [line.face for line in problem.lines])
    between = time.process_time()
    answer = split_jointly(problem)
    return Row(bonds, kind.name, time.process_time() - between, between - start, answer)


def main() -> None:
    """Print the table."""
    print(f"{ACCOUNTS} accounts; standard deviations in years; what stays in millions of face")
    print(
        f"{'bonds':>5} {'blotter':9} {'joint s':>8} {'one by one s':>12} {'before':>8} {'one by one':>10} "
        f"{'joint':>8} {'saved':>6} {'bound':>8} {'gap':>7} {'stays, one by one':>17} {'joint':>7} "
        f"{'of most money':>13}"
    )
    for kind in KINDS:
        for bonds in BONDS:
            row = measure(bonds, ACCOUNTS, kind)
            answer, proof = row.answer, row.answer.proof
            saved = answer.saved_std_dev / answer.sequential.std_dev
            stays = [sum(split.unallocated) / 1e6 for split in (answer.sequential, answer.split)]
            print(
                f"{bonds:5} {kind.name:9} {row.joint:8.2f} {row.sequential:12.2f} {answer.pre_std_dev:8.5f} "
                f"{answer.sequential.std_dev:10.5f} {answer.split.std_dev:8.5f} {saved:6.1%} "
                f"{proof.lower_bound:8.5f} {proof.gap:7.3%} {stays[0]:17.1f} {stays[1]:7.1f} "
                f"{answer.split.placed_value / answer.largest_value:13.4%}"
            )


if __name__ == "__main__":
    main()
