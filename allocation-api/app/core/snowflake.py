"""What the Snowflake dialect needs to know of our column types. Imported only where Snowflake is used."""

from __future__ import annotations

import os
from typing import Any

from snowflake.sqlalchemy.base import SnowflakeCompiler
from sqlalchemy import Engine, Insert, event
from sqlalchemy.engine.interfaces import ExecutionContext

from app.core.columns import JsonDocument


class DocumentCompiler(SnowflakeCompiler):
    """Writes rows with documents as INSERT ... SELECT: Snowflake takes no PARSE_JSON in VALUES.

    The dialect does so by itself for its own types, but does not look behind a type decorator.
    """

    def _insert_targets_semi_structured(self, insert_stmt: Any) -> bool:
        return _has_documents(insert_stmt)


def teach(engine: Engine) -> None:
    """Let an engine write documents, and tell the vendor of the driver nothing about it."""
    # It would ask the network, at each login, which vendor's cloud this is; there is no argument for it.
    os.environ.setdefault("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    engine.dialect.statement_compiler = DocumentCompiler
    event.listen(engine, "do_executemany", _insert_documents)
    event.listen(engine, "connect", _without_telemetry)


def _without_telemetry(connection: Any, _record: Any) -> None:
    connection.telemetry_enabled = False


def _insert_documents(cursor: Any, statement: str, rows: Any, context: ExecutionContext) -> bool:
    """Insert rows with documents one by one: the connector makes one statement of VALUES only."""
    compiled = context.compiled
    if compiled is None or not _has_documents(compiled.statement):
        return False
    for row in rows:
        cursor.execute(statement, row)
    return True


def _has_documents(statement: object) -> bool:
    return isinstance(statement, Insert) and any(
        isinstance(column.type, JsonDocument) for column in statement.table.columns
    )
