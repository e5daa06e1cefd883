"""Append-only tables: the ORM inserts their rows, and neither changes nor deletes them.

One statement is exempt: that by which retention empties documents whose time is over (`ERASES`).
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Delete, Update, event
from sqlalchemy.orm import ORMExecuteState, Session, object_session

from app.core.database import Base

Row = TypeVar("Row", bound=Base)

ERASES = "erases"
"""Execution option of an UPDATE that empties documents of an append-only table and does nothing else."""

_TABLES: set[str] = set()


class AppendOnlyError(RuntimeError):
    """A row of an append-only table was about to be changed or deleted."""

    def __init__(self, table: str) -> None:
        super().__init__(f"rows of {table} are written once: they are neither changed nor deleted")


def append_only(row: type[Row]) -> type[Row]:
    """Refuse changes and deletions of a table's rows, as objects and by statement: a class decorator."""
    table = row.__tablename__
    _TABLES.add(table)

    def refuse_update(_mapper: Any, _connection: Any, changed: Row) -> None:
        session = object_session(changed)
        if session is None or session.is_modified(changed):
            raise AppendOnlyError(table)

    def refuse_delete(_mapper: Any, _connection: Any, _row: Row) -> None:
        raise AppendOnlyError(table)

    event.listen(row, "before_update", refuse_update)
    event.listen(row, "before_delete", refuse_delete)
    return row


@event.listens_for(Session, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    statement = state.statement
    if not isinstance(statement, Update | Delete):
        return
    table = getattr(statement.table, "name", None)
    if isinstance(statement, Update) and state.execution_options.get(ERASES):
        return
    if table in _TABLES:
        raise AppendOnlyError(table)
