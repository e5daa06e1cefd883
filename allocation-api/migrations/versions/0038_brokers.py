"""Keep accounts at brokers, orders to them and the paper broker's side, and add the lock of execution.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

from app.core.columns import Exact

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

LOCK = "execution"
LOCKS = sa.table("locks", sa.column("name", sa.String()))
UNITS, MONEY = Exact(38, 18), Exact(38, 2)
TABLES = ("broker_orders", "broker_accounts", "paper_orders", "paper_holdings", "paper_accounts")


def upgrade() -> None:
    """Create the tables and the lock."""
    _accounts()
    _orders()
    _paper_broker()
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_broker_accounts_user", "broker_accounts", ["user_id", "connected_at", "id"])
        op.create_index("ix_broker_orders_account", "broker_orders", ["account_id", "created_at", "id"])
        op.create_index("ix_broker_orders_status", "broker_orders", ["status"])
        op.create_index("ix_paper_accounts_owner", "paper_accounts", ["owner"])
        op.create_index("ix_paper_orders_account", "paper_orders", ["account_id", "sequence"])
    op.execute(sa.insert(LOCKS).values(name=LOCK))


def _accounts() -> None:
    op.create_table(
        "broker_accounts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("broker", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("is_paper", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=True),
        sa.Column("connected_at", sa.DateTime(), nullable=False),
        sa.Column("disconnected_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _orders() -> None:
    op.create_table(
        "broker_orders",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("is_paper", sa.Boolean(), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("quantity", UNITS, nullable=False),
        sa.Column("limit_price", UNITS, nullable=True),
        sa.Column("notional", MONEY, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("broker_order_id", sa.String(length=64), nullable=True),
        sa.Column("filled_quantity", UNITS, nullable=False),
        sa.Column("average_price", UNITS, nullable=True),
        sa.Column("fee", UNITS, nullable=True),
        sa.Column("fee_currency", sa.String(length=16), nullable=True),
        sa.Column("fee_source", sa.String(length=16), nullable=False),
        sa.Column("known_ids", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["broker_accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _paper_broker() -> None:
    op.create_table(
        "paper_accounts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("cash", MONEY, nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("order_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "paper_holdings",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("quantity", UNITS, nullable=False),
        sa.Column("cost", MONEY, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["paper_accounts.id"]),
        sa.PrimaryKeyConstraint("account_id", "symbol"),
    )
    op.create_table(
        "paper_orders",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("client_order_id", sa.String(length=64), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("quantity", UNITS, nullable=False),
        sa.Column("limit_price", UNITS, nullable=True),
        sa.Column("reserve_price", UNITS, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("filled_quantity", UNITS, nullable=False),
        sa.Column("average_price", UNITS, nullable=True),
        sa.Column("fee", MONEY, nullable=False),
        sa.Column("fills_in_parts", sa.Boolean(), nullable=False),
        sa.Column("next_fill_at", sa.DateTime(), nullable=False),
        sa.Column("placed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["paper_accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Drop the lock and the tables."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == LOCK))
    for table in TABLES:
        op.drop_table(table)
