"""Days of reports and lists: the desk's, which begin at midnight in its time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.services.allocations.history import HistoryFilter, summaries
from app.services.reports.committed import FairnessService
from app.services.reports.history import HistoryReport
from app.services.reports.views import LineFilter, Period
from app.services.visibility.visibility import EVERYTHING
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.stored_allocations import AT, full

NEW_YORK, TOKYO, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/London")
STEP = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("zone", "day", "first", "end"),
    [
        # New York is 4 hours behind UTC in summer, Tokyo 9 ahead.
        (NEW_YORK, "2026-07-01", "2026-07-01T04:00", "2026-07-02T04:00"),
        (TOKYO, "2026-07-01", "2026-06-30T15:00", "2026-07-01T15:00"),
        # The clocks go forward at 2 in the morning: the day has 23 hours; in autumn it has 25.
        (NEW_YORK, "2026-03-08", "2026-03-08T05:00", "2026-03-09T04:00"),
        (NEW_YORK, "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00"),
        (LONDON, "2026-10-25", "2026-10-24T23:00", "2026-10-26T00:00"),
        # In Beirut they go forward at midnight, so the day begins at 1.
        (ZoneInfo("Asia/Beirut"), "2026-03-29", "2026-03-28T22:00", "2026-03-29T21:00"),
    ],
)
def test_a_day_is_the_desk_s(database, add, zone, day, first, end):
    # R13.7
    first, end = (datetime.fromisoformat(f"{at}+00:00") for at in (first, end))
    for name, at in (("before", first - STEP), ("first", first), ("last", end - STEP), ("after", end)):
        add(name, {"A": full(1)}, at=at)
    day = date.fromisoformat(day)
    lines = HistoryReport(database, lambda: AT, zone).page(
        LineFilter(date_from=day, date_to=day), EVERYTHING, cursor=None, limit=9
    )
    assert [x.allocation_id for x in lines.items] == ["last", "first"]
    assert {x.business_date for x in lines.items} == {day}
    found = FairnessService(database, zone).report(Period(day, day), EVERYTHING)
    assert (found.allocations, found.time_zone) == (2, zone.key)
    with database.read() as session:
        filters = HistoryFilter(date_from=day, date_to=day)
        listed = summaries(session, filters, EVERYTHING, AT, zone=zone, cursor=None, limit=9).items
    assert [x.allocation_id for x in listed] == ["last", "first"]


@pytest.mark.parametrize("zone", [NEW_YORK, TOKYO])
def test_the_first_and_the_last_day_there_is_are_accepted(database, add, zone):
    add("one", {"A": full(1)})
    history = HistoryReport(database, lambda: AT, zone)
    every = LineFilter(date_from=date.min, date_to=date.max)
    assert len(history.page(every, EVERYTHING, cursor=None, limit=9).items) == 1
    for day in (date.min, date.max):
        none = LineFilter(date_from=day, date_to=day)
        assert history.page(none, EVERYTHING, cursor=None, limit=9).items == ()


def test_a_desk_s_time_zone_is_a_setting_and_is_told(tmp_path):
    """An order at 13:00 in New York on 30 June is one of 1 July in Tokyo."""
    at = datetime(2026, 6, 30, 17, tzinfo=UTC)
    for zone, day in (("America/New_York", "2026-06-30"), ("Asia/Tokyo", "2026-07-01")):
        folder = tmp_path / day
        folder.mkdir()
        desk = Desk(folder, scenario=GOLDEN_BOOK, clock=lambda: at, BUSINESS_TIMEZONE=zone)
        desk.preview("912828YW4", 3_800_000, groups=("GOLDEN",))
        days = {"date_from": day, "date_to": day}
        lines = desk.get("reports/allocation-history", **days)["lines"]
        assert [x["business_date"] for x in lines] == [day] * 4
        assert len(desk.get("allocations", **days)["allocations"]) == 1
        assert desk.get("reports/fairness", **days)["time_zone"] == zone
        desk.services.periodic.do("activity")
        assert desk.get("audit/activity", **days)["activity"]
        other = date.fromisoformat(day) + timedelta(days=1)
        assert desk.get("audit/activity", date_from=other)["activity"] == []
