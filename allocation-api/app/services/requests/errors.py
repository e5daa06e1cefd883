"""Idempotency keys that cannot be used."""

from __future__ import annotations

from app.core.errors import AllocatorError, Conflict


class IdempotencyKeyReused(AllocatorError):
    """The caller has used this idempotency key for another request."""

    status, code, title = 422, "IDEMPOTENCY_KEY_REUSED", "The idempotency key belongs to another request"


class IdempotencyKeyInUse(Conflict):
    """The first request under this idempotency key is still in progress; a retry will get its answer."""

    code, title = "IDEMPOTENCY_KEY_IN_USE", "The first request under this key is still in progress"
    retry_after = 2.0
