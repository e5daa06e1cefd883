"""The six files of reference data: their columns, how they are read with every error at once, and written.

CSV by RFC 4180 in UTF-8, with a header. A file is read into a sheet: its rows by key, as tuples of values in
the order of the columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from app.core.errors import MAX_ERRORS, FieldError, InvalidRequest, field_detail
from app.services.accounts import reference_columns as cells
from app.services.accounts.reference_columns import CellError, Column, Value
from app.services.compliance.words import LIMITS, RESTRICTIONS, SECTORS
from app.services.domain.account import LimitScope
from app.utils.cells import unguarded
from app.utils.words import counted

Row = tuple[Value, ...]
Key = tuple[Value, ...]
Sheet = dict[Key, Row]

BYTE_ORDER_MARK = "\ufeff"

NONE = "NONE"
"""Stands for the restrictions of an account that has none."""

GROUP, ACCOUNT = "GROUP", "ACCOUNT"
"""What a benchmark may be of."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A reference file: its name without `.csv`, and its columns, the first `key_size` of them the key."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key_size: int = 1

    @property
    def header(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self.columns]

    def key(self, row: Row) -> Key:
        """Return the key of a row."""
        return row[: self.key_size]


FORMATS: Mapping[str, FileFormat] = {
    found.name: found
    for found in (
        FileFormat(
            "groups",
            "Portfolio groups; their accounts come from Aladdin",
            (
                Column("group_id", "Aladdin's ticker of the group", cells.identifier, is_required=True),
                Column("group_name", "Name for people", cells.text(255), is_required=True),
                Column("description", "What it is", cells.text(1_000), empty=""),
                Column(
                    "strategy", "Strategy of the accounts that it lists directly", cells.text(255), empty=""
                ),
                Column("manager", "Who manages it", cells.text(255), empty=""),
                Column("created_date", "Since when it is there", cells.day),
            ),
        ),
        FileFormat(
            "accounts",
            "Accounts that compliance may judge: without a row here an account buys nothing",
            (
                Column("account_id", "Aladdin's ticker of the account", cells.identifier, is_required=True),
                Column("account_name", "Name for people", cells.text(255), is_required=True),
                Column(
                    "home_group_id",
                    "Group that lists it directly, for strategy and benchmark",
                    cells.identifier,
                ),
                Column("currency", "Currency of its money", cells.capitals(3, "USD")),
                Column("cash_reserve_amount", "Cash that stays in it, in its currency", cells.decimal(24, 2)),
                Column("cash_reserve_percent", "The same as a fraction of NAV", cells.fraction),
            ),
        ),
        FileFormat(
            "restrictions",
            "Restrictions of accounts, one a row; an account without a row buys and sells nothing",
            (
                Column("account_id", "The account", cells.identifier, is_required=True),
                Column(
                    "restriction",
                    f"The code of a rule, or {NONE} where the account has no restriction",
                    cells.one_of("restriction", (*RESTRICTIONS, NONE)),
                    is_required=True,
                ),
            ),
            key_size=2,
        ),
        FileFormat(
            "benchmarks",
            "Benchmark values of groups, and of accounts that have their own",
            (
                Column(
                    "scope", "GROUP or ACCOUNT", cells.one_of("scope", (GROUP, ACCOUNT)), is_required=True
                ),
                Column("id", "The group or account", cells.identifier, is_required=True),
                Column("spread_duration", "Years", cells.real(1_000)),
                Column("duration", "Years", cells.real(1_000)),
                Column("oas", "Basis points", cells.real(100_000)),
            ),
            key_size=2,
        ),
        FileFormat(
            "securities",
            "Bonds that can be searched; a sector here comes before Aladdin's",
            (
                Column("security_id", "Aladdin's id, the CUSIP", cells.security_id, is_required=True),
                Column("isin", "ISIN", cells.isin),
                Column("ticker", "Ticker", cells.text(32)),
                Column("description", "Description", cells.text(255), is_required=True),
                Column("issuer", "Name of the issuer", cells.text(255)),
                Column("issuer_id", "Aladdin's id of the issuer", cells.text(64)),
                Column("sector", "Sector that the rules know", cells.sector),
                Column("country", "Country of risk", cells.capitals(2, "US")),
                Column("rating", "Rating in S&P's notation", cells.text(16)),
                Column("coupon", "Per cent a year", cells.decimal(18, 8)),
                Column("maturity", "Maturity", cells.day),
                Column("currency", "Currency", cells.capitals(3, "USD"), is_required=True),
            ),
        ),
        FileFormat(
            "limits",
            "Compliance limits",
            (
                Column("code", "The limit", cells.limit_code, is_required=True),
                Column("scope", "DEFAULT, SECTOR or ACCOUNT", cells.limit_scope, is_required=True),
                Column(
                    "scope_id", "* by default, the sector, or the account", cells.text(64), is_required=True
                ),
                Column("value", "A fraction from 0 to 1; 1 lifts it", cells.fraction, is_required=True),
            ),
            key_size=3,
        ),
    )
}
"""The files by name, in the order in which they are read: what is named stands before what names it."""


