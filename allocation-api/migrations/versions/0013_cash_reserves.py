"""Keep a cash reserve in the reference data of accounts.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = "accounts"
COLUMNS = (("cash_reserve_amount", 24, 2), ("cash_reserve_percent", 18, 8))
"""Columns with their digits, and those after the point."""


def upgrade() -> None:
    """Add the columns as exact numbers; SQLite keeps those as text."""
    for name, precision, scale in COLUMNS:
        is_text = op.get_bind().dialect.name == "sqlite"
        kind = sa.Text() if is_text else sa.Numeric(precision, scale)
        op.add_column(TABLE, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table(TABLE) as batch:
        for name, _, _ in COLUMNS:
            batch.drop_column(name)
