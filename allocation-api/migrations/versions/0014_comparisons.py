"""Keep comparisons of several splits of one order.

Revision ID: 0014
Revises: 0013
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CHOICES = "choices"
LOCKS = sa.table("locks", sa.column("name", sa.String()))


def document() -> sa.types.TypeEngine[Any]:
    """Return the type of a large JSON document: text, and on Snowflake a VARIANT."""
    if op.get_bind().dialect.name != "snowflake":
        return sa.Text()
    from snowflake.sqlalchemy import VARIANT  # noqa: PLC0415 - the connector takes a second to load

    return VARIANT()


def upgrade() -> None:
    """Create the table, and the lock under which the choice of a variant is stored."""
    op.create_table(
        "comparisons",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("security_id", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("engine_version", sa.String(length=32), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("snapshot", document(), nullable=False),
        sa.Column("results", document(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(sa.insert(LOCKS).values(name=CHOICES))


def downgrade() -> None:
    """Drop the table and its lock."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == CHOICES))
    op.drop_table("comparisons")
