"""Errors of commits, changes and cancellations: why an order is not sent."""

from __future__ import annotations

from app.core.errors import AllocatorError, Conflict, Forbidden


class AlreadyCommitted(Conflict):
    """The preview was committed before, or another request is committing it (R10.1)."""

    code, title = "ALREADY_COMMITTED", "The allocation cannot be committed again"


class WarningsNotOverridden(Conflict):
    """The preview carries warnings that nobody has acknowledged or overridden (R9.6)."""

    code, title = "WARNINGS_NOT_OVERRIDDEN", "The preview carries warnings"


class FourEyes(Forbidden):
    """Another user has to decide: this one has asked for it already (R10.13)."""

    code, title = "FOUR_EYES", "Another user has to decide"


class NotYours(Forbidden):
    """Only the user who asked for the commit can take it back (R10.13)."""

    code, title = "NOT_YOURS", "Another user has asked for it"


class ApprovalNeeded(Conflict):
    """The commit needs the approval of another user and does not have it (R10.12)."""

    code, title = "APPROVAL_NEEDED", "The commit needs the approval of another user"


class NotPendingApproval(Conflict):
    """The allocation does not wait for an approval, or not for this one any more."""

    code, title = "NOT_PENDING_APPROVAL", "The allocation does not wait for an approval"


class RequesterBarred(Conflict):
    """The user who asked for the commit may not commit any more, so it is not sent (R10.13)."""

    code, title = "REQUESTER_BARRED", "The user who asked for the commit may not commit any more"


class NotUnknown(Conflict):
    """The outcome of the allocation is not open, so people have nothing to settle (R10.14)."""

    code, title = "NOT_UNKNOWN", "The outcome of the allocation is not unknown"


class SettlementTooEarly(Conflict):
    """The recovery job may still settle the allocation by itself (R10.14)."""

    code, title = "SETTLEMENT_TOO_EARLY", "The outcome may still be found without you"
    retry_after = 15.0


class SettlementDiffers(Conflict):
    """The two users do not say the same, or there is no proposal of that kind (R10.14)."""

    code, title = "SETTLEMENT_DIFFERS", "The proposal is a different one"


class SettlementContradicted(Conflict):
    """What Aladdin shows contradicts what people say of the order (R10.14)."""

    code, title = "SETTLEMENT_CONTRADICTED", "Aladdin shows otherwise"


class BookChanged(Conflict):
    """Cash, positions or compliance have changed, and the preview cannot be carried out any more (R10.3)."""

    code, title = "BOOK_CHANGED", "The accounts have changed since the preview"


class PriceMoved(BookChanged):
    """The market price has left the price band since the preview, or there is none any more (R10.4)."""

    code, title = "PRICE_MOVED", "The market has moved since the preview"


class AccountsUnsettled(Conflict):
    """The outcome of other orders for these accounts is unknown: their cash may be spent already (R10.5)."""

    code, title = "ACCOUNTS_UNSETTLED", "Other orders for these accounts are not settled"
    retry_after = 15.0


class DeskBusy(AllocatorError):
    """Another process holds the right to send orders; nothing was done, and a retry is safe."""

    status, code, title = 503, "DESK_BUSY", "Other orders are being sent"
    retry_after = 1.0
    expected = True
