"""One unit of work after the other: for what must be there once, where no unique key can be trusted."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.core.database import new_id, rows_changed
from app.models import LockRow


def enter(session: Session, name: str) -> None:
    """Wait until no other unit of work that entered the lock is under way; left when this one ends.

    Raises
    ------
    RuntimeError
        When there is no such lock.
    """
    if rows_changed(session, update(LockRow).where(LockRow.name == name).values(token=new_id())) != 1:
        raise RuntimeError(f"the lock {name} is missing: the database is not migrated")
