"""Settings of idempotency keys and user activity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class RequestsSettings:
    """Retention of idempotency keys with their answers, and of user activity."""

    idempotency_lifetime: timedelta
    activity_lifetime: timedelta


def requests_settings(read: Reader) -> RequestsSettings:
    """Read the section."""
    return RequestsSettings(
        idempotency_lifetime=timedelta(hours=read.integer("IDEMPOTENCY_HOURS", 24, 1, 720)),
        activity_lifetime=timedelta(days=read.integer("ACTIVITY_DAYS", 90, 1, 3_660)),
    )
