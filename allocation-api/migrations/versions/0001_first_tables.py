"""First tables.

Revision ID: 0001
Revises:
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def index(name: str, table: str, columns: list[str]) -> None:
    """Create an index where the database has any: Snowflake has none. They go with their tables."""
    if op.get_bind().dialect.name != "snowflake":
        op.create_index(name, table, columns)


def document() -> sa.types.TypeEngine[Any]:
    """Return the type of a large JSON document: text, and on Snowflake a VARIANT."""
    if op.get_bind().dialect.name != "snowflake":
        return sa.Text()
    from snowflake.sqlalchemy import VARIANT  # noqa: PLC0415 - the connector takes a second to load

    return VARIANT()


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("account_name", sa.String(length=255), nullable=False),
        sa.Column("home_group_id", sa.String(length=64), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("restrictions", sa.String(length=2000), nullable=False),
        sa.Column("benchmark_spread_duration", sa.Float(), nullable=True),
        sa.Column("benchmark_duration", sa.Float(), nullable=True),
        sa.Column("benchmark_oas", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("security_id", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("total_allocated", sa.BigInteger(), nullable=False),
        sa.Column("portfolio_groups", sa.Text(), nullable=False),
        sa.Column("warning_count", sa.BigInteger(), nullable=False),
        sa.Column("engine_version", sa.String(length=32), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("snapshot", document(), nullable=False),
        sa.Column("result", document(), nullable=False),
        sa.Column("commit_result", document(), nullable=True),
        sa.Column("aladdin_order_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_allocations_created", "allocations", ["created_at", "id"])
    index("ix_allocations_security_id", "allocations", ["security_id"])
    op.create_table(
        "audit_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("entity_type", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=128), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_audit_at", "audit_events", ["at", "id"])
    index("ix_audit_entity", "audit_events", ["entity_type", "entity_id"])
    op.create_table(
        "compliance_limits",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.PrimaryKeyConstraint("code", "scope", "scope_id"),
    )
    op.create_table(
        "reference_source",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "portfolio_groups",
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.Column("group_name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("strategy", sa.String(length=255), nullable=False),
        sa.Column("manager", sa.String(length=255), nullable=False),
        sa.Column("created_date", sa.Date(), nullable=True),
        sa.Column("benchmark_spread_duration", sa.Float(), nullable=True),
        sa.Column("benchmark_duration", sa.Float(), nullable=True),
        sa.Column("benchmark_oas", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("group_id"),
    )
    op.create_table(
        "revoked_tokens",
        sa.Column("jti", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("jti"),
    )
    op.create_table(
        "securities",
        sa.Column("security_id", sa.String(length=32), nullable=False),
        sa.Column("isin", sa.String(length=12), nullable=True),
        sa.Column("ticker", sa.String(length=32), nullable=True),
        sa.Column("description", sa.String(length=255), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=True),
        sa.Column("issuer_id", sa.String(length=64), nullable=True),
        sa.Column("sector", sa.String(length=64), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("rating", sa.String(length=16), nullable=True),
        sa.Column("coupon", sa.Numeric(precision=18, scale=8), nullable=True),
        sa.Column("maturity", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("security_id"),
    )
    index("ix_securities_isin", "securities", ["isin"])
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("permissions", sa.String(length=2000), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "allocation_groups",
        sa.Column("allocation_id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["allocations.id"],
        ),
        sa.PrimaryKeyConstraint("allocation_id", "group_id"),
    )
    index("ix_allocation_groups_group_id", "allocation_groups", ["group_id"])
    op.create_table(
        "allocation_lines",
        sa.Column("allocation_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("allocated_quantity", sa.BigInteger(), nullable=False),
        sa.Column("allocated_notional", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.Column("settlement_amount", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["allocations.id"],
        ),
        sa.PrimaryKeyConstraint("allocation_id", "account_id"),
    )
    index("ix_allocation_lines_account_id", "allocation_lines", ["account_id"])
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("allocation_id", sa.String(length=36), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("security_id", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=24, scale=4), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("settlement_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["allocations.id"],
        ),
        sa.PrimaryKeyConstraint("order_id"),
    )
    index("ix_orders_allocation_id", "orders", ["allocation_id"])
    index("ix_orders_created", "orders", ["created_at", "order_id"])


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("orders")
    op.drop_table("allocation_lines")
    op.drop_table("allocation_groups")
    op.drop_table("users")
    op.drop_table("securities")
    op.drop_table("revoked_tokens")
    op.drop_table("portfolio_groups")
    op.drop_table("reference_source")
    op.drop_table("compliance_limits")
    op.drop_table("audit_events")
    op.drop_table("allocations")
    op.drop_table("accounts")
