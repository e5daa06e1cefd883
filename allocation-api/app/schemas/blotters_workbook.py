"""Rows of a blotter that is an Excel workbook (Office Open XML).

A workbook is a ZIP of XML, so its size when unpacked is bounded before anything is read, and its rows are
read one by one. Cells are read as they are stored: nothing is guessed of a number that should be a text.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from xml.parsers import expat

import structlog

from app.core.errors import BodyTooLarge, FieldError
from app.core.numbers import number_text
from app.schemas.blotters_columns import BY_NAME, CellKind
from app.schemas.blotters_rows import FileRow, Unreadable
from app.services.blotters.types import MAX_LINES

SIGNATURE = b"PK\x03\x04"
"""What a workbook begins with."""

OLD_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What an .xls begins with, and a workbook that has a password."""

SHEET = "blotter"
"""Name of the sheet that is read, in small letters; without it the first one that is not hidden."""

MAX_UNPACKED_BYTES = 20_000_000
"""Size of all parts of a workbook; 10,000 lines with all columns come to 6 MB."""

MAX_PARTS = 1_000
MAX_ELEMENTS = 1_000_000
"""XML elements of all parts; 10,000 lines with all columns come to 320,000."""

CELL_ELEMENTS = frozenset({"row", "c", "v", "f", "is", "si", "t"})

MAX_OTHER_ELEMENTS = 30_000
"""XML elements that say how cells look, and the like: reading one takes long."""

MAX_IN_ROW = 50_000
"""XML elements of one row, which is read as a whole."""

MAX_CELLS = 2_000_000
"""Cells up to the last one of each row, empty ones included."""

MAX_ROWS = 1_048_576
"""Rows of a sheet: the format's own limit."""

MAX_DIGITS = 15
"""Digits that Excel keeps of a number: what has more is the rest of a calculation, and not what is shown."""

_TEXT_KINDS = frozenset({CellKind.TEXT, CellKind.NAMES})

log = structlog.get_logger(__name__)


def workbook_rows(content: bytes) -> list[FileRow]:
    """Return the rows that are not empty of the sheet that has the blotter.

    Raises
    ------
    Unreadable
        When it is no workbook that can be read.
    BodyTooLarge
        When it is larger than what is read, unpacked.
    """
    if content.startswith(OLD_SIGNATURE):
        raise _unreadable("This is an old Excel file, or it has a password. Save it as .xlsx without one.")
    has_formula = _check(content)
    try:
        return list(_rows(content, has_formula=has_formula))
    except (Unreadable, BodyTooLarge):
        raise
    except Exception as error:  # noqa: BLE001 - of a damaged file the library raises whatever it comes upon
        log.info("a workbook cannot be read", problem=type(error).__name__)
        raise _unreadable("This workbook cannot be read. Save it again as .xlsx.") from None


def _unreadable(words: str) -> Unreadable:
    return Unreadable(FieldError("file", words))


