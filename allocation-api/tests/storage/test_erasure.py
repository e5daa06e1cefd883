"""Documents on each database: compressed where the database does not do so, erased, and brought back down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select, text

from app.core import migrate
from app.core.clock import utc_now
from app.models import AllocationRow, AuditRow
from app.services.allocations import erasure
from app.services.allocations.erasure import Erasure
from app.services.audit.trail import Action, AuditService
from app.services.audit.verification import verify
from tests.storage.rows import MOMENT
from tests.support.stored_previews import DOCUMENT, erased, store_previews

LATER = MOMENT + timedelta(days=31)


def eraser(database, now=LATER):
    return Erasure(database, AuditService(database, lambda: now), lambda: now, timedelta(days=30))


def raw(database):
    with database.engine.connect() as connection:
        return connection.execute(text("SELECT snapshot FROM allocations")).scalars().all()


def erasures(database):
    with database.read() as session:
        return session.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.action == Action.PREVIEW_ERASED)
        )


def test_documents_take_less_room_and_read_as_they_were(database):
    store_previews(database, lambda: MOMENT, 1, MOMENT)
    (stored,) = raw(database)
    if database.engine.dialect.name == "snowflake":
        assert DOCUMENT[:20] in stored  # it compresses by itself, and the document can be queried
    else:
        assert stored.startswith("zlib:")
        assert len(stored) * 4 < len(DOCUMENT)
    with database.read() as session:
        assert session.scalars(select(AllocationRow.snapshot)).all() == [DOCUMENT]


def test_rows_from_before_compression_stay_as_they_are_and_readable(database):
    store_previews(database, lambda: MOMENT, 1, MOMENT)
    if database.engine.dialect.name != "snowflake":
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE allocations SET snapshot = :plain"), {"plain": DOCUMENT})
    with database.read() as session:
        assert session.scalars(select(AllocationRow.snapshot)).all() == [DOCUMENT]
        assert verify(session).breaks == ()


def test_only_what_is_due_and_uncommitted_is_erased(database):
    due = store_previews(database, lambda: MOMENT, 3, MOMENT)
    store_previews(database, lambda: MOMENT, 2, MOMENT + timedelta(days=2))
    store_previews(database, lambda: MOMENT, 1, MOMENT, status="SUBMITTED")
    eraser(database).erase()
    with database.read() as session:
        found = session.scalars(
            select(AllocationRow.id).where(AllocationRow.snapshot.is_(None)).order_by(AllocationRow.id)
        ).all()
        assert found == due
        assert verify(session, now=LATER).breaks == ()


def test_processes_that_erase_at_once_erase_everything_once(database, another, monkeypatch):
    monkeypatch.setattr(erasure, "BATCH_ROWS", 4)
    store_previews(database, lambda: MOMENT, 18, MOMENT)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(eraser(each).erase) for each in (database, another)]:
            done.result()
    assert (erased(database), erasures(database)) == (18, 18)
    with database.read() as session:
        assert verify(session, now=LATER).breaks == ()


def test_a_downgrade_writes_documents_as_earlier_versions_read_them(database):
    (key,) = store_previews(database, utc_now, 1, MOMENT)
    (gone,) = store_previews(database, utc_now, 1, MOMENT - timedelta(days=9))
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE allocations SET snapshot = NULL WHERE id = :id"), {"id": gone})
    migrate.downgrade(database, "0014")
    found = dict(zip(sorted([key, gone]), sorted_by_id(database), strict=True))
    if database.engine.dialect.name != "snowflake":
        assert found == {key: DOCUMENT, gone: "{}"}
    migrate.upgrade(database)
    with database.read() as session:
        assert session.get(AllocationRow, key).snapshot == DOCUMENT


def test_what_was_erased_is_erased_again_after_a_downgrade(database):
    due = store_previews(database, lambda: MOMENT, 2, MOMENT)
    store_previews(database, lambda: MOMENT, 1, MOMENT + timedelta(days=2))
    eraser(database).erase()
    migrate.downgrade(database, "0019")
    migrate.upgrade(database)
    with database.read() as session:
        gone = select(AllocationRow.id).where(
            AllocationRow.snapshot.is_(None), AllocationRow.result.is_(None)
        )
        assert session.scalars(gone.order_by(AllocationRow.id)).all() == due
        assert verify(session, now=LATER).breaks == ()


def sorted_by_id(database):
    with database.engine.connect() as connection:
        return connection.execute(text("SELECT snapshot FROM allocations ORDER BY id")).scalars().all()
