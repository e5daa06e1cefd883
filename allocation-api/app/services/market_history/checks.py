"""Checks of the rows of an import: against each other, and against what is stored of their symbols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.market_history.bars import CLOSE, HIGH, LOW, NOTHING, OPEN, Bars, date_of, superseded
from app.services.market_history.import_types import Finding, ImportFindingKind, Rows

MAX_JUMP = 0.40
"""Change of the close from one day to the next, up or down, that is flagged: a split is such a jump."""

_NAMES = {OPEN: "open", HIGH: "high", LOW: "low", CLOSE: "close"}


@dataclass(frozen=True, slots=True)
class SymbolRows:
    """The rows of one symbol in the order of their days: places among all rows, and bars."""

    symbol: str
    places: NDArray[np.intp]
    bars: Bars


def by_symbol(rows: Rows) -> list[SymbolRows]:
    """Return the rows of each symbol, symbols in order."""
    places: dict[str, list[int]] = {}
    for place, symbol in enumerate(rows.symbols):
        places.setdefault(symbol, []).append(place)
    days = np.array(rows.days, np.int32)
    values = np.array(rows.values, np.float64).T
    found = []
    for symbol in sorted(places):
        at = np.array(places[symbol], np.intp)
        at = at[np.argsort(days[at], kind="stable")]
        found.append(SymbolRows(symbol, at, Bars(days[at], values[:, at])))
    return found


def findings(
    rows: Rows, parts: list[SymbolRows], stored: Mapping[str, Bars], last_day: int
) -> Iterator[Finding]:
    """Yield what there is to say of rows; `last_day` is the last one that may have a price."""
    after = {part.symbol: superseded([stored.get(part.symbol, NOTHING), part.bars]) for part in parts}
    calendar = np.unique(np.concatenate([bars.days for bars in after.values()]))
    for part in parts:
        yield from _of_rows(rows, part, last_day)
        yield from _unsorted(rows, part)
        yield from _corrections(rows, part, stored.get(part.symbol, NOTHING))
        yield from _jumps(rows, part, after[part.symbol])
        yield from _gaps(part, after[part.symbol], calendar)


def changed(part: SymbolRows, stored: Bars) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows have a day that is not stored yet, and which have another bar than is stored."""
    at = np.searchsorted(stored.days, part.bars.days)
    within = np.minimum(at, max(len(stored.days) - 1, 0))
    there = np.zeros(len(part.bars.days), bool)
    differs = there.copy()
    if len(stored.days):
        there = stored.days[within] == part.bars.days
        same = np.isclose(stored.values[:, within], part.bars.values, rtol=0, atol=0, equal_nan=True)
        differs = there & ~same.all(axis=0)
    return ~there, differs


def _of_rows(rows: Rows, part: SymbolRows, last_day: int) -> Iterator[Finding]:
    days, values = part.bars.days, part.bars.values
    for index in np.flatnonzero(days[1:] == days[:-1]) + 1:
        first = rows.paths[part.places[index - 1]]
        yield _finding(
            rows, part, index, ImportFindingKind.DUPLICATE, f"{first} has this symbol and date, too."
        )
    for index in np.flatnonzero(days > last_day):
        yield _finding(
            rows, part, index, ImportFindingKind.FUTURE_DATE, "The date lies in the future.", ".date"
        )
    for column, name in _NAMES.items():
        for index in np.flatnonzero(values[column] <= 0):
            words = f"The price is {values[column, index]:.10g}. A price above 0 is expected."
            yield _finding(rows, part, index, ImportFindingKind.NOT_POSITIVE, words, f".{name}")
    inner = values[[OPEN, CLOSE]]
    with np.errstate(invalid="ignore"):
        outside = (inner > values[HIGH]).any(axis=0) | (inner < values[LOW]).any(axis=0)
        outside |= values[LOW] > values[HIGH]
    for index in np.flatnonzero(outside):
        words = "Open and close are expected between low and high. The row is stored as it is."
        yield _finding(rows, part, index, ImportFindingKind.OUT_OF_RANGE, words)


def _unsorted(rows: Rows, part: SymbolRows) -> Iterator[Finding]:
    """Yield the rows that stand after one with a later day."""
    order = np.argsort(part.places)
    days = part.bars.days[order]
    for index in np.flatnonzero(days < np.maximum.accumulate(days)):
        words = "The row stands after one with a later date. Rows are stored in the order of their dates."
        yield _finding(rows, part, int(order[index]), ImportFindingKind.UNSORTED, words)


def _corrections(rows: Rows, part: SymbolRows, stored: Bars) -> Iterator[Finding]:
    _, differs = changed(part, stored)
    at = np.searchsorted(stored.days, part.bars.days)
    for index in np.flatnonzero(differs):
        before, after = stored.closes[at[index]], part.bars.closes[index]
        words = f"The row supersedes a stored one. The close was {before:.10g}, and is {after:.10g}."
        yield _finding(rows, part, index, ImportFindingKind.CORRECTION, words)


def _jumps(rows: Rows, part: SymbolRows, after: Bars) -> Iterator[Finding]:
    """Yield the jumps from one stored or imported day to the next, where one of both is imported."""
    closes = after.closes
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        change = closes[1:] / closes[:-1] - 1
    imported = np.isin(after.days, part.bars.days)
    for index in np.flatnonzero((np.abs(change) > MAX_JUMP) & (imported[1:] | imported[:-1])):
        day = after.days[index + 1] if imported[index + 1] else after.days[index]
        row = int(np.searchsorted(part.bars.days, day))
        words = (
            f"The close changes by {change[index]:+.1%} from {date_of(after.days[index])} to "
            f"{date_of(after.days[index + 1])}. Check whether this is a split. The row is stored as it is."
        )
        yield _finding(rows, part, row, ImportFindingKind.JUMP, words)


def _gaps(part: SymbolRows, after: Bars, calendar: NDArray[np.int32]) -> Iterator[Finding]:
    """Yield each run of days on which other symbols of the import have a bar, and this one has none.

    Only between the stored day before the imported ones and the stored day after them: older gaps were
    reported with the rows that they are between.
    """
    symbol, (first_row, last_row) = part.symbol, part.bars.days[[0, -1]]
    before = max(int(np.searchsorted(after.days, first_row)) - 1, 0)
    behind = min(int(np.searchsorted(after.days, last_row)) + 1, len(after.days) - 1)
    begin, end = np.searchsorted(calendar, after.days[[before, behind]])
    missing = np.flatnonzero(~np.isin(calendar[begin : end + 1], after.days)) + begin
    for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1):
        if len(run):
            first, last = date_of(calendar[run[0]]), date_of(calendar[run[-1]])
            days = f"on {first}" if first == last else f"on {len(run):,} days from {first} to {last}"
            words = f"Other symbols have a row {days}, and {symbol} has none. Nothing is filled."
            yield Finding(ImportFindingKind.GAP, None, symbol, first, words)


def _finding(
    rows: Rows, part: SymbolRows, index: int | np.intp, kind: ImportFindingKind, words: str, column: str = ""
) -> Finding:
    path = rows.paths[part.places[index]]
    return Finding(kind, f"{path}{column}", part.symbol, date_of(part.bars.days[index]), words)
