"""Rows of daily prices as they are imported, JSON or CSV: types and bounds, every error by its row."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from app.core.errors import FieldError, InvalidRequest
from app.schemas.blotters_csv import csv_rows
from app.schemas.blotters_rows import FileRow, Unreadable
from app.schemas.market_history_fields import SYMBOL, SYMBOL_MESSAGE
from app.services.market_history.bars import day_number
from app.services.market_history.import_types import MAX_PRICE, MAX_ROWS, MAX_VOLUME, Rows
from app.utils.words import counted, nearest

NUMBERS = ("open", "high", "low", "close", "volume")
COLUMNS = ("date", "symbol", *NUMBERS)
REQUIRED = ("date", "symbol", "close")
FIRST_DAY = date(1900, 1, 1)

_SYMBOL = re.compile(SYMBOL)
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = f"Between 1 and {MAX_ROWS:,} rows are expected."


@dataclass(slots=True)
class _Reader:
    """Reads rows into columns; a row that is wrong is left out, and its errors are returned."""

    paths: list[str] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    values: list[tuple[float, float, float, float, float]] = field(default_factory=list)
    known_days: dict[str, int] = field(default_factory=dict)
    known_symbols: set[str] = field(default_factory=set)

    def read(self, path: str, row: Mapping[str, Any]) -> dict[str, list[str]]:
        """Read a row; return its errors by column."""
        wrong: dict[str, list[str]] = {}
        found: dict[str, Any] = {}
        readers = {"date": self._day, "symbol": self._symbol}
        for name in COLUMNS:
            value = row.get(name)
            if value is None:
                if name in REQUIRED:
                    wrong[name] = ["This field is required."]
                found[name] = math.nan
                continue
            try:
                found[name] = readers[name](value) if name in readers else _number(name, value)
            except ValidationError as error:
                wrong[name] = [str(message) for message in error.messages]
        if not wrong:
            self.paths.append(path)
            self.symbols.append(found["symbol"])
            self.days.append(found["date"])
            self.values.append(tuple(found[name] for name in NUMBERS))
        return wrong

    def rows(self) -> Rows:
        """Return what was read."""
        return Rows(self.paths, self.symbols, self.days, self.values)

    def _day(self, value: Any) -> int:
        if isinstance(value, str):
            if value in self.known_days:
                return self.known_days[value]
            day = _date(value)
            if day is not None and day >= FIRST_DAY:
                self.known_days[value] = day_number(day)
                return self.known_days[value]
        raise ValidationError(f"A date like 2026-06-30 is expected, from {FIRST_DAY} on.")

    def _symbol(self, value: Any) -> str:
        if isinstance(value, str):
            if value in self.known_symbols:
                return value
            if _SYMBOL.fullmatch(value):
                self.known_symbols.add(value)
                return value
        raise ValidationError(SYMBOL_MESSAGE)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _number(name: str, value: Any) -> float:
    if type(value) is str and _NUMBER.fullmatch(value):  # a cell of a file
        value = float(value)
    if type(value) is str:
        raise ValidationError("A number like 1234.5 is expected: a decimal point, and no other separators.")
    if type(value) not in {int, float, Decimal} or not math.isfinite(value):
        raise ValidationError("A number is expected.")
    number = float(value)
    most = MAX_VOLUME if name == "volume" else MAX_PRICE
    if abs(number) > most:
        raise ValidationError(f"A number of at most {most:.0e} is expected.")
    if name == "volume" and number < 0:
        raise ValidationError("A volume of at least 0 is expected.")
    return number


class RowsField(fields.List[Any]):
    """Rows of a JSON body, published as a list of objects and read into columns."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if not isinstance(value, list):
            raise ValidationError("A list is expected.")
        if not 1 <= len(value) <= MAX_ROWS:
            raise ValidationError(_COUNT)
        reader = _Reader()
        messages: dict[int, Any] = {}
        for place, row in enumerate(value):
            if not isinstance(row, dict):
                messages[place] = ["A JSON object is expected."]
                continue
            wrong = reader.read(f"rows.{place}", {k: _not_text(k, v) for k, v in row.items()})
            wrong |= {name: ["This field is not known here."] for name in row if name not in COLUMNS}
            if wrong:
                messages[place] = wrong
        if messages:
            raise ValidationError(messages)
        return reader.rows()


def _not_text(name: str, value: Any) -> Any:
    """Return the value of a JSON row; a number in quotation marks is none."""
    return () if name in NUMBERS and isinstance(value, str) else value


def rows_of_csv(content: bytes) -> Rows:
    """Return the rows of a CSV file with a header.

    Raises
    ------
    InvalidRequest
        Naming every wrong cell by the number of its row in the file and its column: `file.7.close`.
    """
    try:
        header, *body = csv_rows(content) or [FileRow(1, ())]
    except Unreadable as unreadable:
        raise InvalidRequest.of(unreadable.error) from None
    errors = list(_header_errors(header))
    if not errors and not 1 <= len(body) <= MAX_ROWS:
        errors = [FieldError("file", _COUNT)]
    if errors:
        raise InvalidRequest.of(*errors)
    reader = _Reader()
    for row in body:
        path = f"file.{row.number}"
        if len(row.cells) != len(header.cells):
            words = f"The row has {counted(len(row.cells), 'cell')}, and the header {len(header.cells)}."
            errors.append(FieldError(path, words))
            continue
        cells = {name: cell or None for name, cell in zip(header.cells, row.cells, strict=True)}
        for name, words_of in reader.read(path, cells).items():
            errors += [FieldError(f"{path}.{name}", words) for words in words_of]
    if errors:
        raise InvalidRequest.of(*errors)
    return reader.rows()


def _header_errors(header: FileRow) -> Iterator[FieldError]:
    names, row = header.cells, f"file.{header.number}"
    for place, name in enumerate(names):
        if name not in COLUMNS:
            close = nearest(name, COLUMNS)
            hint = f" Did you mean {close}?" if close else f" The columns are {', '.join(COLUMNS)}."
            yield FieldError(f"{row}.{name or '?'}", f"There is no column {name!r}.{hint}")
        elif name in names[:place]:
            yield FieldError(f"{row}.{name}", "This column is there twice.")
    for name in REQUIRED:
        if name not in names:
            yield FieldError(f"{row}.{name}", "This column is missing.")
