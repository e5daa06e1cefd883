"""Blotters as files: CSV by RFC 4180 in UTF-8 with a header, a row for each line.

A row becomes the line that a JSON body would have, and is checked as that: the file has no rules of its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields

from app.core.errors import MAX_ERRORS, FieldError, InvalidRequest, field_detail
from app.schemas.blotters import LineSchema
from app.schemas.blotters_joint import joint_problems, too_many
from app.schemas.kit.base import RequestSchema, ResponseSchema, doc
from app.schemas.kit.fields import QueryFlag
from app.services.blotters.types import MAX_LINES, AskedLine, BlotterRequest, Policy
from app.utils.cells import unguarded
from app.utils.words import counted, nearest

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


def _number(cell: str) -> object:
    """Return the number that a cell is; what is none stays a text, which its field refuses."""
    return Decimal(cell) if _NUMBER.fullmatch(cell) else cell


def _flag(cell: str) -> object:
    return {"true": True, "false": False}.get(cell.lower(), cell)


def _names(cell: str) -> object:
    return [name.strip() for name in cell.split(";")]


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column: the field of a line that it is, how its cells are read, and an example of one."""

    path: tuple[str, ...]
    read: Callable[[str], object]
    meaning: str
    example: str = ""

    @property
    def name(self) -> str:
        """Name in the header."""
        return self.path[-1]


COLUMNS = (
    FileColumn(("order", "security_id"), str, "CUSIP or ISIN of the bond", "91282CKF7"),
    FileColumn(("order", "side"), str, "BUY or SELL", "BUY"),
    FileColumn(("order", "quantity"), _number, "Face to split, or a size of the two next columns", "8000000"),
    FileColumn(("order", "notional"), _number, "Principal to trade instead"),
    FileColumn(("order", "percent_of_nav"), _number, "Principal as a fraction of NAV instead"),
    FileColumn(("order", "price"), _number, "Clean price per 100 instead of the market's"),
    FileColumn(("order", "settlement_date"), str, "As 2026-07-01; standard settlement where empty"),
    FileColumn(("allocation_method",), str, "PRO_RATA or MIN_DISPERSION", "PRO_RATA"),
    FileColumn(("portfolio_groups",), _names, "Groups, separated by semicolons", "PUBLICPRE"),
    FileColumn(("priority",), _number, "A smaller one comes first, lines without one last", "1"),
    FileColumn(("parameters", "base_metric"), str, "What a pro-rata share is proportional to", "NAV"),
    FileColumn(("parameters", "target_metric"), str, "The metric whose dispersion is minimised"),
    FileColumn(("constraints", "respect_cash"), _flag, "true or false; true where empty"),
    FileColumn(("constraints", "min_allocation"), _number, "Least face of an account that gets any"),
    FileColumn(("constraints", "compliance_check"), _flag, "true or false; true where empty"),
)
"""Columns of a file; those that have nothing to say may be left out."""

_BY_NAME = {column.name: column for column in COLUMNS}


def read_blotter(content: bytes, policy: Policy) -> BlotterRequest:
    """Return the blotter that a file describes.

    Raises
    ------
    InvalidRequest
        Naming every wrong cell by the number of its row in the file and its column: `file.7.quantity`.
    """
    try:
        rows = list(_numbered(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)))
    except UnicodeDecodeError as error:
        place = content.count(b"\n", 0, error.start) + 1
        raise _wrong([FieldError(f"file.{place}", "The file is not UTF-8. Save it as CSV UTF-8.")]) from None
    except csv.Error as error:
        raise _wrong([FieldError("file", f"This is not CSV: {error}.")]) from None
    (_, header), *body = rows or [(1, [])]
    names = [name.strip() for name in header]
    errors = list(_header_errors(names))
    if errors:
        raise _wrong(errors)
    if not 1 <= len(body) <= MAX_LINES:
        raise _wrong([FieldError("file", f"Between 1 and {MAX_LINES:,} lines are expected.")])
    many = too_many(len(body)) if policy.joint else None
    errors += [FieldError("joint", many)] if many else []
    lines: list[AskedLine] = []
    numbers = tuple(number for number, _ in body)
    schema = LineSchema()
    for number, row in body:
        if len(row) != len(names):
            words = f"The row has {counted(len(row), 'cell')}, and the header {len(names)}."
            errors.append(FieldError(f"file.{number}", words))
            continue
        try:
            lines.append(schema.load(_line(dict(zip(names, row, strict=True)))))
            messages = joint_problems(lines[-1].request, lines[0].request) if policy.joint else {}
        except ValidationError as error:
            messages = error.messages_dict
        errors += _cell_errors(number, messages)
    if errors:
        raise _wrong(errors)
    return BlotterRequest(tuple(lines), policy, numbers)


