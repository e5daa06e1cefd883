"""Small books for the kernel tests, the golden book, and brute force over everything that is feasible."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from app.services.domain.side import Side
from app.services.kernels.allocation import AllocationProblem, Weighting

# Tolerances, one per quantity.
FACE = 0.005  # the golden face amounts are given to the cent
STD = 5e-11  # the golden standard deviations are given to ten decimals
PROOF = 1e-9  # relative, on a standard deviation that is proved


def golden(face: int) -> AllocationProblem:
    """The four accounts of section 7 of the allocation rules: clean 98.5, no accrued, spread duration 3.8."""
    nav = np.array([100e6, 150e6, 80e6, 50e6])
    cash = np.array([5e6, 8e6, 3e6, 1e6])
    return AllocationProblem(
        account_ids=("ACC001", "ACC002", "ACC003", "ACC004"),
        side=Side.BUY,
        face=face,
        nav=nav,
        metric=np.array([5.2, 4.8, 5.5, 5.0]),
        slope=0.985 * 3.8 / nav,
        cap=np.minimum(np.floor(cash / 0.985), face).astype(np.int64),
        piece=1_000,
        increment=1_000,
        whole=np.zeros(4, dtype=np.int64),
    )


def book(
    caps,
    *,
    face,
    nav=None,
    metric=None,
    slope=None,
    side=Side.BUY,
    piece=1_000,
    increment=1_000,
    whole=None,
    low=None,
    part=None,
    coarse=0,
) -> AllocationProblem:
    """A problem from its caps; NAV 100 million, metric 5 and a duration of 4 years where nothing is said."""
    size = len(caps)
    stated = {"low": low, "part": part}
    wishes = {name: np.asarray(value, dtype=np.int64) for name, value in stated.items() if value is not None}
    nav = np.full(size, 100e6) if nav is None else np.asarray(nav, dtype=np.float64)
    sign = 1.0 if side is Side.BUY else -1.0
    return AllocationProblem(
        account_ids=tuple(f"A{index:05d}" for index in range(size)),
        side=side,
        face=face,
        nav=nav,
        metric=np.full(size, 5.0) if metric is None else np.asarray(metric, dtype=np.float64),
        slope=sign * 4.0 / nav if slope is None else np.asarray(slope, dtype=np.float64),
        cap=np.asarray(caps, dtype=np.int64),
        piece=piece,
        increment=increment,
        whole=np.zeros(size, dtype=np.int64) if whole is None else np.asarray(whole, dtype=np.int64),
        coarse=coarse,
        **wishes,
    )


# --- brute force --------------------------------------------------------------------------------------------


def amounts(problem: AllocationProblem, account: int) -> list[int]:
    """Everything that one account may get, straight from section 3 of the rules."""
    cap = min(int(problem.cap[account]), problem.face)
    least = max(problem.piece, problem.increment)
    grid = range(least, min(cap, int(problem.part[account])) + 1, problem.increment)
    coarse = problem.coarse or 1
    allowed = {face for face in grid if face <= problem.coarse or face % coarse == 0}
    if 0 < problem.whole[account] <= cap:
        allowed.add(int(problem.whole[account]))
    low = int(problem.low[account])
    return sorted(face for face in {0, *allowed} if face >= low)


def largest_total(problem: AllocationProblem, members=None) -> int:
    """The largest total that the members (default all) can reach within the order."""
    totals = {0}
    for account in range(problem.size) if members is None else members:
        totals = {
            total + amount
            for total in totals
            for amount in amounts(problem, account)
            if total + amount <= problem.face
        }
    return max(totals)


def std_dev(problem: AllocationProblem, weighting: Weighting, faces) -> float:
    """The dispersion after a split, written out."""
    known = np.isfinite(problem.metric)
    raw = problem.nav[known] if weighting is Weighting.NAV else np.ones(int(known.sum()))
    moved = np.where(np.asarray(faces) > 0, problem.slope * faces, 0.0)
    values = (problem.metric + moved)[known]
    mean = math.fsum(raw * values) / math.fsum(raw)
    return math.sqrt(math.fsum(raw * (values - mean) ** 2) / math.fsum(raw))


def may_be_placed(problem: AllocationProblem, total: int) -> bool:
    """Whether the total is one of those less than an increment below the largest that can be reached."""
    largest = largest_total(problem)
    return largest - problem.increment < total <= largest


def splits_within(problem: AllocationProblem, members=None) -> Iterator[tuple[int, ...]]:
    """Every feasible split that places more than the largest total less an increment; others get 0."""
    largest = largest_total(problem, members)
    taking = range(problem.size) if members is None else members
    choices = [amounts(problem, i) if i in taking else [0] for i in range(problem.size)]
    for split in itertools.product(*choices):
        if largest - problem.increment < sum(split) <= largest:
            yield split


def best_std_dev(problem: AllocationProblem, weighting: Weighting) -> float:
    """The least dispersion over every feasible split of a total that may be placed."""
    return min(std_dev(problem, weighting, np.array(split)) for split in splits_within(problem))


# --- random books -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Generic:
    """A random problem, and a permutation of its accounts."""

    problem: AllocationProblem
    weights: np.ndarray
    order: np.ndarray

    def permuted(self) -> AllocationProblem:
        """The same accounts under exchanged names."""
        problem, order = self.problem, self.order
        return replace(
            problem,
            nav=problem.nav[order],
            metric=problem.metric[order],
            slope=problem.slope[order],
            cap=problem.cap[order],
            whole=problem.whole[order],
        )


@st.composite
def problems(draw, size=6):
    """Random books and orders; NAV, metric and weights are irrational, so that nothing ties by accident."""
    count = draw(st.integers(1, size))
    side = draw(st.sampled_from(Side))
    increment = draw(st.sampled_from((1, 5, 1_000)))
    piece = draw(st.integers(0, 4)) * increment
    codes = st.lists(st.integers(1, 10**6), min_size=count, max_size=count, unique=True)
    nav = 1e6 * np.exp(np.array(draw(codes)) / 2e5)
    metric = 5.0 + np.sin(np.array(draw(codes), dtype=np.float64))
    weights = np.exp(np.array(draw(codes)) / 5e5)
    lots = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    odds = draw(st.lists(st.integers(0, increment - 1), min_size=count, max_size=count))
    positions = np.array([lot * increment + odd for lot, odd in zip(lots, odds, strict=True)], dtype=np.int64)
    whole = np.zeros(count, dtype=np.int64)
    if side is Side.SELL and draw(st.booleans()):
        odd = (positions % increment != 0) | (positions < piece)
        whole = np.where(odd, positions, 0)
    face = draw(st.integers(0, 12)) * max(1, int(positions.sum()) // 10)
    if draw(st.booleans()):
        face -= face % increment
    pull = draw(st.sampled_from((1e-3, 1.0, 30.0)))  # how far one lot moves a metric
    sign = 1.0 if side is Side.BUY else -1.0
    problem = book(
        positions,
        face=face,
        nav=nav,
        metric=metric,
        slope=sign * pull / increment * 1e6 / nav,
        side=side,
        piece=piece,
        increment=increment,
        whole=whole,
    )
    order = np.array(draw(st.permutations(range(count))))
    return Generic(problem, weights / weights.sum(), order)
