"""Clock that is injected wherever the current time is needed, so that tests can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

CLOCK_TOLERANCE = timedelta(seconds=5)
"""By how much clocks of several hosts may differ; a moment further ahead is of a clock that was set back."""


def utc_now() -> datetime:
    """Return the current time, timezone-aware, in UTC."""
    return datetime.now(UTC)
