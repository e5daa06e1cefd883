"""Keep preferences of users, and add the lock under which they are stored.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LOCK = "preferences"
LOCKS = sa.table("locks", sa.column("name", sa.String()))


def upgrade() -> None:
    """Create the table and the lock."""
    op.create_table(
        "user_preferences",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name"),
    )
    op.execute(sa.insert(LOCKS).values(name=LOCK))


def downgrade() -> None:
    """Drop both; screens are then as they come."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == LOCK))
    op.drop_table("user_preferences")
