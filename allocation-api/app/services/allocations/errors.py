"""Why a split cannot be computed, and why a stored one cannot be used any more."""

from __future__ import annotations

from typing import Self

from app.core.errors import AllocatorError, Conflict, DataMissing, NotFound


class SolverError(AllocatorError):
    """A method could not produce a valid split; never papered over."""

    status, code, title = 500, "SOLVER_ERROR", "The allocation could not be computed"


class MarketPriceMissing(DataMissing):
    """No account of the desk holds the bond, so that the vendor has no price for it."""


class PreviewExpired(Conflict):
    """The preview has expired: prices and cash may have moved since (R10.2)."""

    code, title = "PREVIEW_EXPIRED", "The preview has expired"


class PreviewErased(NotFound):
    """The preview was not committed, and its numbers were erased after the time for which they are kept."""

    code, title = "PREVIEW_ERASED", "The preview has been erased"

    @classmethod
    def of(cls, what: str, sha256: str) -> Self:
        """Return the error for a preview or comparison with the hash of its snapshot."""
        return cls(
            f"{what} was not committed, and its numbers were erased after PREVIEW_RETENTION_DAYS. The audit "
            f"trail keeps who made it, what for, and the SHA-256 of its inputs: {sha256}"
        )
