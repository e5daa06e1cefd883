"""Keep which recipients of a mail are told already, and which parts of a finding.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: NULL is none."""
    op.add_column("alert_deliveries", sa.Column("told", sa.Text(), nullable=True))
    op.add_column("alerts", sa.Column("parts", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("alerts", "parts")
    op.drop_column("alert_deliveries", "told")
