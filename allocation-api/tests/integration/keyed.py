"""A desk whose requests go out under an `Idempotency-Key`, and whose process may die."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import select

from app.services.requests.idempotency import IdempotencyService
from tests.conftest import GOLDEN_BOOK, Desk

POST, CANCEL, FILTER = "/order:post", "/order:cancel", "/orders:filter"
BOND = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
QUANTITY = 3_800_000
LEASE = timedelta(seconds=100)


class Died(BaseException):
    """The process ends here."""


class DyingKeys(IdempotencyService):
    """Dies before the answer is stored."""

    def keep(self, reservation, answer):
        raise Died


def make_desk(folder, wire, clock=None, **settings):
    """A desk on a file of this test, whatever is configured: tests choose the same keys."""
    url = f"sqlite:///{folder / 'keys.db'}"
    made = Desk(folder, scenario=GOLDEN_BOOK, transport=wire, clock=clock, DATABASE_URL=url, **settings)
    made.wire = wire
    return made


def send(desk, method, path, body, key="k", **headers):
    """Send under a key; the answer whole, whatever its status."""
    headers = {**desk.headers, "Idempotency-Key": key, **headers}
    return desk.client.open(f"/v1/{path}", method=method, json=body, headers=headers)


def preview(desk):
    return f"allocations/{desk.preview(BOND, QUANTITY, groups=['GOLDEN'])['allocation_id']}"


def committed(desk):
    done = desk.post(f"{preview(desk)}/commit")
    return f"orders/{done['aladdin_order_ids'][0]}"


def dying(desk):
    """Let the process die after the work and before the answer is stored."""
    return _replaced(desk, DyingKeys)


def _replaced(desk, kind):
    whole = desk.services.requests.idempotency
    made = kind(desk.services.database, desk.clock, hold=LEASE, lifetime=desk.settings.idempotency_lifetime)
    object.__setattr__(desk.services.requests, "idempotency", made)
    return whole


def revive(desk, whole):
    object.__setattr__(desk.services, "idempotency", whole)


def is_replayed(answer):
    return answer.headers.get("Idempotency-Replayed") == "true"


def code(answer):
    return answer.status_code, answer.get_json()["code"]


def rows(desk, kind):
    with desk.services.database.read() as session:
        return session.scalars(select(kind)).all()


def audited(desk, action):
    return desk.get("audit", action=action)["audit_records"]
