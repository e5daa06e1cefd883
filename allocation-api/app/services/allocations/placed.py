"""What a method placed, counted in face again: kernels count in units that positions with cents need."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.services.domain.face import Face, exact_face
from app.services.kernels.allocation.problem import Allocation, IntArray, KernelReason, StatedParts


@dataclass(frozen=True, slots=True, eq=False)
class StatedFaces:
    """What was asked for each account and what it got of the remainder, in face.

    `named` are those for which an amount is stated, `cut` those whose priority shared what was left.
    """

    named: tuple[bool, ...]
    asked: tuple[Face, ...]
    cut: tuple[bool, ...]
    remainder: tuple[Face, ...]

    @classmethod
    def of(cls, parts: StatedParts, decimals: int) -> StatedFaces:
        """Count the amounts, in units of 10 ** -`decimals` of face, in face."""
        return cls(
            named=tuple(parts.named.tolist()),
            asked=_faces(parts.asked, decimals),
            cut=tuple(parts.cut.tolist()),
            remainder=_faces(parts.remainder, decimals),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A kernel's answer, `allocation`, with its amounts as face, account by account.

    `target` is what the method aimed for before pieces and lots, `shortfall` what is missing of it. `stated`
    is of a split by stated amounts.
    """

    allocation: Allocation
    faces: tuple[Face, ...]
    target: tuple[float, ...]
    stated: StatedFaces | None = None

    @classmethod
    def of(cls, allocation: Allocation, decimals: int) -> Placed:
        """Count the amounts, in units of 10 ** -`decimals` of face, in face."""
        target = allocation.target.tolist()
        if decimals:
            unit = 10**decimals
            target = [face / unit for face in target]
        parts = allocation.stated
        stated = None if parts is None else StatedFaces.of(parts, decimals)
        return cls(allocation, _faces(allocation.faces, decimals), tuple(target), stated)

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


def _faces(amounts: IntArray, decimals: int) -> tuple[Face, ...]:
    faces: list[Face] = amounts.tolist()
    if decimals:
        faces = [exact_face(Decimal(face) / 10**decimals) for face in faces]
    return tuple(faces)
