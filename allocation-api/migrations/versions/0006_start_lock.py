"""Add the lock of a start where it is missing: the first form of revision 0003 did not have it.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

START = "start"
LOCKS = sa.table("locks", sa.column("name", sa.String()))


def upgrade() -> None:
    """Add the lock unless it is there."""
    found = op.get_bind().execute(sa.select(LOCKS.c.name).where(LOCKS.c.name == START)).first()
    if found is None:
        op.execute(sa.insert(LOCKS).values(name=START))


def downgrade() -> None:
    """Leave the lock: the later form of revision 0003 has it."""
