"""Idempotency keys that cannot be used."""

from __future__ import annotations

from app.core.errors import AllocatorError, Conflict


class IdempotencyKeyReused(AllocatorError):
    """The caller gave this idempotency key to another request before."""

    status, code, title = 422, "IDEMPOTENCY_KEY_REUSED", "The idempotency key belongs to another request"


class IdempotencyKeyInUse(Conflict):
    """The first request under this idempotency key is still under way: its answer comes with a later try."""

    code, title = "IDEMPOTENCY_KEY_IN_USE", "The request under this key is under way"
    retry_after = 2.0
