"""When drift is checked: at a time of the desk's clock on business days (R19.14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.services.domain.calendar import is_business_day

MAX_DAYS = 7
"""Days without a business day that no calendar reaches."""


@dataclass(frozen=True, slots=True)
class CheckTimes:
    """The time of checks in the desk's time zone, and the weekday of the weekly one, Monday is 0.

    Where clocks skip the time, it is as long after the jump; where they show it twice, it is the first.
    """

    at: time
    weekday: int
    zone: ZoneInfo

    def next(self, now: datetime) -> datetime:
        """Return the moment of the first check after a moment."""
        today = self.day_of(now)
        days = (today + timedelta(days=n) for n in range(MAX_DAYS + 1))
        return next(at for at in map(self._moment, filter(is_business_day, days)) if at > now)

    def last(self, now: datetime) -> date:
        """Return the business date of the last check up to a moment."""
        today = self.day_of(now)
        days = (today - timedelta(days=n) for n in range(MAX_DAYS + 1))
        return next(day for day in days if is_business_day(day) and self._moment(day) <= now)

    def day_of(self, now: datetime) -> date:
        """Return the desk's day of a moment."""
        return now.astimezone(self.zone).date()

    def is_weekly(self, day: date) -> bool:
        """Whether a business day's check is the weekly one: the weekday's, or of the last one before it."""
        later = day + timedelta(days=(self.weekday - day.weekday()) % 7)
        between = (day + timedelta(days=n) for n in range(1, (later - day).days + 1))
        return not any(map(is_business_day, between))

    def _moment(self, day: date) -> datetime:
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)