@dataclass(frozen=True, slots=True)
class FileError:
    """What is wrong in a file; line and column are None where it is the file or the row as a whole."""

    file: str
    line: int | None
    column: str | None
    message: str

    @property
    def text(self) -> str:
        """The place and the message, for people."""
        line = f", line {self.line}" if self.line is not None else ""
        column = f", column {self.column}" if self.column is not None else ""
        return f"{self.file}.csv{line}{column}: {self.message}"

    @property
    def field(self) -> str:
        """The place as problem documents name fields: `accounts.7.currency`."""
        return ".".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class InvalidReference(InvalidRequest):
    """Reference data that cannot be loaded; `found` are all errors, by file and line."""

    def __init__(self, found: Sequence[FileError]) -> None:
        self.found = tuple(found)
        errors = [FieldError(error.field, error.message) for error in found]
        super().__init__(field_detail(errors), errors=errors[:MAX_ERRORS])


@dataclass(slots=True)
class ReadFile:
    """A file as it was read: the SHA-256 of its bytes, its sheet, and the line of each row.

    `wrong` are the keys, as written, of rows with errors; `is_whole` says that every line could be read.
    """

    format: FileFormat
    digest: str
    sheet: Sheet = field(default_factory=dict)
    lines: dict[Key, int] = field(default_factory=dict)
    errors: list[FileError] = field(default_factory=list)
    wrong: set[Key] = field(default_factory=set)
    is_whole: bool = False

    def may_have(self, key: Key) -> bool:
        """Say whether a row of this key is there but for its errors, so that it is no further error."""
        return key in self.wrong or not self.is_whole

    def fault(self, line: int | None, column: str | None, message: str) -> None:
        """Note an error."""
        self.errors.append(FileError(self.format.name, line, column, message))


def read_file(found: FileFormat, content: bytes) -> ReadFile:
    """Read a file and note all of its errors."""
    done = ReadFile(found, sha256(content).hexdigest())
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        done.fault(line, None, "The file is not UTF-8. Save it as CSV UTF-8.")
        return done
    lines = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    try:
        header = next((row for row in lines if row), None)
        places = _places(done, header)
        if places is not None:
            for number, row in _numbered(lines):
                _read_row(done, places, number, row)
            done.is_whole = True
    except csv.Error as error:
        done.fault(lines.line_num, None, f"This is not CSV: {error}.")
    return done


def _numbered(lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty with the line on which each begins."""
    before = lines.line_num  # type: ignore[attr-defined]
    for row in lines:
        if any(cell.strip() for cell in row):
            yield before + 1, row
        before = lines.line_num  # type: ignore[attr-defined]


def _places(done: ReadFile, header: Sequence[str] | None) -> list[int] | None:
    """Return the place of each column in the rows, None where the header is wrong."""
    if header is None:
        done.fault(1, None, f"The file is empty. Its header is {','.join(done.format.header)}")
        return None
    names = [name.strip() for name in header]
    known = done.format.header
    for name in names:
        if name not in known:
            done.fault(1, name or None, _no_such_column(name, known))
    for name in dict.fromkeys(n for n in names if names.count(n) > 1):
        done.fault(1, name, "This column is there twice.")
    for name in known:
        if name not in names:
            done.fault(1, name, "This column is missing. Where there is nothing to say, its cells are empty.")
    return None if done.errors else [names.index(name) for name in known]


def _no_such_column(name: str, known: Sequence[str]) -> str:
    if ";" in name or "\t" in name:
        return "Columns are separated by commas."
    return cells.unknown("column", name or "without a name", known)


def _read_row(done: ReadFile, places: Sequence[int], line: int, row: Sequence[str]) -> None:
    if len(row) != len(places):
        done.fault(line, None, f"The row has {counted(len(row), 'cell')}, and the header {len(places)}.")
        return
    values: list[Value] = []
    for column, place in zip(done.format.columns, places, strict=True):
        try:
            values.append(column.value(unguarded(row[place].strip(" "))))
        except CellError as error:
            done.fault(line, column.name, str(error))
    if len(values) < len(places):
        done.wrong.add(tuple(row[place].strip(" ") for place in places[: done.format.key_size]))
        return
    read = tuple(values)
    key = done.format.key(read)
    if key in done.lines:
        name = done.format.header[done.format.key_size - 1]
        done.fault(line, name, f"{named(key)} stands on line {done.lines[key]} already.")
    elif fault := _contradiction(done.format.name, read):
        done.fault(line, *fault)
    else:
        done.sheet[key], done.lines[key] = read, line


def _contradiction(name: str, row: Row) -> tuple[str, str] | None:
    """Return what of a row contradicts another part of it, by column; None where nothing does."""
    if name == "benchmarks" and row[2:] == (None, None, None):
        return (
            "spread_duration",
            "A benchmark needs at least one value; leave the row out where there is none.",
        )
    if name != "limits":
        return None
    code, scope, scope_id, _ = row
    if scope not in LIMITS[str(code)].scopes:
        return "scope", f"{code} limits an order as a whole, and no single account."
    if scope == LimitScope.DEFAULT and scope_id != "*":
        return "scope_id", "The default of all is written *."
    if scope == LimitScope.SECTOR and scope_id not in SECTORS:
        return "scope_id", cells.unknown("sector", str(scope_id), SECTORS)
    return None


def named(key: Key) -> str:
    """Return a key in words."""
    return " ".join(map(str, key))


def written_file(found: FileFormat, sheet: Mapping[Key, Row], *, bom: bool = False) -> Iterator[str]:
    """Yield a file line by line, its rows by key."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK if bom else "")
    rows: Iterable[Sequence[str]] = (
        [cells.cell_of(v) for v in sheet[key]] for key in sorted(sheet, key=named)
    )
    for row in (found.header, *rows):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
