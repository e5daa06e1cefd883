"""Rows as an Excel workbook (Office Open XML): numbers are numbers, dates dates, and text stays text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from app.api.kit.csv import plain_text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAX_ROWS_PER_SHEET = 1_048_576
"""Rows of a sheet, its header included: the format's own limit."""

MAX_SHEET_NAME_CHARACTERS = 31
MIN_COLUMN_CHARACTERS = 12

FIRST_DAY = date(1900, 3, 1)
"""Earlier days are text: the format counts a 29 February 1900 that never was."""


def xlsx_file(
    title: str, names: Sequence[str], rows: Iterator[Sequence[object]], about: Mapping[str, object]
) -> IO[bytes]:
    """Return a workbook as an open file: a sheet of rows under their names, and one of what was asked for.

    Text is never taken for a number or a formula, so an id such as 12345E108 stays as it is. Times are UTC.
    Of a number 16 digits are kept. Rows beyond a sheet's limit go on in further sheets.
    """
    file = TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with closing(_Book(file)) as book:  # it has files of its own, which only its end removes
            book.add_rows(title, names, rows)
            book.add_about(about)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


class _Book:
    """A workbook that is written row by row, so that its size does not matter."""

    def __init__(self, file: IO[bytes]) -> None:
        from xlsxwriter import Workbook  # noqa: PLC0415 - only a spreadsheet needs it

        self._book = Workbook(file, {"constant_memory": True, "strings_to_urls": False})
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._whole = self._book.add_format({"num_format": "#,##0"})
        self._fraction = self._book.add_format({"num_format": "#,##0.00########"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def add_rows(self, title: str, names: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
        sheet, line, sheets = self._sheet(title, names), 1, 1
        for row in rows:
            if line == MAX_ROWS_PER_SHEET:
                sheets += 1
                sheet, line = self._sheet(f"{title} {sheets}", names), 1
            for column, value in enumerate(row):
                self._write(sheet, line, column, value)
            line += 1

    def add_about(self, about: Mapping[str, object]) -> None:
        sheet = self._sheet("Parameters", ("parameter", "value"))
        for line, (name, value) in enumerate(about.items(), start=1):
            sheet.write_string(line, 0, name)
            self._write(sheet, line, 1, value)

    def close(self) -> None:
        self._book.close()

    def _sheet(self, title: str, names: Sequence[str]) -> Any:
        sheet = self._book.add_worksheet(title[:MAX_SHEET_NAME_CHARACTERS])
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(names):
            sheet.set_column(column, column, max(MIN_COLUMN_CHARACTERS, len(name) + 2))
            sheet.write_string(0, column, name, self._head)
        return sheet

    def _write(self, sheet: Any, line: int, column: int, value: object) -> None:
        match value:
            case None:
                pass
            case bool():
                sheet.write_boolean(line, column, value)
            case Decimal() | int() | float():
                is_whole = value == int(value)
                sheet.write_number(line, column, float(value), self._whole if is_whole else self._fraction)
            case datetime():
                moment = value.astimezone(UTC).replace(tzinfo=None)
                sheet.write_datetime(line, column, moment, self._time)
            case date() if value >= FIRST_DAY:
                sheet.write_datetime(line, column, value, self._day)
            case _:
                sheet.write_string(line, column, plain_text(value))
