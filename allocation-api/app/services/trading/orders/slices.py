"""The slices of a block order: read from the vendor's answer, and split anew.

An order does not shrink at all where Aladdin does not say what is filled for whom: unknown is not zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from app.core.errors import Conflict, DataMissing
from app.services.domain.block_order import PostedOrder
from app.services.domain.side import Side
from app.services.kernels.allocation.pro_rata import ProRata
from app.services.kernels.allocation.problem import MAX_FACE, AllocationProblem


def stated_faces(posted: PostedOrder) -> dict[str, int] | None:
    """Return the face of every account with a slice, by account id; None where the order does not say.

    It says so when every slice has one account of its own and a whole face, and they add up to the order's.
    """
    found: dict[str, int] = {}
    for part in posted.slices:
        if part.account_id is None or part.account_id in found or part.face is None:
            return None
        if not 0 <= part.face <= MAX_FACE or part.face != int(part.face):
            return None
        found[part.account_id] = int(part.face)
    if not found or (posted.face is not None and sum(found.values()) != posted.face):
        return None
    return {account: face for account, face in sorted(found.items()) if face}


def faces(posted: PostedOrder) -> dict[str, int]:
    """Return face by account, by account id.

    Raises
    ------
    DataMissing
        When the vendor does not say which account a slice belongs to, or its face.
    """
    found = stated_faces(posted)
    if found is None:
        raise DataMissing(f"Aladdin does not say whose slices order {posted.order_id} has")
    return found


def filled_faces(posted: PostedOrder, allocated: Mapping[str, int], quantity: int) -> dict[str, int]:
    """Return the face of each account that is filled: what the vendor booked or we allocated, if more.

    Raises
    ------
    Conflict
        When less is asked for than is filled, or the vendor does not say what is filled for whom.
    """
    # R11.2
    if posted.filled_face is not None and quantity < posted.filled_face:
        raise Conflict(f"The new quantity lies below the {posted.filled_face:,} that are filled")
    booked = {s.account_id or "": s.booked_face for s in posted.slices}
    if posted.filled_face is None or (posted.filled_face and None in booked.values()):
        raise Conflict(f"Aladdin does not say what is filled of the order {posted.order_id} for each account")
    found = {a: max(int(face or 0), allocated.get(a, 0)) for a, face in booked.items()}
    least = sum(found.values())
    if quantity < least:
        raise Conflict(
            f"The new quantity lies below the {least:,} that are booked at Aladdin or allocated here",
            extra={"min_quantity": least},
        )
    return {account: face for account, face in found.items() if face}


@dataclass(frozen=True, slots=True)
class Resplit:
    """A new quantity for the accounts of an order.

    Parameters
    ----------
    current : mapping
        The present slices: what the new ones are in proportion to.
    filled : mapping
        What no slice may fall below; a slice may be just that, off the grid or under the piece.
    quantity : int
        The new face of the order.
    increment, piece : int
        Grid of face amounts and smallest slice on it.
    side : Side
        Which way; a slice of a sale that is off the grid is a whole position and may stay as it is.
    """

    current: Mapping[str, int]
    filled: Mapping[str, int]
    quantity: int
    increment: int
    piece: int
    side: Side

    def split(self) -> dict[str, int] | None:
        """Return face by account that adds up to the quantity, None where no way was found (R11.1).

        The pro-rata method itself, unless that goes below what is filled: then those accounts keep just what
        is filled, to the lot above where nothing else adds up, and the others share the rest. Where lots and
        pieces leave nothing to share, one account takes all that is not filled.
        """
        raised = {a: -(-face // self.increment) * self.increment for a, face in self.filled.items()}
        for found in (self._above(self.filled), self._above(raised), next(self._one_grows(), None)):
            if found is not None:
                return found
        return None

    def _above(self, floors: Mapping[str, int]) -> dict[str, int] | None:
        """Share in proportion; whoever would fall below its floor gets the floor, the others share again."""
        kept: dict[str, int] = {}
        while True:
            others = {a: face for a, face in self.current.items() if a not in kept}
            rest = self.quantity - sum(kept.values())
            if rest < 0:
                return None
            split = self._shares(others, rest)
            under = {a: floors[a] for a, face in split.items() if face < floors.get(a, 0)}
            if not under:
                found = {**kept, **split}
                return dict(sorted(found.items())) if sum(found.values()) == self.quantity else None
            kept |= under

    def _one_grows(self) -> Iterator[dict[str, int]]:
        rest = self.quantity - sum(self.filled.values())
        for account in sorted(self.current, key=lambda a: (-self.current[a], a)):
            face = self.filled.get(account, 0) + rest
            if rest >= 0 and face >= self.piece and face % self.increment == 0:
                yield {a: face if a == account else self.filled.get(a, 0) for a in sorted(self.current)}

    def _shares(self, current: Mapping[str, int], quantity: int) -> dict[str, int]:
        size = len(current)
        base = np.array(list(current.values()), dtype=np.float64)
        odd = [
            face if self.side is Side.SELL and (face % self.increment or face < self.piece) else 0
            for face in current.values()
        ]
        problem = AllocationProblem(
            account_ids=tuple(current),
            side=self.side,
            quantity=quantity,
            nav=np.ones(size),
            metric=np.zeros(size),
            slope=np.zeros(size),
            cap=np.full(size, quantity, dtype=np.int64),
            piece=self.piece,
            increment=self.increment,
            whole=np.array(odd, dtype=np.int64),
        )
        split = ProRata(base).allocate(problem)
        return {account: int(face) for account, face in zip(current, split.quantity, strict=True)}
