"""Keep decimal numbers exactly on SQLite, which has doubles only: as text, with all their decimals.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBERS = {
    "allocation_lines": (
        ("allocated_notional", 24, 2, False),
        ("settlement_amount", 24, 2, False),
        ("nav", 24, 2, True),
    ),
    "compliance_limits": (("value", 18, 8, False),),
    "order_fill_lines": (
        ("quantity", 24, 4, False),
        ("filled_quantity", 24, 4, False),
        ("principal", 24, 2, False),
    ),
    "order_fills": (
        ("quantity", 24, 4, False),
        ("filled_quantity", 24, 4, False),
        ("average_price", 24, 10, False),
    ),
    "order_slices": (("quantity", 24, 4, False),),
    "orders": (
        ("quantity", 24, 4, False),
        ("filled_quantity", 24, 4, False),
        ("average_price", 24, 10, True),
        ("first_day_price", 24, 10, True),
    ),
    "securities": (("coupon", 18, 8, True),),
}
"""Columns with their digits, decimals, and whether they may be NULL."""


def is_sqlite() -> bool:
    """Say whether there is anything to do: the other databases have exact numbers."""
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    """Write each number out as it was read until now: rounded to its decimals.

    A number is copied into a new column, because a cast to text would keep 15 digits only.
    """
    if not is_sqlite():
        return
    for table, columns in NUMBERS.items():
        written = []
        for name, _, scale, _ in columns:
            op.add_column(table, sa.Column(f"{name}_exact", sa.Text(), nullable=True))
            written.append(
                f"{name}_exact = CASE WHEN {name} IS NOT NULL THEN printf('%.{scale}f', {name}) END"
            )
        op.execute(f"UPDATE {table} SET {', '.join(written)}")  # noqa: S608 - names from above
        with op.batch_alter_table(table) as batch:
            for name, _, _, _ in columns:
                batch.drop_column(name)
        with op.batch_alter_table(table) as batch:
            for name, _, _, nullable in columns:
                batch.alter_column(f"{name}_exact", new_column_name=name, nullable=nullable)


def downgrade() -> None:
    """Make them doubles again."""
    if not is_sqlite():
        return
    for table, columns in NUMBERS.items():
        with op.batch_alter_table(table) as batch:
            for name, precision, scale, _ in columns:
                batch.alter_column(name, type_=sa.Numeric(precision, scale))
