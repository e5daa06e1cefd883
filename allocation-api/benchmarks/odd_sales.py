"""The cost of a sale of odd positions: beside the same sale of round ones, by every method, in one run.

Run with `make bench`, or `python -m benchmarks.odd_sales`. Positions are random, under the minimum piece or
above it, so that the largest total is a subset-sum problem; the round ones are the same in whole lots. Each
figure is a median of several splits; how many round sales an odd one takes does not depend on the machine.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import numpy as np

from app.services.domain.side import Side
from app.services.kernels.allocation import AllocationProblem, CustomWeights, MinDispersion, ProRata, Strategy

ACCOUNTS = (31, 120, 200, 300)
PARTS = (0.3, 0.97)
RUNS = 5
INCREMENT = 1_000
KINDS = {"under the piece": (50_000, 99_000, 100_000), "above the piece": (101_000, 900_000, 100_000)}


@dataclass(frozen=True, slots=True)
class Cost:
    """Median milliseconds of one split of odd positions, and of one of round ones."""

    odd: float
    round: float

    @property
    def ratio(self) -> float:
        """How many round sales take as long."""
        return self.odd / self.round


def sale(kind: str, accounts: int, part: float, *, odd: bool) -> AllocationProblem:
    """Return a sale of a part of all positions of a kind; round ones are in whole lots."""
    random = np.random.default_rng(accounts)
    low, high, piece = KINDS[kind]
    held = random.integers(low, high, accounts)
    nav = random.lognormal(18.0, 0.5, accounts)
    metric = random.normal(5.0, 0.3, accounts)
    if not odd:
        held, piece = held // INCREMENT * INCREMENT, INCREMENT
    return AllocationProblem(
        account_ids=tuple(f"A{i:05d}" for i in range(accounts)),
        side=Side.SELL,
        face=int(held.sum() * part),
        nav=nav,
        metric=metric,
        slope=-4.0 / nav,
        cap=held,
        piece=piece,
        increment=INCREMENT,
        whole=held if odd else np.zeros_like(held),
    )


def methods(problem: AllocationProblem) -> dict[str, Strategy]:
    """Return the methods by name, for the accounts of a problem."""
    weights = problem.nav / problem.nav.sum()
    return {
        "PRO_RATA": ProRata(problem.nav),
        "CUSTOM_WEIGHTS": CustomWeights(weights, redistribute=True),
        "MIN_DISPERSION": MinDispersion(),
    }


def milliseconds(method: Strategy, problem: AllocationProblem) -> float:
    """Return the median time of a split."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        method.allocate(problem)
        times.append(time.perf_counter() - start)
    return 1_000 * statistics.median(times)


def cost(kind: str, accounts: int, part: float, method: str) -> Cost:
    """Measure one sale of odd positions beside the one of round positions."""
    odd, even = (sale(kind, accounts, part, odd=is_odd) for is_odd in (True, False))
    return Cost(milliseconds(methods(odd)[method], odd), milliseconds(methods(even)[method], even))


def main() -> None:
    """Print a table of all kinds, sizes and methods."""
    print(f"{'positions':16} {'accounts':>8} {'part':>5} {'method':15} {'odd':>9} {'round':>9} {'ratio':>6}")
    for kind in KINDS:
        for accounts in ACCOUNTS:
            for part in PARTS:
                for method in methods(sale(kind, accounts, part, odd=True)):
                    found = cost(kind, accounts, part, method)
                    figures = f"{found.odd:6.1f} ms {found.round:6.1f} ms {found.ratio:6.1f}"
                    print(f"{kind:16} {accounts:8} {part:5} {method:15} {figures}")


if __name__ == "__main__":
    main()
