"""Branch and bound (Land and Doig 1960) for minimum dispersion with minimum pieces and whole positions.

Pieces, rests that have to stay tradable and coarse amounts leave gaps in what an account may take; odd whole
positions take it off the grid. A node fixes some of these choices. While odd positions are undecided it is
bounded by its continuous relaxation, afterwards by its exact relaxation in lots, gaps filled, whose solution
is the answer wherever it happens to lie in none; else each child holds an account to one side of its gap.
Where gaps do not bind and there are no odd positions, the root is the answer.

Totals less than an increment below the largest may be placed (R3.5): once whole positions are decided the
rest is one amount on the grid, before that a bound holds for all of these totals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from math import inf

import numpy as np

from app.services.kernels.allocation.continuous import Continuous, solve
from app.services.kernels.allocation.feasible import FeasibleSet, total_of
from app.services.kernels.allocation.lots import LotSplit, best_lots, proof_tolerance
from app.services.kernels.allocation.objective import Quadratic
from app.services.kernels.allocation.problem import BoolArray, FloatArray, IntArray
from app.services.kernels.allocation.reachable import Window, unit_of, wholes_near, zones_of
from app.services.kernels.allocation.sums import Budget, Choice, Grid, Lattice, Sums, stages

_NODE_WORK = 40_000
_WHOLE_NODE_WORK = 16_000
"""Accounts times nodes of one search; less with whole positions, whose nodes cost more and seldom prove."""

_NODE_RANGE = (40, 1_000)
_COMPLETION_BUDGET = 0.05
"""Of one search for totals, for telling which whole positions can still end in the window."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The best split below the cutoff (None if there is none), its variance, a bound, the nodes visited."""

    faces: IntArray | None
    variance: float
    lower_bound: float
    nodes: int


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """Bounds in lots, who sells whole, and how many of the whole positions are decided."""

    lower: FloatArray
    upper: FloatArray
    sold: BoolArray
    decided: int
    bound: float


def search(
    function: Quadratic,
    feasible: FeasibleSet,
    total: int,
    *,
    relaxed: Continuous,
    fallback: IntArray,
    cutoff: float,
    max_nodes: int | None = None,
) -> Found:
    """Minimise the variance over the feasible set, at totals less than an increment below `total`.

    Parameters
    ----------
    function : Quadratic
        In lots of `feasible.increment`, over the same m accounts.
    feasible : FeasibleSet
        Every account can take something.
    total : int
        The largest reachable face, positive.
    relaxed : Continuous
        Solution of the relaxation with every account between 0 and `feasible.upper`.
    fallback : int64[m]
        A split already known.
    cutoff : float
        Its variance; only a smaller one is of interest, or a larger total.
    max_nodes : int or None
        Fewer nodes than the search would visit by itself.
    """
    task = _Search(function, feasible, total, relaxed, fallback, cutoff)
    if max_nodes is not None:
        task.limit = min(task.limit, max_nodes)
    return task.run()


