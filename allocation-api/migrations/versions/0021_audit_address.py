"""Keep the source address of a request in the audit trail.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE, COLUMN = "audit_events", "address"


def upgrade() -> None:
    """Add the column; records from before have no address, and their hash is as it was."""
    op.add_column(TABLE, sa.Column(COLUMN, sa.String(64), nullable=True))


def downgrade() -> None:
    """Drop the column; records that had an address no longer match their hash."""
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_column(COLUMN)
