"""Keep the portfolio groups of an allocation as rows only: joined by blanks, "CORE FI" came back as two.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ALLOCATIONS = sa.table(
    "allocations", sa.column("id", sa.String()), sa.column("portfolio_groups", sa.String())
)
GROUPS = sa.table(
    "allocation_groups", sa.column("allocation_id", sa.String()), sa.column("group_id", sa.String())
)


def upgrade() -> None:
    """Drop the column: `allocation_groups` has had every group since the first revision."""
    op.drop_column("allocations", "portfolio_groups")


def downgrade() -> None:
    """Join the groups by blanks again."""
    added = sa.Column("portfolio_groups", sa.Text(), nullable=False, server_default="")
    op.add_column("allocations", added)
    joined: dict[str, list[str]] = {}
    for allocation_id, group_id in op.get_bind().execute(sa.select(GROUPS)):
        joined.setdefault(allocation_id, []).append(group_id)
    for allocation_id, group_ids in joined.items():
        text = " ".join(sorted(group_ids))
        op.execute(
            sa.update(ALLOCATIONS).where(ALLOCATIONS.c.id == allocation_id).values(portfolio_groups=text)
        )
