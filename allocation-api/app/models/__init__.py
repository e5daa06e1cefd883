"""Tables. Keys are string UUIDs or the field's own ids; large JSON is canonical text."""

from app.models.allocation import AllocationGroupRow, AllocationLineRow, AllocationRow
from app.models.audit import AuditHeadRow, AuditRow
from app.models.lock import IDEMPOTENCY_LOCKS, ORDERS_LOCK, START_LOCK, LockRow
from app.models.order import OrderFillLineRow, OrderFillRow, OrderRow, OrderSliceRow
from app.models.reference import (
    AccountRow,
    LimitRow,
    PortfolioGroupRow,
    ReferenceSourceRow,
    SecurityRow,
)
from app.models.request import IdempotencyKeyRow, UserActivityRow
from app.models.user import RevokedTokenRow, UserRow

__all__ = [
    "IDEMPOTENCY_LOCKS",
    "ORDERS_LOCK",
    "START_LOCK",
    "AccountRow",
    "AllocationGroupRow",
    "AllocationLineRow",
    "AllocationRow",
    "AuditHeadRow",
    "AuditRow",
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
