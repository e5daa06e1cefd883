"""Trading: commits, orders and their jobs, all over one order gateway."""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import Clock
from app.core.database import Database
from app.core.jobs.embedded import Job
from app.services.trading.commit.commit import CommitService
from app.services.trading.commit.dispatch import Dispatch
from app.services.trading.commit.outcome import Outcomes
from app.services.trading.commit.recheck import Recheck
from app.services.trading.commit.recovery import Recovery
from app.services.trading.desk_lock import DeskLock
from app.services.trading.gateway import OrderGateway
from app.services.trading.gauges import gauges
from app.services.trading.orders.ledger import OrderLedger
from app.services.trading.orders.orders import OrderService
from app.services.trading.orders.watch import OrderWatch
from app.services.trading.states import expire
from app.wiring.allocations import inputs_over
from app.wiring.container import Room, Services, Trading

EXPIRY_SECONDS = 60
"""Period of the job that stores EXPIRED; a preview that is read shows it at once."""


def build(house: Services) -> Room[Trading]:
    """Build the commit saga, the order service, and the jobs that recover, watch and expire.

    What leads to an order is checked against the vendor's book, read past the cache.
    """
    settings, database, clock, aladdin = house.settings.trading, house.database, house.clock, house.aladdin
    lease, settle = timedelta(seconds=settings.lease_seconds), timedelta(seconds=settings.settle_seconds)
    fresh = inputs_over(house, aladdin.vendor_book)
    gateway = OrderGateway(
        aladdin.orders,
        aladdin.book.forget_positions,
        DeskLock(database, clock, settings.lease_seconds),
        halted=settings.halted,
    )
    recheck = Recheck(database, house.audit, fresh, settings.price_band_percent)
    outcomes = Outcomes(database, house.audit, clock, house.fairness.ledger)
    dispatch = Dispatch(gateway, outcomes, clock, lease=lease, settle=settle)
    recovery = Recovery(
        database,
        aladdin.orders,
        gateway,
        recheck,
        dispatch,
        outcomes,
        house.access.users.user,
        clock,
        lease=lease,
    )
    ledger = OrderLedger(database, house.audit, clock, house.fairness.ledger)
    watch = OrderWatch(database, aladdin.orders, ledger, clock)
    return Room(
        Trading(
            commits=CommitService(database, gateway, recheck, dispatch, outcomes, clock, lease=lease),
            orders=OrderService(database, aladdin.orders, gateway, fresh, house.audit, ledger),
        ),
        jobs=(
            Job("settle", settings.recovery_seconds, recovery.settle),
            Job("watch", settings.recovery_seconds, watch.sync),
            Job("expire", EXPIRY_SECONDS, lambda: _expire(database, clock)),
        ),
        gauges=gauges(clock),
    )


def _expire(database: Database, clock: Clock) -> None:
    database.retried(lambda session: expire(session, clock()))
