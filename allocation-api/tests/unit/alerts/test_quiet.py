"""When channels tell: digests, quiet hours over midnight and over both changes of the clocks (R21.5)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.services.alerts.quiet import AT_ANY_TIME, Times, send_at
from app.services.alerts.types import Digest, Severity

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = Times(quiet_from=time(22), quiet_to=time(7))
NOON = Times(quiet_from=time(12), quiet_to=time(13))


def sent(at: str, times: Times, severity: Severity = Severity.WARNING) -> str:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return send_at(now, severity, times, NEW_YORK).astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("at", "times", "expected"),
    [
        ("2026-01-15T12:34", AT_ANY_TIME, "2026-01-15T12:34"),
        # New York is five hours behind in winter: 22:00 is 03:00 UTC, 07:00 is 12:00 UTC.
        ("2026-01-15T02:59", NIGHT, "2026-01-15T02:59"),
        ("2026-01-15T03:00", NIGHT, "2026-01-15T12:00"),
        ("2026-01-15T04:59", NIGHT, "2026-01-15T12:00"),
        ("2026-01-15T05:00", NIGHT, "2026-01-15T12:00"),
        ("2026-01-15T11:59", NIGHT, "2026-01-15T12:00"),
        ("2026-01-15T12:00", NIGHT, "2026-01-15T12:00"),
        ("2026-01-15T17:30", NOON, "2026-01-15T18:00"),
        ("2026-01-15T18:00", NOON, "2026-01-15T18:00"),
        # Four in summer: clocks go forward on 8 March at 07:00 UTC, back on 1 November at 06:00 UTC.
        ("2026-03-08T04:00", NIGHT, "2026-03-08T11:00"),
        ("2026-11-01T03:00", NIGHT, "2026-11-01T12:00"),
    ],
)
def test_quiet_hours_are_of_the_desk_s_clocks(at: str, times: Times, expected: str) -> None:
    assert sent(at, times) == expected


def test_an_end_that_the_clocks_skip_is_as_long_after_the_jump() -> None:
    """02:30 is not there: half an hour after 02:00, which is 03:00 of summer, is 07:30 UTC."""
    assert sent("2026-03-08T05:00", Times(quiet_from=time(22), quiet_to=time(2, 30))) == "2026-03-08T07:30"


def test_an_end_that_the_clocks_show_twice_is_the_first_that_is_to_come() -> None:
    quiet = Times(quiet_from=time(22), quiet_to=time(1, 30))
    assert sent("2026-11-01T04:00", quiet) == "2026-11-01T05:30"
    assert sent("2026-11-01T06:10", quiet) == "2026-11-01T06:30"


@pytest.mark.parametrize(
    ("at", "digest", "expected"),
    [
        ("2026-01-15T14:01", Digest.HOURLY, "2026-01-15T15:00"),
        ("2026-01-15T14:00", Digest.HOURLY, "2026-01-15T15:00"),
        ("2026-01-15T12:59", Digest.DAILY, "2026-01-15T13:00"),
        ("2026-01-15T13:00", Digest.DAILY, "2026-01-16T13:00"),
        ("2026-03-07T20:00", Digest.DAILY, "2026-03-08T12:00"),
    ],
)
def test_digests_are_at_full_hours_and_at_eight_of_the_desk(at: str, digest: Digest, expected: str) -> None:
    assert sent(at, Times(digest)) == expected


def test_a_digest_within_quiet_hours_waits_for_their_end() -> None:
    assert sent("2026-01-15T02:30", Times(Digest.HOURLY, time(22), time(7))) == "2026-01-15T12:00"


def test_an_emergency_breaks_through_both() -> None:
    loud = Times(Digest.DAILY, time(22), time(7))
    assert sent("2026-01-15T04:00", loud, Severity.EMERGENCY) == "2026-01-15T04:00"
    assert sent("2026-01-15T04:00", loud, Severity.CRITICAL) == "2026-01-15T13:00"
