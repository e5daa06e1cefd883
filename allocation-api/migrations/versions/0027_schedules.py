"""Keep when periodic jobs are due, and add the lock of the process that does them.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LOCK = "periodic-work"
LOCKS = sa.table("locks", sa.column("name", sa.String()))


def upgrade() -> None:
    """Create the table and the lock; what is not in the table yet is due at once."""
    op.create_table(
        "schedules",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("next_due_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.execute(sa.insert(LOCKS).values(name=LOCK))


def downgrade() -> None:
    """Drop both; each process then does all periodic jobs."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == LOCK))
    op.drop_table("schedules")
