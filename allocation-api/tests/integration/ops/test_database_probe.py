"""Readiness sees what a read does not show: no write, the schema of another version, another file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from app.services.ops.database_probe import DatabaseProbe
from tests.support.desk import GOLDEN_BOOK, Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, scenario=GOLDEN_BOOK)


@pytest.fixture
def probe(desk):
    return DatabaseProbe(desk.services.database)


def file_of(desk):
    return Path(desk.services.database.engine.url.database)


def test_a_database_that_works_has_no_fault(desk, probe):
    assert probe.fault() is None
    assert desk.client.get("/health/ready").get_json()["database"] == "ok"


def test_one_that_can_only_be_read_is_found(desk, probe):
    def refuse(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE"):
            raise OperationalError(statement, None, Exception("attempt to write a readonly database"))

    event.listen(desk.services.database.engine, "before_cursor_execute", refuse)
    assert probe.fault() == "failed: OperationalError"
    refused = desk.client.get("/health/ready")
    assert refused.status_code == 503
    assert refused.get_json()["database"] == "failed: OperationalError"


@pytest.mark.parametrize("revision", ["0001", "9999"])
def test_the_schema_of_another_version_is_found(desk, probe, revision):
    with desk.services.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    assert probe.fault() == "failed: the schema is not that of this version"


@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_was_replaced_or_deleted_is_found(desk, probe, tmp_path, gone):
    file = file_of(desk)
    if gone:
        file.unlink()
    else:
        shutil.copy(file, tmp_path / "copy.db")
        (tmp_path / "copy.db").replace(file)
    assert probe.fault() == "failed: the file of DATABASE_URL was replaced or deleted: restart the service"
