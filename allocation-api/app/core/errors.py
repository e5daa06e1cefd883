"""The one error tree. A class says whose fault it is; the HTTP edge turns it into a problem document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its JSON path (`order.quantity`) and what is wrong with it."""

    field: str
    message: str


class AllocatorError(Exception):
    """Base of every error that the system raises on purpose.

    Parameters
    ----------
    detail : str
        What happened, in words for the person who asked.
    errors : sequence of FieldError
        The fields at fault, where there are any.
    extra : mapping
        Further members of the problem document: numbers, ids.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"
    title: ClassVar[str] = "Internal error"
    retry_after: float | None = None
    """Seconds after which it is worth trying again, where that is known."""

    def __init__(
        self, detail: str, *, errors: Sequence[FieldError] = (), extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})


# --- the caller's input -------------------------------------------------------------------------------------


class InvalidRequest(AllocatorError):
    """The request can be read, but a field of it is wrong."""

    status, code, title = 422, "INVALID_REQUEST", "The request is not valid"


class IdempotencyKeyReused(AllocatorError):
    """The caller gave this idempotency key to another request before."""

    status, code, title = 422, "IDEMPOTENCY_KEY_REUSED", "The idempotency key belongs to another request"


class MalformedRequest(AllocatorError):
    """The body cannot be read as JSON."""

    status, code, title = 400, "MALFORMED_REQUEST", "The request cannot be read"


class NotFound(AllocatorError):
    """The thing that the path names does not exist, or the caller may not see it."""

    status, code, title = 404, "NOT_FOUND", "Not found"


class Unauthenticated(AllocatorError):
    """No token, or one that does not hold."""

    status, code, title = 401, "UNAUTHENTICATED", "Authentication required"


class Forbidden(AllocatorError):
    """The token holds, but lacks the permission."""

    status, code, title = 403, "FORBIDDEN", "Permission missing"


class Conflict(AllocatorError):
    """The thing is not in a state in which this can be done."""

    status, code, title = 409, "CONFLICT", "Not possible in this state"


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


class IdempotencyKeyInUse(Conflict):
    """The first request under this idempotency key is still under way: its answer comes with a later try."""

    code, title = "IDEMPOTENCY_KEY_IN_USE", "The request under this key is under way"
    retry_after = 2.0


class TradingHalted(Conflict):
    """The emergency stop is on: nothing goes out."""

    code, title = "TRADING_HALTED", "Trading is halted"


# --- the data -----------------------------------------------------------------------------------------------


class DataMissing(AllocatorError):
    """A number that the calculation needs does not exist at its source."""

    status, code, title = 422, "DATA_MISSING", "Data that the calculation needs is missing"


# --- the vendor ---------------------------------------------------------------------------------------------


class VendorError(AllocatorError):
    """Aladdin answered with something other than what was asked for.

    `retryable` says whether the same read may be tried again; a write never is by itself.
    """

    status, code, title = 502, "VENDOR_ERROR", "Aladdin could not answer"
    retryable: ClassVar[bool] = False


class VendorUnexpected(VendorError):
    """The answer is JSON, but not of the published shape, or it contradicts itself."""

    code, title = "VENDOR_UNEXPECTED", "Aladdin's answer is not as published"


class VendorUnreadable(VendorError):
    """The answer is not JSON, or it was cut off."""

    code, title = "VENDOR_UNREADABLE", "Aladdin's answer cannot be read"
    retryable = True


class VendorUnavailable(VendorError):
    """Aladdin could not be reached, or did not answer in time: for a write, the outcome is unknown."""

    status, code, title = 503, "VENDOR_UNAVAILABLE", "Aladdin is not reachable"
    retryable = True

    def __init__(
        self, detail: str, *, retry_after: float | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail, extra=extra)
        self.retry_after = retry_after


class VendorUnreached(VendorUnavailable):
    """No connection was made, so the request was never sent: for a write, nothing was done."""

    code = "VENDOR_UNREACHED"


class VendorLoginFailed(VendorUnavailable):
    """Aladdin's login service gave us no token: no request was read, so nothing was done."""

    code, title = "VENDOR_LOGIN_FAILED", "Aladdin's login service does not answer"


class VendorQuotaSpent(VendorUnavailable):
    """We have used up what Aladdin grants us of an operation: nothing was sent."""

    code, title = "VENDOR_QUOTA_SPENT", "Our quota at Aladdin is used up"


class VendorSuspended(VendorUnavailable):
    """Aladdin failed several times in a row and is left alone for a while: nothing was sent."""

    code, title = "VENDOR_SUSPENDED", "Aladdin is not asked for the moment"


class VendorTimedOut(VendorUnavailable):
    """The request was sent and the answer did not come in time."""

    status, code, title = 504, "VENDOR_TIMED_OUT", "Aladdin did not answer in time"


class VendorFailed(VendorUnavailable):
    """Aladdin answered that it failed (an HTTP 5xx)."""

    code, title = "VENDOR_FAILED", "Aladdin failed"


class VendorThrottled(VendorUnavailable):
    """Too many requests for Aladdin's quota (429): nothing was done."""

    code, title = "VENDOR_THROTTLED", "Aladdin asks for fewer requests"


class OrderOutcomeUnknown(VendorUnavailable):
    """An order was sent and no readable answer came: it may be live. Look for it, never send it again."""

    code, title = "ORDER_OUTCOME_UNKNOWN", "It is not known whether Aladdin took the order"
    retryable = False


class VendorRejected(VendorError):
    """Aladdin read the request and said no: nothing was done."""

    status, code, title = 422, "VENDOR_REJECTED", "Aladdin refused the request"


class VendorNotFound(VendorRejected):
    """Aladdin does not know the id, or does not show it to us."""

    status, code, title = 404, "VENDOR_NOT_FOUND", "Aladdin does not know this"


class VendorDenied(VendorRejected):
    """Aladdin does not accept our credentials, or they lack an entitlement (401, 403)."""

    status, code, title = 502, "VENDOR_DENIED", "Aladdin denied us access"


class VendorLoginRefused(VendorDenied):
    """Aladdin's login service does not accept our credentials: no request was read."""

    code, title = "VENDOR_LOGIN_REFUSED", "Aladdin's login service refused us"


# --- ourselves ----------------------------------------------------------------------------------------------


class NotReady(AllocatorError):
    """Something that the service cannot work without does not answer."""

    status, code, title = 503, "NOT_READY", "The service cannot work at the moment"


class DatabaseUnavailable(AllocatorError):
    """The database is away, fails, or has too much to do; what was not stored by then is not stored."""

    status, code, title = 503, "DATABASE_UNAVAILABLE", "The database cannot be used at the moment"
    retry_after = 5.0


# --- the solver ---------------------------------------------------------------------------------------------


class SolverError(AllocatorError):
    """A method could not produce a valid split; never papered over."""

    status, code, title = 500, "SOLVER_ERROR", "The allocation could not be computed"
