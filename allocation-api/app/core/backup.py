"""Backup and restore of the embedded database: a copy that is whole, checked before it counts.

PostgreSQL and Snowflake have tools of their own, which docs/operations.md names.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from app.core.config import SettingsError
from app.core.migrate import known_revisions

PRIVATE = 0o600
"""Mode of a copy: it holds password hashes and the whole trail."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database file holds: its schema, and the end of its audit trail, empty where there is none."""

    revision: str
    end: tuple[str, int]

    @property
    def text(self) -> str:
        """The same in words."""
        day, sequence = self.end
        trail = f"audit trail up to record {sequence:,} of {day}" if day else "no audit record"
        return f"schema {self.revision}, {trail}"


def database_file(url: str) -> Path:
    """Return the file of the embedded database.

    Raises
    ------
    SettingsError
        When the database is a server's.
    """
    found = make_url(url)
    if found.get_backend_name() != "sqlite" or not found.database:
        raise SettingsError(
            "DATABASE_URL is a database server's, which has tools of its own: docs/operations.md names them"
        )
    return Path(found.database)


def back_up(source: Path, copy: Path, *, replace: bool = False) -> Contents:
    """Copy a database while it is in use, as of one moment, and check the copy (SQLite's online backup).

    Others read and write meanwhile. The copy has its name only once it is whole and on the disk.

    Raises
    ------
    SettingsError
        When there is no database, `copy` is there already, or what was copied is damaged.
    """
    if not source.is_file():
        raise SettingsError(f"there is no database {source}")
    if copy.exists() and not replace:
        raise SettingsError(f"{copy} is there already. Name another file, or add --force")
    part = copy.with_name(f"{copy.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    try:
        with closing(_opened(source, "rw")) as original, closing(sqlite3.connect(part)) as written:
            original.backup(written)
            written.execute("PRAGMA journal_mode = DELETE")  # one file, without those beside it
        found = contents(part)
        _sync(part)
        part.replace(copy)
        _sync(copy.parent)
    finally:
        part.unlink(missing_ok=True)
    return found


def contents(file: Path) -> Contents:
    """Check a database file, page by page and key by key, and return what it holds.

    Raises
    ------
    SettingsError
        When it is no database of the Allocator, is damaged, or is of a later version of the service.
    """
    if not file.is_file():
        raise SettingsError(f"there is no file {file}")
    try:
        with closing(_opened(file, "ro")) as connection:
            faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
            lost = connection.execute("PRAGMA foreign_key_check").fetchone()
            revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            end = _end(connection)
    except sqlite3.DatabaseError as error:
        raise SettingsError(f"{file} is no database of the Allocator, or is damaged: {error}") from error
    if faults != ["ok"] or lost is not None:
        raise SettingsError(
            f"{file} is damaged: {faults[0] if faults != ['ok'] else f'a lost key of {lost[0]}'}"
        )
    revision = str(revisions[0][0]) if len(revisions) == 1 else "none"
    if revision not in known_revisions():
        raise SettingsError(f"{file} has schema {revision}, which this version of the service does not know")
    return Contents(revision, end)


def restore(copy: Path, target: Path, now: datetime, *, force: bool = False) -> tuple[Contents, Path | None]:
    """Put a checked copy in the place of the database; return what it holds, and where the old one is kept.

    No order is sent until the previews that are open in the copy are over: each may have been committed after
    the copy was made, and would be sent a second time.

    Raises
    ------
    SettingsError
        When the copy is damaged, a process uses the database, or the database has audit records that are
        younger than the copy and it is not forced.
    """
    found = contents(copy)
    kept: Path | None = None
    if target.exists():
        check_unused(target)
        if not force and (newer := _newer(target, found)):
            raise SettingsError(newer)
        kept = target.with_name(f"{target.name}.{now:%Y%m%dT%H%M%SZ}")
    part = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(copy, part)
        part.chmod(PRIVATE)
        _hold_orders(part, now)
        _sync(part)
        if kept is not None:
            os.link(target, kept)  # from here to the next line both names are one file: nothing can be lost
        part.replace(target)
        for ending in ("-wal", "-shm"):
            Path(f"{target}{ending}").unlink(missing_ok=True)
        _sync(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return found, kept


def _hold_orders(file: Path, now: datetime) -> None:
    """Hold the desk's lock until the last preview or comparison of a copy is over.

    It says that its holder was let out to send and has a process that nobody is, so nobody takes it over.
    """
    moment = f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    with closing(sqlite3.connect(file)) as connection, connection:
        tables = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master")}
        ends = [
            connection.execute(f"SELECT max(expires_at) FROM {table}").fetchone()[0]  # noqa: S608 - names from here
            for table in ("allocations", "comparisons")
            if table in tables
        ]
        until = max((str(end) for end in ends if end is not None), default=moment)
        if "locks" not in tables or until <= moment:
            return
        held = {"token": "restored", "held_until": until, "process": "restore", "subject": None}
        held |= dict.fromkeys(("taken_at", "beat_at", "sending_at"), moment)
        known = {str(row[1]) for row in connection.execute("PRAGMA table_info(locks)")}
        values = {name: value for name, value in held.items() if name in known}
        places = ", ".join(f"{name} = :{name}" for name in values)
        connection.execute(f"UPDATE locks SET {places} WHERE name = 'orders'", values)  # noqa: S608 - as above


def check_unused(file: Path) -> None:
    """Check that no process has a database file open.

    Leaving WAL mode needs the file alone, so it fails while any other connection is open.

    Raises
    ------
    SettingsError
        When one has.
    """
    try:
        with closing(sqlite3.connect(file, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise SettingsError(f"{file} is in use ({error}). Stop the service first") from error
    except sqlite3.DatabaseError:
        return  # No database, which is a reason to replace it.


def _newer(target: Path, copy: Contents) -> str | None:
    """Return why a database should not be replaced by a copy; a damaged one is no reason."""
    end = ("", 0)
    with suppress(sqlite3.DatabaseError), closing(_opened(target, "ro")) as connection:
        end = _end(connection)
    if end <= copy.end:
        return None
    return (
        f"{target} is newer than the copy: its audit trail goes up to record {end[1]:,} of {end[0]}. What "
        "came after the copy would be lost, orders that were sent included. Add --force if you want that"
    )


def _end(connection: sqlite3.Connection) -> tuple[str, int]:
    tables = "SELECT count(*) FROM sqlite_master WHERE name = 'audit_heads'"
    if not connection.execute(tables).fetchone()[0]:
        return "", 0
    query = "SELECT day, sequence FROM audit_heads WHERE sequence > 0 ORDER BY day DESC LIMIT 1"
    row = connection.execute(query).fetchone()
    return (str(row[0]), int(row[1])) if row else ("", 0)


def _opened(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
