"""Keep the emergency stop, and who holds the desk's lock and how far its send has come.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NEW_LOCKS = ("emergency-stop", "mock-vendor")
LOCKS = sa.table("locks", sa.column("name", sa.String()))
HOLDER = (
    ("process", sa.String(length=128)),
    ("subject", sa.String(length=64)),
    ("taken_at", sa.DateTime()),
    ("beat_at", sa.DateTime()),
    ("sending_at", sa.DateTime()),
)
"""Columns of a lock: its holder, what is sent under it, since when, the last sign of life, when it sent."""


def upgrade() -> None:
    """Create the table, two locks, and the columns; a lock that is held has none of these yet."""
    op.create_table(
        "emergency_stops",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in NEW_LOCKS:
        op.execute(sa.insert(LOCKS).values(name=name))
    for column, kind in HOLDER:
        op.add_column("locks", sa.Column(column, kind, nullable=True))


def downgrade() -> None:
    """Drop all of it; the desk then knows of no stop, so nobody steps back while trading is stopped."""
    for name, _ in reversed(HOLDER):
        op.drop_column("locks", name)
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name.in_(NEW_LOCKS)))
    op.drop_table("emergency_stops")
