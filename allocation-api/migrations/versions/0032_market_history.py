"""Keep market history.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

LOCK = "market-history"
LOCKS = sa.table("locks", sa.column("name", sa.String()))


def upgrade() -> None:
    """Create the tables, and the lock under which they are written."""
    op.create_table(
        "market_imports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("arrived_at", sa.DateTime(), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("new_count", sa.BigInteger(), nullable=False),
        sa.Column("corrected_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "market_blocks",
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("arrived_at", sa.DateTime(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("day_count", sa.BigInteger(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["market_imports.id"]),
        sa.PrimaryKeyConstraint("import_id", "symbol"),
    )
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_market_blocks_symbol", "market_blocks", ["symbol", "arrived_at"])
        op.create_index("ix_market_imports_arrived", "market_imports", ["arrived_at"])
    op.execute(sa.insert(LOCKS).values(name=LOCK))


def downgrade() -> None:
    """Drop the lock and the tables."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == LOCK))
    op.drop_table("market_blocks")
    op.drop_table("market_imports")
