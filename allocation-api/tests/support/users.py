"""Users of a desk, changed behind the service's back, and passwords that the rules let pass."""

from __future__ import annotations

from sqlalchemy import select

from app.core.database import new_id
from app.models import UserRow
from app.services.access.users import grant_exactly
from app.services.access.views import Actor

PASSWORD = "ruby-otter-canal-91"
OTHER_PASSWORD = "velvet anchor twelve plums"
OPERATOR = Actor("operator")
"""A person at the command line."""


def set_user(database, username="demo_user", *, permissions=None, groups=None, **columns):
    """Change a user's columns, and where given leave exactly these single permissions and groups."""
    with database.write() as session:
        row = session.scalars(select(UserRow).where(UserRow.username == username)).unique().one()
        if permissions is not None:
            grant_exactly(row, permissions=permissions, groups=groups)
        for name, value in columns.items():
            setattr(row, name, value)


def hold_only(database, permissions):
    """Leave all users exactly these single permissions."""
    with database.write() as session:
        for row in session.scalars(select(UserRow)).unique():
            grant_exactly(row, permissions=permissions)


def add_user(services, username, password, *, roles=(), permissions=(), groups=None):
    """Add a user with these roles, single permissions and groups, None for all groups; return its id."""
    with services.database.write() as session:
        row = UserRow(
            id=new_id(),
            username=username,
            password_hash=services.passwords.hash(password),
            active=True,
            created_at=services.clock(),
        )
        grant_exactly(row, roles=roles, permissions=permissions, groups=groups)
        session.add(row)
        return row.id
