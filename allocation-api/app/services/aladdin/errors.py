"""What can go wrong at the vendor, and for a write, whether it was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from app.core.errors import AllocatorError


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
