"""When recalculations are due (R26.4): moments worked out by hand, and properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.events.planning import DAY, Wanted, due_at, next_scheduled
from app.services.events.types import Timing

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
TIMING = Timing(timedelta(seconds=30), 24)
HOUR = timedelta(hours=1)
OTHERS = ["2026-06-30T10:00:00"] * 23
NEW_YORK = ZoneInfo("America/New_York")
SECONDS = st.integers(0, 200_000).map(lambda seconds: timedelta(seconds=seconds))


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after(*seconds, passes=False):
    first, last = seconds[0], seconds[-1]
    return Wanted(NOON + timedelta(seconds=first), NOON + timedelta(seconds=last), passes)


@pytest.mark.parametrize(
    ("wanted", "queued", "due"),
    [
        (after(0), [], "2026-06-30T12:00:30"),
        (after(0, 20), [], "2026-06-30T12:00:50"),
        (after(0, 299), [], "2026-06-30T12:05:00"),
        (after(0), ["2026-06-30T11:30:00"], "2026-06-30T12:30:00"),
        (after(0), ["2026-06-30T10:30:00"], "2026-06-30T12:00:30"),
        (after(0, passes=True), ["2026-06-30T11:30:00"], "2026-06-30T12:00:30"),
        (after(0), ["2026-06-29T13:00:00", *["2026-06-30T10:00:00"] * 23], "2026-06-30T13:00:00"),
        (
            after(0, passes=True),
            ["2026-06-29T13:00:00", *["2026-06-30T10:00:00"] * 23],
            "2026-06-30T13:00:00",
        ),
        (after(0), ["2026-06-29T11:00:00", *["2026-06-30T10:00:00"] * 23], "2026-06-30T12:00:30"),
    ],
)
def test_it_is_due_once_all_of_debounce_interval_and_limit_are_over(wanted, queued, due):
    assert due_at(wanted, [moment(each) for each in queued], HOUR, TIMING) == moment(due)


@given(events=st.lists(SECONDS, min_size=1, max_size=60), passes=st.booleans())
def test_no_day_has_more_recalculations_than_it_may_and_none_comes_too_early(events, passes):
    queued = []
    for event in sorted(events):
        wanted = Wanted(NOON + event, NOON + event, passes)
        due = due_at(wanted, queued, HOUR, Timing(TIMING.debounce, 5))
        assert due >= NOON + event + TIMING.debounce
        assert passes or not queued or due >= queued[-1] + HOUR
        if not queued or due >= queued[-1]:
            queued.append(due)
    assert all(later - sooner >= DAY for sooner, later in zip(queued, queued[5:], strict=False))


@pytest.mark.parametrize(
    ("now", "following"),
    [
        ("2026-06-30T13:00:00", "2026-06-30T13:30:00"),
        ("2026-06-30T13:30:00", "2026-06-30T20:00:00"),
        ("2026-06-30T20:00:00", "2026-07-01T13:30:00"),
        ("2026-07-01T03:59:00", "2026-07-01T13:30:00"),
        ("2026-12-01T13:30:00", "2026-12-01T14:30:00"),
    ],
)
def test_scheduled_times_are_of_the_desk_s_day(now, following):
    """09:30 and 16:00 in New York are 13:30 and 20:00 UTC in summer, 14:30 and 21:00 in winter."""
    assert next_scheduled(moment(now), ("09:30", "16:00"), NEW_YORK) == moment(following)


def test_a_time_that_spring_leaves_out_comes_and_one_that_autumn_repeats_comes_once():
    spring = next_scheduled(moment("2026-03-08T05:00:00"), ("02:30",), NEW_YORK)
    assert spring == moment("2026-03-08T07:30:00")
    autumn = next_scheduled(moment("2026-11-01T04:30:00"), ("01:30",), NEW_YORK)
    assert autumn == moment("2026-11-01T05:30:00")
    assert next_scheduled(autumn, ("01:30",), NEW_YORK) == moment("2026-11-02T06:30:00")
    assert next_scheduled(NOON, (), NEW_YORK) is None
