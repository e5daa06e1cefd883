"""The slices of a block order: read from the vendor's answer, and split anew."""

from __future__ import annotations

import numpy as np

from app.core.errors import Conflict, DataMissing
from app.services.allocation.pro_rata import ProRata
from app.services.allocation.problem import AllocationProblem, Side
from app.services.block_order import PostedOrder


def faces(posted: PostedOrder) -> dict[str, int]:
    """Return face by account, by account id.

    Raises
    ------
    DataMissing
        When the vendor does not say which account a slice belongs to, or its face.
    """
    found = {}
    for part in posted.slices:
        if part.account_id is None or part.face is None:
            raise DataMissing(f"Aladdin does not say whose slices order {posted.order_id} has")
        found[part.account_id] = int(part.face)
    return dict(sorted(found.items()))


def filled_faces(posted: PostedOrder, quantity: int) -> dict[str, int]:
    """Return filled face by account.

    Raises
    ------
    Conflict
        When less is asked for than is filled, or the vendor does not say what is filled for whom.
    """
    if posted.filled_face is not None and quantity < posted.filled_face:
        raise Conflict(f"The new quantity lies below the {posted.filled_face:,} that are filled")
    if posted.filled_face == 0:
        return {}
    booked = {s.account_id or "": s.booked_face for s in posted.slices}
    if posted.filled_face is None or None in booked.values():
        raise Conflict(f"Aladdin does not say what is filled of the order {posted.order_id} for each account")
    return {account: int(face or 0) for account, face in booked.items()}


def proportional(current: dict[str, int], quantity: int, increment: int, piece: int) -> dict[str, int]:
    """Split a quantity in proportion to the present slices, in lots, by the pro-rata method itself."""
    size = len(current)
    faces = np.array(list(current.values()), dtype=np.float64)
    problem = AllocationProblem(
        account_ids=tuple(current),
        side=Side.BUY,
        quantity=quantity,
        nav=np.ones(size),
        metric=np.zeros(size),
        slope=np.zeros(size),
        cap=np.full(size, quantity, dtype=np.int64),
        piece=piece,
        increment=increment,
        whole=np.zeros(size, dtype=np.int64),
    )
    split = ProRata(faces).allocate(problem)
    return {account: int(face) for account, face in zip(current, split.quantity, strict=True)}
