"""Rows as CSV: RFC 4180, in UTF-8, one header row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from app.core.numbers import number_text
from app.schemas.kit.fields import utc_text
from app.utils.cells import guarded

CSV = "text/csv"

BYTE_ORDER_MARK = "\ufeff"

ROWS_AT_A_TIME = 500


def written_csv(names: Sequence[str], rows: Iterator[Sequence[object]], *, bom: bool) -> Iterator[str]:
    """Yield a CSV document in parts; with `bom` it begins with a byte order mark.

    Null is empty. A number has all its digits, no zeros at the end of a fraction and no exponent. Text that a
    spreadsheet would take for a formula has an apostrophe put before it.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    if bom:
        buffer.write(BYTE_ORDER_MARK)
    writer.writerow([_cell(name) for name in names])
    while True:
        part = [[_cell(value) for value in row] for row in islice(rows, ROWS_AT_A_TIME)]
        writer.writerows(part)
        yield buffer.getvalue()
        if len(part) < ROWS_AT_A_TIME:
            return
        buffer.seek(0)
        buffer.truncate()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        return number_text(value)
    return guarded(plain_text(value))


def plain_text(value: object) -> str:
    """Return a value as JSON has it, without quotation marks; of several they stand one after the other."""
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case tuple():
            return "; ".join(map(plain_text, value))
        case _:
            return str(value)
