"""A change of an order that somebody asks for, and what the audit trail tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.services.audit.trail import Action
from app.services.domain.block_order import PostedOrder, Slice
from app.services.domain.caller import Caller


class ChangeStatus(StrEnum):
    """What became of a change that was sent.

    Only a modify can be PENDING_COMPLIANCE, where the vendor's compliance has not finished with it. UNKNOWN,
    where the answer was lost, is audited and never answered with.
    """

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    PENDING_COMPLIANCE = "PENDING_COMPLIANCE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """What became of a modify or a cancel."""

    status: ChangeStatus
    aladdin_order_id: str
    message: str
    audit_id: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an order: from which state, why, by whom.

    `slices` are the ones that it is given, None where it keeps its own.
    """

    action: Action
    order_id: str
    before: PostedOrder
    slices: Sequence[Slice] | None
    comment: str
    caller: Caller

    @property
    def intended(self) -> Action:
        """What is audited before the change is sent; `action` is audited afterwards."""
        return {Action.MODIFY: Action.MODIFY_INTENDED, Action.CANCEL: Action.CANCEL_INTENDED}[self.action]

    @property
    def wanted(self) -> dict[str, object]:
        """What the order is to become, face by account; nothing where it keeps its slices."""
        if self.slices is None:
            return {}
        return {
            "quantity": float(sum(s.face for s in self.slices)),
            "slices": {s.account_id: float(s.face) for s in self.slices},
        }


def state(posted: PostedOrder) -> dict[str, object]:
    """Return what is audited of the state of an order."""
    return {
        "status": posted.status,
        "quantity": None if posted.face is None else float(posted.face),
        "slices": {s.account_id or "?": None if s.face is None else float(s.face) for s in posted.slices},
        "touch_count": posted.touch_count,
    }
