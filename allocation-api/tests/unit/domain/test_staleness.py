"""The age of the vendor's data in business days, and when it counts as old."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.domain.staleness import age, is_stale


@pytest.mark.parametrize(
    ("of", "today", "days", "stale"),
    [
        # Tuesday, June 30th 2026.
        (date(2026, 6, 30), date(2026, 6, 30), 0, False),
        (date(2026, 6, 29), date(2026, 6, 30), 1, False),
        (date(2026, 6, 26), date(2026, 6, 30), 2, True),
        # Data of a weekend is as good as Friday's.
        (date(2026, 6, 27), date(2026, 6, 29), 1, False),
        (date(2026, 6, 26), date(2026, 6, 29), 1, False),
        # July 3rd is a holiday and the 4th a Saturday: the next trading is on Monday the 6th.
        (date(2026, 7, 2), date(2026, 7, 3), 1, False),
        (date(2026, 7, 2), date(2026, 7, 6), 1, False),
        (date(2026, 7, 1), date(2026, 7, 3), 2, True),
        (date(2026, 7, 1), date(2026, 7, 6), 2, True),
        # Data from the future is odd, but not old.
        (date(2026, 7, 1), date(2026, 6, 30), -1, False),
    ],
)
def test_age_is_counted_in_business_days(of, today, days, stale):
    # R9.5
    assert age(of, today) == days
    assert is_stale(of, today) is stale
