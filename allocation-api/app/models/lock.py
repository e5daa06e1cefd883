"""Lock rows: leases and serialised transactions.

They exist because Snowflake has no row locks and does not enforce unique keys.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base, new_id, rows_changed

ORDERS_LOCK = "orders"
"""Lock of the desk's lease: the right to send orders."""

START_LOCK = "start"
"""Lock under which a new database is filled."""

FIX_LOCK = "fix-messages"
"""Lock under which the next FIX message of an allocation is decided and stored."""

FAIRNESS_LOCK = "fairness"
"""Lock under which the fairness ledger and its policy move."""

USERS_LOCK = "users"
"""Lock under which users are added and changed: names are unique, and one administrator stays."""

LOGIN_LOCK = "logins"
"""Lock under which failed logins are counted."""

STOP_LOCK = "emergency-stop"
"""Lock under which the emergency stop is set, and read right before an order is sent."""

MOCK_LOCK = "mock-vendor"
"""Lock of the process that has a simulator inside, on a database server."""

CHOICE_LOCK = "choices"
"""Lock under which the chosen variant of a comparison is stored as a preview."""

PREFERENCES_LOCK = "preferences"
"""Lock under which preferences of users are stored."""

PERIODIC_LOCK = "periodic-work"
"""Lock of the process that does the desk's periodic work."""

ALERTS_LOCK = "alerts"
"""Lock under which alerts open, so that of one key there is one."""

TARGETS_LOCK = "targets"
"""Lock under which target sets get versions and decisions, drift its snapshots, and plans their blotters."""

MARKET_LOCK = "market-history"
"""Lock under which market history is imported, so that no two imports arrive at the same moment."""

EVENTS_LOCK = "events"
"""Lock under which events are stored once, and recalculations and the log of changes move."""

EXECUTION_LOCK = "execution"
"""Lock under which orders to brokers are admitted, and the paper broker takes and fills them."""

IDEMPOTENCY_LOCKS = tuple(f"idempotency-{digit:x}" for digit in range(16))
"""Locks that serialise looking up and storing an idempotency key; the key's hash selects one."""


class LockRow(Base):
    """A lock with a lease: held under `token` until `held_until`, and free after that.

    It is acquired, renewed and released by compare-and-set. The migration inserts the rows. Further columns
    are the holder's, of the desk's lease and in part of the periodic work's: `process` is who holds it,
    `subject` what it commits or sends, `taken_at` since when it is held, `beat_at` its last sign of life,
    `sending_at` when it was last let out to send.
    """

    __tablename__ = "locks"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str | None] = mapped_column(String(36))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    process: Mapped[str | None] = mapped_column(String(128))
    subject: Mapped[str | None] = mapped_column(String(64))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sending_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def serialise(session: Session, name: str) -> None:
    """Serialise transactions on a named row, because Snowflake does not enforce unique keys.

    The lock is released when the transaction of `session` ends.

    Raises
    ------
    RuntimeError
        When there is no such row.
    """
    if rows_changed(session, update(LockRow).where(LockRow.name == name).values(token=new_id())) != 1:
        raise RuntimeError(f"the table locks has no row {name}: migrate the database")
