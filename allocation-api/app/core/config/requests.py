"""Settings of idempotency keys, user activity and rate limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from app.core.config.reader import Reader, has_readable_port


@dataclass(frozen=True, slots=True)
class RequestsSettings:
    """Retention of idempotency keys with their answers, and of user activity; the rate limit of each user.

    The limit is in units of cost, an ordinary request being one; 0 is none. With `redis_url` all processes
    count together. Of the requests that only read, `max_vendor_requests` ask the vendor at a time, in each
    process.
    """

    idempotency_lifetime: timedelta
    activity_lifetime: timedelta
    rate_limit_per_minute: int
    redis_url: str | None = field(repr=False)
    max_vendor_requests: int


def requests_settings(read: Reader, threads: int) -> RequestsSettings:
    """Read the section; a thread each is left to orders, to cancellations, and to what asks no vendor."""
    most_reads = max(threads - 3, 1)
    return RequestsSettings(
        idempotency_lifetime=timedelta(hours=read.integer("IDEMPOTENCY_HOURS", 24, 1, 720)),
        activity_lifetime=timedelta(days=read.integer("ACTIVITY_DAYS", 90, 1, 3_660)),
        rate_limit_per_minute=read.integer("RATE_LIMIT_PER_MINUTE", 600, 0, 1_000_000),
        redis_url=_redis_url(read),
        max_vendor_requests=read.integer("MAX_VENDOR_REQUESTS", most_reads, 1, most_reads),
    )


def _redis_url(read: Reader) -> str | None:
    url = read.optional("REDIS_URL")
    if url is None or (url.startswith(("redis://", "rediss://", "unix://")) and has_readable_port(url)):
        return url
    read.fail("REDIS_URL must be a URL like redis://localhost:6379/0")
    return None
