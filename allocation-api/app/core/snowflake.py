"""Extensions of the Snowflake dialect for our column types. Imported only where Snowflake is used."""

from __future__ import annotations

import os
from typing import Any

from snowflake.sqlalchemy.base import SnowflakeCompiler
from sqlalchemy import Engine, Insert, event
from sqlalchemy.engine.interfaces import ExecutionContext

from app.core.columns import JsonDocument


class DocumentCompiler(SnowflakeCompiler):
    """Compiles inserts of documents to INSERT ... SELECT, since Snowflake allows no PARSE_JSON in VALUES.

    The dialect does so for its own types, but does not recognise them behind a type decorator.
    """

    def _insert_targets_semi_structured(self, insert_stmt: Any) -> bool:
        return _has_documents(insert_stmt)


def install(engine: Engine) -> None:
    """Install the compiler and the bulk insert of documents on an engine, and switch off telemetry."""
    # Else the driver probes the network for the cloud platform at each login; there is no argument for it.
    os.environ.setdefault("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    engine.dialect.statement_compiler = DocumentCompiler
    event.listen(engine, "do_executemany", _insert_documents)
    event.listen(engine, "connect", _without_telemetry)


def _without_telemetry(connection: Any, _record: Any) -> None:
    connection.telemetry_enabled = False


def _insert_documents(cursor: Any, statement: str, rows: Any, context: ExecutionContext) -> bool:
    """Insert rows with documents one by one, since the connector batches only inserts with VALUES."""
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
