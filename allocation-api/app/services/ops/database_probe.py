"""Readiness of the database: it can be written, has this version's schema, and is still the same file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app.core.config import SettingsError
from app.core.database import Database
from app.core.migrate import require_head
from app.models import START_LOCK
from app.models.lock import serialise


@dataclass(frozen=True, slots=True)
class FileId:
    """Identity of an open file: device and inode."""

    device: int
    inode: int


class DatabaseProbe:
    """Checks what a read does not show. The embedded database's file is remembered when the probe is made.

    A file that was replaced while the service ran is two databases: old connections write to the one that no
    path leads to any more, and new ones to the other.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file = self._present_file()

    def fault(self) -> str | None:
        """Return what is wrong in words for an operator; None if nothing is."""
        try:
            if self._present_file() != self._file:
                return "failed: the file of DATABASE_URL was replaced or deleted: restart the service"
            require_head(self._database)
            self._database.retried(lambda session: serialise(session, START_LOCK))
        except SettingsError:
            return "failed: the schema is not that of this version"
        except SQLAlchemyError as error:
            return f"failed: {type(error).__name__}"
        return None

    def _present_file(self) -> FileId | None:
        url = self._database.engine.url
        if url.get_backend_name() != "sqlite" or not url.database:
            return None
        try:
            found = Path(url.database).stat()
        except OSError:
            return None
        return FileId(found.st_dev, found.st_ino)
