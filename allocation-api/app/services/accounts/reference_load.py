"""Loading of reference data: files are checked as a whole and stored in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import FieldError, InvalidRequest, NotFound
from app.models import START_LOCK, ReferenceSourceRow
from app.models.lock import serialise
from app.services.accounts.errors import ReferenceOfMock
from app.services.accounts.reference import MOCK, MOCK_LIMITS
from app.services.accounts.reference_check import checked
from app.services.accounts.reference_columns import unknown
from app.services.accounts.reference_files import FORMATS, FileFormat, ReadFile, read_file, written_file
from app.services.accounts.reference_report import ChangeKind, FileReport, LoadReport, report_of
from app.services.accounts.reference_tables import stored_sheets, write, writes
from app.services.audit.errors import EvidenceBroken
from app.services.audit.evidence import LIMITS_OF_THE_DESK
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.domain.caller import Caller

MAX_RECORDED = 2_000
"""Changes of one file that its audit record lists; the SHA-256 of the file stands for all."""

REFERENCE_OF_THE_DESK = "desk"
"""Entity id of reference data in the audit trail."""


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Files to load, by name without `.csv`.

    Rows that a file does not have stay, unless `remove` says that they go: a row that was forgotten may be a
    restriction. `comment` says why; a dry run stores nothing.
    """

    files: Mapping[str, bytes]
    comment: str = ""
    remove: bool = False
    dry_run: bool = False


class ReferenceService:
    """Exports, checks and loads the desk's reference data."""

    def __init__(self, database: Database, audit: AuditService) -> None:
        self._database = database
        self._audit = audit

    def export(self, name: str, *, bom: bool = False) -> Iterator[str]:
        """Yield one file of what is stored, line by line."""
        found = format_of(name)
        with self._database.read() as session:
            sheet = stored_sheets(session)[name]
        return written_file(found, sheet, bom=bom)

    def load(self, request: LoadRequest, caller: Caller) -> LoadReport:
        """Check the files against each other and what is stored, and store them in one transaction.

        Loading the same files again changes nothing and records nothing.

        Raises
        ------
        InvalidReference
            With every error of every file.
        ReferenceOfMock
            When the database belongs to a simulated book, which a start would put back.
        EvidenceBroken
            When limits were changed in the database and that is not recorded.
        """
        files = {name: read_file(format_of(name), content) for name, content in request.files.items()}
        if request.dry_run:
            with self._database.read() as session:
                before = stored_sheets(session)
            return report_of(files, before, checked(files, before, remove=request.remove))
        if not request.comment.strip():
            raise InvalidRequest.of(FieldError("comment", "Say why the reference data changes."))
        return self._database.retried(lambda session: self._store(session, files, request, caller))

    def _store(
        self, session: Session, files: Mapping[str, ReadFile], request: LoadRequest, caller: Caller
    ) -> LoadReport:
        serialise(session, START_LOCK)
        before = stored_sheets(session)
        after = checked(files, before, remove=request.remove)
        report = report_of(files, before, after)
        if not report.is_change:
            return report
        _refuse_mock(session, files)
        if before["limits"] != after["limits"]:
            EvidenceBroken.check(
                "The compliance limits",
                self._audit.row_breaks(session, EntityType.LIMITS, LIMITS_OF_THE_DESK),
            )
        for done in writes(before, after):
            write(session, done)
        session.expire_all()
        if before["limits"] != after["limits"]:
            self._audit.record_for(
                session,
                Action.LIMITS_RECORDED,
                caller,
                EntityType.LIMITS,
                LIMITS_OF_THE_DESK,
                after={"comment": request.comment},
                rows=everything(EntityType.LIMITS),
            )
        audit_id = self._audit.record_for(
            session,
            Action.REFERENCE_LOADED,
            caller,
            EntityType.REFERENCE,
            REFERENCE_OF_THE_DESK,
            after={
                "comment": request.comment,
                "removes": request.remove,
                "files": {file.file: _recorded(file) for file in report.files},
            },
        )
        return replace(report, audit_id=audit_id)


def format_of(name: str) -> FileFormat:
    """Return the format of a file by its name.

    Raises
    ------
    NotFound
        When there is no such file.
    """
    if name not in FORMATS:
        raise NotFound(unknown("file", name, FORMATS))
    return FORMATS[name]


def _refuse_mock(session: Session, files: Mapping[str, ReadFile]) -> None:
    marks = {MOCK} if set(files) - {"limits"} else set()
    marks |= {MOCK_LIMITS} if "limits" in files else set()
    if any(session.get(ReferenceSourceRow, mark) is not None for mark in marks):
        raise ReferenceOfMock(
            "This database holds the data of a simulated book, and the next start would refuse any change. "
            "Load into a database of its own, with MOCK_ALADDIN_DATA=false"
        )


def _recorded(report: FileReport) -> dict[str, object]:
    changes = [change.text for change in report.changes if change.kind is not ChangeKind.NOT_IN_FILE]
    return {
        "sha256": report.sha256,
        "rows": report.rows,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "changes": changes[:MAX_RECORDED],
        "changes_left_out": max(0, len(changes) - MAX_RECORDED),
    }
