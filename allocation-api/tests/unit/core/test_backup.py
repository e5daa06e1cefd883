"""Backup and restore of the embedded database: whole while others write, checked, never over newer data."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from app.cli import backup as backup_command
from app.cli import restore as restore_command
from app.core.backup import back_up, contents, restore
from app.core.config import SettingsError
from app.core.database import Database
from app.models import AllocationRow, AuditRow
from app.services.audit.verification import verify
from tests.support.commands import run_command
from tests.support.databases import migrated
from tests.support.stored_previews import store_previews

NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)


def clock():
    return NOW


@pytest.fixture
def file(tmp_path):
    return tmp_path / "desk.db"


def stored(file, count):
    """Store so many previews with their records in a database, and let go of it."""
    database = migrated(f"sqlite:///{file}")
    store_previews(database, clock, count, NOW)
    database.close()


def counted(file):
    database = Database(f"sqlite:///{file}")
    with database.read() as session:
        assert verify(session, now=NOW).breaks == ()
        found = session.scalar(select(func.count()).select_from(AllocationRow))
        assert session.scalar(select(func.count()).select_from(AuditRow)) == found
    database.close()
    return found


def refused(work, *given, **more):
    with pytest.raises(SettingsError) as error:
        work(*given, **more)
    return str(error.value)


def test_a_copy_has_what_the_database_has_and_nobody_else_may_read_it(file, tmp_path):
    stored(file, 3)
    copy = tmp_path / "copy.db"
    found = back_up(file, copy)
    assert found.end == ("2026-06-30", 3)
    assert found.text.endswith("audit trail up to record 3 of 2026-06-30")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert counted(copy) == 3
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("copy")) == ["copy.db"]


def test_a_copy_made_while_others_write_is_of_one_moment(file, tmp_path):
    stored(file, 1)
    database, over = Database(f"sqlite:///{file}"), Event()

    def write():
        while not over.is_set():
            store_previews(database, clock, 5, NOW)

    writer = Thread(target=write)
    writer.start()
    try:
        ends = [back_up(file, tmp_path / f"copy{n}.db").end[1] for n in range(5)]
    finally:
        over.set()
        writer.join()
    database.close()
    assert ends[0] < ends[-1]
    for n, end in enumerate(ends):
        assert counted(tmp_path / f"copy{n}.db") == end
        assert end % 5 == 1  # whole units of work


def test_a_copy_is_not_written_over_another_unless_that_is_said(file, tmp_path):
    stored(file, 1)
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    assert "is there already" in refused(back_up, file, copy)
    stored(file, 1)
    assert back_up(file, copy, replace=True).end == ("2026-06-30", 2)
    assert "there is no database" in refused(back_up, tmp_path / "nowhere.db", tmp_path / "x.db")


def test_what_is_restored_is_what_was_copied_and_the_old_one_is_kept(file, tmp_path):
    stored(file, 2)
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    stored(file, 3)
    assert "newer than the copy" in refused(restore, copy, file, NOW)
    assert counted(file) == 5
    _, kept = restore(copy, file, NOW, force=True)
    assert kept == tmp_path / "desk.db.20260630T120000Z"
    assert (counted(file), counted(kept)) == (2, 5)
    assert counted(copy) == 2


def test_a_lost_database_is_restored(file, tmp_path):
    stored(file, 2)
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"desk.db{ending}").unlink(missing_ok=True)
    assert restore(copy, file, NOW)[1] is None
    assert counted(file) == 2


def test_a_damaged_database_is_restored_without_force(file, tmp_path):
    stored(file, 2)
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    file.write_bytes(b"\0" * 5_000)
    _, kept = restore(copy, file, NOW)
    assert kept.read_bytes() == b"\0" * 5_000
    assert counted(file) == 2


def test_nothing_is_restored_while_the_database_is_in_use(file, tmp_path):
    stored(file, 1)
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    database = Database(f"sqlite:///{file}")
    with database.read() as session:
        session.scalar(select(func.count()).select_from(AllocationRow))
        assert "Stop the service first" in refused(restore, copy, file, NOW)
    database.close()
    restore(copy, file, NOW)


@pytest.mark.parametrize("damage", ["cut", "overwritten", "no database", "empty"])
def test_a_damaged_copy_is_not_restored(file, tmp_path, damage):
    stored(file, 60)
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    whole = copy.read_bytes()
    middle = len(whole) // 2
    copy.write_bytes(
        {
            "cut": whole[:middle],
            "overwritten": whole[:middle] + b"\xff" * 40_000 + whole[middle + 40_000 :],
            "no database": b"not a database at all",
            "empty": b"",
        }[damage]
    )
    before = file.read_bytes()
    said = refused(restore, copy, file, NOW)
    assert "damaged" in said
    assert file.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.db", "desk.db"]


def test_a_copy_of_a_later_version_is_not_restored(file, tmp_path):
    stored(file, 1)
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert "has schema 9999, which this version of the service does not know" in refused(contents, copy)


def test_the_commands_say_what_they_did(file, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    stored(file, 1)
    copy = str(tmp_path / "copy.db")
    status, out, _ = run_command(backup_command.command, copy)
    assert (status, "audit trail up to record 1 of 2026-06-30" in out) == (0, True)
    status, _, err = run_command(backup_command.command, copy)
    assert (status, err.startswith("Cannot back up: ")) == (1, True)
    status, out, _ = run_command(restore_command.command, copy)
    assert (status, "is kept as" in out) == (0, True)
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://desk@127.0.0.1/desk")
    for command in (backup_command.command, restore_command.command):
        status, _, err = run_command(command, copy)
        assert (status, "docs/operations.md" in err) == (1, True)
