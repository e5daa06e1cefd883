"""Reservation of accounts by unsettled allocations: no cash is spent and no bond sold twice (R10.5)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AllocationLineRow, AllocationRow
from app.services.trading.errors import AccountsUnsettled
from app.services.trading.states import UNSETTLED


def check_settled(session: Session, accounts: Collection[str], *, ignored: Collection[str] = ()) -> None:
    """Check that none of the accounts has a part in an unsettled allocation (R10.5).

    The vendor's cash and positions may not show yet what the order of such an allocation takes.

    Parameters
    ----------
    ignored
        Ids of allocations that do not count: the caller's own, and those that have no order at the vendor.

    Raises
    ------
    AccountsUnsettled
        Naming the accounts and the unsettled allocations.
    """
    parts = session.execute(
        select(AllocationLineRow.account_id, AllocationRow.id, AllocationRow.status)
        .join(AllocationRow, AllocationRow.id == AllocationLineRow.allocation_id)
        .where(AllocationRow.status.in_(UNSETTLED), AllocationLineRow.allocated_quantity != 0)
        .order_by(AllocationLineRow.account_id, AllocationRow.id)
    )
    wanted, not_counted = set(accounts), set(ignored)
    found = [
        {"account_id": account_id, "allocation_id": allocation_id, "allocation_status": status}
        for account_id, allocation_id, status in parts
        if account_id in wanted and allocation_id not in not_counted
    ]
    if found:
        allocations = ", ".join(sorted({part["allocation_id"] for part in found}))
        raise AccountsUnsettled(
            "The outcome of other orders for these accounts is not known yet. "
            f"Wait until these allocations are settled: {allocations}",
            extra={"accounts": found},
        )
