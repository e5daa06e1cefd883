"""Results of a blotter as a file, and its errors: each is there whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from app.api.kit.csv import written_csv
from app.api.kit.xlsx import xlsx_file
from app.cli.kit.blotter_desk import BlotterDesk
from app.core.errors import FieldError
from app.schemas.blotters_file import column_of
from app.schemas.kit.fields import json_number
from app.schemas.reports.history import SheetLineSchema
from app.services.blotters.types import BlotterRequest, LineStatus, ShownLine

FORMATS = (".csv", ".xlsx", ".json")
"""Endings of files of results."""

ACCOUNT_COLUMNS = tuple(SheetLineSchema().fields)
COLUMNS = ("line", "row", "status", "allocation_id", *ACCOUNT_COLUMNS)
ERROR_COLUMNS = ("row", "column", "code", "message")

BYTES_AT_A_TIME = 65_536

COMMITTED = frozenset({LineStatus.SUBMITTED, LineStatus.PENDING_APPROVAL})
"""Statuses of lines of which nothing is left to do, where they are to be committed."""

PREVIEWED = COMMITTED | {LineStatus.PREVIEWED}


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong, by row and column of the file."""

    row: int | None
    column: str | None
    code: str
    message: str

    @property
    def text(self) -> str:
        """In one line."""
        place = ", ".join(
            [*([f"row {self.row}"] if self.row else []), *([f"column {self.column}"] if self.column else [])]
        )
        return f"{place}: {self.message}" if place else self.message


def faults_of(errors: Iterable[FieldError], code: str) -> list[LineFault]:
    """Return the errors of a refused file."""
    return [_fault(error, code) for error in errors]


def _fault(error: FieldError, code: str) -> LineFault:
    head, _, rest = error.field.partition(".")
    row, _, column = rest.partition(".")
    if head == "file":
        return LineFault(int(row) if row.isdecimal() else None, column or None, code, error.message)
    return LineFault(None, None, code, f"{error.field}: {error.message}")


def line_faults(lines: Iterable[ShownLine], request: BlotterRequest, *, commit: bool) -> Iterator[LineFault]:
    """Yield what is wrong with lines that are not as far as was asked for."""
    for line in lines:
        row = request.rows[line.line - 1]
        if line.status not in (COMMITTED if commit else PREVIEWED):
            for error in line.errors:
                yield LineFault(row, column_of(error.field), error.code, error.message)
            if not line.errors:
                yield LineFault(row, None, line.status, f"The line is {line.status}.")


def result_rows(desk: BlotterDesk, blotter_id: str, request: BlotterRequest) -> Iterator[list[object]]:
    """Yield a row for each account of each line, and one for a line whose preview is not there or erased."""
    schema = SheetLineSchema()
    for line in desk.lines(blotter_id):
        head: list[object] = [line.line, request.rows[line.line - 1], line.status, line.allocation_id]
        accounts = () if line.allocation_id is None else desk.sheet(line.allocation_id)
        if not accounts:
            known = {"security_id": line.security_id, "side": line.side}
            yield [*head, *(known.get(name) for name in ACCOUNT_COLUMNS)]
            continue
        for account in accounts:
            yield [
                *head,
                *(
                    schema.get_attribute(account, shown.attribute or name, None)
                    for name, shown in schema.fields.items()
                ),
            ]


def write_results(file: Path, blotter_id: str, rows: Iterator[list[object]]) -> None:
    """Write rows into a file, in the format of its ending."""
    with replaced(file) as target:
        if file.suffix.lower() == ".xlsx":
            with xlsx_file("Allocations", COLUMNS, rows, {"Blotter": blotter_id}) as made:
                while part := made.read(BYTES_AT_A_TIME):
                    target.write(part)
        elif file.suffix.lower() == ".json":
            target.writelines(part.encode() for part in _json(blotter_id, rows))
        else:
            target.writelines(part.encode() for part in written_csv(COLUMNS, rows, bom=False))


def write_faults(file: Path, faults: Sequence[LineFault]) -> None:
    """Write what is wrong into a file; without anything, one of an earlier run is removed."""
    if not faults:
        file.unlink(missing_ok=True)
        return
    rows = iter([fault.row, fault.column, fault.code, fault.message] for fault in faults)
    with replaced(file) as target:
        target.writelines(part.encode() for part in written_csv(ERROR_COLUMNS, rows, bom=False))


def _json(blotter_id: str, rows: Iterator[list[object]]) -> Iterator[str]:
    yield f'{{"blotter_id": {json.dumps(blotter_id)}, "allocations": ['
    for place, row in enumerate(rows):
        found = dict(zip(COLUMNS, row, strict=True))
        yield ("," if place else "") + "\n" + json.dumps(found, default=_plain, allow_nan=False)
    yield "\n]}\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return json_number(value)
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def replaced(file: Path) -> Iterator[IO[bytes]]:
    """Yield a new file beside, which takes the place of `file` once it is complete."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        Path(name).chmod(0o640)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
