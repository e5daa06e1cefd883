"""Requests that are refused for themselves: their key, their number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.errors import AllocatorError, Conflict


class IdempotencyKeyReused(AllocatorError):
    """The caller has used this idempotency key for another request."""

    status, code, title = 422, "IDEMPOTENCY_KEY_REUSED", "The idempotency key belongs to another request"


class IdempotencyKeyInUse(Conflict):
    """The first request under this idempotency key is still in progress; a retry will get its answer."""

    code, title = "IDEMPOTENCY_KEY_IN_USE", "The first request under this key is still in progress"
    retry_after = 2.0


class TooManyRequests(AllocatorError):
    """The user has used up what one user may ask for in a minute."""

    status, code, title = 429, "TOO_MANY_REQUESTS", "Too many requests"

    def __init__(
        self, detail: str, *, retry_after: float | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail, extra=extra)
        self.retry_after = retry_after


class ServiceBusy(AllocatorError):
    """As many requests as may are waiting for Aladdin; nothing was done."""

    status, code, title = 503, "SERVICE_BUSY", "Too many requests are waiting for Aladdin"
    retry_after = 1.0
    expected = True


class CalculationsBusy(AllocatorError):
    """As many requests calculate as may; nothing was done."""

    status, code, title = 503, "CALCULATIONS_BUSY", "Too many calculations are under way"
    retry_after = 5.0
    expected = True
