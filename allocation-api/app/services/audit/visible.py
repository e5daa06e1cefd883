"""Which audit records a user may see, as SQL conditions."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from app.models import AllocationRow, AuditRow, ComparisonRow, OrderRow, TargetSetRow
from app.services.audit.actions import EntityType
from app.services.visibility import rows
from app.services.visibility.rows import Conditions
from app.services.visibility.visibility import Visibility


def records(visible: Visibility) -> Conditions:
    """Return the conditions that an `AuditRow` is visible; none where everything is.

    It is of a visible allocation, order, comparison or target set, or of the user. Records of the desk as a
    whole, such as its limits and its fairness policy, name accounts of every group.
    """
    if visible.groups is None:
        return ()
    of = AuditRow.entity_id
    found = {
        EntityType.ALLOCATION: of.in_(select(AllocationRow.id).where(*rows.allocations(visible))),
        EntityType.ORDER: of.in_(select(OrderRow.order_id).where(*rows.orders(visible))),
        EntityType.COMPARISON: of.in_(select(ComparisonRow.id).where(*rows.comparisons(visible))),
        EntityType.TARGET_SET: of.in_(select(TargetSetRow.id).where(*rows.target_sets(visible))),
        EntityType.USER: of.in_([visible.user_id, visible.username]),
    }
    return (or_(*(and_(AuditRow.entity_type == kind, there) for kind, there in found.items())),)
