"""Keep backtests with their trades, results and grids.

Revision ID: 0035
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from app.core.columns import JsonDocument

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "backtest_grids",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "backtests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("grid_id", sa.String(length=36), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["backtest_grids.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "backtest_parts",
        sa.Column("backtest_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("content", JsonDocument(), nullable=False),
        sa.ForeignKeyConstraint(["backtest_id"], ["backtests.id"]),
        sa.PrimaryKeyConstraint("backtest_id", "place"),
    )
    op.create_table(
        "backtest_results",
        sa.Column("backtest_id", sa.String(length=36), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("result", JsonDocument(), nullable=False),
        sa.ForeignKeyConstraint(["backtest_id"], ["backtests.id"]),
        sa.PrimaryKeyConstraint("backtest_id"),
    )
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_backtests_user", "backtests", ["user_id", "created_at", "id"])
        op.create_index("ix_backtests_grid", "backtests", ["grid_id", "place"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("backtest_results")
    op.drop_table("backtest_parts")
    op.drop_table("backtests")
    op.drop_table("backtest_grids")
