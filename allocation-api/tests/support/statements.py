"""The statements that an engine sends, as a test counts them."""

from __future__ import annotations

from sqlalchemy import Engine, event

from app.core.engines import POSTGRESQL_LIMITS


def sent_by(engine: Engine) -> list[str]:
    """Return a list that each statement is added to as the engine sends it.

    Left out is what begins a transaction, which differs from one database to another: BEGIN of SQLite and the
    limits of PostgreSQL.
    """
    found = []

    def note(_connection, _cursor, statement, *_rest):
        if statement not in ("BEGIN", POSTGRESQL_LIMITS):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    return found
