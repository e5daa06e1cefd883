"""The services of one application, put together once in `app.wiring`."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.jobs.embedded import JobRunner
from app.services.access.auth import AuthService
from app.services.accounts.groups import PortfolioService
from app.services.accounts.positions import MarketDataService
from app.services.allocations.service import AllocationService
from app.services.audit.trail import AuditService
from app.services.ops.health import HealthService
from app.services.reports.committed import FairnessService
from app.services.reports.history import HistoryReport
from app.services.reports.instructions import FixExport
from app.services.requests.activity import ActivityService
from app.services.requests.idempotency import IdempotencyService
from app.services.securities.service import SecurityService
from app.services.trading.commit.commit import CommitService
from app.services.trading.orders.orders import OrderService


@dataclass(frozen=True, slots=True)
class Reports:
    """One of each report."""

    history: HistoryReport
    fairness: FairnessService
    fix: FixExport


@dataclass(frozen=True, slots=True)
class Services:
    """One of each; stateless but for what they were given."""

    auth: AuthService
    portfolios: PortfolioService
    securities: SecurityService
    market_data: MarketDataService
    allocations: AllocationService
    commits: CommitService
    orders: OrderService
    reports: Reports
    audit: AuditService
    activity: ActivityService
    health: HealthService
    idempotency: IdempotencyService
    keeper: JobRunner
