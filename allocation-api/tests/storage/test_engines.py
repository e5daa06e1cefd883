"""How each database is reached: addresses from the settings, limits on waiting, and nothing secret told."""

from __future__ import annotations

import logging
import os
import traceback

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core import engines
from app.core.config import load_settings
from app.core.database import Database
from app.core.engines import engine_of
from tests.storage.servers import free_port

SECRET = "p@ss/w:rd%#?&"
PARTS = {
    "ACCOUNT": "xy12345.eu-west-1",
    "USER": "desk@firm",
    "PASSWORD": SECRET,
    "DATABASE": "ALLOCATOR",
    "SCHEMA": "PUBLIC",
    "WAREHOUSE": "SMALL WH",
    "ROLE": "TRADER",
}


def connect_arguments(url):
    """What the driver is called with."""
    engine = engine_of(url)
    given = {}

    def connect(_dialect, _record, _positional, arguments):
        given.update(arguments)
        raise ConnectionAbortedError("seen")

    event.listen(engine, "do_connect", connect)
    with pytest.raises(ConnectionAbortedError):
        engine.connect()
    return given


def test_a_snowflake_account_by_its_parts():
    url = load_settings({f"SNOWFLAKE_{name}": value for name, value in PARTS.items()}).database_url
    given = connect_arguments(url)
    expected = {
        "account": "xy12345",
        "host": "xy12345.eu-west-1.snowflakecomputing.com",
        "user": "desk@firm",
        "password": SECRET,
        "database": "ALLOCATOR",
        "schema": "PUBLIC",
        "warehouse": "SMALL WH",
        "role": "TRADER",
        "autocommit": False,
        "login_timeout": engines.CONNECT_SECONDS,
        "query_timeout": engines.STATEMENT_SECONDS,
        "request_timeout": engines.STATEMENT_SECONDS,
        "enable_server_session_keep_alive_auto_detection": False,
        "client_out_of_band_telemetry_enabled": False,
    }
    assert {name: given[name] for name in expected} == expected
    assert given["session_parameters"]["STATEMENT_TIMEOUT_IN_SECONDS"] == engines.STATEMENT_SECONDS
    assert given["session_parameters"]["LOCK_TIMEOUT"] == engines.LOCK_SECONDS
    assert "protocol" not in given  # TLS


@pytest.mark.parametrize(
    ("host", "plain"), [("127.0.0.1", True), ("localhost", True), ("10.0.0.1", False), ("db.example", False)]
)
def test_a_snowflake_without_tls_is_on_this_machine_alone(host, plain):
    given = connect_arguments(f"snowflake://u:p@{host}:8080/D/S?account=a")
    assert given.get("protocol") == ("http" if plain else None)


def test_the_connector_is_told_not_to_ask_the_network_which_cloud_this_is(monkeypatch):
    name = "SNOWFLAKE_DISABLE_PLATFORM_DETECTION"
    monkeypatch.delenv(name, raising=False)
    Database("snowflake://u:p@acc/D/S").close()
    assert os.environ[name] == "true"


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_postgresql_address(scheme):
    url = load_settings({"DATABASE_URL": f"{scheme}://desk:p%40ss@db.example:5433/allocator"}).database_url
    assert make_url(url).get_dialect().driver == "psycopg"
    given = connect_arguments(url)
    assert (given["host"], given["port"], given["user"], given["password"], given["dbname"]) == (
        "db.example",
        5433,
        "desk",
        "p@ss",
        "allocator",
    )
    assert given["connect_timeout"] == engines.CONNECT_SECONDS


def test_what_an_address_says_of_limits_counts():
    given = connect_arguments("postgresql://db.example/a?connect_timeout=3&options=-c%20lock_timeout%3D1s")
    assert (given["connect_timeout"], given["options"]) == ("3", "-c lock_timeout=1s")
    assert connect_arguments("snowflake://u:p@acc/D/S?login_timeout=3")["login_timeout"] == 3


def test_connections_wait_for_nothing_forever(database):
    with database.engine.connect() as connection:
        name, run = connection.dialect.name, connection.exec_driver_sql
        if name == "sqlite":
            assert run("PRAGMA busy_timeout").scalar() == engines.SQLITE_LOCK_SECONDS * 1_000
        if name == "postgresql":
            shown = [
                run(f"SHOW {limit}").scalar()
                for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
            ]
            assert shown == ["1min", "5s", "1min"]
    assert database.engine.pool._pre_ping is (name != "sqlite")


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_statement_that_takes_too_long_ends(database):
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = '20ms'")
        with pytest.raises(OperationalError) as late:
            connection.exec_driver_sql("SELECT pg_sleep(60)")
    assert late.value.orig.sqlstate == "57014"


def failing_addresses():
    port = free_port()
    yield f"postgresql://desk:s3cr3t-word@127.0.0.1:{port}/allocator"
    yield f"snowflake://desk:s3cr3t-word@127.0.0.1:{port}/D/S?account=a&login_timeout=1"


def test_a_password_is_told_to_nobody(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    for url in failing_addresses():
        database = Database(url)
        with pytest.raises(DBAPIError) as failed, database.read() as session:
            session.execute(text("SELECT 1"))
        told = "".join(traceback.format_exception(failed.value)) + repr(database.engine)
        assert "s3cr3t-word" not in told.replace(url, "")
    assert "s3cr3t-word" not in caplog.text
    assert "s3cr3t-word" not in "".join(capfd.readouterr())


def test_values_do_not_show_in_errors(database):
    wrong = text("INSERT INTO nowhere VALUES (:value)")
    with pytest.raises(DBAPIError) as failed, database.write() as session:
        session.execute(wrong, {"value": "of-a-client"})
    assert "of-a-client" not in str(failed.value)
