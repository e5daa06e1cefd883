"""Accounts with a part in an unsettled allocation take no part in another: no cash is spent twice."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AllocationLineRow, AllocationRow
from app.services.trading.errors import AccountsUnsettled
from app.services.trading.states import UNSETTLED


def check_settled(session: Session, accounts: Collection[str], *, but: Collection[str] = ()) -> None:
    """Let accounts pass whose cash and positions are as the vendor shows them (R10.5).

    What the order of an unsettled allocation takes, the vendor may not show yet.

    Parameters
    ----------
    but
        Allocations that do not count: the one that is asked for, and those whose order is surely not there.

    Raises
    ------
    AccountsUnsettled
        Naming the accounts that have a part in other allocations which are being committed.
    """
    parts = session.execute(
        select(AllocationLineRow.account_id, AllocationRow.id, AllocationRow.status)
        .join(AllocationRow, AllocationRow.id == AllocationLineRow.allocation_id)
        .where(AllocationRow.status.in_(UNSETTLED), AllocationLineRow.allocated_quantity > 0)
        .order_by(AllocationLineRow.account_id, AllocationRow.id)
    )
    wanted, apart = set(accounts), set(but)
    found = [
        {"account_id": account_id, "allocation_id": allocation_id, "allocation_status": status}
        for account_id, allocation_id, status in parts
        if account_id in wanted and allocation_id not in apart
    ]
    if found:
        allocations = ", ".join(sorted({part["allocation_id"] for part in found}))
        raise AccountsUnsettled(
            f"It is not settled yet what became of other orders for these accounts: {allocations}",
            extra={"accounts": found},
        )
