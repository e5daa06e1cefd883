"""Keep which recipients of a mail are told already.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: NULL is nobody."""
    op.add_column("alert_deliveries", sa.Column("told", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("alert_deliveries", "told")
