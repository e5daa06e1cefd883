"""Four-eyes principle: which orders need the approval of another user (R10.12)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.services.allocations.decisions import ApprovalReason
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.domain.face import Face, face_text
from app.services.domain.money import principal
from app.services.trading.errors import ApprovalNeeded


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """What needs an approval: a notional above `above_notional`, and with `for_warnings` any warning."""

    above_notional: Decimal | None
    for_warnings: bool

    def reasons(self, inputs: PreviewInputs, result: PreviewResult) -> tuple[ApprovalReason, ...]:
        """Return why the commit of a preview needs an approval; nothing where it needs none."""
        reasons = []
        if self._is_above(inputs, result.summary.total_allocated):
            reasons.append(ApprovalReason.ABOVE_NOTIONAL)
        if self.for_warnings and result.warnings:
            reasons.append(ApprovalReason.WARNINGS)
        return tuple(reasons)

    def check_growth(self, inputs: PreviewInputs, face: Face) -> None:
        """Check that an order may grow to this face: a change is seen by nobody else.

        Raises
        ------
        ApprovalNeeded
            When its notional would be above the threshold.
        """
        if self._is_above(inputs, face):
            raise ApprovalNeeded(
                f"An order of {face_text(face)} face is above the notional that one user may decide on "
                "alone. Make a preview of what is to be added, and have its commit approved"
            )

    def _is_above(self, inputs: PreviewInputs, face: Face) -> bool:
        """Say whether a face is above the threshold, at the higher of the market's and the order's price.

        A low limit does not make an order small.
        """
        if self.above_notional is None:
            return False
        prices = [p.clean for p in (inputs.price, inputs.market_price) if p is not None]
        return principal(face, max(prices), inputs.security.factor) > self.above_notional
