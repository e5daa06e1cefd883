"""Errors of the vendor; for a write, each says whether it was carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from app.core.errors import AllocatorError


class VendorError(AllocatorError):
    """Base of all errors of the vendor.

    `retryable` says whether the same read may be retried; a write is never retried.
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
    """Aladdin could not be reached or did not answer; the outcome of a write may be unknown."""

    status, code, title = 503, "VENDOR_UNAVAILABLE", "Aladdin is not reachable"
    retryable = True

    def __init__(
        self, detail: str, *, retry_after: float | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail, extra=extra)
        self.retry_after = retry_after


class VendorUnreached(VendorUnavailable):
    """No connection was made, so the request was never sent and nothing was done."""

    code = "VENDOR_UNREACHED"


class VendorLoginFailed(VendorUnavailable):
    """Aladdin's login service gave no token, so the request was not carried out."""

    code, title = "VENDOR_LOGIN_FAILED", "Aladdin's login service does not answer"


class VendorQuotaSpent(VendorUnavailable):
    """The quota of an operation is used up on our side: nothing was sent."""

    code, title = "VENDOR_QUOTA_SPENT", "Our quota at Aladdin is used up"


class VendorSuspended(VendorUnavailable):
    """The circuit breaker of the API is open after several failures in a row: nothing was sent."""

    code, title = "VENDOR_SUSPENDED", "Calls to Aladdin are suspended for a few seconds"


class VendorTimedOut(VendorUnavailable):
    """The request was sent and the answer did not come in time."""

    status, code, title = 504, "VENDOR_TIMED_OUT", "Aladdin did not answer in time"


class VendorFailed(VendorUnavailable):
    """Aladdin answered with an HTTP 5xx."""

    code, title = "VENDOR_FAILED", "Aladdin failed"


class VendorThrottled(VendorUnavailable):
    """Aladdin refused the request because its quota is exceeded (429): nothing was done."""

    code, title = "VENDOR_THROTTLED", "Aladdin's quota is exceeded"


class OrderOutcomeUnknown(VendorUnavailable):
    """An order was sent and no usable answer came: it may be live, so look it up before sending another."""

    code, title = "ORDER_OUTCOME_UNKNOWN", "It is not known whether Aladdin took the order"
    retryable = False


class VendorRejected(VendorError):
    """Aladdin read the request and refused it: nothing was done."""

    status, code, title = 422, "VENDOR_REJECTED", "Aladdin refused the request"


class VendorNotFound(VendorRejected):
    """Aladdin does not have the id, or hides it from our credentials."""

    status, code, title = 404, "VENDOR_NOT_FOUND", "Not found at Aladdin"


class VendorDenied(VendorRejected):
    """Aladdin does not accept our credentials, or they lack an entitlement (401, 403)."""

    status, code, title = 502, "VENDOR_DENIED", "Aladdin denied access"


class VendorLoginRefused(VendorDenied):
    """Aladdin's login service does not accept our credentials, so the request was not carried out."""

    code, title = "VENDOR_LOGIN_REFUSED", "Aladdin's login service refused our credentials"
