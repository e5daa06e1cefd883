"""Business days of the US government bond market against the published holidays."""

from __future__ import annotations

from datetime import date

from app.services.domain.calendar import add_business_days, is_business_day


def test_business_days():
    # July 4th 2026 is a Saturday; Independence Day is kept on Friday the 3rd.
    assert not is_business_day(date(2026, 7, 3))
    assert not is_business_day(date(2026, 7, 4))
    assert add_business_days(date(2026, 7, 2), 1) == date(2026, 7, 6)
    assert add_business_days(date(2026, 7, 6), -1) == date(2026, 7, 2)
