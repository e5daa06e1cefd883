"""Keep rebalancing proposals.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from app.core.columns import JsonDocument

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("outcome", JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "proposal_groups",
        sa.Column("proposal_id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"]),
        sa.PrimaryKeyConstraint("proposal_id", "group_id"),
    )
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_proposals_created", "proposals", ["created_at", "id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("proposal_groups")
    op.drop_table("proposals")
