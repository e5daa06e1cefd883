"""Keep cents of face: what a preview asks for, places and could place may take such a position whole.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FACES = {
    "allocations": (("quantity", False), ("total_allocated", False)),
    "allocation_lines": (("allocated_quantity", False), ("max_quantity", True)),
}
"""Columns, and whether they may be NULL."""


def upgrade() -> None:
    """Make them exact numbers with four decimals; SQLite keeps those as text."""
    if op.get_bind().dialect.name == "sqlite":
        replace_columns(sa.Text(), "CASE WHEN {0} IS NOT NULL THEN printf('%d.0000', {0}) END")
    else:
        replace_columns(sa.Numeric(24, 4), "{0}")


def downgrade() -> None:
    """Make them whole numbers again; cents of face are cut off."""
    if op.get_bind().dialect.name == "sqlite":
        replace_columns(sa.BigInteger(), "CAST({0} AS INTEGER)")
    else:
        replace_columns(sa.BigInteger(), "FLOOR({0})")


def replace_columns(type_: sa.types.TypeEngine, value: str) -> None:
    """Copy each column into one of another type: Snowflake does not change the decimals of a column."""
    for table, columns in FACES.items():
        written = []
        for name, _ in columns:
            op.add_column(table, sa.Column(f"{name}_new", type_, nullable=True))
            written.append(f"{name}_new = {value.format(name)}")
        op.execute(f"UPDATE {table} SET {', '.join(written)}")  # noqa: S608 - names from above
        with op.batch_alter_table(table) as batch:
            for name, _ in columns:
                batch.drop_column(name)
        if op.get_bind().dialect.name == "sqlite":
            with op.batch_alter_table(table) as batch:
                for name, nullable in columns:
                    batch.alter_column(
                        f"{name}_new", new_column_name=name, existing_type=type_, nullable=nullable
                    )
            continue
        for name, nullable in columns:
            # Snowflake wants the word COLUMN, which Alembic leaves out.
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {name}_new TO {name}")
            if not nullable:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL")
