"""The errors of operations that ask Aladdin."""

from __future__ import annotations

from app.core.errors import (
    VendorError,
    VendorLoginFailed,
    VendorLoginRefused,
    VendorNotFound,
    VendorQuotaSpent,
    VendorRejected,
    VendorSuspended,
    VendorTimedOut,
    VendorUnavailable,
)

VENDOR_ERRORS = (
    VendorError,
    VendorLoginRefused,
    VendorUnavailable,
    VendorLoginFailed,
    VendorQuotaSpent,
    VendorSuspended,
    VendorTimedOut,
    VendorRejected,
    VendorNotFound,
)
