"""Keep whose word a fill's split is, what Aladdin has booked, and whether both agree.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ADDED = (
    ("orders", sa.Column("allocation_state", sa.String(16), nullable=False, server_default="PROVISIONAL")),
    ("orders", sa.Column("booked", sa.Text(), nullable=True)),
    ("order_fills", sa.Column("kind", sa.String(16), nullable=False, server_default="CALCULATED")),
    ("order_fills", sa.Column("warnings", sa.Text(), nullable=True)),
)

OF_RECORD = (
    "UPDATE orders SET allocation_state = 'OF_RECORD' "
    "WHERE (status = 'Booked' AND fill_count > 0 AND filled_quantity = quantity) "
    "OR (status IN ('Canceled', 'Expired', 'Rejected') AND fill_count = 0 AND filled_quantity = '0.0000')"
)
"""An order that is filled in full, or over without a fill, leaves nothing to differ."""


def upgrade() -> None:
    """Add the columns; an order that was filled in part stays provisional until Aladdin shows it again."""
    for table, column in ADDED:
        op.add_column(table, column)
    op.execute(OF_RECORD)


def downgrade() -> None:
    """Drop the columns."""
    for table, column in reversed(ADDED):
        op.drop_column(table, column.name)
