"""Tables (SQLAlchemy models). Keys are string UUIDs or ids of the business; large JSON is canonical text."""

from app.models.access import RevokedTokenRow, UserRow
from app.models.accounts import ADDED, AccountRow, PortfolioGroupRow, ReferenceSourceRow
from app.models.allocations import (
    AllocationGroupRow,
    AllocationLineRow,
    AllocationRow,
    ComparisonGroupRow,
    ComparisonRow,
)
from app.models.audit import AuditHeadRow, AuditRow
from app.models.compliance import LimitRow
from app.models.fairness import FairnessBalanceRow, FairnessEntryRow, FairnessPolicyRow
from app.models.lock import (
    CHOICE_LOCK,
    FAIRNESS_LOCK,
    FIX_LOCK,
    IDEMPOTENCY_LOCKS,
    ORDERS_LOCK,
    START_LOCK,
    LockRow,
)
from app.models.reports import FixMessageRow
from app.models.requests import IdempotencyKeyRow, UserActivityRow
from app.models.securities import COMPUTED, SecurityRow
from app.models.trading import OrderFillLineRow, OrderFillRow, OrderRow, OrderSliceRow

__all__ = [
    "ADDED",
    "CHOICE_LOCK",
    "COMPUTED",
    "FAIRNESS_LOCK",
    "FIX_LOCK",
    "IDEMPOTENCY_LOCKS",
    "ORDERS_LOCK",
    "START_LOCK",
    "AccountRow",
    "AllocationGroupRow",
    "AllocationLineRow",
    "AllocationRow",
    "AuditHeadRow",
    "AuditRow",
    "ComparisonGroupRow",
    "ComparisonRow",
    "FairnessBalanceRow",
    "FairnessEntryRow",
    "FairnessPolicyRow",
    "FixMessageRow",
    "IdempotencyKeyRow",
    "LimitRow",
    "LockRow",
    "OrderFillLineRow",
    "OrderFillRow",
    "OrderRow",
    "OrderSliceRow",
    "PortfolioGroupRow",
    "ReferenceSourceRow",
    "RevokedTokenRow",
    "SecurityRow",
    "UserActivityRow",
    "UserRow",
]
