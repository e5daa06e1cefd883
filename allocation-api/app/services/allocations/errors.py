"""Why a split cannot be computed, and why a stored one cannot be used any more."""

from __future__ import annotations

from app.core.errors import AllocatorError, Conflict, DataMissing


class SolverError(AllocatorError):
    """A method could not produce a valid split; never papered over."""

    status, code, title = 500, "SOLVER_ERROR", "The allocation could not be computed"


class MarketPriceMissing(DataMissing):
    """No account of the desk holds the bond, so that the vendor has no price for it."""


class PreviewExpired(Conflict):
    """The preview has expired: prices and cash may have moved since (R10.2)."""

    code, title = "PREVIEW_EXPIRED", "The preview has expired"
