"""Add what the first forms of revision 0001 did not have: `reference_source`, or its column `digest`.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "reference_source"


def upgrade() -> None:
    """Make the table as the later form of revision 0001 does, unless it is there.

    A version that kept no digest replaced the reference data of a simulated book at every start, so it goes.
    """
    inspector = sa.inspect(op.get_bind())
    if inspector.has_table(TABLE):
        if "digest" in {column["name"] for column in inspector.get_columns(TABLE)}:
            return
        if op.get_bind().execute(sa.select(sa.table(TABLE, sa.column("source")))).first():
            for name in ("accounts", "portfolio_groups", "securities"):
                op.execute(sa.delete(sa.table(name)))
        op.drop_table(TABLE)
    op.create_table(
        TABLE,
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )


def downgrade() -> None:
    """Leave the table: the later form of revision 0001 has it."""
