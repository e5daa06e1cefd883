"""Extensions of the Snowflake dialect for our column types. Imported only where Snowflake is used."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from snowflake.sqlalchemy.base import SnowflakeCompiler
from sqlalchemy import Engine, Insert, event
from sqlalchemy.engine.interfaces import ExecutionContext

from app.core.columns import JsonDocument

MAX_STATEMENT_CHARACTERS = 250_000
"""Values of one statement; Snowflake takes a million bytes of text, and escapes and UTF-8 make it longer."""

MAX_UNION_ROWS = 250
"""Rows of one statement of documents."""

_PARAMETER = re.compile(r"%\((\w+)\)s")


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
    """Insert many rows with documents by each statement; the connector batches only inserts with VALUES.

    INSERT ... SELECT ... is repeated by UNION ALL, as far as the text of a statement may go.
    """
    compiled = context.compiled
    if compiled is None or not _has_documents(compiled.statement):
        return False
    head, selects, body = statement.partition(" SELECT ")
    for some in _statements(rows):
        parts = [_PARAMETER.sub(rf"%(\g<1>__{i})s", body) for i in range(len(some))]
        values = {f"{name}__{i}": value for i, row in enumerate(some) for name, value in row.items()}
        cursor.execute(head + selects + f" UNION ALL{selects}".join(parts), values)
    return True


def _statements(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield the rows of one statement after another."""
    some: list[Mapping[str, Any]] = []
    characters = 0
    for row in rows:
        size = sum(len(value) for value in row.values() if isinstance(value, str))
        if some and (characters + size > MAX_STATEMENT_CHARACTERS or len(some) == MAX_UNION_ROWS):
            yield some
            some, characters = [], 0
        some.append(row)
        characters += size
    if some:
        yield some


def _has_documents(statement: object) -> bool:
    return isinstance(statement, Insert) and any(
        isinstance(column.type, JsonDocument) for column in statement.table.columns
    )
