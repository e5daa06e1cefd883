"""Clock that is injected wherever the current time is needed, so that tests can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

CLOCK_TOLERANCE = timedelta(seconds=5)
"""By how much clocks of several hosts may differ."""


def latest(now: datetime, length: timedelta = timedelta(0)) -> datetime:
    """Return the latest moment that may be stored by now of what lies at most `length` ahead.

    What lies further ahead is of a clock that was set back since, and must not be waited for.
    """
    return now + length + CLOCK_TOLERANCE


def utc_now() -> datetime:
    """Return the current time, timezone-aware, in UTC."""
    return datetime.now(UTC)