def _wrong(errors: Sequence[FieldError]) -> InvalidRequest:
    return InvalidRequest(field_detail(errors), errors=errors[:MAX_ERRORS])


def _numbered(lines: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty with the line of the file on which each begins."""
    before = 0
    for row in lines:
        if any(cell.strip() for cell in row):
            yield before + 1, row
        before = lines.line_num


def _header_errors(names: Sequence[str]) -> Iterator[FieldError]:
    for name in dict.fromkeys(names):
        if name not in _BY_NAME:
            close = nearest(name, tuple(_BY_NAME))
            hint = f" Did you mean {close}?" if close else ""
            yield FieldError(f"file.1.{name or '?'}", f"There is no column {name!r}.{hint}")
        elif names.count(name) > 1:
            yield FieldError(f"file.1.{name}", "This column is there twice.")
    for name in ("security_id", "side", "allocation_method", "portfolio_groups"):
        if name not in names:
            yield FieldError(f"file.1.{name}", "This column is missing.")


def _line(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a row as the JSON of a line; empty cells are left out."""
    found: dict[str, Any] = {"order": {}}
    for name, cell in cells.items():
        text = unguarded(cell.strip())
        if not text:
            continue
        column = _BY_NAME[name]
        part = found.setdefault(column.path[0], {}) if len(column.path) > 1 else found
        part[column.name] = column.read(text)
    return found


def _cell_errors(number: int, messages: Mapping[str, Any]) -> Iterator[FieldError]:
    """Yield the errors of a line by the cell that each is of; those of no cell by the row."""
    for part, found in messages.items():
        below = found if part in {"order", "parameters", "constraints"} and isinstance(found, dict) else None
        for name, words in (below or {part: found}).items():
            place = f"file.{number}.{name}" if name in _BY_NAME else f"file.{number}"
            yield from (FieldError(place, text) for text in _texts(words))


def _texts(messages: Any) -> Iterator[str]:
    if isinstance(messages, Mapping):
        for below in messages.values():
            yield from _texts(below)
    else:
        yield from [messages] if isinstance(messages, str) else map(str, messages)


@dataclass(frozen=True, slots=True)
class FileQuery:
    """Whether a file is only checked, what its lines may count on, and whether they are split at once."""

    dry_run: bool
    sales_fund_buys: bool
    joint: bool


class FileQuerySchema(RequestSchema):
    """Whether a file is only checked, what its lines may count on, and whether they are split at once."""

    makes = FileQuery

    dry_run = QueryFlag(
        load_default=False,
        metadata=doc("true: say what is wrong, by row and column, and change nothing.", example=False),
    )
    sales_fund_buys = QueryFlag(
        load_default=False,
        metadata=doc("Proceeds of earlier sales are cash of purchases that settle no earlier.", example=True),
    )
    joint = QueryFlag(
        load_default=False,
        metadata=doc(
            "Split all lines at once: every row is MIN_DISPERSION with the same target_metric.",
            example=False,
        ),
    )


class FileColumnSchema(ResponseSchema):
    """A column of a file."""

    name = fields.String(metadata=doc("Name in the header.", example="quantity"))
    meaning = fields.String(metadata=doc("What its cells say."))
    example = fields.String(metadata=doc("A cell; empty where that is possible.", example="8000000"))


class TemplateSchema(ResponseSchema):
    """The columns of a file, of which the first row is an example."""

    columns = fields.List(fields.Nested(FileColumnSchema), metadata=doc("The columns, in their order."))


def template_columns() -> Schema:
    """Return the columns of the template as a table."""
    return Schema.from_dict({column.name: fields.String() for column in COLUMNS})()


TEMPLATE_ROW = {column.name: column.example or None for column in COLUMNS}
