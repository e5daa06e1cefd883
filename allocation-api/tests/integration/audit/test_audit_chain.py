"""The chain of the audit trail as it is written: its links, its days, and those who write at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session

from app.core.config import API_DIR
from app.core.database import WriteConflictError
from app.models import AuditHeadRow, AuditRow, UserIdentityRow
from app.models.append_only import AppendOnlyError
from app.services.audit.chain import NO_HASH, AuditChainError
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.audit.verification import Span, verify
from app.services.visibility.visibility import EVERYTHING
from tests.support.databases import migrated

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


class Trail:
    """A database, and an audit service whose clock the test sets."""

    def __init__(self, folder):
        self.url = f"sqlite:///{folder / 'trail.db'}"
        self.waited = []
        self.database = migrated(self.url, sleep=self.waited.append)
        self.now = NOON
        self.audit = AuditService(self.database, lambda: self.now)

    def add(self, session, name="ann", address=None):
        return self.audit.record(
            session,
            Action.LOGOUT,
            user_id=None,
            username=name,
            request_id="r",
            address=address,
            entity_type=EntityType.USER,
            entity_id="a",
            after={"n": 1},
        )

    def record(self, at=None):
        self.now = at or self.now
        return self.database.retried(self.add)

    def rows(self):
        with self.database.read() as session:
            return session.scalars(select(AuditRow).order_by(AuditRow.day, AuditRow.sequence)).all()

    def heads(self):
        with self.database.read() as session:
            rows = session.scalars(select(AuditHeadRow).order_by(AuditHeadRow.day)).all()
        return [(h.day, h.sequence, h.next_day) for h in rows]

    def verified(self):
        return self.audit.verify(Span())


@pytest.fixture
def trail(tmp_path):
    made = Trail(tmp_path)
    yield made
    made.database.close()


def test_an_empty_trail_is_whole(trail):
    found = trail.verified()
    assert (found.whole, found.records, found.days, found.anchor) == (True, 0, 0, None)


def test_each_record_carries_the_hash_of_the_one_before(trail):
    for day in range(3):
        for _ in range(2):
            trail.record(NOON + timedelta(days=2 * day))
    rows = trail.rows()
    assert [(r.day, r.sequence) for r in rows] == [
        (day, place) for day in ("2026-06-30", "2026-07-02", "2026-07-04") for place in (1, 2)
    ]
    assert rows[0].previous_hash == NO_HASH
    assert all(after.previous_hash == before.hash for before, after in pairwise(rows))
    found = trail.verified()
    assert (found.whole, found.records, found.days) == (True, 6, 3)
    assert found.anchor.text == f"2026-07-04:2:{rows[-1].hash}"


def test_the_hash_is_of_all_fields_as_documented(trail):
    trail.now = NOON + timedelta(microseconds=1)
    with trail.database.write() as session:
        key = trail.add(session, 'quote " and é')
    (row,) = trail.rows()
    written = (
        '{"scheme":"audit/1","day":"2026-06-30","sequence":1,"previous_hash":"' + NO_HASH + '",'
        f'"id":"{key}","at":"2026-06-30T12:00:00.000001Z","user_id":null,'
        '"username":"quote \\" and é","action":"LOGOUT","entity_type":"user","entity_id":"a",'
        '"request_id":"r","before":null,"after":"{\\"n\\":1}"}'
    )
    assert row.hash == sha256(written.encode()).hexdigest()


def test_the_hash_of_a_record_with_a_source_address_is_of_that_too(trail):
    trail.now = NOON + timedelta(microseconds=1)
    with trail.database.write() as session:
        key = trail.add(session, "ann", address="192.0.2.17")
    (row,) = trail.rows()
    written = (
        '{"scheme":"audit/2","day":"2026-06-30","sequence":1,"previous_hash":"' + NO_HASH + '",'
        f'"id":"{key}","at":"2026-06-30T12:00:00.000001Z","user_id":null,'
        '"username":"ann","action":"LOGOUT","entity_type":"user","entity_id":"a",'
        '"request_id":"r","before":null,"after":"{\\"n\\":1}","address":"192.0.2.17"}'
    )
    assert row.hash == sha256(written.encode()).hexdigest()
    assert trail.verified().whole


def test_records_of_one_unit_and_one_microsecond_follow_each_other(trail):
    with trail.database.write() as session:
        keys = [trail.add(session) for _ in range(5)]
    rows = trail.rows()
    assert [r.id for r in rows] == keys
    assert len({r.at for r in rows}) == 1
    assert trail.verified().whole


def test_a_unit_that_fails_leaves_the_chain_as_it_was(trail):
    trail.record()
    before = trail.heads()

    def fail(session):
        trail.add(session)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        trail.database.retried(fail)
    assert trail.heads() == before
    assert trail.waited == []
    trail.record()
    assert trail.verified().records == 2


def test_a_clock_that_goes_back_over_midnight_goes_on_in_the_open_day(trail):
    midnight = datetime(2026, 7, 1, tzinfo=UTC)
    trail.record(midnight - timedelta(seconds=1))
    trail.record(midnight)
    back = midnight - timedelta(microseconds=1)
    trail.record(back)
    trail.record(midnight + timedelta(seconds=1))
    rows = trail.rows()
    assert [(r.day, r.sequence) for r in rows] == [("2026-06-30", 1)] + [("2026-07-01", n) for n in (1, 2, 3)]
    assert rows[2].at == back
    assert trail.verified().whole


def test_without_its_open_end_nothing_can_be_recorded(trail):
    trail.record()
    with trail.database.write() as session:
        session.execute(delete(AuditHeadRow).where(AuditHeadRow.next_day.is_(None)))
    with pytest.raises(AuditChainError, match="0 open heads"):
        trail.record()
    assert len(trail.rows()) == 1


# --- no record is changed -----------------------------------------------------------------------------------


def change(session, row):
    row.username = "somebody else"


def drop(session, row):
    session.delete(row)


def change_by_statement(session, row):
    session.execute(update(AuditRow).where(AuditRow.id == row.id).values(username="somebody else"))


def change_by_table(session, row):
    session.execute(update(AuditRow.__table__).values(username="somebody else"))


def drop_by_statement(session, row):
    session.execute(delete(AuditRow))


@pytest.mark.parametrize("how", [change, drop, change_by_statement, change_by_table, drop_by_statement])
def test_a_session_neither_changes_nor_deletes_a_record(trail, how):
    key = trail.record()

    def unit(session):
        session.add(UserIdentityRow(issuer="i", subject="t", user_id="u", created_at=NOON))
        how(session, session.get(AuditRow, key))

    with pytest.raises(AppendOnlyError):
        trail.database.retried(unit)
    assert [r.username for r in trail.rows()] == ["ann"]
    with trail.database.read() as session:
        assert session.get(UserIdentityRow, ("i", "t")) is None


# --- many at once -------------------------------------------------------------------------------------------


class Rival:
    """Moves the head between a unit's reading of it and its compare-and-set, so many times."""

    def __init__(self, trail, times):
        self.trail = trail
        self.left = times
        self.busy = False

    def __call__(self, state):
        if self.busy or not self.left or not state.is_update:
            return
        if state.statement.table.name != AuditHeadRow.__tablename__:
            return
        self.left -= 1
        self.busy = True
        self.trail.add(state.session, "rival")
        self.busy = False


