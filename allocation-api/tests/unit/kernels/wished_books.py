"""Small random books with wishes (minima, tradable rests, coarse amounts), and all their splits (R3.3)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

from app.services.domain.side import Side
from app.services.kernels.allocation import (
    AllocationProblem,
    CustomWeights,
    MinDispersion,
    ProofStatus,
    ProRata,
    Weighting,
)
from tests.unit.kernels.books import PROOF, amounts, book

BLOCKS = 8
PER_BLOCK = 75
VANISHING = 1e-4  # of the metric: where all can be made equal, float64 cannot tell one variance from another


@dataclass(frozen=True)
class Wishes:
    """At most five accounts of at most twelve lots, with every kind of wish, and all their splits."""

    problem: AllocationProblem
    weights: np.ndarray

    @classmethod
    def of(cls, seed: int, *, coarse: bool = False) -> Wishes:
        random = np.random.default_rng(seed)
        size = int(random.integers(1, 6))
        side = Side(random.choice(list(Side)))
        increment = int(random.choice([1, 5, 1_000]))
        piece = int(random.integers(0, 5)) * increment
        nav = random.lognormal(13.0, 1.0, size)
        lots = random.integers(0, 13, size)
        lots[0] = max(1, lots[0])
        held = lots * increment
        part, whole = held, np.zeros_like(held)
        if side is Side.SELL:
            held = held + np.where(random.random(size) < 0.4, random.integers(0, increment, size), 0)
            leaves_rest = random.random() < 0.7
            rest = int(random.integers(1, max(2, piece // increment + 1))) * increment
            part = np.maximum(held - rest, 0) if leaves_rest else held
            whole = np.where((held % increment != 0) | (held < piece) | leaves_rest, held, 0)
        wished = random.random(size) < random.choice([0.0, 0.35])
        low = np.where(wished, held * random.random(size), 0).astype(np.int64)
        fixed = wished & (random.random(size) < 0.3)
        exact = np.minimum(np.maximum(low // increment * increment, piece), held)
        face = max(1, int(held.sum() * random.choice([0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 1.0, 1.1])))
        if random.random() < 0.7:
            face = max(increment, face - face % increment)
        pull = random.choice([0.3, 1.0, 5.0]) * 3.8 * 1_000 / increment
        problem = book(
            np.where(fixed, exact, held),
            face=face,
            nav=nav,
            metric=random.normal(5.0, 0.3, size),
            slope=(1.0 if side is Side.BUY else -1.0) * pull / nav,
            side=side,
            piece=piece,
            increment=increment,
            whole=whole,
            low=np.where(fixed, exact, low),
            part=part,
            coarse=int(random.integers(2, 5)) * increment if coarse else 0,
        )
        weights = random.random(size)
        return cls(problem, weights / weights.sum())

    @cached_property
    def splits(self) -> np.ndarray:
        """Every split that the rules allow, one per row; none where the minima cannot be met."""
        choices = [amounts(self.problem, account) for account in range(self.problem.size)]
        found = [split for split in itertools.product(*choices) if sum(split) <= self.problem.face]
        return np.array(found, dtype=np.int64).reshape(-1, self.problem.size)

    @property
    def placed(self) -> np.ndarray:
        """Those that place more than the largest total less an increment."""
        totals = self.splits.sum(axis=1)
        return self.splits[totals > totals.max() - self.problem.increment]

    def std_devs(self, splits: np.ndarray, weighting: Weighting) -> np.ndarray:
        weight = self.problem.nav if weighting is Weighting.NAV else np.ones(self.problem.size)
        weight = weight / weight.sum()
        metric = self.problem.metric + self.problem.slope * splits
        deviation = metric - (metric @ weight)[:, np.newaxis]
        return np.sqrt((deviation * deviation) @ weight)

    def assert_placed(self, allocation, *, in_full: bool = True) -> None:
        allowed = self.placed if in_full else self.splits
        assert (allowed == allocation.faces).all(axis=1).any()
        assert allocation.faces.sum() + allocation.unallocated == self.problem.face

    def assert_best(self, allocation, weighting: Weighting) -> None:
        self.assert_placed(allocation)
        best = self.std_devs(self.placed, weighting).min()
        reached = self.std_devs(allocation.faces[np.newaxis], weighting)[0]
        size = np.abs(self.problem.metric).max()
        slack = 1e-13 * size
        assert reached <= best * (1 + PROOF) + slack
        assert allocation.optimality.lower_bound_std_dev <= best * (1 + PROOF) + slack
        if best > VANISHING * size:
            assert allocation.optimality.status is ProofStatus.OPTIMAL


def cases(block: int, *, coarse: bool):
    """Books whose wishes can be met; that the others are refused is held here."""
    met = 0
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        case = Wishes.of(seed, coarse=coarse)
        if case.splits.size:
            met += 1
            yield case
        else:
            for method in (ProRata(case.problem.nav), CustomWeights(case.weights), MinDispersion()):
                with pytest.raises(ValueError, match=r"^low: "):
                    method.allocate(case.problem)
    assert met > PER_BLOCK // 2