class _Search:
    def __init__(
        self,
        function: Quadratic,
        feasible: FeasibleSet,
        total: int,
        relaxed: Continuous,
        fallback: IntArray,
        cutoff: float,
    ) -> None:
        self.function, self.feasible, self.total = function, feasible, total
        self.relaxed = relaxed
        self.piece = float(feasible.piece // feasible.increment)
        self.top = (feasible.top // feasible.increment).astype(np.float64)
        self.low = feasible.low / feasible.increment
        self.whole = feasible.whole / feasible.increment
        self.coarse = float(feasible.coarse // feasible.increment)
        self.odd = feasible.odd
        # What an account that does not sell an odd position whole may take at most, or not past a gap.
        has_wholes = bool(feasible.whole.any())
        self.most = np.where(self.odd, self.top, np.maximum(self.top, self.whole)) if has_wholes else self.top
        self.gapped = self.piece > 1 or has_wholes or bool(self.coarse)
        self.faces: IntArray | None = None
        self.variance, self.placed = cutoff, total_of(fallback)
        self.known = (feasible.whole > 0) & (fallback == feasible.whole)
        self.unproved = inf
        self.nodes = 0
        low, high = _NODE_RANGE
        self.order = self._whole_order()
        work = _WHOLE_NODE_WORK if self.order.size else _NODE_WORK
        self.limit = min(high, max(low, work // self.top.size))
        self.slack = (feasible.increment - 1) / feasible.increment if self.order.size else 0.0
        self.within = Window.below(total, feasible.increment)
        self.completions = _Completions(feasible, self.order, total) if self.order.size else None

    def run(self) -> Found:
        """Dive for a first split, then go best bound first, following each branch down to its end."""
        root = _Node(
            lower=self.feasible.least / self.feasible.increment,
            upper=np.maximum(self.top, self.whole),
            sold=np.zeros(self.top.size, dtype=np.bool_),
            decided=0,
            bound=-inf,
        )
        if self.gapped:
            self._dive()
        heap: list[tuple[float, int, _Node]] = [(root.bound, 0, root)]
        serial = count(1)
        while heap and self.nodes < self.limit:
            current: _Node | None = heappop(heap)[2]
            while current is not None and self._open(current.bound) and self.nodes < self.limit:
                children = list(self._branch(current))
                current = children[0] if children else None
                for child in children[1:]:
                    heappush(heap, (child.bound, next(serial), child))
            if current is not None:
                heappush(heap, (current.bound, next(serial), current))
            while heap and not self._open(heap[0][0]):
                heappop(heap)
        bound = min([self.unproved, *(entry[0] for entry in heap)])
        return Found(self.faces, self.variance, bound if self._open(bound) else self.variance, self.nodes)

    def _open(self, bound: float) -> bool:
        return bound < self.variance - proof_tolerance(self.variance)

    def _branch(self, node: _Node) -> Iterator[_Node]:
        self.nodes += 1
        if node.decided < self.order.size:
            return self._branch_whole(node)
        return self._branch_piece(node)

    # --- whole positions --------------------------------------------------------------------------------

    def _whole_order(self) -> IntArray:
        """Decide the clear cases first; those near the middle are left to make the total come out."""
        odd = np.flatnonzero(self.odd)
        clear = np.abs(self.relaxed.lots[odd] - (self.whole[odd] + self.top[odd]) / 2)
        return odd[np.argsort(-clear, kind="stable")]

    def _branch_whole(self, node: _Node) -> Iterator[_Node]:
        account = int(self.order[node.decided])
        within = self.within.less_whole(total_of(self.feasible.whole[node.sold]), self.feasible.increment)
        if self.completions is not None and not self.completions.possible(node.decided, within):
            return
        least, most = float(node.lower.sum()), float(node.upper.sum())
        total = self.total / self.feasible.increment
        if least > total * (1 + 1e-12) or most < (total - self.slack) * (1 - 1e-12):
            return
        relaxed, total = self.relaxed, min(max(total, least), most)
        if node.decided:
            relaxed = solve(self.function, node.lower, node.upper, total)
        bound = max(node.bound, relaxed.bound_around(self.slack))
        if not self._open(bound):
            return
        whole = self._decide(node, account, bound, sold=True)
        grid = self._decide(node, account, bound, sold=False)
        first = relaxed.lots[account] >= (self.whole[account] + self.top[account]) / 2
        yield from (whole, grid) if first else (grid, whole)

    def _decide(self, node: _Node, account: int, bound: float, *, sold: bool) -> _Node:
        lower, upper, mask = node.lower.copy(), node.upper.copy(), node.sold.copy()
        upper[account] = self.whole[account] if sold else self.top[account]
        lower[account] = self.whole[account] if sold else self.low[account]
        mask[account] = sold
        return _Node(lower, upper, mask, node.decided + 1, bound)

    # --- pieces -----------------------------------------------------------------------------------------

    def _branch_piece(self, node: _Node) -> Iterator[_Node]:
        rest = (self.total - total_of(self.feasible.whole[node.sold])) // self.feasible.increment
        lower, upper = node.lower, node.upper
        if node.sold.any():
            lower, upper = np.where(node.sold, 0.0, lower), np.where(node.sold, 0.0, upper)
        if not self._fits(lower, upper, rest):
            return
        relaxed = self.relaxed if node.bound == -inf else None
        split = self._in_lots(node.sold, lower, upper, rest, relaxed)
        bound = max(split.lower_bound, node.bound)
        if not self._open(bound):
            return
        below, above = self._neighbours(split.lots, lower)
        between = below < above
        if not between.any():
            self._accept(split.lots, node.sold)
            self.unproved = min(self.unproved, bound)
            return
        depth = np.minimum(split.lots - below, above - split.lots)
        account = int(np.argmax(np.where(between, depth, -1.0)))
        held = replace(node, lower=_with(node.lower, account, above[account]), bound=bound)
        out = replace(node, upper=_with(node.upper, account, below[account]), bound=bound)
        nearer_above = 2 * split.lots[account] >= below[account] + above[account]
        yield from (held, out) if nearer_above else (out, held)

    def _neighbours(self, lots: FloatArray, lower: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the amounts next to `lots` that the accounts may take: both `lots` where that is one."""
        below, above = lots.copy(), lots.copy()
        if self.coarse:
            fine = (lots > self.coarse) & (lots < self.top)
            below[fine] = np.floor(lots[fine] / self.coarse) * self.coarse
            above[fine] = np.ceil(lots[fine] / self.coarse) * self.coarse
        short = (lots > 0) & (lots < self.piece) & (lower == 0)
        below[short], above[short] = 0.0, self.piece
        if self.most is not self.top:
            past = (lots > self.top) & (lots < self.most)
            below[past], above[past] = self.top[past], self.most[past]
        return below, above

    def _in_lots(
        self, sold: BoolArray, lower: FloatArray, upper: FloatArray, rest: int, relaxed: Continuous | None
    ) -> LotSplit:
        """Split `rest` lots over the accounts that do not sell whole, without regard to pieces."""
        function = self.function.shifted(np.where(sold, self.whole, 0.0)) if sold.any() else self.function
        if rest == 0:
            variance = function.variance(lower)
            return LotSplit(lower, variance, variance)
        if relaxed is None:
            relaxed = solve(function, lower, upper, float(rest))
        return best_lots(function, lower, upper, float(rest), relaxed=relaxed, cutoff=self.variance)

    def _fits(self, lower: FloatArray, upper: FloatArray, rest: int) -> bool:
        """Say whether some choice of accounts, those with a lower bound among them, reaches `rest` lots."""
        held = lower > 0
        least = float(lower.sum())
        if rest < least:
            return False
        free = (upper >= self.piece) & ~held
        others = upper if free.all() else upper[free]
        joining = int((rest - least) // self.piece)
        if joining < others.size:
            others = np.sort(others)[::-1][:joining]
        return float(upper[held].sum()) + float(others.sum()) >= rest

    def _accept(self, lots: FloatArray, sold: BoolArray) -> None:
        some = bool(sold.any())
        variance = self.function.variance(np.where(sold, self.whole, lots) if some else lots)
        tie = proof_tolerance(self.variance) if self.order.size else 0.0
        if variance > self.variance + tie:
            return
        faces = lots.astype(np.int64)
        faces *= self.feasible.increment
        if some:
            faces = np.where(sold, self.feasible.whole, faces)
        placed = total_of(faces)
        if placed > self.placed or variance < self.variance - (tie if placed < self.placed else 0.0):
            self.faces, self.variance, self.placed = faces, variance, placed

    # --- a first split ----------------------------------------------------------------------------------

    def _dive(self) -> None:
        """Round the relaxation to a feasible split: whole positions first, then pieces in batches."""
        wanted = self.relaxed.lots * self.feasible.increment
        nearer = (self.feasible.whole > 0) & (2 * wanted >= self.feasible.whole + self.feasible.top)
        sold = wholes_near(self.feasible, self.within, wanted, nearer, self.known)
        rest = (self.total - total_of(self.feasible.whole[sold])) // self.feasible.increment
        lower, upper = np.where(sold, 0.0, self.low), np.where(sold, 0.0, self.top)
        if not self._fits(lower, upper, rest):
            return
        function = self.function.shifted(np.where(sold, self.whole, 0.0))
        if self.coarse:
            bounds = self._in_zones(function, sold, wanted, rest)
            if bounds is None:
                return
            lower, upper = bounds
        while rest:
            relaxed = solve(function, lower, upper, float(rest))
            short = (relaxed.lots > 0) & (relaxed.lots < self.piece) & (lower == 0)
            if not short.any():
                held = relaxed.lots >= self.piece
                lower, upper = (
                    np.where(held, np.maximum(lower, self.piece), 0.0),
                    np.where(held, upper, 0.0),
                )
                break
            narrowed = self._settle_batch(lower, upper, relaxed.lots, short, rest)
            if narrowed is None:
                return
            lower, upper = narrowed
        lots = self._in_lots(sold, lower, upper, rest, None).lots
        below, above = self._neighbours(lots, lower)
        if np.array_equal(below, above):
            self._accept(lots, sold)

    def _in_zones(
        self, function: Quadratic, sold: BoolArray, wanted: FloatArray, rest: int
    ) -> tuple[FloatArray, FloatArray] | None:
        """Fix the accounts that take multiples of the coarse amount; return bounds of all."""
        increment = self.feasible.increment
        zones = zones_of(self.feasible.without(sold), wanted, rest * increment)
        if zones is None:
            return None
        lower, upper = (bound / increment for bound in zones.bounds)
        relaxed = solve(function, lower, upper, float(rest)).lots if rest else lower
        part = zones.part_of(rest * increment, float(relaxed[zones.blocks].sum()) * increment)
        blocks = np.flatnonzero(zones.blocks)
        lots = np.zeros_like(relaxed)
        if part:
            large = function.without(relaxed, blocks)
            large = replace(large, step=large.step * self.coarse)
            least, most = lower[blocks] / self.coarse, upper[blocks] / self.coarse
            total = float(part // self.feasible.coarse)
            middle = solve(large, least, most, total)
            lots[blocks] = best_lots(large, least, most, total, relaxed=middle).lots * self.coarse
        if np.any((lots > 0) & (lots < self.piece)):
            return None
        return np.where(zones.blocks, lots, lower), np.where(zones.blocks, lots, upper)

    def _settle_batch(
        self, lower: FloatArray, upper: FloatArray, lots: FloatArray, short: BoolArray, rest: int
    ) -> tuple[FloatArray, FloatArray] | None:
        leaving = np.flatnonzero(short & (2 * lots < self.piece))
        staying = np.flatnonzero(short & (2 * lots >= self.piece))
        for accounts, out in ((leaving, True), (staying, False), (staying, True), (leaving, False)):
            ranked = accounts[np.argsort(lots[accounts] if out else -lots[accounts], kind="stable")]
            size = (ranked.size + 1) // 2
            while size:
                batch = ranked[:size]
                trial = (lower, _with(upper, batch, 0.0)) if out else (_with(lower, batch, self.piece), upper)
                if self._fits(*trial, rest):
                    return trial
                size //= 2
        return None


class _Completions:
    """What the undecided whole positions and the grid can still add, and so which nodes end in the window.

    Every grid cap counts, also of an account that has sold whole: what is ruled out is out of reach for sure.
    """

    def __init__(self, feasible: FeasibleSet, order: IntArray, total: int) -> None:
        lattice = Lattice(feasible.piece, feasible.increment, unit_of(feasible), total)
        choices = [Choice(0, whole) for whole in feasible.whole[order[::-1]].tolist()]
        low = total - feasible.increment + 1
        # Wholes on the grid count as its caps, minima not at all: both allow more.
        top = np.where(feasible.odd, feasible.top, feasible.upper)
        grid = Grid(top, np.zeros_like(top))
        found = stages(lattice, grid, choices, low, Budget(_COMPLETION_BUDGET))
        self.after: list[Sums] = [] if found is None else [found.final, *found.backwards()]

    def possible(self, decided: int, left: Window) -> bool:
        """Say whether positions from `decided` on can add up to what is left to reach the window."""
        return not self.after or left.met_by(self.after[decided])


def _with(values: FloatArray, at: int | IntArray, value: float) -> FloatArray:
    changed = values.copy()
    changed[at] = value
    return changed
