"""Keep the FIX messages that left.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FIX = "fix-messages"
LOCKS = sa.table("locks", sa.column("name", sa.String()))


def upgrade() -> None:
    """Create the table, and the lock under which the next message is decided."""
    op.create_table(
        "fix_messages",
        sa.Column("allocation_id", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alloc_id", sa.String(length=64), nullable=False),
        sa.Column("trans_type", sa.String(length=8), nullable=False),
        sa.Column("alloc_type", sa.String(length=16), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("sent_by", sa.String(length=128), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocations.id"]),
        sa.PrimaryKeyConstraint("allocation_id", "sequence"),
    )
    op.execute(sa.insert(LOCKS).values(name=FIX))


def downgrade() -> None:
    """Drop the table and its lock."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == FIX))
    op.drop_table("fix_messages")
