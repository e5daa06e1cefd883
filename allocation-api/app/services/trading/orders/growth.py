"""Growth of an order: what its accounts can take beyond their slices, and how far it can grow (R11.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.services.allocations.capacity import Capacities
from app.services.domain.face import Face, exact_face, face_number, face_text
from app.services.trading.errors import BookChanged
from app.services.trading.orders.slices import Resplit


@dataclass(frozen=True, slots=True)
class Growth:
    """A split of a larger order beside what the accounts can take further.

    `able` is of an order without bound, so that each capacity is the account's own and not the order's.
    """

    resplit: Resplit
    able: Capacities

    def check(self, split: Mapping[str, Face]) -> None:
        """Check that a split grows no account, and not all together, by more than can be taken.

        Raises
        ------
        BookChanged
            With what each growing account can take further, and the largest order that would be accepted.
        """
        if self._fits(split):
            return
        current, asked = sum(self.resplit.current.values()), self.resplit.face
        largest = self._largest()
        words = f"it can grow to {face_text(largest)} face" if largest > current else "it cannot grow now"
        raise BookChanged(
            f"The accounts cannot take the larger order; {words}",
            extra={
                "accounts": [
                    {
                        "account_id": account,
                        "additional_quantity": face_number(more),
                        "max_quantity": face_number(self._most(account)),
                        "feasible": more <= self._most(account),
                    }
                    for account, more in self._more(split).items()
                ],
                "total": face_number(asked),
                "max_total": face_number(largest),
                "additional": face_number(asked - current),
                "max_additional": face_number(largest - current),
            },
        )

    def _more(self, split: Mapping[str, Face]) -> dict[str, Face]:
        current = self.resplit.current
        return {a: face - current[a] for a, face in split.items() if face > current[a]}

    def _fits(self, split: Mapping[str, Face]) -> bool:
        more = self._more(split)
        return sum(more.values()) <= self.able.placeable and all(
            face <= self._most(account) for account, face in more.items()
        )

    def _most(self, account: str) -> Face:
        """Return the most by which a slice can grow to a tradable one."""
        capacity = self.able.by_account.get(account)
        face = self.resplit.current[account]
        if capacity is None:
            return 0
        grown = self.resplit.grid.floor(face + min(capacity.cap, capacity.part))
        return max(grown - face, capacity.whole, 0)

    def _largest(self) -> Face:
        """Return the largest quantity that bisection finds to be accepted, the present one if none is.

        Rounding to lots may let a larger one through; the one that is returned is accepted.
        """
        step = self.resplit.grid.increment
        low = sum(self.resplit.current.values())
        able = sum(map(self._most, self.resplit.current))
        room = min(able, int(self.able.placeable), self.resplit.face - low)
        if self._accepts(low + room):
            return exact_face(low + room)
        accepted, refused = 0, int(room) // step + 1
        while refused - accepted > 1:
            tried = (accepted + refused) // 2
            if self._accepts(low + tried * step):
                accepted = tried
            else:
                refused = tried
        return exact_face(low + accepted * step)

    def _accepts(self, face: Face) -> bool:
        split = replace(self.resplit, face=exact_face(face)).split()
        return split is not None and self._fits(split)
