"""Container of an application's rooms, filled floor by floor in `app.wiring`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

import httpx

from app.core.clock import Clock
from app.core.config import Settings
from app.core.database import Database
from app.core.jobs.embedded import Job
from app.core.redis_link import RedisLink
from app.core.security import Passwords
from app.core.state_gauges import StateCollector, StateGauge
from app.services.access.administration import UserAdministration
from app.services.access.logins import LoginService
from app.services.access.sessions import SessionService
from app.services.access.sign_on import SignOnService
from app.services.access.users import UserService
from app.services.accounts.groups import PortfolioService
from app.services.accounts.positions import MarketDataService
from app.services.accounts.reference import ReferenceBook
from app.services.accounts.reference_load import ReferenceService
from app.services.accounts.visibility import VisibilityService
from app.services.aladdin.cached_book import CachedBook
from app.services.aladdin.quotas import Quotas
from app.services.aladdin.shared_orders import SharedOrders
from app.services.aladdin.state import VendorState
from app.services.aladdin.vendor_book import VendorBook
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.alerts.alerts import AlertService
from app.services.alerts.channels import ChannelService
from app.services.alerts.deliveries import Deliveries
from app.services.alerts.dispatcher import Dispatcher
from app.services.alerts.look import AlertLook
from app.services.allocations.adjustments import AdjustmentService
from app.services.allocations.comparisons import ComparisonService
from app.services.allocations.order_capacity import OrderCapacityService
from app.services.allocations.service import AllocationService
from app.services.audit.trail import AuditService
from app.services.backtest.deletion import BacktestDeletion
from app.services.backtest.grids import BacktestGrids
from app.services.backtest.run import BacktestRuns
from app.services.backtest.service import BacktestService
from app.services.blotters.commits import BlotterCommits
from app.services.blotters.previews import BlotterPreviews
from app.services.blotters.service import BlotterService
from app.services.drift.calculator import DriftCalculator
from app.services.drift.checks import DriftChecks
from app.services.drift.history import DriftHistory
from app.services.drift.own_books import OwnBooks
from app.services.drift.target_sets import TargetSets
from app.services.events.changes import MonitorChanges
from app.services.events.inbox import EventInbox
from app.services.events.listeners import Listeners
from app.services.events.monitor import Monitor
from app.services.events.processor import EventProcessor
from app.services.events.recalculations import Recalculations
from app.services.events.signatures import WebhookSignatures
from app.services.execution.accounts import BrokerAccounts
from app.services.execution.gateway import BrokerGateway
from app.services.execution.ledger import OrderLedger
from app.services.fairness.ledger import FairnessLedger
from app.services.fairness.policies import FairnessPolicies
from app.services.jobs.events import JobEvents
from app.services.jobs.executor import JobExecutor
from app.services.jobs.jobs import JobService
from app.services.jobs.kinds import Handler, Handlers
from app.services.jobs.periodic import PeriodicWork
from app.services.jobs.store import JobStore
from app.services.jobs.worker import JobThreads
from app.services.market_history.imports import MarketImports
from app.services.market_history.refresh import MarketRefreshes
from app.services.market_history.service import MarketHistory
from app.services.ops.health import DataMode, HealthService
from app.services.optimization.service import OptimizationService
from app.services.preferences.preferences import PreferenceService
from app.services.proposals.service import ProposalService
from app.services.reallocation.service import ReallocationService
from app.services.regimes.service import RegimeService
from app.services.reports.account_ledger import AccountLedgers
from app.services.reports.committed import FairnessService
from app.services.reports.fix_messages import FixMessages
from app.services.reports.history import HistoryReport
from app.services.reports.ledger_reports import LedgerReports
from app.services.reports.sheet import AllocationSheets
from app.services.requests.activity import ActivityService
from app.services.requests.calculations import CalculationPlaces
from app.services.requests.gate import VendorGate
from app.services.requests.idempotency import IdempotencyService
from app.services.requests.rate_limits import RateLimits
from app.services.requests.usage import UsageService
from app.services.risk.service import RiskService
from app.services.safety.emergency_stop import EmergencyStop
from app.services.safety.order_limits import OrderLimits
from app.services.securities.service import SecurityService
from app.services.trading.commit.approval import ApprovalService
from app.services.trading.commit.commit import CommitService
from app.services.trading.commit.settlement import SettlementService
from app.services.trading.orders.orders import OrderService
from app.services.trading.orders.working import WorkingOrders

Service = TypeVar("Service")


@dataclass(frozen=True, slots=True)
class Room(Generic[Service]):
    """One room: its services, its periodic work, gauges of its state in the database, its kinds of jobs."""

    service: Service
    jobs: tuple[Job, ...] = ()
    gauges: tuple[StateGauge, ...] = ()
    handlers: tuple[Handler[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Aladdin:
    """Clients of the vendor: its book, its orders, and the quotas that they share.

    What leads to an order or changes one uses `vendor_book` and `orders`, which are never cached and may use
    the reserve of the quotas. Everything else uses `book` (cached), `shared_orders` (cached for a moment) and
    `ordinary_orders` (not cached), which may not. Jobs use `job_book` and `job_orders` (not cached): they may
    not either, and do not wait for a quota, since a job waits by itself, holding nothing. `state` is what
    this process knows of the vendor, `mode` where the data comes from, `reference` the mock's reference data.
    """

    vendor_book: VendorBook
    orders: VendorOrders
    book: CachedBook
    shared_orders: SharedOrders
    ordinary_orders: VendorOrders
    job_book: VendorBook
    job_orders: VendorOrders
    quotas: Quotas
    state: VendorState
    mode: DataMode
    business_date: Callable[[], date]
    reference: ReferenceBook | None

    def forget(self) -> None:
        """Invalidate what is cached of positions and orders, because an order has changed them."""
        self.book.forget_positions()
        self.shared_orders.forget()


@dataclass(frozen=True, slots=True)
class Requests:
    """User activity, use of screens, idempotency keys, rate limits, places at the vendor, of calculations."""

    activity: ActivityService
    usage: UsageService
    idempotency: IdempotencyService
    rates: RateLimits
    gate: VendorGate
    calculations: CalculationPlaces


@dataclass(frozen=True, slots=True)
class Safety:
    """The emergency stop, and limits on the size of an order."""

    stop: EmergencyStop
    limits: OrderLimits


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs for users, their changes as they happen, their table, the kinds, and what does jobs.

    `handlers` has the kinds of all rooms once these are built; `threads` are workers in a serving process.
    """

    service: JobService
    events: JobEvents
    store: JobStore
    handlers: Handlers
    executor: JobExecutor
    threads: JobThreads


