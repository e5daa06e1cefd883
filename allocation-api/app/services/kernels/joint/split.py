"""The joint split: K orders over the same accounts at once, so that their metric ends close together."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from app.services.kernels.allocation import KernelReason, ProofStatus
from app.services.kernels.allocation.dispersion import dispersion
from app.services.kernels.allocation.feasible import MinimumOutOfReach, total_of
from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.joint.model import Model
from app.services.kernels.joint.problem import (
    JointAllocation,
    JointProblem,
    JointProof,
    Split,
)
from app.services.kernels.joint.rounding import Rounding
from app.services.kernels.joint.solvers import Aim, Relaxed, nearest_share, relax, totals_that_fit
from app.services.kernels.joint.totals import Capacity, capacity

_PROVED = 1e-9
_NEARLY = 0.999
"""Of the most money that a split in lots was found to place: more than this costs dispersion for nothing."""


def split_jointly(problem: JointProblem) -> JointAllocation:
    """Split all orders at once.

    Never less money is placed by priority than one line after the other does, and at the same totals the
    objective is never larger.

    Raises
    ------
    ValueError
        If accounts cannot take their least amounts.
    """
    return _Task(problem).answer()


def prove(problem: JointProblem, faces: IntArray) -> Proven:
    """Return what faces (int64[K, n]) come to and what is proved of them, computed anew from the problem.

    Raises
    ------
    ValueError
        If they break an order, a limit, or what an account can take of a line.
    """
    return _Task(problem).proven(faces)


@dataclass(frozen=True, slots=True, eq=False)
class Proven:
    """A split with its proof; `scale` is the largest deviation or move of the metric, which gaps refer to."""

    split: Split
    pre_std_dev: float
    proof: JointProof
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class _Goal:
    """What lines shall place (face, float64[K]), the most money that they can, and how where not all fits."""

    totals: FloatArray
    largest: float
    capacity: Capacity | None


class _Task:
    def __init__(self, problem: JointProblem) -> None:
        self.problem = _without_overdrawn(problem)
        self.model = Model.of(self.problem)
        self.rounding = Rounding(self.model)
        self.orders = [line.face for line in problem.lines]
        self.by_priority = sorted(range(len(self.orders)), key=lambda at: problem.priority[at])

    def answer(self) -> JointAllocation:
        sequential = self.rounding.in_order(self.by_priority, None, self.orders)
        goal = self._goal(sequential)
        if not (self.model.line.size and self.model.weight.any()):
            reached = self._split(sequential).objective_std_dev
            proof = JointProof(ProofStatus.OPTIMAL, reached, reached, 0.0, ())
            return self._allocation(sequential, sequential, goal.largest, proof)
        relaxed = self._relaxed(goal.totals)
        faces = self._in_lots(relaxed, goal, sequential)
        placed = faces.sum(axis=1).astype(np.float64)
        if not np.array_equal(placed, goal.totals):
            relaxed = self._relaxed(placed)
        return self._allocation(faces, sequential, goal.largest, self._proof(faces, relaxed))

    def proven(self, faces: IntArray) -> Proven:
        self._check(faces)
        split, before = self._split(faces), self._split(np.zeros_like(faces)).std_dev
        if not (self.model.line.size and self.model.weight.any()):
            reached = split.objective_std_dev
            proof = JointProof(ProofStatus.OPTIMAL, reached, reached, 0.0, ())
        else:
            proof = self._proof(faces, self._relaxed(faces.sum(axis=1).astype(np.float64)))
        return Proven(split, before, proof, self.model.scale)

    def _check(self, faces: IntArray) -> None:
        for at, (line, row) in enumerate(zip(self.problem.lines, faces, strict=True)):
            coarse = np.where((line.coarse > 0) & (row > line.coarse), max(line.coarse, 1), 1)
            on_grid = (row % line.increment == 0) & (row % coarse == 0) & (row >= line.piece)
            taken = (
                (row >= line.low) & (row <= line.cap) & (on_grid & (row <= line.part) | (row == line.whole))
            )
            if not np.all(np.where(row == 0, line.low == 0, taken)) or total_of(row) > line.face:
                raise ValueError(f"faces: line {at} has an amount that its account cannot take, or too much")
        if not self.rounding.keeps_limits(faces):
            raise ValueError("faces: an account is past a limit")

    def _relaxed(self, totals: FloatArray) -> Relaxed:
        return relax(self.model, Aim(totals, self._share(totals)))

    def _goal(self, sequential: IntArray) -> _Goal:
        """Return what the lines shall place: all, where one after another does, else as much as fits."""
        if not self.model.line.size:
            return _Goal(np.zeros(len(self.orders)), 0.0, None)
        placed = [total_of(row) for row in sequential]
        grids = [line.increment for line in self.problem.lines]
        if all(order - got < grid for order, got, grid in zip(self.orders, placed, grids, strict=True)):
            most = sum(order * value for order, value in zip(self.orders, self.problem.value, strict=True))
            return _Goal(np.array(placed, dtype=np.float64), float(most), None)
        room = capacity(self.model)
        totals = totals_that_fit(self.model, room, np.array(self.orders, dtype=np.float64))
        return _Goal(totals, room.largest, room)

    def _in_lots(self, relaxed: Relaxed, goal: _Goal, sequential: IntArray) -> IntArray:
        """Return the best split that is found from continuous ones, or from one line after another."""
        near = nearest_share(self.model, Aim(goal.totals, self._share(goal.totals)))
        first = relaxed.point.pairs if near is None else near
        grids = (line.increment for line in self.problem.lines)
        aims = [
            min(order, -(-round(total) // grid) * grid)
            for order, total, grid in zip(self.orders, goal.totals.tolist(), grids, strict=True)
        ]
        found = [sequential, *self._rounded(self._coarse_first(), first, aims)]
        if goal.capacity is not None:  # lots cost money here, in some orders of the lines less than in others
            for order in (self.by_priority, self._coarse_first()):
                for pairs in (first, goal.capacity.pairs):
                    found += self._rounded(order, pairs, self.orders)
        best = self._best(found)
        return self.rounding.descend(best) if best is sequential else best

    def _rounded(self, order: list[int], pairs: FloatArray, totals: list[int]) -> list[IntArray]:
        with suppress(MinimumOutOfReach):  # lines before it may have rounded up what it needs
            first = self.rounding.in_order(order, self.model.faces_of(pairs), totals)
            return [self.rounding.descend(first)]
        return []

    def _best(self, found: list[IntArray]) -> IntArray:
        """Return the least objective of those that place nearly the most, and no less than the first does."""
        money = [self.rounding.placed(faces) for faces in found]
        most = max(money)
        near = [
            faces
            for faces, placed in zip(found, money, strict=True)
            if placed >= money[0] and all(got >= _NEARLY * top for got, top in zip(placed, most, strict=True))
        ]
        return min(near, key=self.rounding.value)

    def _coarse_first(self) -> list[int]:
        """Return lines that free what others use, then by what a lot moves a metric by, the most first."""
        lines, limits = self.problem.lines, self.problem.limits
        moves = [
            float(np.abs(line.slope[line.cap > 0]).mean()) * line.increment if line.cap.any() else 0.0
            for line in lines
        ]
        frees = [any(limit.use[at] < 0 for limit in limits) for at in range(len(lines))]
        return sorted(range(len(lines)), key=lambda at: (not frees[at], -moves[at], at))

    def _share(self, totals: FloatArray) -> FloatArray:
        """Return each account's part of a line by NAV (float64[p]), whatever its cap."""
        nav = self.problem.nav[self.model.account]
        all_nav = np.bincount(self.model.line, nav, totals.size)
        share: FloatArray = totals[self.model.line] * nav / all_nav[self.model.line] / self.model.unit
        return share

    def _proof(self, faces: IntArray, relaxed: Relaxed) -> JointProof:
        reached = self._split(faces).objective_std_dev
        bound = min(reached, sqrt(relaxed.lower_bound) * self.model.scale)
        gap = (reached - bound) / reached if reached > 0 else 0.0
        status = ProofStatus.OPTIMAL if gap <= _PROVED else ProofStatus.WITHIN_GAP
        if not relaxed.accepted and status is not ProofStatus.OPTIMAL:
            status = ProofStatus.FALLBACK
        return JointProof(status, reached, bound, gap, relaxed.attempts)

    def _allocation(
        self, faces: IntArray, sequential: IntArray, largest: float, proof: JointProof
    ) -> JointAllocation:
        split = self._split(faces)
        if min(split.unallocated) < 0 or not self.rounding.keeps_limits(faces):
            raise RuntimeError("the joint split is past an order or a limit; it is not shown")
        return JointAllocation(
            split=split,
            sequential=self._split(sequential),
            reason=self._reasons(faces),
            pre_std_dev=self._split(np.zeros_like(faces)).std_dev,
            largest_value=largest,
            proof=proof,
        )

    def _split(self, faces: IntArray) -> Split:
        problem = self.problem
        placed = [total_of(row) for row in faces]
        moves = sum(
            (np.where(q != 0, line.slope, 0.0) * q for line, q in zip(problem.lines, faces, strict=True))
        )
        metric = problem.metric + moves
        if problem.target is None:
            std_dev = dispersion(metric, problem.weighting, problem.nav).std_dev
        else:
            away = np.where(self.model.weight > 0, metric - problem.target, 0.0)
            std_dev = sqrt(float(self.model.weight @ (away * away)))
        short = self.model.pairs_of(faces) - self.model.goal
        debts = float(self.model.pull @ (short * short)) * self.model.scale**2
        return Split(
            faces=faces,
            unallocated=tuple(order - got for order, got in zip(self.orders, placed, strict=True)),
            placed_value=sum(got * value for got, value in zip(placed, problem.value, strict=True)),
            std_dev=std_dev,
            objective_std_dev=sqrt(std_dev * std_dev + debts),
        )

    def _reasons(self, faces: IntArray) -> tuple[tuple[KernelReason | None, ...], ...]:
        return tuple(self.rounding.reasons(at, faces) for at in range(len(self.orders)))


def _without_overdrawn(problem: JointProblem) -> JointProblem:
    """Return the problem in which accounts that are past a limit already use nothing of it."""
    lines, limits = list(problem.lines), []
    for limit in problem.limits:
        past = np.array([room is not None and room < 0 for room in limit.room])
        for at, use in enumerate(limit.use):
            if use > 0 and past.any():
                if np.any(lines[at].low[past] > 0):
                    raise MinimumOutOfReach(
                        f"low: {limit.name} is used up already where line {at} has a minimum"
                    )
                lines[at] = replace(lines[at], cap=np.where(past, 0, lines[at].cap))
        room = tuple(None if out else each for out, each in zip(past.tolist(), limit.room, strict=True))
        limits.append(replace(limit, room=room))
    return replace(problem, lines=tuple(lines), limits=tuple(limits))
