"""Errors about what a user may see."""

from __future__ import annotations

from app.core.errors import AllocatorError


class WholeDeskOnly(AllocatorError):
    """The operation is of the whole desk, and groups limit what the user may see."""

    status, code, title = 403, "WHOLE_DESK_ONLY", "Only for users who may see all portfolio groups"


class VisibilityUnknown(AllocatorError):
    """Groups limit what the user may see, and Aladdin does not say now which accounts are under them."""

    status, code, title = 503, "VISIBILITY_UNKNOWN", "Not known what the user may see"
    retry_after = 5.0
