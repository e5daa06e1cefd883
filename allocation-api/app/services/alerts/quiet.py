"""When a channel may tell: its digest, and its quiet hours in the desk's time zone (R21.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.services.alerts.types import Digest, Severity

DAILY_AT = time(8)
"""Time of the desk's day at which daily digests are sent."""


@dataclass(frozen=True, slots=True)
class Times:
    """When a channel tells: its digest, and quiet hours from one time of the day to another, or None."""

    digest: Digest = Digest.NONE
    quiet_from: time | None = None
    quiet_to: time | None = None


AT_ANY_TIME = Times()


def send_at(now: datetime, severity: Severity, times: Times, zone: ZoneInfo) -> datetime:
    """Return when an event of now is to be sent: at once, at the next digest, or after the quiet hours."""
    if severity is Severity.EMERGENCY:
        return now
    due = now
    if times.digest is Digest.HOURLY:
        due = _next_hour(now, zone)
    elif times.digest is Digest.DAILY:
        due = _next(now, DAILY_AT, zone)
    first, last = times.quiet_from, times.quiet_to
    if first is not None and last is not None and _is_quiet(due, first, last, zone):
        return _next(due, last, zone)
    return due


def _is_quiet(at: datetime, first: time, last: time, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone).time()
    if first <= last:
        return first <= local < last
    return local >= first or local < last


def _next_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next full hour of the zone; zones are whole minutes from UTC."""
    local = now.astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return now - past + timedelta(hours=1)


def _next(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """Return the first instant after now at which the zone's clocks show a time.

    Where they skip it, it is as long after the jump; where they show it twice, the first that is to come.
    """
    today = now.astimezone(zone).date()
    found: list[datetime] = []
    for days in range(-1, 3):
        local = datetime.combine(today + timedelta(days=days), at, zone)
        first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        found += [first, max(first, second)]  # the second is earlier where the clocks skip the time
    return min(instant for instant in found if instant > now)
