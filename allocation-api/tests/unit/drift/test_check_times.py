"""Times of checks: business days of 2026 in New York, whose clocks change on 8 March and 1 November."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.services.drift.check_times import CheckTimes

FRIDAY = CheckTimes(time(17, 30), 4, ZoneInfo("America/New_York"))


def utc(*numbers):
    return datetime(*numbers, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "following", "last"),
    [
        # Thursday, 2 July, a minute before and at 17:30, which are 21:30 UTC; the 3rd is a holiday.
        (utc(2026, 7, 2, 21, 29), utc(2026, 7, 2, 21, 30), date(2026, 7, 1)),
        (utc(2026, 7, 2, 21, 30), utc(2026, 7, 6, 21, 30), date(2026, 7, 2)),
        (utc(2026, 7, 6, 12, 0), utc(2026, 7, 6, 21, 30), date(2026, 7, 2)),
        # In winter they are 22:30 UTC.
        (utc(2026, 3, 6, 22, 30), utc(2026, 3, 9, 21, 30), date(2026, 3, 6)),
        (utc(2026, 10, 30, 21, 30), utc(2026, 11, 2, 22, 30), date(2026, 10, 30)),
        # Late in the evening of Monday, which is Tuesday in UTC.
        (utc(2026, 6, 30, 2, 0), utc(2026, 6, 30, 21, 30), date(2026, 6, 29)),
    ],
)
def test_checks_are_on_business_days_at_the_desks_time(now, following, last):
    """R19.14."""
    assert (FRIDAY.next(now), FRIDAY.last(now)) == (following, last)


def test_a_time_that_clocks_skip_is_as_long_after_the_jump():
    """Of the business days none is a Sunday in New York; in Cairo clocks jump on Friday, 24 April 2026."""
    cairo = CheckTimes(time(0, 30), 4, ZoneInfo("Africa/Cairo"))
    assert cairo.next(utc(2026, 4, 23, 12)) == utc(2026, 4, 23, 22, 30)
    assert cairo.last(utc(2026, 4, 23, 22, 30)) == date(2026, 4, 24)


def test_the_weekly_check_is_the_last_one_up_to_its_day():
    """R19.14: in the week of Friday, 3 July, a holiday, it is Thursday's."""
    week = [date(2026, 6, day) for day in (29, 30)] + [date(2026, 7, day) for day in (1, 2)]
    assert [FRIDAY.is_weekly(day) for day in week] == [False, False, False, True]
    assert [FRIDAY.is_weekly(date(2026, 7, day)) for day in (6, 9, 10)] == [False, False, True]
    monday = CheckTimes(time(17, 30), 0, FRIDAY.zone)
    # Monday, 7 September is a holiday: Friday before it.
    assert [monday.is_weekly(date(2026, 9, day)) for day in (4, 8)] == [True, False]