def _check(content: bytes) -> bool:
    """Check how large a workbook is, part by part, and return whether it has formulas.

    More of a part than the archive states is never unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise _too_large()
            elements = _Elements()
            for part in parts:
                with archive.open(part) as file:
                    elements.count(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise _unreadable("This is no workbook: the file is damaged or incomplete.") from None
    return elements.has_formula


def _too_large() -> BodyTooLarge:
    return BodyTooLarge("The workbook is too large when it is unpacked. Copy its values into a new one.")


class _Elements:
    """Counts the elements of XML: they take far more memory than their text, and a document type more yet."""

    def __init__(self) -> None:
        self.has_formula = False
        self._in_all = self._in_row = self._others = 0

    def count(self, file: IO[bytes]) -> None:
        """Count those of one part; what is not XML has none, and ends where the library will end, too."""
        self._in_row = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.StartDoctypeDeclHandler = _refuse_document_type
        with suppress(expat.ExpatError):
            parser.ParseFile(file)

    def _begin(self, name: str, _: object) -> None:
        kind = name.rpartition(":")[2]
        self._in_all += 1
        self._in_row = 0 if kind in {"row", "si"} else self._in_row + 1
        self._others += kind not in CELL_ELEMENTS
        self.has_formula = self.has_formula or kind == "f"
        if self._in_all > MAX_ELEMENTS or self._in_row > MAX_IN_ROW or self._others > MAX_OTHER_ELEMENTS:
            raise _too_large()


def _refuse_document_type(*_: object) -> None:
    raise _unreadable("This workbook cannot be read: it declares a document type.")


def _rows(content: bytes, *, has_formula: bool) -> Iterator[FileRow]:
    kinds: list[CellKind] | None = None
    count = cells = 0
    for number, (row, uncomputed) in enumerate(_sheet_rows(content, has_formula=has_formula), start=1):
        cells += len(row)
        if cells > MAX_CELLS:
            raise _too_large()
        if kinds is None:
            if all(cell.value is None for cell in row):
                continue
            width = max(place for place, cell in enumerate(row, start=1) if cell.value is not None)
            header = _row(number, row, uncomputed, [CellKind.TEXT] * width)
            kinds = [BY_NAME[name].kind if name in BY_NAME else CellKind.TEXT for name in header.cells]
            yield header
            continue
        found = _row(number, row, uncomputed, kinds)
        if any(found.cells) or found.wrong:
            yield found
            count += 1
            if count > MAX_LINES:  # that is refused
                return


def _sheet_rows(content: bytes, *, has_formula: bool) -> Iterator[tuple[Sequence[Any], frozenset[int]]]:
    """Yield the cells of each row, with the places of those whose formula has no value.

    Of a formula the file has the value that Excel computed last; other programs may leave it out.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - only a workbook needs it

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    name = _sheet_name(book)
    rows = _rows_of(book[name])
    if not has_formula:
        yield from ((row, frozenset()) for row in rows)
        return
    formulas = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    for row, written in zip(rows, _rows_of(formulas[name]), strict=True):
        pairs = enumerate(zip(row, written, strict=True))
        yield row, frozenset(i for i, (cell, text) in pairs if cell.value is None and text.data_type == "f")


def _sheet_name(book: Any) -> str:
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise _unreadable("The workbook has no sheet that is not hidden.")
    named = [sheet for sheet in shown if sheet.title.strip().lower() == SHEET]
    title: str = (named or shown)[0].title
    return title


def _rows_of(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # some programs write wrong ones
    rows: Iterator[Sequence[Any]] = sheet.iter_rows(max_row=MAX_ROWS)
    return rows


def _row(number: int, row: Sequence[Any], uncomputed: frozenset[int], kinds: Sequence[CellKind]) -> FileRow:
    """Return a row of as many cells as there are kinds; what stands beyond is wrong."""
    cells = [""] * len(kinds)
    wrong: dict[int, str] = {}
    for place, cell in enumerate(row):
        try:
            kind = kinds[place] if place < len(kinds) else None
            if text := _cell_text(cell, kind, has_value=place not in uncomputed):
                cells[place] = text
        except _CellFault as fault:
            wrong[place] = str(fault)
    return FileRow(number, tuple(cells), wrong, in_sheet=True)


class _CellFault(Exception):
    """Why a cell has no text that its column can have."""


def _cell_text(cell: Any, kind: CellKind | None, *, has_value: bool) -> str:
    """Return the cell as the text that CSV would have there; `kind` is None where there is no column."""
    if not has_value:
        raise _CellFault("The formula has no value. Open the workbook in Excel and save it.")
    if cell.value is None:
        return ""
    if kind is None:
        raise _CellFault("The header names no column here.")
    if cell.data_type == "e":
        raise _CellFault(f"The cell has the error {cell.value}.")
    return _text(cell.value, kind)


def _text(value: object, kind: CellKind) -> str:
    match value:
        case str():
            return value.strip()
        case bool():
            if kind is CellKind.FLAG:
                return str(value).lower()
            raise _CellFault(f"The cell is {str(value).upper()}, which does not belong here.")
        case int() | float():
            return _number(value, kind)
        case datetime() if kind is CellKind.DATE and value.time() == time():
            return value.date().isoformat()
        case date() if kind is CellKind.DATE and not isinstance(value, datetime):
            return value.isoformat()
    raise _CellFault(
        "The cell is a date or a time, which does not belong here. Change its format, and type it."
    )


def _number(value: float, kind: CellKind) -> str:
    if kind in _TEXT_KINDS:
        raise _CellFault(
            "The cell is a number, so zeros at its beginning are lost, and an E is read as an exponent. "
            "Format the column as text, and type the cell again."
        )
    if kind is not CellKind.NUMBER:
        raise _CellFault("The cell is a number, which does not belong here.")
    exact = Decimal(repr(value))
    if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > MAX_DIGITS:
        raise _CellFault(f"{value!r} is not exact. Round it in the sheet, so that it has at most 15 digits.")
    return number_text(exact)
