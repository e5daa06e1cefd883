"""Trading: commits, orders and their jobs, all over one order gateway."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from app.core.clock import Clock
from app.core.database import Database
from app.core.jobs.embedded import Job
from app.services.aladdin.shared_orders import unshared
from app.services.allocations.inputs import InputsLoader
from app.services.trading.approval_policy import ApprovalPolicy
from app.services.trading.commit.approval import ApprovalService
from app.services.trading.commit.claims import Claims
from app.services.trading.commit.commit import CommitService
from app.services.trading.commit.dispatch import Dispatch
from app.services.trading.commit.outcome import Outcomes
from app.services.trading.commit.recheck import Recheck
from app.services.trading.commit.recovery import Recovery
from app.services.trading.commit.saga import Saga
from app.services.trading.commit.settlement import SettlementService
from app.services.trading.desk_lock import DeskLock
from app.services.trading.gateway import OrderGateway
from app.services.trading.gauges import gauges
from app.services.trading.orders.ledger import OrderLedger
from app.services.trading.orders.orders import OrderService
from app.services.trading.orders.watch import OrderWatch
from app.services.trading.orders.working import WorkingOrders
from app.services.trading.states import expire
from app.wiring.aladdin import READS_PER_REQUEST
from app.wiring.allocations import inputs_over
from app.wiring.container import Room, Services, Trading

EXPIRY_SECONDS = 60
"""Period of the job that stores EXPIRED; a preview that is read shows it at once."""

TAKE_OVER_SECONDS = 5
"""Period of the job that looks whether the holder of the desk's lock is dead."""


def build(house: Services) -> Room[Trading]:
    """Build the commit saga, the order service, and the jobs that recover, watch and expire.

    What leads to an order is checked against the vendor's book, read past the caches, with the reserve of the
    quotas and in threads of its own: ordinary reads that wait for the vendor hold neither. Commits of jobs
    are checked without the reserve, which is left to users who commit and cancel meanwhile.
    """
    settings, database, clock, aladdin = house.settings.trading, house.database, house.clock, house.aladdin
    lease, settle = timedelta(seconds=settings.lease_seconds), timedelta(seconds=settings.settle_seconds)
    pool = ThreadPoolExecutor(
        READS_PER_REQUEST * house.settings.server.threads, thread_name_prefix="order-reads"
    )
    limits = house.safety.limits
    fresh = inputs_over(house, aladdin.vendor_book, unshared(aladdin.orders), pool)
    desk = DeskLock(database, clock, settings.lease_seconds, sole=house.sole)
    gateway = OrderGateway(aladdin.orders, aladdin.forget, desk, house.safety.stop, limits)
    recheck = Recheck(database, house.audit, fresh, settings.price_band_percent)
    outcomes = Outcomes(database, house.audit, clock, house.fairness.ledger)
    dispatch = Dispatch(gateway, outcomes, clock, lease=lease, settle=settle)
    policy = ApprovalPolicy(settings.approval_above_notional, for_warnings=settings.approval_for_warnings)
    claims, users = Claims(database, house.audit), house.access.users.user
    saga = Saga(gateway, recheck, dispatch, claims, clock, lease=lease)
    job_reads = inputs_over(house, aladdin.job_book, unshared(aladdin.job_orders), pool)
    job_recheck = Recheck(database, house.audit, job_reads, settings.price_band_percent)
    job_saga = Saga(gateway, job_recheck, dispatch, claims, clock, lease=lease)
    recovery = Recovery(
        database,
        aladdin.orders,
        gateway,
        desk,
        recheck,
        dispatch,
        outcomes,
        policy,
        users,
        clock,
        lease=lease,
    )
    recovery.inherit()
    settlements = SettlementService(
        database, aladdin.orders, gateway, dispatch, outcomes, house.audit, clock, lease=lease
    )
    ledger = OrderLedger(database, house.audit, clock, house.fairness.ledger)
    orders = _orders(house, gateway, fresh, ledger, policy)
    watch = OrderWatch(database, aladdin.orders, ledger, clock)
    return Room(
        Trading(
            commits=CommitService(database, claims, saga, policy, limits, clock),
            job_commits=CommitService(database, claims, job_saga, policy, limits, clock),
            approvals=ApprovalService(
                database, claims, saga, policy, users, house.accounts.visibility.of, clock
            ),
            settlements=settlements,
            orders=orders,
            working=WorkingOrders(database, gateway, orders),
        ),
        jobs=(
            Job("take-over", TAKE_OVER_SECONDS, recovery.take_over),
            Job("settle", settings.recovery_seconds, recovery.settle),
            Job("watch", settings.recovery_seconds, watch.sync),
            Job("expire", EXPIRY_SECONDS, lambda: _expire(database, clock)),
        ),
        gauges=gauges(clock),
    )


def _orders(
    house: Services, gateway: OrderGateway, fresh: InputsLoader, ledger: OrderLedger, policy: ApprovalPolicy
) -> OrderService:
    return OrderService(
        house.database,
        house.aladdin.shared_orders,
        house.aladdin.orders,
        gateway,
        fresh,
        house.audit,
        ledger,
        policy,
        house.safety.limits,
        house.settings.zone,
    )


def _expire(database: Database, clock: Clock) -> None:
    database.retried(lambda session: expire(session, clock()))
