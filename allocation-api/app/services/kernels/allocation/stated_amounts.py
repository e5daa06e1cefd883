"""Stated amounts: every account the face it was promised, by priority, and the remainder by a rule.

What is promised is served first and exactly; only what is left of the order is shared (`share_out`), so that
no account is moved past its stated amount but by a remainder that the request itself gives away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from app.services.kernels.allocation.feasible import FeasibleSet, total_of
from app.services.kernels.allocation.pro_rata import first_reasons, share_out, stated_share, usable_base
from app.services.kernels.allocation.problem import (
    Allocation,
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    KernelReason,
    StatedParts,
)


@dataclass(frozen=True, slots=True, eq=False)
class StatedAmounts:
    """Split by stated amounts (R7.6 to R7.10); all amounts are in units of the problem's face.

    Parameters
    ----------
    named : bool[n]
        Whether an amount is stated for the account; the other amounts count only there.
    asked : int64[n]
        What each account was asked to take, as it should come out: on the grid, or a whole position.
    limit : int64[n]
        Most that the stated amount lets it have, at least what of `asked` the grid allows.
    least, most : int64[n]
        Less than `least` becomes nothing; `most` bounds what an account has with its part of the remainder.
    priority : int64[n]
        Smaller is served before larger.
    remainder : float64[n] or None
        What the shares of the remainder are proportional to; None leaves it unallocated.
    partial : bool
        Whether an account may get less than `asked`. Otherwise it gets all of that or nothing, and a priority
        that the order does not hold as a whole gets nothing, nor do those after it.

    Raises
    ------
    ValueError
        If an amount is negative; the message starts with the name of the field.
    """

    named: BoolArray
    asked: IntArray
    limit: IntArray
    least: IntArray
    most: IntArray
    priority: IntArray
    remainder: FloatArray | None
    partial: bool

    def __post_init__(self) -> None:
        for name in ("asked", "limit", "least", "most"):
            if np.any(getattr(self, name) < 0):
                raise ValueError(f"{name}: must not be negative")

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Split the order; `Allocation.stated` says what came directly and what of the remainder.

        Raises
        ------
        ValueError
            If an account has a minimum in `low` that is more than was asked of it, or a base of the remainder
            is negative or not finite.
        """
        if np.any(problem.low > np.where(self.named, self.asked, 0)):
            raise ValueError("low: must not be above what is asked")
        base = np.zeros(problem.size) if self.remainder is None else self.remainder
        usable = usable_base("remainder", base, problem)
        able = FeasibleSet.of(_bounded(problem, np.where(self.named, self.limit, 0), problem.face)).upper
        direct, cut = self._directly(problem, able)
        left = problem.face - total_of(direct)
        extra, proved = self._remainder(problem, direct, cut, usable, left)
        faces = direct + extra
        shares = stated_share(np.where(self.named, 0.0, usable), left)
        return Allocation(
            faces=faces,
            unallocated=problem.face - total_of(faces),
            reason=self._reasons(problem, able, usable, faces, left),
            target=np.where(self.named, self.asked.astype(np.float64), shares),
            total_proved=proved,
            stated=StatedParts(self.named, self.asked, cut=cut & (direct > 0), remainder=extra),
        )

    def _eligible(self, able: IntArray) -> BoolArray:
        """Say who can take enough of its stated amount (R7.8)."""
        eligible: BoolArray = (able > 0) & (able >= self.least) & (self.partial | (able >= self.asked))
        return eligible

    def _directly(self, problem: AllocationProblem, able: IntArray) -> tuple[IntArray, BoolArray]:
        """Serve the stated amounts, priority by priority; say who got less than it could take (R7.7)."""
        direct, eligible = np.zeros_like(able), self._eligible(able)
        cut = np.zeros_like(eligible)
        left = problem.face
        for priority in np.unique(self.priority[eligible]).tolist():
            members = eligible & (self.priority == priority)
            wanted = np.where(members, able, 0)
            if total_of(wanted) > left:
                if not self.partial:
                    break
                wanted = self._cut(problem, members, left)
                cut |= members & (wanted < able)
            direct += wanted
            left -= total_of(wanted)
        return direct, cut

    def _cut(self, problem: AllocationProblem, members: BoolArray, left: int) -> IntArray:
        """Share what is left in proportion to what was asked; who is under its least drops out, one by one.

        The smallest part of its least leaves first; of equal ones the later account.
        """
        members = members.copy()
        asked = self.asked.astype(np.float64)
        while True:
            mine = FeasibleSet.of(_bounded(problem, np.where(members, self.limit, 0), left))
            faces = share_out(mine, np.where(members, asked, 0.0), left).faces
            under = np.flatnonzero(members & (faces > 0) & (faces < self.least)).tolist()
            if not under:
                return faces
            members[min(under, key=lambda i: (Fraction(int(faces[i]), int(self.least[i])), -i))] = False

    def _remainder(
        self, problem: AllocationProblem, direct: IntArray, cut: BoolArray, base: FloatArray, left: int
    ) -> tuple[IntArray, bool]:
        """Share what is left over those that are not named, then over those that may have more (R7.9)."""
        others = FeasibleSet.of(_bounded(problem, np.where(self.named, 0, problem.cap), left))
        shared = share_out(others, np.where(self.named, 0.0, base), left)
        extra, left = shared.faces, left - total_of(shared.faces)
        full = (direct > 0) & (direct >= self.asked) & ~cut & (direct % problem.increment == 0)
        top = FeasibleSet.of(_bounded(problem, np.where(full, self.most, 0), problem.face)).top
        room = np.minimum(np.maximum(top - direct, 0), left // problem.increment * problem.increment)
        more = FeasibleSet.within(room, np.zeros_like(room), problem.increment, problem.increment)
        more_faces = share_out(more, base, left).faces
        # A coarse grid may not hold the sum: then it is what that grid has below it.
        held = FeasibleSet.of(_bounded(problem, direct + more_faces, problem.face)).top
        return extra + np.where(more_faces > 0, np.maximum(held - direct, 0), 0), shared.proved

    def _reasons(
        self, problem: AllocationProblem, able: IntArray, base: FloatArray, faces: IntArray, left: int
    ) -> tuple[KernelReason | None, ...]:
        named, eligible = self.named, self._eligible(able)
        cases = {
            None: faces > 0,
            KernelReason.NO_CAPACITY: problem.cap == 0,
            KernelReason.ZERO_SHARE: ~named & (base == 0),
            KernelReason.NO_REMAINDER: eligible | (~named & (left == 0)),
            KernelReason.BELOW_MIN_PIECE: ~named | (able == 0),
            KernelReason.NOT_IN_FULL: (able < self.asked) & (not self.partial),
        }
        return first_reasons(cases, KernelReason.BELOW_LEAST)


def _bounded(problem: AllocationProblem, cap: IntArray, face: int) -> AllocationProblem:
    """Return the problem with that order and no cap above those given."""
    cap = np.minimum(np.minimum(problem.cap, cap), face)
    return replace(problem, cap=cap, face=face, low=np.zeros_like(cap))
