"""What sends and watches orders, put together: all through one gateway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.core.clock import Clock
from app.core.config import TradingSettings
from app.core.database import Database
from app.core.jobs.embedded import Job
from app.services.access.auth import AuthService
from app.services.allocations.inputs import InputsLoader
from app.services.audit.trail import AuditService
from app.services.trading.commit.commit import CommitService
from app.services.trading.commit.dispatch import Dispatch
from app.services.trading.commit.outcome import Outcomes
from app.services.trading.commit.recheck import Recheck
from app.services.trading.commit.recovery import Recovery
from app.services.trading.desk_lock import DeskLock
from app.services.trading.gateway import OrderGateway
from app.services.trading.orders.ledger import OrderLedger
from app.services.trading.orders.orders import OrderService
from app.services.trading.orders.watch import OrderWatch
from app.services.trading.states import expire
from app.wiring.vendor import Aladdin

EXPIRY_SECONDS = 60
"""How often it is stored which previews have expired; whoever reads one sees it at once."""


@dataclass(frozen=True, slots=True)
class Trading:
    """The services that send orders, and what is done about orders beside the requests."""

    commits: CommitService
    orders: OrderService
    jobs: tuple[Job, ...]


def trading_of(
    settings: TradingSettings,
    database: Database,
    aladdin: Aladdin,
    fresh: InputsLoader,
    auth: AuthService,
    audit: AuditService,
    clock: Clock,
) -> Trading:
    """Wire what sends orders; `fresh` reads the vendor's book past the cache."""
    lease, settle = timedelta(seconds=settings.lease_seconds), timedelta(seconds=settings.settle_seconds)
    gateway = OrderGateway(
        aladdin.orders,
        aladdin.book.forget_positions,
        DeskLock(database, clock, settings.lease_seconds),
        halted=settings.halted,
    )
    recheck = Recheck(database, fresh, settings.price_band_percent)
    outcomes = Outcomes(database, audit, clock)
    dispatch = Dispatch(gateway, outcomes, clock, lease=lease, settle=settle)
    recovery = Recovery(
        database, aladdin.orders, gateway, recheck, dispatch, outcomes, auth.user, clock, lease=lease
    )
    ledger = OrderLedger(database, audit, clock)
    watch = OrderWatch(database, aladdin.orders, ledger, clock)
    return Trading(
        commits=CommitService(database, gateway, recheck, dispatch, outcomes, clock, lease=lease),
        orders=OrderService(database, aladdin.orders, gateway, fresh, audit, ledger),
        jobs=(
            Job("settle", settings.recovery_seconds, recovery.settle),
            Job("watch", settings.recovery_seconds, watch.look),
            Job("expire", EXPIRY_SECONDS, lambda: _expire(database, clock)),
        ),
    )


def _expire(database: Database, clock: Clock) -> None:
    database.retried(lambda session: expire(session, clock()))
