"""Let the documents of previews and comparisons be erased, and take back their compression on the way down.

Documents are compressed as they are written (`app.core.columns.JsonDocument`); those that are there stay as
they are, and their first characters tell.

Revision ID: 0020
Revises: 0019
"""

import base64
import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ERASABLE = {"allocations": ("snapshot", "result"), "comparisons": ("snapshot", "results")}
DOCUMENTS = {"allocations": ("snapshot", "result", "commit_result"), "comparisons": ("snapshot", "results")}
PACKED = "zlib:"
ROWS = 100


def upgrade() -> None:
    """Let the columns be NULL; they are again where a downgrade has left what was erased as empty objects."""
    _set_nullable(nullable=True)
    for table, columns in ERASABLE.items():
        is_erased = " AND ".join(f"{column} = {_nothing()}" for column in columns)
        erased = ", ".join(f"{column} = NULL" for column in columns)
        op.execute(f"UPDATE {table} SET {erased} WHERE {is_erased}")  # noqa: S608 - names from above


def downgrade() -> None:
    """Write every document as it is; one that was erased becomes an empty object, which nothing can read."""
    is_snowflake = op.get_bind().dialect.name == "snowflake"
    for table, columns in DOCUMENTS.items():
        for column in columns if not is_snowflake else ():
            _unpack(table, column)
    for table, columns in ERASABLE.items():
        for column in columns:
            op.execute(f"UPDATE {table} SET {column} = {_nothing()} WHERE {column} IS NULL")  # noqa: S608 - names from above
    _set_nullable(nullable=False)


def _nothing() -> str:
    """Return an empty object as the database stores a document."""
    is_snowflake = op.get_bind().dialect.name == "snowflake"
    return """PARSE_JSON('{"document":{},"text":"{}"}')""" if is_snowflake else "'{}'"


def _set_nullable(*, nullable: bool) -> None:
    for table, columns in ERASABLE.items():
        if op.get_bind().dialect.name == "snowflake":
            for column in columns:
                change = "DROP" if nullable else "SET"
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} {change} NOT NULL")
            continue
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.alter_column(column, existing_type=sa.Text(), nullable=nullable)


def _unpack(table: str, column: str) -> None:
    """Decompress a column page by page, because all of it may not fit into memory."""
    rows = sa.table(table, sa.column("id", sa.String()), sa.column(column, sa.Text()))
    stored, last = rows.c[column], ""
    while page := _page(rows, stored, last):
        for key, text in page:
            plain = zlib.decompress(base64.b64decode(text.removeprefix(PACKED))).decode()
            op.execute(sa.update(rows).where(rows.c.id == key).values({column: plain}))
        last = page[-1][0]


def _page(rows: sa.TableClause, stored: sa.ColumnClause[str], last: str) -> list[tuple[Any, ...]]:
    packed = sa.select(rows.c.id, stored).where(stored.startswith(PACKED), rows.c.id > last)
    return [tuple(row) for row in op.get_bind().execute(packed.order_by(rows.c.id).limit(ROWS))]
