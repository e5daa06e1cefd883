"""Why an order is not sent."""

from __future__ import annotations

from app.core.errors import AllocatorError, Conflict


class PreviewExpired(Conflict):
    """The preview is older than its life: prices and cash may have moved."""

    code, title = "PREVIEW_EXPIRED", "The preview has expired"


class AlreadyCommitted(Conflict):
    """The preview was committed before, or is being committed at this moment."""

    code, title = "ALREADY_COMMITTED", "The allocation cannot be committed again"


class WarningsNotOverridden(Conflict):
    """The preview carries warnings, and the caller did not say that they were seen."""

    code, title = "WARNINGS_NOT_OVERRIDDEN", "The preview carries warnings"


class BookChanged(Conflict):
    """Cash, positions or compliance have changed so that the preview cannot be carried out any more."""

    code, title = "BOOK_CHANGED", "The accounts have changed since the preview"


class PriceMoved(BookChanged):
    """The market has moved further since the preview than the desk allows, or has no price any more."""

    code, title = "PRICE_MOVED", "The market has moved since the preview"


class AccountsUnsettled(Conflict):
    """What became of other orders for these accounts is not known: their cash may be spent already."""

    code, title = "ACCOUNTS_UNSETTLED", "Other orders for these accounts are not settled"
    retry_after = 15.0


class DeskBusy(AllocatorError):
    """Other orders are on their way out; nothing was done, and it may be tried again at once."""

    status, code, title = 503, "DESK_BUSY", "Other orders are being sent"
    retry_after = 1.0


class TradingHalted(Conflict):
    """The emergency stop is on: nothing goes out."""

    code, title = "TRADING_HALTED", "Trading is halted"
