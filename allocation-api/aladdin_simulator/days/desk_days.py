"""Days of the desk, and the close that a moment's book is as of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from aladdin_simulator.calendar import following, last_close


class DeskDays(Protocol):
    """Maps a moment to the desk's date, the day on which it trades, and the close before that day."""

    def business_date(self, moment: datetime) -> date:
        """Return the date that the desk works on."""

    def trade_day(self, moment: datetime) -> date:
        """Return the day of a trade at this moment."""

    def close_before(self, moment: datetime) -> date:
        """Return the date of the book at this moment; trades up to it are in its positions."""


@dataclass(frozen=True, slots=True)
class StandingDay:
    """A day that never passes: that of a book file, whose trades stay today's."""

    as_of: date

    def business_date(self, _moment: datetime) -> date:
        """Return the book's date."""
        return self.as_of

    def trade_day(self, _moment: datetime) -> date:
        """Return a day after the book's."""
        return self.as_of + timedelta(days=1)

    def close_before(self, _moment: datetime) -> date:
        """Return the book's date."""
        return self.as_of


@dataclass(frozen=True, slots=True)
class PassingDays:
    """Days that pass as `day_of` says: the desk's calendar day at a moment."""

    day_of: Callable[[datetime], date]

    def business_date(self, moment: datetime) -> date:
        """Return the moment's day."""
        return self.day_of(moment)

    def trade_day(self, moment: datetime) -> date:
        """Return the moment's day, or the next business day (the Following convention)."""
        return following(self.day_of(moment))

    def close_before(self, moment: datetime) -> date:
        """Return the last business day before the moment's day."""
        return last_close(self.day_of(moment))
