"""Keep roles, permissions and portfolio groups of users as rows, and count failed logins.

Revision ID: 0015
Revises: 0014
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MAX_NAME_LENGTH = 64
"""Length of the column; no permission has ever had a longer name."""

NEW_LOCKS = ("users", "logins")
LOCKS = sa.table("locks", sa.column("name", sa.String()))
USERS = sa.table(
    "users",
    sa.column("id", sa.String()),
    sa.column("permissions", sa.String()),
    sa.column("active", sa.Boolean()),
    sa.column("all_groups", sa.Boolean()),
)
GRANTS = sa.table(
    "user_grants",
    sa.column("user_id", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("name", sa.String()),
)
ADDED: tuple[sa.Column[Any], ...] = (
    sa.Column("credentials_changed_at", sa.DateTime(), nullable=True),
    sa.Column("all_groups", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"),
)


def upgrade() -> None:
    """Create the tables; every user keeps exactly the permissions that were joined by blanks."""
    op.create_table(
        "user_grants",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("user_id", "kind", "name"),
    )
    op.create_table(
        "login_brakes",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=True),
        sa.Column("username", sa.String(length=128), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("window_from", sa.DateTime(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("known_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    grants = [
        {"user_id": user_id, "kind": "PERMISSION", "name": name}
        for user_id, joined in op.get_bind().execute(sa.select(USERS.c.id, USERS.c.permissions))
        for name in sorted(set(joined.split()))
        if len(name) <= MAX_NAME_LENGTH
    ]
    op.bulk_insert(GRANTS, grants)
    for column in ADDED:
        op.add_column("users", column)
    op.drop_column("users", "permissions")
    for name in NEW_LOCKS:
        op.execute(sa.insert(LOCKS).values(name=name))


def downgrade() -> None:
    """Join the permissions by blanks again, without roles; users limited to groups are disabled.

    The earlier version knows no limit, and would show them everything.
    """
    op.add_column(
        "users", sa.Column("permissions", sa.String(length=2000), nullable=False, server_default="")
    )
    joined: dict[str, list[str]] = {}
    single = sa.select(GRANTS.c.user_id, GRANTS.c.name).where(GRANTS.c.kind == "PERMISSION")
    for user_id, name in op.get_bind().execute(single):
        joined.setdefault(user_id, []).append(name)
    for user_id, names in joined.items():
        op.execute(sa.update(USERS).where(USERS.c.id == user_id).values(permissions=" ".join(sorted(names))))
    op.execute(sa.update(USERS).where(USERS.c.all_groups == sa.false()).values(active=sa.false()))
    for name in NEW_LOCKS:
        op.execute(sa.delete(LOCKS).where(LOCKS.c.name == name))
    for added in ADDED:
        op.drop_column("users", added.name)
    op.drop_table("login_brakes")
    op.drop_table("user_grants")
