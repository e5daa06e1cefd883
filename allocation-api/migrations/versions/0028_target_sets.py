"""Keep targets of allocation drift, in versions.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LOCK = "targets"
LOCKS = sa.table("locks", sa.column("name", sa.String()))


def upgrade() -> None:
    """Create the tables, and the lock under which they are written."""
    op.create_table(
        "target_sets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.String(length=128), nullable=False),
        sa.Column("dimension", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "target_versions",
        sa.Column("target_set_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("ends", sa.Boolean(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["target_set_id"], ["target_sets.id"]),
        sa.PrimaryKeyConstraint("target_set_id", "version"),
    )
    op.create_table(
        "target_decisions",
        sa.Column("target_set_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["target_set_id"], ["target_sets.id"]),
        sa.PrimaryKeyConstraint("target_set_id", "version"),
    )
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_target_sets_created", "target_sets", ["created_at", "id"])
        op.create_index("ix_target_sets_scope", "target_sets", ["scope", "scope_id"])
    op.execute(sa.insert(LOCKS).values(name=LOCK))


def downgrade() -> None:
    """Drop the lock and the tables."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == LOCK))
    op.drop_table("target_decisions")
    op.drop_table("target_versions")
    op.drop_table("target_sets")
