"""What loading reference data does or would do: changes row by row, and of a changed row column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.services.accounts.reference_columns import cell_of
from app.services.accounts.reference_files import (
    FORMATS,
    FileError,
    FileFormat,
    Key,
    ReadFile,
    Row,
    Sheet,
    named,
)
from app.services.accounts.reference_restrictions import unstated
from app.services.accounts.reference_tables import Sheets

MAX_CHANGES = 1_000
"""Changes of one file that an answer lists."""


class ChangeKind(StrEnum):
    """What loading does to a row; NOT_IN_FILE rows stay as they are."""

    ADDED = "ADDED"
    CHANGED = "CHANGED"
    REMOVED = "REMOVED"
    NOT_IN_FILE = "NOT_IN_FILE"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: a row by its key, and of a changed one the column with both values as files have them."""

    kind: ChangeKind
    key: str
    column: str | None = None
    before: str | None = None
    after: str | None = None

    @property
    def text(self) -> str:
        """The change in words."""
        if self.column is None:
            return f"{self.key}: {self.kind.lower().replace('_', ' ')}"
        return f"{self.key}, {self.column}: {self.before or 'nothing'} -> {self.after or 'nothing'}"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What loading one file does: its rows, how many of them are what, and the changes."""

    file: str
    sha256: str
    rows: int
    added: int
    changed: int
    removed: int
    not_in_file: int
    changes: tuple[Change, ...]

    @property
    def first_changes(self) -> tuple[Change, ...]:
        """As many changes as an answer lists."""
        return self.changes[:MAX_CHANGES]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading did, or would do; `audit_id` is its record, None where nothing was stored.

    `warnings` are accounts whose restrictions are not stated.
    """

    files: tuple[FileReport, ...]
    warnings: tuple[FileError, ...] = ()
    audit_id: str | None = None

    @property
    def first_warnings(self) -> tuple[FileError, ...]:
        """As many warnings as an answer lists."""
        return self.warnings[:MAX_CHANGES]

    @property
    def is_change(self) -> bool:
        """Whether any row is added, changed or removed."""
        return any(file.added or file.changed or file.removed for file in self.files)


def report_of(files: Mapping[str, ReadFile], before: Sheets, after: Sheets) -> LoadReport:
    """Return the changes from some sheets to others, of these files."""
    reports = tuple(_file_report(files[n], before[n], after[n]) for n in FORMATS if n in files)
    return LoadReport(reports, tuple(unstated(files, after)))


def _file_report(file: ReadFile, before: Sheet, after: Sheet) -> FileReport:
    changes: list[Change] = []
    counts = dict.fromkeys(ChangeKind, 0)
    for key in sorted(before.keys() | after.keys(), key=named):
        kind, found = _row_changes(file.format, key, before.get(key), after.get(key))
        if kind is None and key not in file.sheet:
            kind, found = ChangeKind.NOT_IN_FILE, [Change(ChangeKind.NOT_IN_FILE, named(key))]
        if kind is not None:
            counts[kind] += 1
            changes += found
    return FileReport(
        file=file.format.name,
        sha256=file.digest,
        rows=len(file.sheet),
        added=counts[ChangeKind.ADDED],
        changed=counts[ChangeKind.CHANGED],
        removed=counts[ChangeKind.REMOVED],
        not_in_file=counts[ChangeKind.NOT_IN_FILE],
        changes=tuple(changes),
    )


def _row_changes(
    found: FileFormat, key: Key, before: Row | None, after: Row | None
) -> tuple[ChangeKind | None, Sequence[Change]]:
    if before == after:
        return None, ()
    if before is None or after is None:
        kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED
        return kind, [Change(kind, named(key))]
    return ChangeKind.CHANGED, [
        Change(ChangeKind.CHANGED, named(key), name, cell_of(was), cell_of(now))
        for name, was, now in zip(found.header, before, after, strict=True)
        if was != now
    ]
