"""Keep intents, locks, answers under a key, fills and user activity.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LOCKS = ("orders", "start", *(f"idempotency-{digit:x}" for digit in range(16)))

ADDED = (
    ("allocations", "commit_intent", sa.Text(), None),
    ("allocations", "settle_after", sa.DateTime(), None),
    ("allocations", "committed_at", sa.DateTime(), None),
    ("allocation_lines", "nav", sa.Numeric(24, 2), None),
    ("allocation_lines", "max_quantity", sa.BigInteger(), None),
    ("orders", "trade_date", sa.Date(), None),
    ("orders", "filled_quantity", sa.Numeric(24, 4), "0"),
    ("orders", "average_price", sa.Numeric(24, 10), None),
    ("orders", "fill_count", sa.BigInteger(), "0"),
    ("orders", "first_day_price", sa.Numeric(24, 10), None),
    ("orders", "first_day_price_date", sa.Date(), None),
)


def index(name: str, table: str, columns: list[str]) -> None:
    """Create an index where the database has any: Snowflake has none. They go with their tables."""
    if op.get_bind().dialect.name != "snowflake":
        op.create_index(name, table, columns)


def create_request_tables() -> None:
    """Create what is kept of requests, and the locks."""
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.Column("held_until", sa.DateTime(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("content_type", sa.String(length=64), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_idempotency_created", "idempotency_keys", ["created_at"])
    op.create_table(
        "user_activity",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("username", sa.String(length=128), nullable=True),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("endpoint", sa.String(length=128), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    index("ix_activity_at", "user_activity", ["at", "id"])
    index("ix_activity_user", "user_activity", ["user_id", "at"])
    locks = op.create_table(
        "locks",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=True),
        sa.Column("held_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.bulk_insert(locks, [{"name": name} for name in LOCKS])


def create_fill_tables() -> None:
    """Create the slices and fills of orders; orders from before have the slices of their allocations."""
    op.create_table(
        "order_slices",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Numeric(24, 4), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"]),
        sa.PrimaryKeyConstraint("order_id", "account_id"),
    )
    index("ix_order_slices_account_id", "order_slices", ["account_id"])
    op.execute(
        "INSERT INTO order_slices (order_id, account_id, quantity) "
        "SELECT o.order_id, l.account_id, l.allocated_quantity FROM orders o "
        "JOIN allocation_lines l ON l.allocation_id = o.allocation_id WHERE l.allocated_quantity > 0"
    )
    op.create_table(
        "order_fills",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("quantity", sa.Numeric(24, 4), nullable=False),
        sa.Column("filled_quantity", sa.Numeric(24, 4), nullable=False),
        sa.Column("average_price", sa.Numeric(24, 10), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"]),
        sa.PrimaryKeyConstraint("order_id", "sequence"),
    )
    op.create_table(
        "order_fill_lines",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Numeric(24, 4), nullable=False),
        sa.Column("filled_quantity", sa.Numeric(24, 4), nullable=False),
        sa.Column("principal", sa.Numeric(24, 2), nullable=False),
        sa.ForeignKeyConstraint(["order_id", "sequence"], ["order_fills.order_id", "order_fills.sequence"]),
        sa.PrimaryKeyConstraint("order_id", "sequence", "account_id"),
    )
    index("ix_order_fill_lines_account_id", "order_fill_lines", ["account_id"])


def upgrade() -> None:
    """Add what a durable commit, fills and reports need."""
    for table, name, kind, default in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    create_request_tables()
    create_fill_tables()


def downgrade() -> None:
    """Take it away again."""
    for table in ("order_fill_lines", "order_fills", "order_slices"):
        op.drop_table(table)
    for table in ("locks", "user_activity", "idempotency_keys"):
        op.drop_table(table)
    for table, name, _, _ in reversed(ADDED):
        op.drop_column(table, name)
