"""Reading of CSV files as a desk exports them: rows as JSON objects, with the line of each."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from aladdin_simulator.files.findings import Finding, Place, Warned
from aladdin_simulator.files.json_source import text_of
from aladdin_simulator.files.shapes import bare

_DELIMITERS = ",;\t|"
_BEFORE_HEADER = re.compile(r"(?:(?:sep=.|[\s,;|]*)(?:\r\n|\r|\n))*", re.IGNORECASE)
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
_COMMA_OR_DECIMAL = re.compile(r"-?\d{1,3},\d{3}")
_POINT_OR_DECIMAL = re.compile(r"-?\d{1,3}\.\d{3}")
_AMOUNTS = frozenset({"face", "cash", "nav", "amount_issued", "min_piece", "increment"})
"""Columns whose numbers have two decimals at most, so that three digits after a point may be thousands."""
_FLAGS = {"Y": True, "YES": True, "TRUE": True, "N": False, "NO": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the filled cells by column, its line, and how many cells it has."""

    line: int
    cells: Mapping[str, str]
    width: int


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A CSV file with a header; column names are without case, and blanks in them are underscores."""

    name: str
    delimiter: str
    header_line: int
    columns: Sequence[str]
    rows: Sequence[Row]

    @classmethod
    def read(cls, path: Path) -> CsvSource:
        """Read a file; the delimiter is the one of ``, ; | tab`` that is most frequent in the header.

        The header is the first line that has a word in it. Before it a spreadsheet may have written the
        delimiter, as ``sep=;``.

        Raises
        ------
        BookError
            If it cannot be read or is not UTF-8.
        """
        text = text_of(path)
        before = _BEFORE_HEADER.match(text)
        start = before.end() if before else 0
        header_line = 1 + len(text[:start].splitlines())
        delimiter = max(_DELIMITERS, key=(text[start:].splitlines() or [""])[0].count)
        reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter)
        columns = [_column(name) for name in next(reader, [])]
        while columns and not columns[-1]:
            columns.pop()
        rows = []
        for cells in reader:
            filled = {c: cell.strip() for c, cell in zip(columns, cells, strict=False) if cell.strip()}
            width = max((n for n, cell in enumerate(cells, start=1) if cell.strip()), default=0)
            if width:
                rows.append(Row(header_line - 1 + reader.line_num, filled, width))
        return cls(str(path), delimiter, header_line, columns, rows)

    def place(self, line: int, column: str = "") -> Place:
        """Return the place of a cell, or of a row."""
        return Place(self.name, line, column)

    def check_columns(self, needed: Sequence[str], known: Sequence[str]) -> Iterator[Finding]:
        """Yield what is wrong with the header."""
        for column in needed:
            if column not in self.columns:
                yield Finding(self.place(self.header_line, column), "the column is missing")
        for column in self.columns:
            if column not in known:
                message = f"the column is not used; the columns are {', '.join(known)}"
                yield Finding(self.place(self.header_line, column), message, Warned.UNUSED_COLUMN)
            if self.columns.count(column) > 1:
                yield Finding(self.place(self.header_line, column), "the column occurs twice")

    def check_rows(self, numbers: Collection[str]) -> Iterator[Finding]:
        """Yield rows that are longer than the header, and numbers that can be read in two ways.

        Parameters
        ----------
        numbers : collection of str
            The columns that have numbers.
        """
        for row in self.rows:
            if row.width > len(self.columns):
                message = (
                    f"the row has {row.width} cells, the header {len(self.columns)}: "
                    f"put what has {self.delimiter!r} in it between double quotes"
                )
                yield Finding(self.place(row.line), message)
            # A spreadsheet separates cells otherwise where the comma is the decimal sign.
            for column, text in row.cells.items() if self.delimiter != "," else ():
                points = column in _AMOUNTS and _POINT_OR_DECIMAL.fullmatch(text)
                if column in numbers and (points or _COMMA_OR_DECIMAL.fullmatch(text)):
                    message = f"{text!r} may have thousands or decimals: write thousands without a sign"
                    yield Finding(self.place(row.line, column), message)


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


def numbers_of(wanted: type[Struct]) -> set[str]:
    """Return the keys of a type that have numbers."""
    return {field.encode_name for field in fields(wanted) if bare(field.type) in (int, float)}


def object_of(row: Row, wanted: type[Struct], columns: Sequence[str]) -> dict[str, object]:
    """Return the cells of these columns as the JSON object of a type."""
    types = {field.encode_name: field.type for field in fields(wanted)}
    return {c: value_of(row.cells[c], types[c]) for c in columns if c in row.cells}


def _column(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
