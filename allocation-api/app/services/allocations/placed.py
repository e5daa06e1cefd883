"""What a method placed, counted in face again: kernels count in units that positions with cents need."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.services.domain.face import Face, exact_face
from app.services.kernels.allocation.problem import Allocation, KernelReason


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A kernel's answer, `allocation`, with its amounts as face, account by account.

    `target` is what the method aimed for before pieces and lots, `shortfall` what is missing of it.
    """

    allocation: Allocation
    faces: tuple[Face, ...]
    target: tuple[float, ...]

    @classmethod
    def of(cls, allocation: Allocation, decimals: int) -> Placed:
        """Count the amounts, in units of 10 ** -`decimals` of face, in face."""
        faces: list[Face] = allocation.faces.tolist()
        target = allocation.target.tolist()
        if decimals:
            unit = 10**decimals
            faces = [exact_face(Decimal(face) / unit) for face in faces]
            target = [face / unit for face in target]
        return cls(allocation, tuple(faces), tuple(target))

    @property
    def total(self) -> Face:
        """Face that is placed."""
        return exact_face(sum(self.faces))

    @property
    def shortfall(self) -> tuple[float, ...]:
        """Face by which each account stays under its target, at least 0."""
        return tuple(
            max(target - float(face), 0.0) for target, face in zip(self.target, self.faces, strict=True)
        )

    @property
    def reason(self) -> tuple[KernelReason | None, ...]:
        """Why each account without face got none."""
        return self.allocation.reason
