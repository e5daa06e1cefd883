"""At most k assets: branch and bound over which ones, each node an own problem with its bound."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from app.services.kernels.allocation import ProofStatus
from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.optimization.errors import (
    Conflict,
    ConstraintKind,
    Infeasible,
    InvalidProblem,
    NoExcessReturn,
    NotSolved,
)
from app.services.kernels.optimization.optimum import optimise
from app.services.kernels.optimization.problem import Objective, Optimum, Problem, each_asset
from app.services.kernels.risk.errors import Fault, FaultKind

MAX_ASSETS_OF_FEW = 60
MAX_NODES = 1_000
"""Choices of assets that are looked into."""

_HELD = 1e-7
_GAP = 1e-9


@dataclass(frozen=True, slots=True)
class Few:
    """How many assets may be held at most, and the least weight of one that is held.

    Assets may not be sold short: what is not held has a weight of 0.
    """

    most: int
    least_weight: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """What is decided, per asset held (1), not held (0), open (-1); and the best weights by that alone."""

    decided: FloatArray
    relaxed: Optimum


def optimise_few(problem: Problem, few: Few, nodes: int = MAX_NODES) -> Optimum:
    """Return the best weights of at most so many assets; WITHIN_GAP, with the bound, where nodes ran out.

    They are counted, and not the time, so that the same problem has the same answer.

    Raises
    ------
    InvalidProblem, Infeasible, NoExcessReturn, NoRisk, NotSolved, OutOfTime
        As `optimise`; Infeasible names the limits of `few` where the problem without them has weights (both,
        where both are set). NotSolved is raised, too, where nodes were used up before any were found.
    """
    _check(problem, few)
    sign = 1.0 if problem.objective is Objective.MIN_RISK else -1.0
    left, ties = nodes, itertools.count()
    root = _Node(np.full(problem.size, -1.0), optimise(problem))
    queue = [(sign * root.relaxed.optimality.bound, next(ties), root)]
    best: Optimum | None = None
    value = np.inf
    while queue and queue[0][0] < value - _GAP and left > 0:
        left -= 1
        _, _, node = heapq.heappop(queue)
        for candidate in _candidates(problem, few, node):
            if sign * candidate.optimality.objective < value:
                best, value = candidate, sign * candidate.optimality.objective
        for child in _children(problem, few, node):
            bound = sign * child.relaxed.optimality.bound
            if bound < value - _GAP:
                heapq.heappush(queue, (bound, next(ties), child))
    if best is None:
        if queue:
            raise NotSolved("cardinality: no weights were found with the nodes that are searched")
        raise Infeasible(tuple(_conflicts(problem, few)), 0.0)
    return _answer(best, sign, min(value, queue[0][0] if queue else value))


def _answer(best: Optimum, sign: float, bound: float) -> Optimum:
    found = best.optimality
    bound = min(bound, sign * found.bound)
    gap = max(sign * found.objective - bound, 0.0)
    proved = gap <= _GAP + found.gap
    status = ProofStatus.OPTIMAL if proved and found.status is ProofStatus.OPTIMAL else ProofStatus.WITHIN_GAP
    return replace(best, optimality=replace(found, status=status, bound=sign * bound, gap=gap))


def _conflicts(problem: Problem, few: Few) -> Iterator[Conflict]:
    if few.most < problem.size:
        yield Conflict(ConstraintKind.CARDINALITY, (), float(few.most))
    if few.least_weight > 0.0:
        yield Conflict(ConstraintKind.MIN_WEIGHT, (), few.least_weight)


def _check(problem: Problem, few: Few) -> None:
    faults = []
    if problem.size > MAX_ASSETS_OF_FEW:
        message = f"{problem.size} are more than the {MAX_ASSETS_OF_FEW} of which a few can be chosen"
        faults.append(Fault(FaultKind.TOO_MANY_ASSETS, "assets", message))
    if few.most < 1:
        faults.append(Fault(FaultKind.OUT_OF_RANGE, "most", "must be 1 at least"))
    if not 0.0 <= few.least_weight <= 1.0:
        faults.append(Fault(FaultKind.OUT_OF_RANGE, "least_weight", "must be from 0 to 1"))
    if np.any(np.asarray(problem.lower) < 0.0):
        faults.append(Fault(FaultKind.OUT_OF_RANGE, "lower", "must not be below 0 where assets are chosen"))
    if faults:
        raise InvalidProblem(tuple(faults))


def _held(weights: FloatArray) -> IntArray:
    held: IntArray = np.flatnonzero(weights > _HELD)
    return held


def _candidates(problem: Problem, few: Few, node: _Node) -> list[Optimum]:
    """Return weights within the limit near those of a node: the largest ones that may be held."""
    weights = np.where(node.decided == 1.0, np.inf, node.relaxed.weights)
    largest = np.argsort(-weights, kind="stable")[: few.most]
    chosen = largest[weights[largest] > _HELD]
    decided = np.zeros(problem.size)
    decided[chosen] = 1.0
    found = _solved(problem, few, decided)
    return [] if found is None else [found]


def _children(problem: Problem, few: Few, node: _Node) -> list[_Node]:
    """Decide the open asset of the largest weight: not held, and held. None where the weights will do."""
    weights, decided = node.relaxed.weights, node.decided
    held = _held(weights)
    too_small = weights[held] < few.least_weight - _HELD
    if held.size <= few.most and not too_small.any():
        return []
    open_ones = held[decided[held] < 0.0]
    if not open_ones.size:
        return []
    at = open_ones[np.argmax(weights[open_ones])]
    children = []
    for choice in (1.0, 0.0):
        next_one = decided.copy()
        next_one[at] = choice
        if np.count_nonzero(next_one == 1.0) == few.most:
            next_one[next_one < 0.0] = 0.0
        found = _solved(problem, few, next_one)
        if found is not None:
            children.append(_Node(next_one, found))
    return children


def _solved(problem: Problem, few: Few, decided: FloatArray) -> Optimum | None:
    n = problem.size
    lower, upper = each_asset(problem.lower, n).copy(), each_asset(problem.upper, n).copy()
    upper[decided == 0.0] = 0.0
    lower[decided == 1.0] = np.maximum(lower[decided == 1.0], few.least_weight)
    try:
        return optimise(replace(problem, lower=lower, upper=upper))
    except (Infeasible, NoExcessReturn):
        return None
