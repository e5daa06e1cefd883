"""Keep events, the recalculations that follow, and the log of their changes, and add their lock.

Revision ID: 0037
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

LOCK = "events"
LOCKS = sa.table("locks", sa.column("name", sa.String()))
IMPORTS = sa.table("market_imports", sa.column("arrived_at", sa.DateTime()))
CURSORS = sa.table("event_cursors", sa.column("name", sa.String()), sa.column("last_at", sa.DateTime()))
CURSOR_OF_IMPORTS = "IMPORT"
TABLES = (
    "monitor_changes",
    "recalculations",
    "monitors",
    "event_listeners",
    "event_cursors",
    "event_assets",
    "events",
)


def upgrade() -> None:
    """Create the tables and the lock; what was imported before is no event."""
    _events()
    _recalculations()
    if op.get_bind().dialect.name != "snowflake":
        op.create_index("ix_events_key", "events", ["event_key"])
        op.create_index("ix_events_processed", "events", ["processed_at", "sequence"])
        op.create_index("ix_recalculations_portfolio", "recalculations", ["portfolio_id", "first_event_at"])
        op.create_index("ix_recalculations_state", "recalculations", ["state"])
    op.execute(sa.insert(LOCKS).values(name=LOCK))
    last = sa.select(sa.literal(CURSOR_OF_IMPORTS), sa.func.max(IMPORTS.c.arrived_at))
    op.execute(sa.insert(CURSORS).from_select(["name", "last_at"], last))


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_key", sa.String(length=255), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("portfolio_id", sa.String(length=64), nullable=True),
        sa.Column("occurred_at", sa.DateTime(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("processed_at", sa.DateTime(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "event_assets",
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.PrimaryKeyConstraint("event_id", "symbol"),
    )
    op.create_table(
        "event_cursors",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=True),
        sa.Column("last_id", sa.BigInteger(), nullable=True),
        sa.Column("last_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "event_listeners",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("beat_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )


def _recalculations() -> None:
    op.create_table(
        "monitors",
        sa.Column("portfolio_id", sa.String(length=64), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("next_scheduled_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("portfolio_id"),
    )
    op.create_table(
        "recalculations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("portfolio_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("requested_by", sa.String(length=128), nullable=False),
        sa.Column("first_event_at", sa.DateTime(), nullable=False),
        sa.Column("last_event_at", sa.DateTime(), nullable=False),
        sa.Column("event_count", sa.BigInteger(), nullable=False),
        sa.Column("passes_interval", sa.Boolean(), nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("queued_at", sa.DateTime(), nullable=True),
        sa.Column("known_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("result", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "monitor_changes",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("portfolio_id", sa.String(length=64), nullable=True),
        sa.Column("event_id", sa.String(length=36), nullable=True),
        sa.Column("recalculation_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("sequence"),
    )


def downgrade() -> None:
    """Drop the lock and the tables."""
    op.execute(sa.delete(LOCKS).where(LOCKS.c.name == LOCK))
    for table in TABLES:
        op.drop_table(table)
