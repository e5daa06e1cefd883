"""Rows of a blotter that is CSV, by RFC 4180 in UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from app.core.errors import FieldError
from app.schemas.blotters_rows import FileRow, Unreadable
from app.utils.cells import unguarded

_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""What spreadsheets of countries with a decimal comma, and other programs, write between cells."""


def line_count(content: bytes) -> int:
    """Return how many lines end in a part of a file: by LF, CR or both, as the reader ends them."""
    return content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")


def csv_rows(content: bytes) -> list[FileRow]:
    """Return the rows that are not empty.

    Raises
    ------
    Unreadable
        When it is not CSV, not UTF-8, or its cells are separated by something else than commas.
    """
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        rows = list(_numbered(csv.reader(text, strict=True)))
    except UnicodeDecodeError as error:
        place = line_count(content[: error.start]) + 1
        words = "The file is not UTF-8. Save it as CSV UTF-8."
        raise Unreadable(FieldError(f"file.{place}", words)) from None
    except csv.Error as error:
        raise Unreadable(FieldError("file", f"This is not CSV: {error}.")) from None
    if rows and (separator := _other_separator(rows[0])):
        words = f"Cells are separated by {separator}. Commas are expected, and points in decimal numbers."
        raise Unreadable(FieldError(f"file.{rows[0].number}", words))
    return rows


def _other_separator(header: FileRow) -> str | None:
    """Return what separates the cells of a header that was read as one cell; None for nothing known."""
    if len(header.cells) > 1:
        return None
    return next((words for sign, words in _OTHER_SEPARATORS.items() if sign in header.cells[0]), None)


def _numbered(lines: Any) -> Iterator[FileRow]:
    """Yield the rows that are not empty with the line of the file on which each begins."""
    before = 0
    for row in lines:
        cells = tuple(unguarded(cell.strip()) for cell in row)
        if any(cells):
            yield FileRow(before + 1, cells)
        before = lines.line_num
