"""Tables (SQLAlchemy models). Keys are string UUIDs or ids of the business; large JSON is canonical text."""

from app.models.access import (
    NO_PASSWORD,
    GrantKind,
    LoginBrakeRow,
    SessionRow,
    UserGrantRow,
    UserIdentityRow,
    UserRow,
)
from app.models.accounts import ADDED, AccountRow, PortfolioGroupRow, ReferenceSourceRow
from app.models.alerts import (
    AlertChannelRow,
    AlertDeliveryEventRow,
    AlertDeliveryRow,
    AlertEventRow,
    AlertGroupRow,
    AlertReadRow,
    AlertRow,
)
from app.models.allocations import (
    AllocationGroupRow,
    AllocationLineRow,
    AllocationRow,
    ComparisonGroupRow,
    ComparisonRow,
)
from app.models.audit import AuditHeadRow, AuditRow
from app.models.backtest import BacktestGridRow, BacktestPartRow, BacktestResultRow, BacktestRow
from app.models.blotters import BlotterGroupRow, BlotterJointRow, BlotterLineRow, BlotterRow
from app.models.compliance import LimitRow
from app.models.drift import TargetDecisionRow, TargetSetRow, TargetVersionRow
from app.models.drift_history import DriftLineRow, DriftSnapshotRow
from app.models.events import (
    EventAssetRow,
    EventCursorRow,
    EventListenerRow,
    EventRow,
    MonitorChangeRow,
    MonitorRow,
    RecalculationRow,
)
from app.models.execution import (
    BrokerAccountRow,
    BrokerOrderRow,
    PaperAccountRow,
    PaperHoldingRow,
    PaperOrderRow,
)
from app.models.fairness import FairnessBalanceRow, FairnessEntryRow, FairnessPolicyRow
from app.models.jobs import JobRow, ScheduleRow
from app.models.lock import (
    ALERTS_LOCK,
    CHOICE_LOCK,
    EVENTS_LOCK,
    EXECUTION_LOCK,
    FAIRNESS_LOCK,
    FIX_LOCK,
    IDEMPOTENCY_LOCKS,
    LOGIN_LOCK,
    MARKET_LOCK,
    MOCK_LOCK,
    ORDERS_LOCK,
    PERIODIC_LOCK,
    PREFERENCES_LOCK,
    START_LOCK,
    STOP_LOCK,
    TARGETS_LOCK,
    USERS_LOCK,
    LockRow,
)
from app.models.market_history import MarketBlockRow, MarketImportRow, MarketRefreshRow
from app.models.optimization import OptimizationRow
from app.models.preferences import PreferenceRow
from app.models.proposals import ProposalGroupRow, ProposalRow
from app.models.reallocation import ReallocationRow
from app.models.reports import FixMessageRow
from app.models.requests import IdempotencyKeyRow, UsageEventRow, UserActivityRow
from app.models.safety import EmergencyStopRow
from app.models.securities import COMPUTED, SecurityRow
from app.models.trading import OrderFillLineRow, OrderFillRow, OrderRow, OrderSliceRow

__all__ = [
    "ADDED",
    "ALERTS_LOCK",
    "CHOICE_LOCK",
    "COMPUTED",
    "EVENTS_LOCK",
    "EXECUTION_LOCK",
    "FAIRNESS_LOCK",
    "FIX_LOCK",
    "IDEMPOTENCY_LOCKS",
    "LOGIN_LOCK",
    "MARKET_LOCK",
    "MOCK_LOCK",
    "NO_PASSWORD",
    "ORDERS_LOCK",
    "PERIODIC_LOCK",
    "PREFERENCES_LOCK",
    "START_LOCK",
    "STOP_LOCK",
    "TARGETS_LOCK",
    "USERS_LOCK",
    "AccountRow",
    "AlertChannelRow",
    "AlertDeliveryEventRow",
    "AlertDeliveryRow",
    "AlertEventRow",
    "AlertGroupRow",
    "AlertReadRow",
    "AlertRow",
    "AllocationGroupRow",
    "AllocationLineRow",
    "AllocationRow",
    "AuditHeadRow",
    "AuditRow",
    "BacktestGridRow",
    "BacktestPartRow",
    "BacktestResultRow",
    "BacktestRow",
    "BlotterGroupRow",
    "BlotterJointRow",
    "BlotterLineRow",
    "BlotterRow",
    "BrokerAccountRow",
    "BrokerOrderRow",
    "ComparisonGroupRow",
    "ComparisonRow",
    "DriftLineRow",
    "DriftSnapshotRow",
    "EmergencyStopRow",
    "EventAssetRow",
    "EventCursorRow",
    "EventListenerRow",
    "EventRow",
    "FairnessBalanceRow",
    "FairnessEntryRow",
    "FairnessPolicyRow",
    "FixMessageRow",
    "GrantKind",
    "IdempotencyKeyRow",
    "JobRow",
    "LimitRow",
    "LockRow",
    "LoginBrakeRow",
    "MarketBlockRow",
    "MarketImportRow",
    "MarketRefreshRow",
    "MonitorChangeRow",
    "MonitorRow",
    "OptimizationRow",
    "OrderFillLineRow",
    "OrderFillRow",
    "OrderRow",
    "OrderSliceRow",
    "PaperAccountRow",
    "PaperHoldingRow",
    "PaperOrderRow",
    "PortfolioGroupRow",
    "PreferenceRow",
    "ProposalGroupRow",
    "ProposalRow",
    "ReallocationRow",
    "RecalculationRow",
    "ReferenceSourceRow",
    "ScheduleRow",
    "SecurityRow",
    "SessionRow",
    "TargetDecisionRow",
    "TargetSetRow",
    "TargetVersionRow",
    "UsageEventRow",
    "UserActivityRow",
    "UserGrantRow",
    "UserIdentityRow",
    "UserRow",
]
