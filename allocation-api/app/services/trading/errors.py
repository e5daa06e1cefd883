"""Errors of commits, changes and cancellations: why an order is not sent."""

from __future__ import annotations

from app.core.errors import AllocatorError, Conflict


class AlreadyCommitted(Conflict):
    """The preview was committed before, or another request is committing it (R10.1)."""

    code, title = "ALREADY_COMMITTED", "The allocation cannot be committed again"


class WarningsNotOverridden(Conflict):
    """The preview carries warnings that the caller did not override (R9.2)."""

    code, title = "WARNINGS_NOT_OVERRIDDEN", "The preview carries warnings"


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
