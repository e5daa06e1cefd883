"""Two processes on one database and one vendor, and the death of one of them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event, select, update

from app.models import AllocationRow, LockRow, OrderRow, OrderSliceRow
from app.services.allocations.store import load
from app.services.audit.trail import Action, Changed, EntityType
from app.services.trading.desk_lock import SILENCE
from app.services.visibility.visibility import EVERYTHING
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

BOND = "912828YW4"
POST, FILTER = "/order:post", "/orders:filter"
LEASE = timedelta(seconds=101)
"""Longer than the lifetime of a claim that is not renewed: ORDER_LEASE_SECONDS is 100 unless it is set."""


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, not even what it does on errors."""


class Wire(FaultyWire):
    """The vendor, who tells `before` and `after` of each call that writes or looks for orders."""

    def __init__(self, app):
        super().__init__(app)
        self.before = lambda name: None
        self.after = lambda name: None

    def handle_request(self, request):
        name = next((n for n in (POST, FILTER, "/position") if request.url.path.endswith(n)), None)
        self.before(name)
        response = super().handle_request(request)
        response.read()
        self.after(name)
        return response


def desks(folder, count=2, **settings):
    """Processes that share database, vendor and time."""
    wire = Wire.over(GOLDEN_BOOK)
    first = Desk(folder, scenario=GOLDEN_BOOK, transport=wire, **settings)
    more = [
        Desk(folder, scenario=GOLDEN_BOOK, transport=wire, clock=first.clock, **settings)
        for _ in range(count - 1)
    ]
    for desk in (first, *more):
        desk.wire = wire
    return [first, *more]


def joined(desk, folder, **settings):
    """One more process beside a desk, with settings of its own."""
    more = Desk(folder, scenario=GOLDEN_BOOK, transport=desk.wire, clock=desk.clock, **settings)
    more.wire = desk.wire
    return more


def preview(desk, quantity=3_800_000, **more):
    return desk.preview(BOND, quantity, groups=["GOLDEN"], **more)["allocation_id"]


def commit(desk, allocation_id, status=200, **body):
    return desk.post(f"allocations/{allocation_id}/commit", body, status=status)


def status(desk, allocation_id):
    return desk.get(f"allocations/{allocation_id}")["status"]


def settle(desk):
    desk.services.periodic.do("settle")


def database(desk):
    return desk.services.database


def row(desk, allocation_id):
    with database(desk).read() as session:
        return load(session, allocation_id, EVERYTHING)


def lock(desk):
    with database(desk).read() as session:
        return session.get(LockRow, "orders")


def change_row(desk, allocation_id, **columns):
    """Leave an allocation as another version of the service might have left it, with the record of that."""
    with database(desk).write() as session:
        session.execute(update(AllocationRow).where(AllocationRow.id == allocation_id).values(**columns))
        desk.services.audit.record_system(
            session,
            Action.COMMIT_INTENDED,
            EntityType.ALLOCATION,
            allocation_id,
            rows=(Changed(AllocationRow, tuple(columns)),),
        )


def leave_committing_like(desk, left, allocation_id):
    """Leave a preview as another one was left whose process died before its order left."""
    died = row(desk, left)
    columns = {"commit_intent": died.commit_intent, "settle_after": died.settle_after}
    change_row(desk, allocation_id, status=died.status, **columns)


def at_vendor(desk, allocation_id):
    """The one order of an allocation at the vendor; several of them are an error."""
    return desk.services.aladdin.orders.order_by_external_id(allocation_id)


def stored_slices(desk, allocation_id):
    """Slices by account of the one order that is stored for an allocation."""
    with database(desk).read() as session:
        order = session.scalars(select(OrderRow).where(OrderRow.allocation_id == allocation_id)).one()
        slices = session.scalars(select(OrderSliceRow).where(OrderSliceRow.order_id == order.order_id))
        return {s.account_id: int(s.quantity) for s in slices}


def records(desk, allocation_id, action="COMMIT_RECOVERED"):
    return desk.get("audit", entity_id=allocation_id, action=action)["audit_records"]


def posted(desk):
    """The orders that were sent, as they were sent."""
    return [json.loads(body)["order"] for name, body in desk.wire.calls if name == POST]


def check_one_order(desk, allocation_id):
    """There is one order, at the vendor and here, with the slices of the preview."""
    found = at_vendor(desk, allocation_id)
    shown = desk.get(f"allocations/{allocation_id}")
    assert shown["status"] == "SUBMITTED"
    assert shown["commit"]["aladdin_order_ids"] == [found.order_id]
    previewed = {a["account_id"]: a["allocated_quantity"] for a in shown["allocations"]}
    assert stored_slices(desk, allocation_id) == previewed
    assert {s.account_id: s.face for s in found.slices} == previewed
    assert desk.get("audit/verify")["whole"] is True


class Death:
    """Counts what a process does with its database and the vendor, and stops it at one of the steps.

    From then on whatever it does stops it again.
    """

    def __init__(self, desk, step):
        self.desk, self.step, self.count = desk, step, 0
        self.events = []

    def __call__(self, what):
        self.count += 1
        self.events.append(what)
        if self.count >= self.step:
            raise Killed(what)

    @property
    def came(self):
        return self.count >= self.step

    @contextmanager
    def awaited(self):
        engine, wire = database(self.desk).engine, self.desk.wire

        def on_begin(connection):
            if connection.get_execution_options().get("immediate"):
                self("a unit of work begins")

        def on_commit(_connection):
            self("a unit of work ends")

        event.listen(engine, "begin", on_begin)
        event.listen(engine, "commit", on_commit)
        wire.before = lambda name: self(f"before {name}") if name in {POST, FILTER} else None
        wire.after = lambda name: self(f"after {name}") if name in {POST, FILTER} else None
        try:
            yield
        except Killed:
            pass
        finally:
            wire.before = wire.after = lambda name: None
            # The dead process stays as it is: only its connections are closed, which rolls them back.
            event.remove(engine, "begin", on_begin)
            event.remove(engine, "commit", on_commit)
            engine.dispose()


def die(desk, allocation_id, *, at, **body):
    """Let a process commit and die: `before` or `after` the order arrives at the vendor."""
    die_in(desk, lambda: commit(desk, allocation_id, **body), at=at)
    assert row(desk, allocation_id).status == "COMMITTING"


def die_in(desk, work, *, at):
    """Let a process do some work and die: `before` or `after` the order arrives at the vendor."""
    death = Death(desk, 10**6)

    def on(moment, name):
        if name == POST and at == moment:
            death.step = 0
            death("")

    with death.awaited():
        desk.wire.before = lambda name: on("before", name)
        desk.wire.after = lambda name: on("after", name)
        work()
    assert death.came


def fall_silent(desk):
    """Let the time pass after which a holder without a heartbeat is presumed dead."""
    desk.clock.ahead += SILENCE


def die_after(desk, allocation_id, what):
    """Let a process die in a commit right after what it did of this name for the first time."""
    death = Death(desk, 10**6)

    def on(name):
        if name == what:
            death.step = 0
            death("")

    with death.awaited():
        desk.wire.before = lambda _name: None
        desk.wire.after = on
        commit(desk, allocation_id)
    assert death.came
    assert row(desk, allocation_id).status == "COMMITTING"
