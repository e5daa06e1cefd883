"""Blotters as files, CSV or an Excel workbook, with a header and a row for each line.

A row becomes the line that a JSON body would have, and is checked as that: the file has no rules of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from app.core.errors import FieldError, InvalidRequest
from app.schemas.blotters import LineSchema
from app.schemas.blotters_columns import BY_NAME, READ, REQUIRED
from app.schemas.blotters_csv import csv_rows
from app.schemas.blotters_defaults import filled
from app.schemas.blotters_joint import joint_problems, too_many
from app.schemas.blotters_rows import FileRow, Unreadable
from app.schemas.blotters_workbook import OLD_SIGNATURE, SIGNATURE, workbook_rows
from app.services.blotters.types import MAX_LINES, AskedLine, BlotterRequest, Policy
from app.utils.words import counted, nearest

NOTHING: Mapping[str, Any] = {}


def column_of(field: str | None) -> str | None:
    """Return the column that has a field of a line, such as `order.quantity`; None where none has it."""
    return next((part for part in (field or "").split(".") if part in BY_NAME), None)


def is_workbook(content: bytes) -> bool:
    """Return whether a file is an Excel workbook, or means to be one; everything else is read as CSV."""
    return content.startswith((SIGNATURE, OLD_SIGNATURE))


def read_blotter(content: bytes, policy: Policy, defaults: Mapping[str, Any] = NOTHING) -> BlotterRequest:
    """Return the blotter that a file describes; `defaults` are of lines whose cell is empty or not there.

    Raises
    ------
    InvalidRequest
        Naming every wrong cell by the number of its row in the file and its column: `file.7.quantity`. For a
        workbook the words name the cell, too: `C7`.
    BodyTooLarge
        When a workbook is larger than what is read, unpacked.
    """
    try:
        rows = workbook_rows(content) if is_workbook(content) else csv_rows(content)
    except Unreadable as unreadable:
        raise InvalidRequest.of(unreadable.error) from None
    header, *body = rows or [FileRow(1, ())]
    errors = list(_header_errors(header, defaults))
    if errors:
        raise InvalidRequest.of(*errors)
    if not 1 <= len(body) <= MAX_LINES:
        raise InvalidRequest.of(FieldError("file", f"Between 1 and {MAX_LINES:,} lines are expected."))
    many = too_many(len(body)) if policy.joint else None
    errors += [FieldError("joint", many)] if many else []
    lines: list[AskedLine] = []
    schema = LineSchema()
    for row in body:
        if len(row.cells) != len(header.cells):
            words = f"The row has {counted(len(row.cells), 'cell')}, and the header {len(header.cells)}."
            errors.append(FieldError(f"file.{row.number}", words))
            continue
        wrong = list(_unread_cells(row, header.cells))
        try:
            line = schema.load(filled(_line(row, header.cells), defaults))
            lines.append(line)
            messages = joint_problems(line.request, lines[0].request) if policy.joint else {}
        except ValidationError as error:
            messages = error.messages_dict
        named = {found.field for found in wrong}
        others = _cell_errors(row, header.cells, messages)
        errors += [*wrong, *(found for found in others if found.field not in named)]
    if errors:
        raise InvalidRequest.of(*errors)
    return BlotterRequest(tuple(lines), policy, tuple(row.number for row in body))


def _header_errors(header: FileRow, defaults: Mapping[str, Any]) -> Iterator[FieldError]:
    names, row = header.cells, f"file.{header.number}"
    for place, name in enumerate(names):
        shown = header.shown(place)
        if place in header.wrong:
            yield FieldError(row, f"{shown}{header.wrong[place]}")
        elif name not in BY_NAME:
            close = nearest(name, tuple(BY_NAME))
            hint = f" Did you mean {close}?" if close else ""
            yield FieldError(f"{row}.{name or '?'}", f"{shown}There is no column {name!r}.{hint}")
        elif name in names[:place]:
            yield FieldError(f"{row}.{name}", f"{shown}This column is there twice.")
    for name in REQUIRED:
        if name not in names and name not in defaults:
            yield FieldError(f"{row}.{name}", "This column is missing.")


def _unread_cells(row: FileRow, names: Sequence[str]) -> Iterator[FieldError]:
    for place, words in row.wrong.items():
        column = f".{names[place]}" if place < len(names) else ""
        yield FieldError(f"file.{row.number}{column}", f"{row.shown(place)}{words}")


def _line(row: FileRow, names: Sequence[str]) -> dict[str, Any]:
    """Return a row as the JSON of a line; empty cells are left out."""
    found: dict[str, Any] = {"order": {}}
    for name, cell in zip(names, row.cells, strict=True):
        if cell:
            column = BY_NAME[name]
            part = found.setdefault(column.path[0], {}) if len(column.path) > 1 else found
            part[name] = READ[column.kind](cell)
    return found


def _cell_errors(row: FileRow, names: Sequence[str], messages: Mapping[str, Any]) -> Iterator[FieldError]:
    """Yield the errors of a line by the cell that each is of; those of no cell by the row."""
    for part, found in messages.items():
        below = found if part in {"order", "parameters", "constraints"} and isinstance(found, dict) else None
        for name, words in (below or {part: found}).items():
            place = f"file.{row.number}.{name}" if name in BY_NAME else f"file.{row.number}"
            shown = row.shown(names.index(name)) if name in names else ""
            yield from (FieldError(place, f"{shown}{text}") for text in _texts(words))


def _texts(messages: Any) -> Iterator[str]:
    if isinstance(messages, Mapping):
        for below in messages.values():
            yield from _texts(below)
    else:
        yield from [messages] if isinstance(messages, str) else map(str, messages)
