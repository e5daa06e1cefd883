"""Rows of a blotter that is CSV, by RFC 4180 in UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from app.core.errors import FieldError
from app.schemas.blotters_rows import FileRow, Unreadable
from app.utils.cells import unguarded


def line_count(content: bytes) -> int:
    """Return how many lines end in a part of a file: by LF, CR or both, as the reader ends them."""
    return content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")


def csv_rows(content: bytes) -> list[FileRow]:
    """Return the rows that are not empty.

    Raises
    ------
    Unreadable
        When it is not CSV, or not UTF-8.
    """
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        return list(_numbered(csv.reader(text, strict=True)))
    except UnicodeDecodeError as error:
        place = line_count(content[: error.start]) + 1
        words = "The file is not UTF-8. Save it as CSV UTF-8."
        raise Unreadable(FieldError(f"file.{place}", words)) from None
    except csv.Error as error:
        raise Unreadable(FieldError("file", f"This is not CSV: {error}.")) from None


def _numbered(lines: Any) -> Iterator[FileRow]:
    """Yield the rows that are not empty with the line of the file on which each begins."""
    before = 0
    for row in lines:
        cells = tuple(unguarded(cell.strip()) for cell in row)
        if any(cells):
            yield FileRow(before + 1, cells)
        before = lines.line_num
