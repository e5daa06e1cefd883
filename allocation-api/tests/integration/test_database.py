"""Migrations, units of work, and what the database keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select

from app.core import migrate
from app.core.config import API_DIR
from app.core.database import Base, Database, new_id
from app.models import RevokedTokenRow


@pytest.fixture
def database(tmp_path):
    found = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'test.db'}")
    yield found
    found.close()


def test_migrations_make_exactly_the_models(database):
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrations_go_down_and_up_again(database):
    migrate.upgrade(database)
    config = Config(str(API_DIR / "alembic.ini"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    migrate.upgrade(database)
    migrate.upgrade(database)
    assert "allocations" in inspect(database.engine).get_table_names()


def token(jti, at):
    return RevokedTokenRow(jti=jti, user_id="u", revoked_at=at, expires_at=at)


def test_a_failing_unit_of_work_leaves_nothing(database):
    migrate.upgrade(database)

    def fail():
        with database.write() as session:
            session.add(token(new_id(), datetime.now(UTC)))
            session.flush()
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert session.scalars(select(RevokedTokenRow)).all() == []


def test_moments_come_back_in_utc_to_the_microsecond(database):
    migrate.upgrade(database)
    east = timezone(timedelta(hours=5, minutes=30))
    at = datetime(2026, 6, 30, 23, 59, 59, 999999, tzinfo=east)
    with database.write() as session:
        session.add(token("t", at))
    with database.read() as session:
        found = session.get(RevokedTokenRow, "t").revoked_at
    assert found == at
    assert found.tzinfo is UTC


def test_a_moment_without_zone_is_refused(database):
    migrate.upgrade(database)

    def store():
        with database.write() as session:
            session.add(token("t", datetime(2026, 6, 30)))  # noqa: DTZ001 - that is the point

    with pytest.raises(Exception, match="time zone"):
        store()
