"""The errors of operations that ask Aladdin."""

from __future__ import annotations

from app.core.errors import VendorError, VendorNotFound, VendorRejected, VendorTimedOut, VendorUnavailable

VENDOR_ERRORS = (VendorError, VendorUnavailable, VendorTimedOut, VendorRejected, VendorNotFound)
