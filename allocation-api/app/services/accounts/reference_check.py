"""Reference files held against each other and against what is stored, with every error at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.services.accounts.reference_files import (
    ACCOUNT,
    FORMATS,
    FileError,
    InvalidReference,
    Key,
    ReadFile,
    Row,
    named,
)
from app.services.accounts.reference_restrictions import settle_none
from app.services.accounts.reference_tables import Sheets
from app.services.domain.account import LimitScope


def checked(files: Mapping[str, ReadFile], before: Sheets, *, remove: bool) -> Sheets:
    """Return the sheets that loading makes of those before.

    Raises
    ------
    InvalidReference
        With every error of every file, and every row that names what is not there.
    """
    after = {name: dict(sheet) for name, sheet in before.items()}
    for name, file in files.items():
        after[name] = dict(file.sheet) if remove else before[name] | file.sheet
    _follow_removed(after, files)
    errors = [error for file in files.values() for error in file.errors]
    errors += settle_none(after["restrictions"], files.get("restrictions"))
    errors += _dangling(files, before, after)
    if errors:
        order = list(FORMATS)
        raise InvalidReference(sorted(errors, key=lambda e: (order.index(e.file), e.line or 0)))
    return after


def _follow_removed(after: Sheets, files: Mapping[str, ReadFile]) -> None:
    """Remove restrictions and benchmarks with the accounts and groups that they are of."""
    for name in {"restrictions", "benchmarks"} - set(files):
        sheet = after[name]
        after[name] = {key: row for key, row in sheet.items() if _is_there(after, *_target(name, row))}


def _is_there(sheets: Sheets, name: str, key: Key) -> bool:
    return key in sheets[name]


def _target(name: str, row: Row) -> tuple[str, Key]:
    """Return the file and key that a row of this file names."""
    match name:
        case "accounts":
            return "groups", (row[2],)
        case "restrictions":
            return "accounts", (row[0],)
        case "benchmarks":
            return ("accounts" if row[0] == ACCOUNT else "groups"), (row[1],)
        case _:
            return "accounts", (row[2],)


_NAMING = {
    "accounts": "home_group_id",
    "restrictions": "account_id",
    "benchmarks": "id",
    "limits": "scope_id",
}
"""Files whose rows name rows of others, and the column that does."""


def _names_another(name: str, row: Row) -> bool:
    if name == "accounts":
        return row[2] is not None
    return name != "limits" or row[1] == LimitScope.ACCOUNT


def _dangling(files: Mapping[str, ReadFile], before: Sheets, after: Sheets) -> Iterator[FileError]:
    """Yield the rows that name what is not there: rows of these files, or stored ones of what they remove."""
    for name, column in _NAMING.items():
        lines = files[name].lines if name in files else {}
        for key, row in after[name].items():
            if not _names_another(name, row):
                continue
            of, wanted = _target(name, row)
            if wanted in after[of] or (of in files and files[of].may_have(wanted)):
                continue
            if key in lines:
                message = f"There is no row {named(wanted)} in {of}.csv, and none is stored."
                yield FileError(name, lines[key], column, message)
            elif wanted in before[of]:
                message = f"{named(wanted)} cannot be removed: {name}, {named(key)}, names it."
                yield FileError(of, None, None, message)
