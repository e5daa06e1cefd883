"""When a recalculation is due: debounce, minimum interval, how many a day, and scheduled times (R26.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.services.events.types import Timing

MAX_DEBOUNCES = 10
"""Debounce times after the first event, after which further events put a recalculation off no more."""

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: when its events were received, and whether the minimum interval holds for it."""

    first_event_at: datetime
    last_event_at: datetime
    passes_interval: bool


def due_at(wanted: Wanted, queued: Sequence[datetime], interval: timedelta, timing: Timing) -> datetime:
    """Return when a recalculation is due.

    Parameters
    ----------
    queued : sequence of datetime
        When recalculations of the portfolio were queued, oldest first: those of the last 24 hours at least,
        and the last one.
    """
    quiet = min(
        wanted.last_event_at + timing.debounce, wanted.first_event_at + MAX_DEBOUNCES * timing.debounce
    )
    moments = [quiet]
    if queued and not wanted.passes_interval:
        moments.append(queued[-1] + interval)
    if len(queued) >= timing.max_per_day:
        moments.append(queued[-timing.max_per_day] + DAY)
    return max(moments)


def next_scheduled(after: datetime, times: Sequence[str], zone: ZoneInfo) -> datetime | None:
    """Return the first of the times of the desk's day after a moment; None without times.

    A time that the clock leaves out in spring is as much later, one that it shows twice counts once.
    """
    day = after.astimezone(zone).date()
    moments = (
        datetime.combine(day + timedelta(days=days), time.fromisoformat(each), zone).astimezone(after.tzinfo)
        for days in range(-1, 3)
        for each in times
    )
    return min((moment for moment in moments if moment > after), default=None)
