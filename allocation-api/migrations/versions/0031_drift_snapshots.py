"""Keep snapshots of drift.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

from app.core.columns import JsonDocument

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "drift_snapshots",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("check_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("as_of", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.String(length=128), nullable=False),
        sa.Column("reference_date", sa.Date(), nullable=True),
        sa.Column("book", JsonDocument(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "drift_lines",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("snapshot_id", sa.String(length=36), nullable=False),
        sa.Column("check_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("reference_date", sa.Date(), nullable=True),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.String(length=128), nullable=False),
        sa.Column("target_set_id", sa.String(length=36), nullable=False),
        sa.Column("target_set_version", sa.BigInteger(), nullable=False),
        sa.Column("dimension", sa.String(length=32), nullable=False),
        sa.Column("class_key", sa.String(length=128), nullable=False),
        sa.Column("level", sa.Numeric(30, 9).with_variant(sa.Text(), "sqlite"), nullable=True),
        sa.Column("benchmark", sa.Numeric(30, 9).with_variant(sa.Text(), "sqlite"), nullable=True),
        sa.Column("target", sa.Numeric(30, 9).with_variant(sa.Text(), "sqlite"), nullable=False),
        sa.Column("band", sa.Numeric(30, 9).with_variant(sa.Text(), "sqlite"), nullable=False),
        sa.Column("difference", sa.Numeric(30, 9).with_variant(sa.Text(), "sqlite"), nullable=True),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Numeric(30, 2).with_variant(sa.Text(), "sqlite"), nullable=True),
        sa.Column("nav", sa.Numeric(30, 2).with_variant(sa.Text(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["drift_snapshots.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_drift_lines_scope", "drift_lines", ["scope", "scope_id", "taken_at"])
        op.create_index("ix_drift_lines_snapshot", "drift_lines", ["snapshot_id"])
        op.create_index("ix_drift_lines_taken", "drift_lines", ["taken_at", "id"])
        op.create_index("ix_drift_snapshots_scope", "drift_snapshots", ["scope", "scope_id", "business_date"])
        op.create_index("ix_drift_snapshots_taken", "drift_snapshots", ["taken_at"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("drift_lines")
    op.drop_table("drift_snapshots")
