"""From the continuous split to lots, one line after the other by the exact method, all limits kept exactly.

With all other lines held, a line is an order like any other, of accounts whose metrics and caps the others
have moved: minimum dispersion solves it exactly, with lots, pieces, whole positions and wishes (R8.2). So

- a first pass takes the lines one by one, the others at their continuous amounts until it is their turn, so
  that each makes up for what rounding those before it cost;
- then each line is solved again with the others as they are, until none gets better.

No step breaks a limit, takes from a total or adds to the objective. Limits are kept in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.services.kernels.allocation import AllocationProblem, KernelReason, MinDispersion, Weighting
from app.services.kernels.allocation.feasible import FeasibleSet, MinimumOutOfReach, total_of
from app.services.kernels.allocation.pro_rata import first_reasons
from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.joint.model import Model
from app.services.kernels.joint.problem import JointProblem, Limit

MAX_SWEEPS = 30
_WORTH_A_SWEEP = 1e-5  # of the square of the dispersion
_MAX_NODES = 10  # a few, since the next sweep searches again
_NOISE = 0.05  # of a lot: what a solver leaves beside a whole one
_FITS_INT64 = 2**62
_TARGET_WEIGHT = 1e9
"""Weight of an account at the target beside all others: it holds the mean there, to one part in so many."""

Whole = NDArray[np.int64] | NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """A limit in whole numbers, of 64 bits where nothing can be larger."""

    use: Whole
    room: Whole
    limited: NDArray[np.bool_]

    @classmethod
    def of(cls, limit: Limit, most: int) -> _Shared:
        room = [0 if each is None else each for each in limit.room]
        largest = max(map(abs, room), default=0) + most * sum(map(abs, limit.use))
        dtype = np.int64 if largest < _FITS_INT64 else object
        limited = np.array([each is not None for each in limit.room])
        return cls(np.array(limit.use, dtype=dtype), np.array(room, dtype=dtype), limited)

    def used(self, faces: IntArray) -> Whole:
        """Return what `faces` [K, n] use, per account."""
        total: Whole = (self.use[:, np.newaxis] * faces.astype(self.use.dtype)).sum(axis=0)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """What lines that are not split yet are counted with, [K, n]; 0 for those that are.

    `ahead` moves metrics, `wanted` uses limits, `least` is all that may be counted on of what frees them, and
    `kept` is what such a line, in its turn, frees at least if it is needed.
    """

    ahead: FloatArray
    wanted: IntArray
    least: IntArray
    kept: IntArray

    @classmethod
    def of(cls, problem: JointProblem, wanted: FloatArray | None) -> _Waiting:
        least = np.array([line.low for line in problem.lines])
        if wanted is None:
            return cls(np.zeros(least.shape), least.copy(), least, np.zeros_like(least))
        kept, wanted = np.zeros_like(least), wanted.copy()
        for at, line in enumerate(problem.lines):
            near = np.round(wanted[at] / line.increment) * line.increment
            is_lot = np.abs(wanted[at] - near) <= _NOISE * line.increment
            wanted[at] = np.where(is_lot, near, wanted[at])
            lots = np.floor(wanted[at] / line.increment).astype(np.int64) * line.increment
            kept[at] = np.where(lots >= line.piece, lots, 0)
        up = np.maximum(np.ceil(wanted).astype(np.int64), least)
        return cls(wanted, up, least, kept)

    @classmethod
    def nothing(cls, faces: IntArray) -> _Waiting:
        none = np.zeros_like(faces)
        return cls(np.zeros(faces.shape), none, none, none)


class Rounding:
    """Splits in lots that keep all constraints, and steps from one to a better one."""

    def __init__(self, model: Model) -> None:
        self.model, self.problem = model, model.problem
        most = max((int(line.cap.max(initial=0)) for line in self.problem.lines), default=0)
        self._shared = [_Shared.of(limit, most) for limit in self.problem.limits]
        self._slope = np.array([np.where(line.cap > 0, line.slope, 0.0) for line in self.problem.lines])

    def value(self, faces: IntArray) -> float:
        """Return what is minimised, for metrics of scale one."""
        return self.model.value(self.model.pairs_of(faces))

    def placed(self, faces: IntArray) -> tuple[int, ...]:
        """Return the money placed by priority, the first first, in whole increments."""
        money: dict[int, int] = {}
        for at, line in enumerate(self.problem.lines):
            whole = total_of(faces[at]) // line.increment * line.increment
            rank = self.problem.priority[at]
            money[rank] = money.get(rank, 0) + whole * self.problem.value[at]
        return tuple(money[rank] for rank in sorted(money))

    def keeps_limits(self, faces: IntArray) -> bool:
        """Say whether no account is past a limit."""
        return all(
            bool(np.all((shared.used(faces) <= shared.room)[shared.limited])) for shared in self._shared
        )

    def in_order(self, order: Sequence[int], wanted: FloatArray | None, totals: Sequence[int]) -> IntArray:
        """Split one line after the other.

        Parameters
        ----------
        order : int per line
        wanted : float64[K, n] or None
            What the lines that are not split yet hold: their metrics and what they use. None: nothing but
            the least that accounts must take.
        totals : int per line
            What each line places at most.

        Raises
        ------
        ValueError
            If an account cannot take its least amount of a line.
        """
        waiting = _Waiting.of(self.problem, wanted)
        faces = np.zeros_like(waiting.least)
        for at in order:
            waiting.ahead[at], waiting.wanted[at], waiting.least[at] = 0.0, 0, 0
            faces[at] = self._solve(at, faces, waiting, totals[at])
        return faces

    def descend(self, faces: IntArray) -> IntArray:
        """Solve each line again, given the others, until none gets better or fuller."""
        faces, value = faces.copy(), self.value(faces)
        nothing = _Waiting.nothing(faces)
        for _ in range(MAX_SWEEPS):
            at_first = value
            fuller = False
            for at, line in enumerate(self.problem.lines):
                before = faces[at].copy()
                faces[at] = 0
                faces[at] = self._solve(at, faces, nothing, line.face)
                now, more = self.value(faces), total_of(faces[at]) - total_of(before)
                if more > 0 or (more == 0 and now < value):
                    value, fuller = now, fuller or more > 0
                else:
                    faces[at] = before
            if not fuller and value > at_first * (1.0 - _WORTH_A_SWEEP):
                break
        return faces

    def reasons(self, at: int, faces: IntArray) -> tuple[KernelReason | None, ...]:
        """Say why accounts without face of the line got none, beside what they have of the others."""
        line = self.problem.lines[at]
        others = faces.copy()
        others[at] = 0
        cap, _ = self._room(at, others, _Waiting.nothing(faces))
        upper = FeasibleSet.of(replace(line, cap=cap, low=np.zeros_like(cap))).upper
        able = KernelReason.NOT_OPTIMAL if line.face else KernelReason.NO_REMAINDER
        last = KernelReason.BELOW_MIN_PIECE if line.face else KernelReason.NO_REMAINDER
        cases = {None: faces[at] != 0, KernelReason.NO_CAPACITY: cap == 0, able: upper > 0}
        return first_reasons(cases, last)

    def _solve(self, at: int, faces: IntArray, waiting: _Waiting, total: int) -> IntArray:
        """Split line `at` exactly; of the others `faces` are done."""
        line = self.problem.lines[at]
        others = self._slope * (faces + waiting.ahead)
        metric = line.metric + others.sum(axis=0) - others[at]
        cap, low = self._room(at, faces, waiting)
        if np.any(low > cap):
            account = line.account_ids[int(np.argmax(low > cap))]
            raise MinimumOutOfReach(
                f"low: what lines share leaves {account} less than it must take of line {at}"
            )
        return self._method(at, replace(line, metric=metric, cap=cap, low=low, face=min(total, line.face)))

    def _room(self, at: int, faces: IntArray, waiting: _Waiting) -> tuple[IntArray, IntArray]:
        """Return the most and the least that limits leave each account of the line.

        A line that uses a limit may count on nothing that another has still to free. One that frees it must
        do so for the lines that are done, and does for those to come as far as it was wanted itself.
        """
        line = self.problem.lines[at]
        cap, low = line.cap, line.low
        for shared in self._shared:
            use = shared.use[at]
            if not use:
                continue
            frees = (shared.use < 0)[:, np.newaxis]
            to_come = np.where(frees, waiting.least, 0)
            wanted = waiting.wanted * (~frees if use > 0 else 1) + (to_come if use > 0 else 0)
            left = shared.room - shared.used(faces + wanted)
            if use > 0:
                bound = np.clip(left // use, 0, line.cap).astype(np.int64)
                cap = np.where(shared.limited, np.minimum(cap, bound), cap)
            else:
                must = shared.room - shared.used(faces + to_come)
                for amount, most in ((must, line.cap), (left, waiting.kept[at])):
                    bound = np.clip(-(amount // -use), 0, most).astype(np.int64)
                    low = np.where(shared.limited, np.maximum(low, bound), low)
        return cap, low

    def _method(self, at: int, alone: AllocationProblem) -> IntArray:
        problem, ledger = self.problem, self.problem.ledger
        owed = weight = None
        if ledger is not None and np.any(ledger.weight[at]):
            owed, weight = ledger.owed[at], ledger.weight[at]
        if problem.target is None:
            return self._min_dispersion(problem.weighting, owed, weight).allocate(alone).faces
        if owed is not None and weight is not None:
            owed, weight = np.append(owed, 0.0), np.append(weight, 0.0)
        held = _held(alone, problem.target, self.model.weight)
        return self._min_dispersion(Weighting.NAV, owed, weight).allocate(held).faces[:-1]

    @staticmethod
    def _min_dispersion(
        weighting: Weighting, owed: FloatArray | None, weight: FloatArray | None
    ) -> MinDispersion:
        counts = 0.0 if weight is None else weight
        return MinDispersion(weighting, owed=owed, fairness_weight=counts, max_nodes=_MAX_NODES)


def _held(alone: AllocationProblem, target: FloatArray, weight: FloatArray) -> AllocationProblem:
    """Return the line with one account more, which holds the mean at the target."""
    return replace(
        alone,
        account_ids=(*alone.account_ids, "\U0010ffff"),
        metric=np.append(alone.metric - target, 0.0),
        nav=np.append(weight, _TARGET_WEIGHT),
        slope=np.append(alone.slope, 0.0),
        cap=np.append(alone.cap, 0),
        whole=np.append(alone.whole, 0),
        low=np.append(alone.low, 0),
        part=np.append(alone.part, 0),
    )
