"""Tables. Keys are string UUIDs or the field's own ids; large JSON is canonical text."""

from app.models.allocation import AllocationGroupRow, AllocationLineRow, AllocationRow
from app.models.audit import AuditHeadRow, AuditRow
from app.models.order import OrderRow
from app.models.reference import (
    AccountRow,
    LimitRow,
    PortfolioGroupRow,
    ReferenceSourceRow,
    SecurityRow,
)
from app.models.user import RevokedTokenRow, UserRow

__all__ = [
    "AccountRow",
    "AllocationGroupRow",
    "AllocationLineRow",
    "AllocationRow",
    "AuditHeadRow",
    "AuditRow",
    "LimitRow",
    "OrderRow",
    "PortfolioGroupRow",
    "ReferenceSourceRow",
    "RevokedTokenRow",
    "SecurityRow",
    "UserRow",
]
