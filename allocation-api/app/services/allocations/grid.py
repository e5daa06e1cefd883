"""The grid of face amounts that an order is split on, and the smallest one that an account may get."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.allocations.types import PreviewInputs
from app.services.domain.face import Face


@dataclass(frozen=True, slots=True)
class Grid:
    """Multiples of `increment` from `piece` on; above `coarse`, where it is not 0, only those of `coarse`.

    A request that rounds all amounts has its own step as increment (R3.7).
    """

    piece: int
    increment: int
    coarse: int = 0

    @classmethod
    def of(cls, inputs: PreviewInputs) -> Grid:
        """Return the grid of a preview: the bond's, as the request makes it coarser (R3.1, R3.2, R3.7)."""
        constraints = inputs.request.constraints
        round_to = constraints.round_to or 0
        smallest = max(inputs.security.min_piece, constraints.min_allocation, 1)
        # No amount is below a step that the minimum piece reaches: all are multiples of it.
        above_only = constraints.round_to_above_only and smallest < round_to
        increment = inputs.increment if above_only else max(inputs.increment, round_to)
        return cls(-(-smallest // increment) * increment, increment, round_to if above_only else 0)

    def holds(self, face: Face) -> bool:
        """Say whether an amount is on the grid and at least the minimum piece."""
        coarse = self.coarse if self.coarse and face > self.coarse else 1
        return face >= self.piece and face % self.increment == 0 and face % coarse == 0

    def floor(self, face: Face) -> int:
        """Return the largest amount that is not above `face`; 0 where that is under the minimum piece."""
        found = int(face) // self.increment * self.increment
        if self.coarse and found > self.coarse:
            found = found // self.coarse * self.coarse
        return found if self.holds(found) else 0

    @property
    def text(self) -> str:
        """The grid in words."""
        above = f", above {self.coarse:,} of {self.coarse:,}" if self.coarse else ""
        return f"multiples of {self.increment:,}{above}"
