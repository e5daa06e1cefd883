"""Users who decide on one another's commits, at a desk whose threshold is the golden order's notional."""

from __future__ import annotations

from sqlalchemy import select

from app.core.security import Permission
from app.models import UserRow
from app.services.access.users import grant_exactly
from tests.support.saga import preview

OTHER, THIRD = "demo_supervisor", "demo_admin"
"""Who may approve and settle, and who may settle."""

LARGE = 3_801_000
"""At 98.5 a notional of 3,743,985.00."""
THRESHOLD = "3743000"
"""The notional of 3,800,000 face at 98.5: one that is not above it."""


def as_user(desk, username, method, path, *, status=200, **more):
    """Do a request as a user; return the answer's document."""
    headers = {"Authorization": f"Bearer {desk.login(username)['access_token']}"}
    return desk.call(method, path, status=status, headers=headers | more.pop("headers", {}), **more)


def ask(desk, username, path, body=None, *, status=200, **more):
    """Post as a user."""
    return as_user(desk, username, "POST", path, status=status, json=body if body is not None else {}, **more)


def hold(desk, username, *permissions):
    """Leave a user exactly these permissions."""
    with desk.services.database.write() as session:
        row = session.scalars(select(UserRow).where(UserRow.username == username)).unique().one()
        grant_exactly(row, permissions=permissions)


def make_traders(desk, *usernames):
    """Let users preview, commit, approve and settle."""
    for username in usernames:
        hold(desk, username, *Permission)


def waiting(desk, quantity=LARGE, **more):
    """Preview an order as the desk's user and commit it; return the allocation that waits for an approval."""
    allocation_id = preview(desk, quantity)
    done = desk.post(f"allocations/{allocation_id}/commit", {"comment": "month end", **more})
    assert done["status"] == "PENDING_APPROVAL"
    return allocation_id


def approve(desk, allocation_id, username=OTHER, *, status=200, **body):
    return ask(desk, username, f"allocations/{allocation_id}/approve", body, status=status)


def reject(desk, allocation_id, username=OTHER, *, status=200, reason="Too large for today"):
    return ask(desk, username, f"allocations/{allocation_id}/reject", {"reason": reason}, status=status)
