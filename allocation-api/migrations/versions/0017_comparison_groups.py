"""Keep the portfolio groups of a comparison as rows, so that it can be found by who may see them.

Comparisons that are there get no rows: users who are limited to groups do not see them.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "comparison_groups",
        sa.Column("comparison_id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["comparison_id"], ["comparisons.id"]),
        sa.PrimaryKeyConstraint("comparison_id", "group_id"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("comparison_groups")
