"""A Snowflake to test against: fakesnow's server, made as strict as the real one where it matters to us.

Run as `python snowflake_server.py PORT`. Each statement that arrives is told on standard error, in one line
after `STATEMENT`.

The connector of today asks for more in the answer to its login than fakesnow gives, and fakesnow imports two
modules that this connector no longer has. Beside that:

- keys are not enforced, as they are not on Snowflake's standard tables;
- SQL of other databases is refused, and functions in the VALUES of an INSERT;
- a moment that is NULL is sent so that the connector takes it;
- `$name` in a text is no variable;
- `at` is an ordinary name, which it is not to DuckDB;
- DuckDB's conflict between two transactions is told as Snowflake tells that a statement was given up;
- what a killed client left open is rolled back, as Snowflake does with a session that is detached.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
import sys
import time
import types
from datetime import datetime
from typing import ClassVar

import snowflake.connector

REFUSED = re.compile(
    r"\b(ON\s+CONFLICT|FOR\s+UPDATE|SAVEPOINT|RETURNING|CREATE\s+(UNIQUE\s+)?INDEX|VALUES\s*\(.*PARSE_JSON)\b",
    re.IGNORECASE | re.DOTALL,
)
QUOTED = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
CREATE_TABLE = re.compile(r"\s*CREATE\s+TABLE\b", re.IGNORECASE)
NAME = r"(?:CONSTRAINT\s+\S+\s+)?"
COLUMNS = r"\s*\([^)]*\)"
KEYS = re.compile(
    rf",\s*{NAME}(?:PRIMARY\s+KEY{COLUMNS}|UNIQUE{COLUMNS}|FOREIGN\s+KEY{COLUMNS}\s*REFERENCES\s+\S+?{COLUMNS})",
    re.IGNORECASE,
)
SYNTAX_ERROR, GIVEN_UP = 1003, 625
DETACHED_SECONDS = 1.5
"""Time after which a session whose connection was closed counts as detached; on Snowflake it is minutes."""


def stand_in(name: str, member: str) -> None:
    """Put an empty class where fakesnow looks for one of an older connector."""
    module = types.ModuleType(f"snowflake.connector.{name}")
    setattr(module, member, type(member, (), {}))
    sys.modules[module.__name__] = module
    setattr(snowflake.connector, name, module)


stand_in("converter", "SnowflakeConverter")
stand_in("file_util", "SnowflakeFileUtil")

import duckdb  # noqa: E402
import fakesnow.arrow  # noqa: E402
import fakesnow.server as fakesnow_server  # noqa: E402
import pyarrow as pa  # noqa: E402
import uvicorn  # noqa: E402
from fakesnow.cursor import FakeSnowflakeCursor  # noqa: E402
from fakesnow.variables import Variables  # noqa: E402
from snowflake.connector.errors import OperationalError, ProgrammingError  # noqa: E402
from sqlglot.generators.duckdb import DuckDBGenerator  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.concurrency import run_in_threadpool  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import JSONResponse  # noqa: E402
from starlette.routing import Route  # noqa: E402
from starlette.types import ASGIApp, Receive, Scope, Send  # noqa: E402
from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: E402

DuckDBGenerator.RESERVED_KEYWORDS = DuckDBGenerator.RESERVED_KEYWORDS | {"at"}

original_execute = FakeSnowflakeCursor.execute
original_moments = fakesnow.arrow.timestamp_to_sf_struct


@functools.wraps(original_execute)
def execute(self, command, *args, **more):
    """Execute a statement as strictly as Snowflake would."""
    sys.stderr.write(f"STATEMENT {' '.join(command[:200].split())}\n")
    sys.stderr.flush()
    if REFUSED.search(QUOTED.sub("''", command)):
        raise ProgrammingError(msg="SQL compilation error", errno=SYNTAX_ERROR, sqlstate="42000")
    if CREATE_TABLE.match(command):
        command = KEYS.sub("", command)
    try:
        return original_execute(self, command, *args, **more)
    except duckdb.TransactionException as error:
        Sessions.roll_back_detached()
        raise OperationalError(msg=str(error), errno=GIVEN_UP, sqlstate="40001") from error


def moments(column: pa.Array | pa.ChunkedArray) -> pa.StructArray:
    """Return moments as the connector takes them: one that is NULL is NULL as a whole."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    filled = original_moments(column.fill_null(datetime(1970, 1, 1)))  # noqa: DTZ001 - as the column
    return pa.StructArray.from_arrays(filled.flatten(), fields=list(filled.type), mask=column.is_null())


