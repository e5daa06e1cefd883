"""Keep reallocations.

Revision ID: 0036
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from app.core.columns import JsonDocument

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "reallocations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("outcome", JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_reallocations_user", "reallocations", ["user_id", "created_at", "id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("reallocations")
