"""Tables as JSON, CSV or XLSX: one declaration of columns and rows for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO, Any

from flask import Response
from marshmallow import Schema

from app.api.kit.context import services, settings
from app.api.kit.csv import CSV, written_csv
from app.api.kit.tokens import caller
from app.api.kit.xlsx import XLSX, xlsx_file
from app.schemas.kit.tables import TableFormat, TableQuery

TABLES = (CSV, XLSX)
"""Media types that an operation gives beside JSON when it gives a table."""

BYTES_AT_A_TIME = 65_536


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its file's name, its title, columns by a schema's fields, rows, and what it was asked for.

    Values are what the schema's fields read from a row. `about` is shown in formats with a place for it.
    """

    name: str
    title: str
    columns: Schema
    rows: Iterable[Any]
    about: Mapping[str, object] = field(default_factory=dict)


def table_answer(table: Table, query: TableQuery) -> Response:
    """Return a table as CSV, written while it is sent, or as XLSX, of which nothing is sent before its end.

    What fails before the first row of CSV, or anywhere in XLSX, is an error of the request.
    """
    names, found = tuple(table.columns.fields), iter(table.rows)
    first = tuple(islice(found, 1))
    rows = _values(table.columns, chain(first, found))
    if query.format is TableFormat.XLSX:
        file = xlsx_file(table.title, names, rows, table.about)
        response = Response(_parts(file), content_type=XLSX)
        response.call_on_close(file.close)  # also where nobody reads it, as of a HEAD
    else:
        kind = f"{CSV}; charset=utf-8; header=present"
        response = Response(written_csv(names, rows, bom=query.bom), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}.{query.format}"'
    return response


def made() -> Mapping[str, object]:
    """Return who makes a table, when, and in which time zone its business dates are, for its `about`."""
    return {
        "Time zone of business dates": settings().business_timezone,
        "Made at (UTC)": services().clock(),
        "Made by": caller().username,
    }


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(BYTES_AT_A_TIME):
            yield part


def _values(schema: Schema, rows: Iterator[Any]) -> Iterator[list[object]]:
    """Yield the values of each row as the schema's fields name them; closed lists by their words."""
    columns = [(field.attribute or name) for name, field in schema.fields.items()]
    for row in rows:
        yield [schema.get_attribute(row, column, None) for column in columns]