async def login(request: Request) -> JSONResponse:
    """Answer a login with what the connector asks for since its version 5."""
    answer = json.loads((await fakesnow_server.login_request(request)).body)
    answer["data"] |= {"masterToken": answer["data"]["token"], "sessionId": 1}
    return JSONResponse(answer)


def copied(source: str, name: str) -> None:
    """Make an empty database a copy of another one: tables, rows, and what is kept of texts' lengths."""
    fakesnow_server.shared_fs.connect(name, "PUBLIC").close()
    duck = fakesnow_server.shared_fs.duck_conn.cursor()
    duck.execute(f"SET schema='{name}.PUBLIC'")
    tables = "SELECT table_name, sql FROM duckdb_tables() WHERE database_name = ? AND schema_name = 'PUBLIC'"
    for table, create in duck.execute(tables, [source]).fetchall():
        duck.execute(create)
        duck.execute(f'INSERT INTO {name}.PUBLIC."{table}" SELECT * FROM {source}.PUBLIC."{table}"')  # noqa: S608
    for kept in ("_fs_tables_ext", "_fs_columns_ext"):
        kept_in = f"_fs_global._fs_information_schema.{kept}"
        rows = f"SELECT * REPLACE ('{name}' AS ext_table_catalog) FROM {kept_in} WHERE ext_table_catalog = ?"  # noqa: S608
        duck.execute(f"INSERT INTO {kept_in} {rows}", [source])
    duck.close()


class Sessions:
    """Tells which sessions are detached: the connection (TCP) of their last request was closed since.

    What such a session left open is rolled back once it stands in the way of another. Without it the rows of
    a process that was killed inside a transaction are locked for good.
    """

    last: ClassVar[dict[str, tuple[tuple[str, int], float]]] = {}
    """Client and moment of each session's last request."""

    connected: ClassVar[set[tuple[str, int] | None]] = set()

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = dict(scope.get("headers", ())).get(b"authorization", b"").decode()[17:-1]
        if token:
            self.last[token] = (tuple(scope["client"]), time.monotonic())
        await self._app(scope, receive, send)

    @classmethod
    def roll_back_detached(cls) -> None:
        before = time.monotonic() - DETACHED_SECONDS
        for token, (client, at) in list(cls.last.items()):
            connection = fakesnow_server.sessions.get(token)
            if connection is None:
                cls.last.pop(token, None)
            elif connection._in_transaction and client not in cls.connected and at < before:
                connection._in_transaction = False
                connection._duck_conn.rollback()


class Protocol(H11Protocol):
    """uvicorn's protocol that tells of connections made and lost."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        Sessions.connected.add(self.client)

    def connection_lost(self, exc: Exception | None) -> None:
        Sessions.connected.discard(self.client)
        super().connection_lost(exc)


async def copy(request: Request) -> JSONResponse:
    """Copy a database, which Snowflake would do by CREATE DATABASE ... CLONE."""
    await run_in_threadpool(copied, *(request.query_params[each].upper() for each in ("source", "name")))
    return JSONResponse({"success": True})


async def telemetry(_request: Request) -> JSONResponse:
    """Take what the connector tells of itself, and forget it."""
    return JSONResponse({"success": True})


def application() -> Starlette:
    """Return fakesnow's routes with ours in place of theirs."""
    FakeSnowflakeCursor.execute = execute
    fakesnow.arrow.timestamp_to_sf_struct = moments
    Variables.inline_variables = lambda _self, sql: sql
    routes = [
        Route(route.path, login, methods=["POST"]) if route.path.endswith("login-request") else route
        for route in fakesnow_server.routes
    ]
    return Starlette(
        routes=[
            *routes,
            Route("/telemetry/send", telemetry, methods=["POST"]),
            Route("/copy", copy, methods=["POST"]),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(
        Sessions(application()),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="info",
        access_log=False,
        http=Protocol,
        timeout_keep_alive=3_600,
    )
