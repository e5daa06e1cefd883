"""Reports as CSV: RFC 4180, in UTF-8, one header row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from flask import Response
from marshmallow import Schema

CSV = "text/csv"

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or cuts off to find one (OWASP, CSV injection)."""

ROWS_AT_A_TIME = 500


def csv_answer(schema: Schema, rows: Iterable[Any], name: str) -> Response:
    """Return the rows as a CSV document, written while it is sent.

    The columns are the schema's fields under their JSON names; what is null is empty. Decimals are exact.
    Text that a spreadsheet would take for a formula has an apostrophe put before it. What fails before the
    first row is an error of the request.
    """
    found = iter(rows)
    first = tuple(islice(found, 1))
    return Response(
        _written(schema, chain(first, found)),
        content_type=f"{CSV}; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _written(schema: Schema, rows: Iterator[Any]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(schema.fields)
    while True:
        part = list(islice(rows, ROWS_AT_A_TIME))
        writer.writerows([_cells(schema, row) for row in part])
        yield buffer.getvalue()
        if len(part) < ROWS_AT_A_TIME:
            return
        buffer.seek(0)
        buffer.truncate()


def _cells(schema: Schema, row: Any) -> list[str]:
    shown = schema.dump(row)
    return [
        _cell(schema.get_attribute(row, field.attribute or name, None), shown[name])
        for name, field in schema.fields.items()
    ]


def _cell(value: Any, shown: Any) -> str:
    if shown is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(shown)
    return f"'{text}" if isinstance(shown, str) and text.startswith(FORMULA) else text