@dataclass(frozen=True, slots=True)
class Access:
    """Logins, users and their administration, and sessions."""

    logins: LoginService
    users: UserService
    administration: UserAdministration
    sessions: SessionService
    sign_on: SignOnService


@dataclass(frozen=True, slots=True)
class Accounts:
    """Portfolio groups with their accounts and who may see them, positions and cash, and reference data."""

    groups: PortfolioService
    positions: MarketDataService
    reference: ReferenceService
    visibility: VisibilityService


@dataclass(frozen=True, slots=True)
class MarketData:
    """Daily prices by symbol, their imports, and their refreshes from an exchange."""

    history: MarketHistory
    imports: MarketImports
    refreshes: MarketRefreshes


@dataclass(frozen=True, slots=True)
class Fairness:
    """The desk's fairness policy, and the ledger of entitlements."""

    policies: FairnessPolicies
    ledger: FairnessLedger


@dataclass(frozen=True, slots=True)
class Allocations:
    """Previews, comparisons of several splits of one order, edits of previews, and capacities."""

    previews: AllocationService
    comparisons: ComparisonService
    adjustments: AdjustmentService
    capacities: OrderCapacityService


@dataclass(frozen=True, slots=True)
class Trading:
    """The services that send orders, and let people decide on them; `job_commits` is for commits by jobs."""

    commits: CommitService
    job_commits: CommitService
    approvals: ApprovalService
    settlements: SettlementService
    orders: OrderService
    working: WorkingOrders


@dataclass(frozen=True, slots=True)
class Execution:
    """Accounts at brokers, the gateway of orders to them, and what is stored of these."""

    accounts: BrokerAccounts
    gateway: BrokerGateway
    orders: OrderLedger


@dataclass(frozen=True, slots=True)
class Drift:
    """Drift of portfolios that callers state, targets of accounts and groups, their drift and its history."""

    calculator: DriftCalculator
    target_sets: TargetSets
    own_books: OwnBooks
    checks: DriftChecks
    history: DriftHistory


@dataclass(frozen=True, slots=True)
class Blotters:
    """Blotters for users, and the work of the jobs that preview and commit them."""

    service: BlotterService
    previews: BlotterPreviews
    commits: BlotterCommits


@dataclass(frozen=True, slots=True)
class Backtests:
    """Backtests for users, and the work of the jobs that run them."""

    service: BacktestService
    grids: BacktestGrids
    deletion: BacktestDeletion
    runs: BacktestRuns


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports."""

    history: HistoryReport
    fairness: FairnessService
    ledger: LedgerReports
    accounts: AccountLedgers
    sheets: AllocationSheets
    fix: FixMessages


@dataclass(frozen=True, slots=True)
class Events:
    """Doors of events, monitoring for users, recalculations, and the work of the leader."""

    signatures: WebhookSignatures
    inbox: EventInbox
    monitor: Monitor
    changes: MonitorChanges
    recalculations: Recalculations
    processor: EventProcessor
    listeners: Listeners


@dataclass(frozen=True, slots=True)
class Alerts:
    """Alerts for users, channels and the outbox for administrators, and the work of the leader."""

    service: AlertService
    channels: ChannelService
    deliveries: Deliveries
    dispatcher: Dispatcher
    look: AlertLook


@dataclass(slots=True)
class Services:
    """One application: its infrastructure, and one field per room, in floor order.

    A room is built from the fields above its own in this list. `sole` says that no other process of this host
    has a simulator inside and sends orders of this database; `redis` is what all processes share, if any.
    """

    settings: Settings
    clock: Clock
    database: Database
    passwords: Passwords
    pool: ThreadPoolExecutor
    transport: httpx.BaseTransport | None
    sole: bool
    redis: RedisLink | None
    aladdin: Aladdin = field(init=False)
    audit: AuditService = field(init=False)
    preferences: PreferenceService = field(init=False)
    requests: Requests = field(init=False)
    safety: Safety = field(init=False)
    jobs: Jobs = field(init=False)
    access: Access = field(init=False)
    accounts: Accounts = field(init=False)
    securities: SecurityService = field(init=False)
    ops: HealthService = field(init=False)
    market_history: MarketData = field(init=False)
    fairness: Fairness = field(init=False)
    risk: RiskService = field(init=False)
    regimes: RegimeService = field(init=False)
    allocations: Allocations = field(init=False)
    trading: Trading = field(init=False)
    execution: Execution = field(init=False)
    drift: Drift = field(init=False)
    blotters: Blotters = field(init=False)
    backtest: Backtests = field(init=False)
    proposals: ProposalService = field(init=False)
    reallocation: ReallocationService = field(init=False)
    optimization: OptimizationService = field(init=False)
    reports: Reports = field(init=False)
    events: Events = field(init=False)
    alerts: Alerts = field(init=False)
    periodic: PeriodicWork = field(init=False)
    state: StateCollector = field(init=False)
