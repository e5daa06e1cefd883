"""Rows that processes agree by: Snowflake keeps no unique key and has no row locks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base, new_id, rows_changed

ORDERS_LOCK = "orders"
"""The lock of whoever sends orders."""

START_LOCK = "start"
"""The lock of whoever writes what a new database needs."""

IDEMPOTENCY_LOCKS = tuple(f"idempotency-{digit:x}" for digit in range(16))
"""One of these is touched before a key is looked up and stored, so that no two units do it at once."""


class LockRow(Base):
    """A lock: held by whoever has the `token` until `held_until`, free when that has passed.

    Its rows come with the migration. It is taken, kept and given back by compare-and-set.
    """

    __tablename__ = "locks"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str | None] = mapped_column(String(36))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


def serialise(session: Session, name: str) -> None:
    """Serialise transactions on a named row: this one waits until every other that touched the row has ended.

    Snowflake enforces no unique key, so what must be there once is looked up and stored under such a row.

    Raises
    ------
    RuntimeError
        When there is no such row.
    """
    if rows_changed(session, update(LockRow).where(LockRow.name == name).values(token=new_id())) != 1:
        raise RuntimeError(f"the lock {name} is missing: the database is not migrated")
