"""Daily bars of one symbol as arrays, and the compressed block that stores them."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)
COLUMN_COUNT = 5

EPOCH = date(1970, 1, 1).toordinal()

_FASTEST = 1
"""Compression level: the slower ones save little of doubles."""

Days = NDArray[np.int32]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars in the order of their days.

    `days` counts from 1970-01-01; `values` has a row for each of open, high, low, close and volume, NaN where
    one is not known. The close always is.
    """

    days: Days
    values: Values

    @property
    def dates(self) -> NDArray[np.datetime64]:
        """The days as dates."""
        return self.days.astype("datetime64[D]")

    @property
    def closes(self) -> Values:
        """The closing prices."""
        closes: Values = self.values[CLOSE]
        return closes

    def take(self, places: NDArray[np.bool_] | NDArray[np.intp]) -> Bars:
        """Return some of the bars."""
        return Bars(self.days[places], self.values[:, places])

    def between(self, first: date | None, last: date | None) -> Bars:
        """Return the bars from one day to another, both included."""
        begin = 0 if first is None else int(np.searchsorted(self.days, day_number(first)))
        end = None if last is None else int(np.searchsorted(self.days, day_number(last), "right"))
        return Bars(self.days[begin:end], self.values[:, begin:end])


NOTHING = Bars(np.empty(0, np.int32), np.empty((COLUMN_COUNT, 0)))


def day_number(day: date) -> int:
    """Return the days from 1970-01-01."""
    return day.toordinal() - EPOCH


def date_of(day: int) -> date:
    """Return the date that is so many days from 1970-01-01."""
    return date.fromordinal(int(day) + EPOCH)


def superseded(parts: Sequence[Bars]) -> Bars:
    """Return the bars of all parts, of each day those of the last part that has it."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return NOTHING
    days = np.concatenate([part.days for part in parts])
    values = np.concatenate([part.values for part in parts], axis=1)
    order = np.argsort(days, kind="stable")
    ordered = days[order]
    last = np.append(ordered[1:] != ordered[:-1], np.ones(min(1, len(ordered)), bool))
    return Bars(ordered[last], values[:, order[last]])


def encode(bars: Bars) -> str:
    """Return the bars as a text: little-endian columns, DEFLATE, base64."""
    content = bars.days.astype("<i4").tobytes() + bars.values.astype("<f8").tobytes()
    return base64.b64encode(zlib.compress(content, _FASTEST)).decode()


def decode(text: str, count: int) -> Bars:
    """Return the bars that were encoded.

    Raises
    ------
    ValueError
        When the text is not that of so many bars: somebody has changed it.
    """
    try:
        content = zlib.decompress(base64.b64decode(text, validate=True))
    except zlib.error as error:
        raise ValueError(f"a block of market history cannot be read: {error}") from error
    days = np.frombuffer(content, "<i4", count)
    values = np.frombuffer(content, "<f8", offset=days.nbytes).reshape(COLUMN_COUNT, count)
    return Bars(days.astype(np.int32), values.astype(np.float64))
