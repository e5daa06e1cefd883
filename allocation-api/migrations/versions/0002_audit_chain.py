"""Chain the audit trail by hashes, day by day.

Revision ID: 0002
Revises: 0001
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NO_HASH = "0" * 64
PAGE = 1_000

RECORD = (
    ("id", sa.String(length=36), False),
    ("at", sa.DateTime(), False),
    ("user_id", sa.String(length=36), True),
    ("username", sa.String(length=128), False),
    ("action", sa.String(length=32), False),
    ("entity_type", sa.String(length=32), False),
    ("entity_id", sa.String(length=128), False),
    ("request_id", sa.String(length=64), False),
    ("before", sa.Text(), True),
    ("after", sa.Text(), True),
)
CHAIN = (
    ("day", sa.String(length=10), False),
    ("sequence", sa.BigInteger(), False),
    ("previous_hash", sa.String(length=64), False),
    ("hash", sa.String(length=64), False),
)


def indexes(*wanted: tuple[str, list[str]]) -> None:
    """Create indexes of the trail where the database has any: Snowflake has none."""
    if op.get_bind().dialect.name != "snowflake":
        for name, columns in wanted:
            op.create_index(name, "audit_events", columns)


def recreate(columns: tuple[tuple[str, Any, bool], ...], rows: Iterator[list[dict[str, Any]]]) -> None:
    """Put a table of these columns and rows in the place of the trail.

    Rows are inserted in bulk: changing them one by one would be a round trip each.
    """
    new = op.create_table(
        "audit_events_new",
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in columns),
        sa.PrimaryKeyConstraint("id"),
    )
    for page in rows:
        op.bulk_insert(new, page)
    op.drop_table("audit_events")
    op.rename_table("audit_events_new", "audit_events")
    indexes(("ix_audit_at", ["at", "id"]), ("ix_audit_entity", ["entity_type", "entity_id"]))


def stored() -> Iterator[list[dict[str, Any]]]:
    """Yield the records as they are, oldest first, in pages."""
    old = sa.table("audit_events", *(sa.column(name, kind) for name, kind, _ in RECORD))
    query = sa.select(old).order_by(old.c.at, old.c.id).limit(PAGE)
    after: sa.ColumnElement[bool] = sa.true()
    while True:
        page = [dict(row) for row in op.get_bind().execute(query.where(after)).mappings()]
        if not page:
            return
        yield page
        at, key = page[-1]["at"], page[-1]["id"]
        after = sa.or_(old.c.at > at, sa.and_(old.c.at == at, old.c.id > key))


def chained(heads: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the records with their place in the chain; `heads` gets the end of each day."""
    for page in stored():
        for row in page:
            head, day = heads[-1], row["at"].date().isoformat()
            if day != head["day"]:
                head["next_day"] = day
                heads.append({"day": day, "sequence": 0, "hash": head["hash"], "next_day": None})
                head = heads[-1]
            row |= {"day": day, "sequence": head["sequence"] + 1, "previous_hash": head["hash"]}
            row["hash"] = digest(row)
            head |= {"sequence": row["sequence"], "hash": row["hash"]}
        yield page


def digest(row: dict[str, Any]) -> str:
    """Return the hash of a record, as of this revision."""
    order = ("day", "sequence", "previous_hash", "id", "at", "user_id", "username", "action")
    order += ("entity_type", "entity_id", "request_id", "before", "after")
    fields = {"scheme": "audit/1", **{name: row[name] for name in order}}
    fields["at"] = row["at"].isoformat(timespec="microseconds") + "Z"
    return sha256(msgspec.json.encode(fields)).hexdigest()


def upgrade() -> None:
    """Chain the records that there are, in the order of their time."""
    heads = op.create_table(
        "audit_heads",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("next_day", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("day"),
    )
    ends: list[dict[str, Any]] = [
        {"day": "1970-01-01", "sequence": 0, "hash": NO_HASH, "next_day": None},
    ]
    recreate(RECORD + CHAIN, chained(ends))
    indexes(("ix_audit_chain", ["day", "sequence"]))
    op.bulk_insert(heads, ends)


def downgrade() -> None:
    """Take the chain away; the records stay."""
    recreate(RECORD, stored())
    op.drop_table("audit_heads")
