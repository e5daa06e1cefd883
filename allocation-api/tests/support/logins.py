"""Logins at one database, with a clock that stands until it is moved."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.core.database import new_id
from app.core.errors import Unauthenticated
from app.models import AuditRow, UserRow
from app.services.access.brake import BrakeLimits, LoginBrake
from app.services.access.errors import LoginBlocked
from app.services.access.logins import LoginService
from app.services.access.passwords import PasswordRules
from app.services.access.users import UserService
from app.services.audit.trail import AuditService
from tests.support.desk import CHEAP
from tests.support.users import PASSWORD

LIMITS = BrakeLimits(timedelta(minutes=15), pair=10, name=30, address=50)


class StandingClock:
    """A moment, moved by hand."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def move(self, **ahead):
        self.now += timedelta(**ahead)


class Logins:
    """The logins of one process at a database."""

    def __init__(self, database, clock, *, limits=LIMITS, passwords=CHEAP):
        self.database = database
        self.audit = AuditService(database, clock)
        self.brake = LoginBrake(database, self.audit, clock, limits)
        self.users = UserService(database, clock, passwords, demo=False)
        rules = PasswordRules(12)
        self.service = LoginService(database, self.audit, clock, passwords, self.users, self.brake, rules)

    def attempt(self, password=PASSWORD, *, name="anna", address="10.0.0.1"):
        """What came of a login: `in`, `out`, or the seconds after which it may be tried again."""
        try:
            self.service.authenticate(name, password, request_id="r", address=address)
        except LoginBlocked as blocked:
            return blocked.retry_after
        except Unauthenticated:
            return "out"
        return "in"

    def actions(self):
        """How often each action was audited."""
        with self.database.read() as session:
            counted = select(AuditRow.action, func.count()).group_by(AuditRow.action)
            return {row[0]: row[1] for row in session.execute(counted)}


def add_user(database, clock, name="anna", *, password_hash=None, **columns):
    """A user with the usual password, unless another hash is given."""
    with database.write() as session:
        row = UserRow(
            id=new_id(),
            username=name,
            password_hash=CHEAP.hash(PASSWORD) if password_hash is None else password_hash,
            active=True,
            created_at=clock(),
        )
        for column, value in columns.items():
            setattr(row, column, value)
        session.add(row)
        return row.id