@pytest.fixture
def rival(trail):
    made = []

    def make(times):
        made.append(Rival(trail, times))
        event.listen(Session, "do_orm_execute", made[-1])
        return made[-1]

    yield make
    for listener in made:
        event.remove(Session, "do_orm_execute", listener)


def test_who_finds_the_head_moved_reads_it_again(trail, rival):
    rival(3)
    trail.record()
    assert [r.username for r in trail.rows()] == ["rival"] * 3 + ["ann"]
    assert trail.verified().whole
    assert trail.waited == []


def test_who_loses_too_often_starts_the_whole_unit_anew(trail, rival):
    rival(8)
    begun = []

    def unit(session):
        begun.append(session)
        session.add(UserIdentityRow(issuer="i", subject="t", user_id="u", created_at=NOON))
        trail.add(session)

    trail.database.retried(unit)
    assert len(begun) == 2
    assert len(trail.waited) == 1
    assert [r.username for r in trail.rows()] == ["ann"]  # the rival's were in the unit that was rolled back
    with trail.database.read() as session:
        assert session.get(UserIdentityRow, ("i", "t")) is not None
    assert trail.verified().whole


def test_who_loses_every_time_is_told_and_leaves_nothing(trail, rival):
    rival(10_000)
    with pytest.raises(WriteConflictError):
        trail.record()
    assert trail.rows() == []
    assert trail.heads() == [("1970-01-01", 0, None)]


def test_threads_leave_one_chain(trail):
    threads, each = 8, 25
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: trail.record(), range(threads * each)))
    found = trail.verified()
    assert (found.whole, found.records) == (True, threads * each)


WRITER = """
import sys
from datetime import UTC, datetime
from app.core.database import Database
from app.services.audit.trail import Action, AuditService, EntityType

url, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
database = Database(url)
audit = AuditService(database, lambda: datetime.now(UTC))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(count):
    database.retried(
        lambda session: [
            audit.record(
                session, Action.LOGIN, user_id=None, username=name, request_id="r",
                entity_type=EntityType.USER, entity_id="e",
            )
            for _ in range(2)
        ]
    )
database.close()
"""


@pytest.mark.slow
def test_processes_leave_one_chain(trail):
    each = 60
    writers = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", WRITER, trail.url, name, str(each)],
            cwd=API_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for name in ("ann", "bob")
    ]
    for writer in writers:
        assert writer.stdout.readline() == b"ready\n"
    for writer in writers:
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    with trail.database.read() as session:
        assert verify(session).whole  # while they write
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    found = trail.verified()
    assert (found.whole, found.records) == (True, 4 * each)
    with trail.database.read() as session:
        counted = dict(
            session.execute(select(AuditRow.username, func.count()).group_by(AuditRow.username)).all()
        )
    assert counted == {"ann": 2 * each, "bob": 2 * each}


@pytest.mark.parametrize(
    ("span", "days"),
    [
        (None, ["2026-07-02", "2026-07-01", "2026-06-30"]),
        (Span(date(2026, 7, 1)), ["2026-07-02", "2026-07-01"]),
        (Span(None, date(2026, 7, 1)), ["2026-07-01", "2026-06-30"]),
        (Span(date(2026, 7, 1), date(2026, 7, 1)), ["2026-07-01"]),
        (Span(date(2026, 7, 3)), []),
    ],
)
def test_records_are_listed_by_their_days_in_the_chain(trail, span, days):
    for number in range(3):
        trail.record(NOON + timedelta(days=number))
    page = trail.audit.list(EVERYTHING, days=span)
    assert [record.day.isoformat() for record in page.items] == days
