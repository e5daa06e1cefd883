"""Limits on the size of one order: above one the desk is warned, above the other it is refused (R2.8)."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import FieldError, InvalidRequest
from app.services.domain.face import Face, face_text
from app.services.safety.errors import OrderTooLarge


@dataclass(frozen=True, slots=True)
class OrderLimits:
    """Sizes in face; None is no limit."""

    warn_above: int | None
    max_quantity: int | None

    def check_wanted(self, face: Face, field: str) -> None:
        """Check the face that a request asks for.

        Raises
        ------
        InvalidRequest
            Naming the field that asks for more than the desk's maximum.
        """
        message = self._fault(face)
        if message is not None:
            raise InvalidRequest.of(FieldError(field, message))

    def check(self, face: Face) -> None:
        """Check the face of an order before it is sent: the setting may be newer than its preview.

        Raises
        ------
        OrderTooLarge
            When it is more than the desk's maximum.
        """
        message = self._fault(face)
        if message is not None:
            raise OrderTooLarge(message)

    def _fault(self, face: Face) -> str | None:
        if self.max_quantity is None or face <= self.max_quantity:
            return None
        return (
            f"{face_text(face)} face is more than the {face_text(self.max_quantity)} that one order may have "
            "at this desk (ORDER_MAX). Make it smaller, or split it into several orders."
        )
