"""Validity of previews and comparisons: from when they were made until their expiry (R10.2).

What was made in the future is over as well: the clock was set back since, and by it the preview would hold
for longer than its book is worth.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, or_

from app.core.clock import latest
from app.models import AllocationRow


class Dated(Protocol):
    """Stored preview or comparison."""

    @property
    def created_at(self) -> datetime:
        """When it was made."""

    @property
    def expires_at(self) -> datetime:
        """When it ends."""


def is_over(made: Dated, now: datetime) -> bool:
    """Say whether a preview or comparison does not hold at `now`."""
    return now >= made.expires_at or is_of_the_future(made, now)


def is_of_the_future(made: Dated, now: datetime) -> bool:
    """Say whether it was made later than `now`, by more than the clocks of hosts differ."""
    return made.created_at > latest(now)


def why_over(kind: str, made: Dated, now: datetime) -> str:
    """Return why it does not hold, as a sentence without its full stop."""
    if is_of_the_future(made, now):
        return (
            f"The {kind} was made at {made.created_at:%Y-%m-%dT%H:%M:%SZ}, which is later than now: the "
            "clock was set back"
        )
    return f"The {kind} expired at {made.expires_at:%Y-%m-%dT%H:%M:%SZ}"


def holds(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that a preview holds at `now`."""
    return and_(AllocationRow.expires_at > now, AllocationRow.created_at <= latest(now))


def over(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that a preview does not hold at `now`."""
    return or_(AllocationRow.expires_at <= now, AllocationRow.created_at > latest(now))
