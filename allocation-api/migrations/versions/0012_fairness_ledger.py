"""Keep the fairness policies and the ledger of entitlements.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FAIRNESS = "fairness"
LOCKS = sa.table("locks", sa.column("name", sa.String()))
ADDED = (
    ("allocations", sa.Column("fairness_scope_id", sa.String(length=255), nullable=True)),
    ("allocations", sa.Column("fairness_policy_id", sa.String(length=36), nullable=True)),
    (
        "allocation_lines",
        sa.Column("entitlement_weight", sa.Numeric(30, 8).with_variant(sa.Text(), "sqlite"), nullable=True),
    ),
)


def upgrade() -> None:
    """Create the tables and the lock under which the ledger moves; older allocations are in no ledger."""
    for table, column in ADDED:
        op.add_column(table, column)
    op.create_table(
        "fairness_policies",
        sa.Column("policy_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("policy_id"),
    )
    create_entries()
    op.create_table(
        "fairness_balances",
        sa.Column("scope_id", sa.String(length=255), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("balance", face(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "side", "account_id"),
    )
    op.execute(sa.insert(LOCKS).values(name=FAIRNESS))


def create_entries() -> None:
    """Create the table of entries, with its index where the database has any: Snowflake has none."""
    op.create_table(
        "fairness_entries",
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("scope_id", sa.String(length=255), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("allocation_id", sa.String(length=36), nullable=False),
        sa.Column("policy_id", sa.String(length=36), nullable=False),
        sa.Column("entitled", face(), nullable=False),
        sa.Column("received", face(), nullable=False),
        sa.Column("amount", face(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"]),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocations.id"]),
        sa.PrimaryKeyConstraint("order_id", "sequence", "kind", "account_id"),
    )
    if op.get_bind().dialect.name != "snowflake":
        columns = ["scope_id", "side", "business_date"]
        op.create_index("ix_fairness_entries_ledger", "fairness_entries", columns)


def face() -> sa.types.TypeEngine:
    """Return the type of an exact face: SQLite keeps it as text."""
    return sa.Numeric(24, 4).with_variant(sa.Text(), "sqlite")


def downgrade() -> None:
    """Drop what was added."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == FAIRNESS))
    for table in ("fairness_balances", "fairness_entries", "fairness_policies"):
        op.drop_table(table)
    for table, column in reversed(ADDED):
        op.drop_column(table, column.name)
