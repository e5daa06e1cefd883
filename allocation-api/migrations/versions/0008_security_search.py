"""Add what bonds are found by: their words without case and accents, which databases compare differently.

Revision ID: 0008
Revises: 0007
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORDS = ("security_id", "isin", "ticker", "issuer", "description")
SECURITIES = sa.table(
    "securities",
    *(sa.column(name, sa.String()) for name in WORDS),
    sa.column("coupon", sa.Numeric(18, 8).with_variant(sa.Text(), "sqlite")),
    sa.column("maturity", sa.Date()),
    sa.column("search_text", sa.Text()),
)


def upgrade() -> None:
    """Add the column and fill it; a start of the service adds further spellings of dates and numbers."""
    op.add_column("securities", sa.Column("search_text", sa.Text(), nullable=True))
    database = op.get_bind()
    rows = database.execute(sa.select(SECURITIES)).mappings().all()
    filled = [{"id": row["security_id"], "text": search_text(row)} for row in rows]
    if filled:
        found = SECURITIES.c.security_id == sa.bindparam("id")
        database.execute(sa.update(SECURITIES).where(found).values(search_text=sa.bindparam("text")), filled)


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("securities", "search_text")


def search_text(row: sa.RowMapping) -> str:
    """Return the words of a bond with a blank before each."""
    words = re.split(r"[^\w.*@#]+|_+", folded(" ".join(row[name] or "" for name in WORDS)))
    if row["coupon"] is not None:
        words.append(f"{row['coupon']}".rstrip("0").rstrip("."))
    if row["maturity"] is not None:
        words += [f"{row['maturity']:%y}", f"{row['maturity']:%Y}"]
    return "".join(f" {word}" for word in dict.fromkeys(words) if word)


def folded(text: str) -> str:
    """Return a text without case, accents and compatibility forms."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
