"""Settings of allocation drift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from app.core.config.reader import Reader

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """With `four_eyes` a version of a target set does not hold before another user has approved it.

    Drift is checked at `check_time` of the desk's time zone on business days, and weekly on `weekday`, Monday
    is 0. Snapshots of weekly checks are kept for `weekly_lifetime`, others for `lifetime`.
    """

    four_eyes: bool
    check_time: time
    weekday: int
    lifetime: timedelta
    weekly_lifetime: timedelta


def drift_settings(read: Reader) -> DriftSettings:
    """Read the section."""
    return DriftSettings(
        four_eyes=read.flag("DRIFT_FOUR_EYES", default=False),
        check_time=read.time_of_day("DRIFT_CHECK_TIME", "17:30"),
        weekday=WEEKDAYS.index(read.choice("DRIFT_WEEKLY_DAY", WEEKDAYS, "friday")),
        lifetime=timedelta(days=read.integer("DRIFT_HISTORY_DAYS", 400, 1, 3_660)),
        weekly_lifetime=timedelta(days=read.integer("DRIFT_WEEKLY_HISTORY_DAYS", 1_830, 1, 7_320)),
    )
