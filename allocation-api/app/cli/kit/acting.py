"""Who acts at the command line: a user of the database, who is named."""

from __future__ import annotations

from app.core.database import Database
from app.core.errors import FieldError, InvalidRequest
from app.services.access.users import UserService, find_user, user_of
from app.services.domain.caller import User


def active_user(database: Database, users: UserService, username: str) -> User:
    """Return the active user of a name.

    Raises
    ------
    InvalidRequest
        Naming `--user`, when there is none.
    """
    with database.read() as session:
        row = find_user(session, username)
        if row is None or not users.may_log_in(row):
            raise InvalidRequest.of(FieldError("--user", f"There is no active user {username!r}."))
        return user_of(row)
