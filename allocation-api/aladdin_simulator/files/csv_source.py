"""Reading of CSV files as a desk exports them: rows as JSON objects, with the line of each."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from aladdin_simulator.files.findings import Finding, Place, Warned
from aladdin_simulator.files.json_source import text_of
from aladdin_simulator.files.shapes import bare

_DELIMITERS = ",;\t|"
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
_FLAGS = {"Y": True, "YES": True, "TRUE": True, "N": False, "NO": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the filled cells by column, and its line."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A CSV file with a header; column names are without case, and blanks in them are underscores."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Row]

    @classmethod
    def read(cls, path: Path) -> CsvSource:
        """Read a file; the delimiter is the one of ``, ; | tab`` that is most frequent in the header.

        Raises
        ------
        BookError
            If it cannot be read or is not UTF-8.
        """
        text = text_of(path)
        header = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=header.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        columns = [_column(name) for name in next(reader, [])]
        rows = []
        for cells in reader:
            filled = {c: cell.strip() for c, cell in zip(columns, cells, strict=False) if cell.strip()}
            if filled:
                rows.append(Row(reader.line_num, filled))
        return cls(str(path), columns, rows)

    def place(self, line: int, column: str = "") -> Place:
        """Return the place of a cell, or of a row."""
        return Place(self.name, line, column)

    def check_columns(self, needed: Sequence[str], known: Sequence[str]) -> Iterator[Finding]:
        """Yield what is wrong with the header."""
        for column in needed:
            if column not in self.columns:
                yield Finding(self.place(1, column), "the column is missing")
        for column in self.columns:
            if column not in known:
                message = f"the column is not used; the columns are {', '.join(known)}"
                yield Finding(self.place(1, column), message, Warned.UNUSED_COLUMN)
            if self.columns.count(column) > 1:
                yield Finding(self.place(1, column), "the column occurs twice")


def value_of(text: str, wanted: Any) -> object:
    """Return a cell as the JSON value that its column's type asks for; unchanged where it is none."""
    kind = bare(wanted)
    if kind is bool:
        return _FLAGS.get(text.upper(), text)
    is_choice = get_origin(kind) is Literal and isinstance(get_args(kind)[0], int)
    if kind not in (int, float) and not is_choice:
        return text
    plain = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    try:
        number = float(plain)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def object_of(row: Row, wanted: type[Struct], columns: Sequence[str]) -> dict[str, object]:
    """Return the cells of these columns as the JSON object of a type."""
    types = {field.encode_name: field.type for field in fields(wanted)}
    return {c: value_of(row.cells[c], types[c]) for c in columns if c in row.cells}


def _column(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
