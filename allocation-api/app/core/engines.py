"""SQLAlchemy engines of the three databases, with timeouts for connecting, statements and locks."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url

CONNECT_SECONDS = 15
"""Timeout of a connection and its login."""

KEEPALIVE_SECONDS = 10
"""Silence of a PostgreSQL server before it is asked whether it is there, and between the questions."""

STATEMENT_SECONDS = 60
"""Timeout of a statement, and of an idle transaction."""

LOCK_SECONDS = 5
"""Timeout of a statement's wait for a locked row or table; after it the unit of work is retried."""

SQLITE_LOCK_SECONDS = 30
"""Timeout of a writing unit's wait for SQLite's single write lock."""

POSTGRESQL_LIMITS = "SELECT " + ", ".join(
    f"set_config('{name}', '{seconds}s', true)"
    for name, seconds in {
        "statement_timeout": STATEMENT_SECONDS,
        "lock_timeout": LOCK_SECONDS,
        "idle_in_transaction_session_timeout": STATEMENT_SECONDS,
    }.items()
)
"""Sets the limits of a transaction: several SET LOCAL in one statement, and so in one trip to the server."""

MAX_INSERT_ROWS = 1_000
"""Rows of one INSERT statement."""


def engine_of(url: str) -> Engine:
    """Return an engine with bulk inserts and a timeout for every wait.

    A PostgreSQL may be behind a connection pooler in transaction mode, such as PgBouncer or Supabase's
    Supavisor: nothing is left in a session, so that each transaction may run on another one. Statements are
    not prepared, no start-up option is sent, and limits are set with each transaction (SET LOCAL).

    A Snowflake on a loopback address is connected to without TLS, since it is a stand-in for tests.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed)
    arguments = _snowflake_arguments(parsed) if backend == "snowflake" else _postgresql_arguments()
    engine = create_engine(
        parsed,
        connect_args={name: value for name, value in arguments.items() if name not in parsed.query},
        pool_pre_ping=True,
        hide_parameters=True,
        insertmanyvalues_page_size=MAX_INSERT_ROWS,
    )
    if backend == "snowflake":
        from app.core.snowflake import install  # noqa: PLC0415 - the connector takes a second to load

        install(engine)
    else:
        engine.dialect.use_insertmanyvalues_wo_returning = True
        if "options" not in parsed.query:  # what the address says of limits counts
            event.listen(engine, "begin", _postgresql_begin)
    return engine


def _postgresql_arguments() -> dict[str, Any]:
    return {
        "prepare_threshold": None,
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": STATEMENT_SECONDS * 1_000,
        # Who waits for the answer of a server that is gone has sent all and is told of nothing else.
        "keepalives_idle": KEEPALIVE_SECONDS,
        "keepalives_interval": KEEPALIVE_SECONDS,
        "keepalives_count": 3,
    }


def _postgresql_begin(connection: Connection) -> None:
    connection.exec_driver_sql(POSTGRESQL_LIMITS)


def _snowflake_arguments(url: URL) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "login_timeout": CONNECT_SECONDS,
        "query_timeout": STATEMENT_SECONDS,
        "request_timeout": STATEMENT_SECONDS,
        "enable_server_session_keep_alive_auto_detection": False,
        "client_out_of_band_telemetry_enabled": False,
        "session_parameters": {
            "STATEMENT_TIMEOUT_IN_SECONDS": STATEMENT_SECONDS,
            "LOCK_TIMEOUT": LOCK_SECONDS,
            "TIMEZONE": "UTC",
            "CLIENT_TELEMETRY_ENABLED": False,
        },
    }
    if _is_loopback(url.host):
        arguments["protocol"] = "http"
    return arguments


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        connect_args={"timeout": SQLITE_LOCK_SECONDS},
        hide_parameters=True,
        insertmanyvalues_page_size=MAX_INSERT_ROWS,
    )
    engine.dialect.use_insertmanyvalues_wo_returning = True
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; see _sqlite_begin
    busy = f"busy_timeout={SQLITE_LOCK_SECONDS * 1_000}"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", busy):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
