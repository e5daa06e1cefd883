"""Bars as arrays: what supersedes what, blocks, periods, and the days that assets share."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from app.services.market_history.bars import CLOSE, Bars, day_number, decode, encode, superseded
from app.services.market_history.series import common, filled_forward, in_periods, listed, returns_of
from app.services.market_history.types import MarketPeriod, ReturnType, SeriesFrequency


def bars(*rows):
    """Bars of (date, close)."""
    days = np.array([day_number(date.fromisoformat(day)) for day, _ in rows], np.int32)
    values = np.full((5, len(rows)), np.nan)
    values[CLOSE] = [close for _, close in rows]
    return Bars(days, values)


def shown(found):
    return list(zip(map(str, found.dates), found.closes, strict=True))


def test_the_last_part_that_has_a_day_counts():
    first = bars(("2026-01-05", 1), ("2026-01-06", 2), ("2026-01-08", 3))
    second = bars(("2026-01-06", 20), ("2026-01-07", 25))
    third = bars(("2026-01-06", 200))
    assert shown(superseded([first, second, third])) == [
        ("2026-01-05", 1),
        ("2026-01-06", 200),
        ("2026-01-07", 25),
        ("2026-01-08", 3),
    ]
    assert shown(superseded([third, first]))[1] == ("2026-01-06", 2)
    assert shown(superseded([])) == []


def test_a_block_gives_back_every_bit():
    values = np.array([[0.1, np.nan], [1e-300, 2.5], [3.3, 1e12], [1 / 3, 101.23], [np.nan, 1e15]])
    found = decode(encode(Bars(np.array([-25567, 20000], np.int32), values)), 2)
    assert found.days.tolist() == [-25567, 20000]
    np.testing.assert_array_equal(found.values, values)


@pytest.mark.parametrize("text", ["", "AAAA", "???"])
def test_a_block_that_was_changed_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        decode(text, 2)


def test_days_before_1970_have_their_week():
    found = in_periods(bars(("1969-12-28", 1), ("1969-12-29", 2), ("1970-01-04", 3)), SeriesFrequency.WEEKLY)
    assert shown(found) == [("1969-12-28", 1), ("1970-01-04", 3)]  # a Sunday; Monday to Sunday


def test_a_return_beyond_all_numbers_is_not_known_and_warns_of_nothing():
    # The ratio of 5e-324 to 1e12 is 0 in float64, that of 1e12 to 5e-324 is infinite.
    prices = np.array([1e12, 5e-324, 1e12, 2e12])
    assert listed(returns_of(prices)) == [-1.0, None, 1.0]
    assert listed(returns_of(prices, ReturnType.LOG)) == [None, None, pytest.approx(np.log(2))]


def test_a_period_has_its_first_open_extremes_and_sum():
    nan = np.nan
    values = np.array([[nan, 2, 3], [5, 9, nan], [4, nan, 1], [4, 8, 2], [10, nan, 5]], float)
    days = [day_number(date(2026, 1, day)) for day in (5, 6, 7)]
    found = in_periods(Bars(np.array(days, np.int32), values), SeriesFrequency.MONTHLY)
    assert found.values[:, 0].tolist() == [2, 9, 1, 2, 15]
    unknown = Bars(np.array(days[:1], np.int32), np.array([[nan], [nan], [nan], [4], [nan]]))
    assert listed(in_periods(unknown, SeriesFrequency.MONTHLY).values[:, 0]) == [None, None, None, 4, None]


def test_a_price_is_carried_to_days_of_others_and_not_before_the_first():
    calendar = bars(*((f"2026-01-0{day}", 0) for day in (5, 6, 7, 8))).days
    found, filled = filled_forward(bars(("2026-01-06", 1), ("2026-01-08", 2)), calendar)
    assert shown(found) == [("2026-01-06", 1), ("2026-01-07", 1), ("2026-01-08", 2)]
    assert filled.tolist() == [day_number(date(2026, 1, 7))]


def test_a_sample_is_of_the_days_that_all_have_and_of_calendar_months():
    a = bars(("2025-11-30", 1), ("2026-02-27", 2), ("2026-02-28", 3), ("2026-03-31", 4))
    b = bars(("2025-11-30", 1), ("2026-02-28", 2), ("2026-03-30", 9), ("2026-03-31", 3))
    found = common({"A": a, "B": b}, MarketPeriod.MAX)
    assert found.prices.tolist() == [[1, 1], [3, 2], [4, 3]]
    assert found.left_out == 2
    month = common({"A": a, "B": b}, MarketPeriod.MONTH)  # a month before March 31 is February 28
    assert month.prices.tolist() == [[3, 2], [4, 3]]
    assert not len(common({"A": a, "C": bars(("2020-01-01", 1))}, MarketPeriod.YEAR).days)
