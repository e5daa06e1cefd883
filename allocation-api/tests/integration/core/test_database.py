"""Migrations, units of work, and what the database keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import String, inspect, select

from app.core import migrate
from app.core.columns import Exact, UtcDateTime
from app.core.database import Base, Database, new_id
from app.models import AuditRow, UserIdentityRow
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.audit.verification import Span, verify


@pytest.fixture
def database(tmp_path):
    found = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'test.db'}")
    yield found
    found.close()


def test_migrations_make_exactly_the_models(database):
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize(
    ("column", "rendered"),
    [
        (UtcDateTime(), "sa.DateTime()"),
        (Exact(24, 2), 'sa.Numeric(24, 2).with_variant(sa.Text(), "sqlite")'),
        (String(36), False),
    ],
)
def test_a_new_migration_names_the_types_of_the_database(column, rendered):
    assert migrate.render_item("type", column, None) == rendered


def test_migrations_go_down_and_up_again(database):
    migrate.upgrade(database)
    migrate.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    migrate.upgrade(database)
    migrate.upgrade(database)
    assert "allocations" in inspect(database.engine).get_table_names()


def identity(subject, at):
    return UserIdentityRow(issuer="i", subject=subject, user_id="u", created_at=at)


def test_a_failing_unit_of_work_leaves_nothing(database):
    migrate.upgrade(database)

    def fail():
        with database.write() as session:
            session.add(identity(new_id(), datetime.now(UTC)))
            session.flush()
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert session.scalars(select(UserIdentityRow)).all() == []


def test_moments_come_back_in_utc_to_the_microsecond(database):
    migrate.upgrade(database)
    east = timezone(timedelta(hours=5, minutes=30))
    at = datetime(2026, 6, 30, 23, 59, 59, 999999, tzinfo=east)
    with database.write() as session:
        session.add(identity("t", at))
    with database.read() as session:
        found = session.get(UserIdentityRow, ("i", "t")).created_at
    assert found == at
    assert found.tzinfo is UTC


def test_a_moment_without_zone_is_refused(database):
    migrate.upgrade(database)

    def store():
        with database.write() as session:
            session.add(identity("t", datetime(2026, 6, 30)))  # noqa: DTZ001 - that is the point

    with pytest.raises(Exception, match="time zone"):
        store()


# --- the audit trail's chain over records of the time before it ---------------------------------------------


OLD_RECORDS = [
    ("b", "2026-06-30 23:59:59.999999", None, '{"x": "é \\" \\u0001"}'),
    ("a", "2026-06-30 23:59:59.999999", "u-1", None),
    ("z", "2026-06-30 09:00:00.000000", "u-1", None),
    ("c", "2026-07-02 00:00:00.000000", "u-1", "{}"),
]


def old_records(database):
    columns = "id, at, user_id, username, action, entity_type, entity_id, request_id, before, after"
    with database.engine.begin() as connection:
        for key, at, user, after in OLD_RECORDS:
            connection.exec_driver_sql(
                f"INSERT INTO audit_events ({columns}) "  # noqa: S608 - names from above
                "VALUES (?, ?, ?, 'ann', 'LOGIN', 'user', 'ann', 'r', NULL, ?)",
                (key, at, user, after),
            )
    return dump(database)


def dump(database):
    with database.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT * FROM audit_events ORDER BY at, id").all()


def test_records_that_there_are_already_are_chained_in_the_order_of_their_time(database):
    migrate.upgrade(database, "0001")
    before = old_records(database)
    migrate.upgrade(database)
    with database.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.day, AuditRow.sequence)).all()
        found = verify(session)
    assert [(r.id, r.day, r.sequence) for r in rows] == [
        ("z", "2026-06-30", 1),
        ("a", "2026-06-30", 2),
        ("b", "2026-06-30", 3),
        ("c", "2026-07-02", 1),
    ]
    assert [tuple(row)[: len(before[0])] for row in dump(database)] == [tuple(row) for row in before]
    assert (found.whole, found.records, found.anchor.text) == (True, 4, f"2026-07-02:1:{rows[-1].hash}")


def test_the_chain_goes_on_after_records_of_the_time_before(database):
    migrate.upgrade(database, "0001")
    old_records(database)
    migrate.upgrade(database)
    audit = AuditService(database, lambda: datetime(2026, 7, 2, 1, tzinfo=UTC))
    with database.write() as session:
        audit.record(
            session,
            Action.LOGIN,
            user_id=None,
            username="ann",
            request_id="r",
            entity_type=EntityType.USER,
            entity_id="ann",
        )
    found = audit.verify(Span())
    assert (found.whole, found.records, found.anchor.sequence) == (True, 5, 2)


def test_taking_the_chain_away_leaves_the_records_and_it_can_be_made_again(database):
    migrate.upgrade(database, "0001")
    before = old_records(database)
    migrate.upgrade(database)
    chained = dump(database)
    migrate.downgrade(database, "0001")
    assert dump(database) == before
    assert "audit_heads" not in inspect(database.engine).get_table_names()
    indexes = {i["name"] for i in inspect(database.engine).get_indexes("audit_events")}
    assert indexes == {"ix_audit_at", "ix_audit_entity"}
    migrate.upgrade(database)
    assert dump(database) == chained
