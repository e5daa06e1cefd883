"""Keep blotters: many orders at once.

Revision ID: 0025
Revises: 0024
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def document() -> sa.types.TypeEngine[Any]:
    """Return the type of a large JSON document: text, and on Snowflake a VARIANT."""
    if op.get_bind().dialect.name != "snowflake":
        return sa.Text()
    from snowflake.sqlalchemy import VARIANT  # noqa: PLC0415 - the connector takes a second to load

    return VARIANT()


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "blotters",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("preview_job_id", sa.String(length=36), nullable=False),
        sa.Column("commit_job_id", sa.String(length=36), nullable=True),
        sa.Column("commit_order", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "blotter_groups",
        sa.Column("blotter_id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["blotter_id"], ["blotters.id"]),
        sa.PrimaryKeyConstraint("blotter_id", "group_id"),
    )
    op.create_table(
        "blotter_lines",
        sa.Column("blotter_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=True),
        sa.Column("request", document(), nullable=False),
        sa.Column("allocation_id", sa.String(length=36), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["blotter_id"], ["blotters.id"]),
        sa.PrimaryKeyConstraint("blotter_id", "place"),
    )
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_blotters_created", "blotters", ["created_at", "id"])
        op.create_index("ix_blotter_groups_group_id", "blotter_groups", ["group_id"])
        op.create_index("ix_blotter_lines_allocation_id", "blotter_lines", ["allocation_id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("blotter_lines")
    op.drop_table("blotter_groups")
    op.drop_table("blotters")
