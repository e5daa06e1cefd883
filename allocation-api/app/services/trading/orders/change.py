"""A requested change of an order, its outcome, and what is audited of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.services.audit.trail import Action
from app.services.domain.block_order import PostedOrder, Slice
from app.services.domain.caller import Caller


class ChangeStatus(StrEnum):
    """Outcome of a change that was sent to the vendor.

    PENDING_COMPLIANCE is an outcome of a modify only; UNKNOWN, after a lost answer, is audited and never
    returned.
    """

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    PENDING_COMPLIANCE = "PENDING_COMPLIANCE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """Outcome of a modify or cancel."""

    status: ChangeStatus
    aladdin_order_id: str
    message: str
    audit_id: str


@dataclass(frozen=True, slots=True)
class Change:
    """A requested change of an order: its state before, comment and caller.

    `slices` are the new slices, None where the order keeps its own.
    """

    action: Action
    order_id: str
    before: PostedOrder
    slices: Sequence[Slice] | None
    comment: str
    caller: Caller

    @property
    def intended(self) -> Action:
        """The action that is audited before the change is sent; `action` is audited after it."""
        return {Action.MODIFY: Action.MODIFY_INTENDED, Action.CANCEL: Action.CANCEL_INTENDED}[self.action]

    @property
    def wanted(self) -> dict[str, object]:
        """The intended face of the order and by account, for the audit; empty where it keeps its slices."""
        if self.slices is None:
            return {}
        return {
            "quantity": float(sum(s.face for s in self.slices)),
            "slices": {s.account_id: float(s.face) for s in self.slices},
        }


def state(posted: PostedOrder) -> dict[str, object]:
    """Return the state of an order for the audit; quantities are face."""
    return {
        "status": posted.status,
        "quantity": None if posted.face is None else float(posted.face),
        "slices": {s.account_id or "?": None if s.face is None else float(s.face) for s in posted.slices},
        "touch_count": posted.touch_count,
    }
