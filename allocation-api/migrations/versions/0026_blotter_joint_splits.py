"""Keep how the lines of a blotter were split at once.

Revision ID: 0026
Revises: 0025
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def document() -> sa.types.TypeEngine[Any]:
    """Return the type of a large JSON document: text, and on Snowflake a VARIANT."""
    if op.get_bind().dialect.name != "snowflake":
        return sa.Text()
    from snowflake.sqlalchemy import VARIANT  # noqa: PLC0415 - the connector takes a second to load

    return VARIANT()


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "blotter_joint_splits",
        sa.Column("blotter_id", sa.String(length=36), nullable=False),
        sa.Column("problem", document(), nullable=True),
        sa.Column("solution", document(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["blotter_id"], ["blotters.id"]),
        sa.PrimaryKeyConstraint("blotter_id"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("blotter_joint_splits")
