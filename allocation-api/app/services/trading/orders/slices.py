"""Slices of a block order: read from the vendor's answer, and split again for a new quantity.

Where Aladdin does not report what is filled for each account, the order cannot shrink: unknown is not zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from app.core.errors import Conflict, DataMissing
from app.services.allocations.grid import Grid
from app.services.domain.block_order import PostedOrder
from app.services.domain.face import Face, exact_face, face_decimals, face_number, face_text
from app.services.domain.side import Side
from app.services.kernels.allocation.feasible import FeasibleSet
from app.services.kernels.allocation.pro_rata import ProRata
from app.services.kernels.allocation.problem import MAX_FACE, AllocationProblem, IntArray


def stated_faces(posted: PostedOrder) -> dict[str, Decimal] | None:
    """Return face by account id, as the vendor states it; None where the answer is incomplete.

    It is complete when each slice has an account of its own and a possible face, and the faces add up to the
    order's.
    """
    found: dict[str, Decimal] = {}
    for part in posted.slices:
        if part.account_id is None or part.account_id in found or part.face is None:
            return None
        if not 0 <= part.face <= MAX_FACE:
            return None
        found[part.account_id] = part.face
    if not found or (posted.face is not None and sum(found.values()) != posted.face):
        return None
    return {account: face for account, face in sorted(found.items()) if face}


def booked_faces(posted: PostedOrder) -> dict[str, Decimal] | None:
    """Return booked face by account id; None where the vendor does not report it for each slice.

    An account with several slices, such as one for each strategy, has what is booked for all of them.
    """
    found: dict[str, Decimal] = {}
    for part in posted.slices:
        if part.account_id is None or part.booked_face is None or part.booked_face < 0:
            return None
        found[part.account_id] = found.get(part.account_id, Decimal(0)) + part.booked_face
    return found or None


def faces(posted: PostedOrder) -> dict[str, Face]:
    """Return face by account id, sorted.

    Raises
    ------
    DataMissing
        When the vendor does not report the account or the face of a slice.
    """
    found = stated_faces(posted)
    if found is None:
        raise DataMissing(
            f"Aladdin does not report the accounts and faces of all slices of the order {posted.order_id}"
        )
    return {account: exact_face(face) for account, face in found.items()}


def filled_faces(posted: PostedOrder, allocated: Mapping[str, Decimal], face: Face) -> dict[str, Face]:
    """Return filled face by account: the larger of what the vendor booked and what was allocated here.

    Raises
    ------
    Conflict
        When the new quantity is below the filled face, or the vendor does not report it for each account.
    """
    # R11.2
    if posted.filled_face is not None and face < posted.filled_face:
        raise Conflict(
            f"The new quantity is less than the {face_text(posted.filled_face)} face that is filled"
        )
    booked = {s.account_id or "": s.booked_face for s in posted.slices}
    if posted.filled_face is None or (posted.filled_face and None in booked.values()):
        raise Conflict(
            f"Aladdin does not report the filled face of the order {posted.order_id} for each account"
        )
    found = {a: exact_face(max(face or 0, allocated.get(a, 0))) for a, face in booked.items()}
    minimum = sum(found.values())
    if face < minimum:
        raise Conflict(
            f"The new quantity is less than the {face_text(minimum)} face that is booked at Aladdin "
            "or allocated here",
            extra={"min_quantity": face_number(minimum)},
        )
    return {account: face for account, face in found.items() if face}


@dataclass(frozen=True, slots=True)
class SliceBounds:
    """What a slice may be: from `low` to `most`, on the grid up to `part`, or the `whole` position.

    `part` and `most` are None where nothing bounds it so, `whole` is 0 where it is not known.
    """

    low: Face = 0
    most: Face | None = None
    part: Face | None = None
    whole: Face = 0


@dataclass(frozen=True, slots=True)
class Resplit:
    """Split of a new quantity over the accounts of an order (R11.1).

    Parameters
    ----------
    current : mapping
        Present slices, face by account; the new ones are in proportion to them.
    filled : mapping
        Filled face by account: the floor of its slice. A slice may equal it, off the grid or under the piece.
    face : int or Decimal
        The new face of the order.
    grid : Grid
        Grid of face amounts with the minimum piece.
    side : Side
        Side of the order; in a sale, a slice off the grid is an odd position (R3.4) and may stay as it is.
    bounds : mapping
        What a slice may be beyond that, by account.
    """

    current: Mapping[str, Face]
    filled: Mapping[str, Face]
    face: Face
    grid: Grid
    side: Side
    bounds: Mapping[str, SliceBounds] = field(default_factory=dict)

    def split(self) -> dict[str, Face] | None:
        """Return face by account that adds up to the quantity; None where no split was found (R11.1).

        Pro-rata with floors: accounts that would fall below their filled face keep exactly that (rounded up
        to the lot where nothing else adds up), and the others share the rest. Where lots and pieces leave
        nothing to share, one account takes all that is not filled.
        """
        raised = {
            a: -(-math.ceil(face) // self.grid.increment) * self.grid.increment
            for a, face in self.filled.items()
        }
        for found in (
            self._with_floors(self.filled),
            self._with_floors(raised),
            next(self._one_account(), None),
        ):
            if found is not None:
                return found
        return None

    def _with_floors(self, floors: Mapping[str, Face]) -> dict[str, Face] | None:
        """Share in proportion; an account below its floor is fixed there, and the others share again."""
        fixed: dict[str, Face] = {}
        while True:
            others = {a: face for a, face in self.current.items() if a not in fixed}
            rest = self.face - sum(fixed.values())
            if rest < 0:
                return None
            split = self._shares(others, rest)
            if split is None:
                return None
            under = {a: floors[a] for a, face in split.items() if face < floors.get(a, 0)}
            if not under:
                found = {**fixed, **split}
                return dict(sorted(found.items())) if sum(found.values()) == self.face else None
            fixed |= under

    def _one_account(self) -> Iterator[dict[str, Face]]:
        rest = self.face - sum(self.filled.values())
        under = {a for a in self.current if self.filled.get(a, 0) < self._bounds(a).low}
        for account in sorted(self.current, key=lambda a: (-self.current[a], a)):
            face = self.filled.get(account, 0) + rest
            if rest >= 0 and under <= {account} and self._may_be(account, face):
                yield {a: face if a == account else self.filled.get(a, 0) for a in sorted(self.current)}

    def _may_be(self, account: str, face: Face) -> bool:
        """Say whether a slice on the grid may be this face."""
        bounds = self._bounds(account)
        most = [bound for bound in (bounds.most, bounds.part) if bound is not None]
        return bounds.low <= face and self.grid.holds(face) and all(face <= bound for bound in most)

    def _bounds(self, account: str) -> SliceBounds:
        """Return what a slice may be; an odd slice of a sale is the whole position unless more is left."""
        bounds, slice_ = self.bounds.get(account, SliceBounds()), self.current[account]
        if bounds.whole or self.side is Side.BUY or self.grid.holds(slice_):
            return bounds
        return replace(bounds, whole=slice_)

    def _shares(self, current: Mapping[str, Face], face: Face) -> dict[str, Face] | None:
        """Share a face in proportion to slices; None where it is less than their minima."""
        bounds = [self._bounds(account) for account in current]
        unit = 10 ** max(map(face_decimals, (face, *(b.whole for b in bounds), *(b.low for b in bounds))))
        most = [face if b.most is None else min(face, b.most) for b in bounds]
        part = [face if b.part is None else b.part for b in bounds]
        size = len(current)
        problem = AllocationProblem(
            account_ids=tuple(current),
            side=self.side,
            face=int(face * unit),
            nav=np.ones(size),
            metric=np.zeros(size),
            slope=np.zeros(size),
            cap=_units(most, unit),
            piece=self.grid.piece * unit,
            increment=self.grid.increment * unit,
            whole=_units([b.whole for b in bounds], unit),
            low=_units([min(b.low, m) for b, m in zip(bounds, most, strict=True)], unit),
            part=_units(part, unit),
            coarse=self.grid.coarse * unit,
        )
        if any(b.low > m for b, m in zip(bounds, most, strict=True)) or not _meets_minima(problem):
            return None
        base = np.array([float(slice_) for slice_ in current.values()])
        split = ProRata(base, exactly=True).allocate(problem)
        faces = (exact_face(Decimal(units) / unit) for units in split.faces.tolist())
        return dict(zip(current, faces, strict=True))


def _meets_minima(problem: AllocationProblem) -> bool:
    if not problem.low.any():
        return True
    try:
        FeasibleSet.of(problem)
    except ValueError:
        return False
    return True


def _units(faces: Sequence[Face], unit: int) -> IntArray:
    return np.array([int(face * unit) for face in faces], dtype=np.int64)
