"""Ledger of entitlements: append-only entries of orders, and balances that are their sums (R15.5).

Every entry is written in the unit of work that changes its order, and recorded by that unit's audit record:
a crash leaves neither alone, and the chain of the trail is the chain of the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import insert_many, rows_changed
from app.models import FAIRNESS_LOCK, FairnessBalanceRow, FairnessEntryRow
from app.models.lock import serialise
from app.services.audit.trail import Changed
from app.services.domain.fairness import FairnessInputs, FairnessPolicy, LedgerState, carried, scope_of
from app.services.domain.side import Side
from app.services.fairness.contributions import ZERO, LedgerOrder, Part, contribution, ledger_order
from app.services.fairness.errors import PolicyGoneError
from app.services.fairness.policies import FairnessPolicies


class EntryKind(StrEnum):
    """CREDIT: an order is entered. CORRECTION: it adds something else by now. CARRY: to a later date."""

    CREDIT = "CREDIT"
    CORRECTION = "CORRECTION"
    CARRY = "CARRY"


class FairnessLedger:
    """Reads balances, and enters what orders add to them."""

    def __init__(self, policies: FairnessPolicies, clock: Clock) -> None:
        self._policies = policies
        self._clock = clock

    def state(
        self, session: Session, scope_id: str, side: Side, policy: FairnessPolicy, today: date
    ) -> LedgerState:
        """Return the balances of a scope and side, carried to `today`, in one statement."""
        as_of, balances = _stored(session, scope_id, side)
        if as_of is not None:
            balances = carried(balances, as_of, today, policy)
        return LedgerState(scope_id, side, as_of, tuple(sorted(balances.items())))

    def inputs(
        self, session: Session, groups: Sequence[str], sector: str | None, side: Side, today: date
    ) -> FairnessInputs:
        """Return the policy in force and the ledger of an order for these groups, in two statements."""
        policy = self._policies.in_force(session)
        state = self.state(session, scope_of(policy, groups, sector), side, policy, today)
        return FairnessInputs(policy, state)

    def settle(self, session: Session, order_id: str) -> tuple[Changed, ...]:
        """Enter what an order adds to its ledger now, less what it has entered; nothing where that agrees.

        It belongs into the unit of work that has changed the order, before its audit records, one of which
        takes what is returned. Called again, it enters nothing.

        Raises
        ------
        PolicyGoneError
            When the policy of the order's preview is not stored any more.
        """
        order = ledger_order(session, order_id)
        if order is None:
            return ()
        said, sequence = entered(session, order_id)
        now = contribution(session, order)
        nothing = Part()
        found = {a: now.get(a, nothing).less(said.get(a, nothing)) for a in sorted({*now, *said})}
        parts = {account: part for account, part in found.items() if part != nothing}
        if not parts:
            return ()
        # From here on other units that move the ledger wait.
        serialise(session, FAIRNESS_LOCK)
        policy = self._policies.named(session, order.policy_id)
        if policy is None:
            raise PolicyGoneError(f"the fairness policy {order.policy_id} of {order.allocation_id} is gone")
        kind = EntryKind.CORRECTION if sequence else EntryKind.CREDIT
        self._enter(session, order, sequence + 1, kind, parts, policy)
        return (Changed(FairnessEntryRow, where={"sequence": sequence + 1}),)

    def _enter(
        self,
        session: Session,
        order: LedgerOrder,
        sequence: int,
        kind: EntryKind,
        parts: Mapping[str, Part],
        policy: FairnessPolicy,
    ) -> None:
        """Append the entries of one settlement and move the balances by them.

        Balances are first carried to the date of the order; where the ledger is past that date, what is
        entered is carried to the ledger's, so that a late correction weighs as if it had been made in time.
        """
        as_of, before = _stored(session, order.scope_id, order.side)
        owed = {account: part.owed for account, part in parts.items()}
        end = max(order.business_date, as_of or order.business_date)
        moved = {a: after - before[a] for a, after in carried(before, as_of or end, end, policy).items()}
        late = carried(owed, order.business_date, end, policy)
        for account, amount in owed.items():
            moved[account] = moved.get(account, ZERO) + late[account] - amount
        carries = {a: amount for a, amount in moved.items() if amount}
        entries = [
            self._entry(order, sequence, kind, a, order.business_date, part.owed, part)
            for a, part in parts.items()
        ]
        entries += [
            self._entry(order, sequence, EntryKind.CARRY, a, end, amount, Part())
            for a, amount in carries.items()
        ]
        insert_many(session, FairnessEntryRow, entries)
        after = {a: before.get(a, ZERO) + carries.get(a, ZERO) + owed.get(a, ZERO) for a in {*before, *owed}}
        replace_balances(session, order.scope_id, order.side, after, end)

    def _entry(
        self,
        order: LedgerOrder,
        sequence: int,
        kind: EntryKind,
        account_id: str,
        day: date,
        amount: Decimal,
        part: Part,
    ) -> dict[str, object]:
        return {
            "order_id": order.order_id,
            "sequence": sequence,
            "kind": kind,
            "account_id": account_id,
            "scope_id": order.scope_id,
            "side": order.side,
            "allocation_id": order.allocation_id,
            "policy_id": order.policy_id,
            "entitled": part.entitled,
            "received": part.received,
            "amount": amount,
            "business_date": day,
            "created_at": self._clock(),
        }


def replace_balances(
    session: Session, scope_id: str, side: Side, balances: Mapping[str, Decimal], as_of: date
) -> None:
    """Put all balances of a scope and side in the place of those stored, under the ledger's lock."""
    row = FairnessBalanceRow
    rows_changed(session, delete(row).where(row.scope_id == scope_id, row.side == side))
    insert_many(
        session,
        row,
        [
            {"scope_id": scope_id, "side": side, "account_id": a, "balance": balance, "as_of": as_of}
            for a, balance in sorted(balances.items())
        ],
    )


def _stored(session: Session, scope_id: str, side: Side) -> tuple[date | None, dict[str, Decimal]]:
    """Return the date of the ledger's last order and its balances as they are stored."""
    row = FairnessBalanceRow
    query = select(row.account_id, row.balance, row.as_of).where(row.scope_id == scope_id, row.side == side)
    found = session.execute(query).all()
    return max((r.as_of for r in found), default=None), {r.account_id: r.balance for r in found}


def entered(session: Session, order_id: str) -> tuple[dict[str, Part], int]:
    """Return what an order has entered by account, carries aside, and its last sequence; 0 without any."""
    entry = FairnessEntryRow
    query = select(entry.account_id, entry.sequence, entry.kind, entry.entitled, entry.received)
    found: dict[str, Part] = {}
    last = 0
    for row in session.execute(query.where(entry.order_id == order_id)):
        last = max(last, row.sequence)
        if row.kind != EntryKind.CARRY:
            part = Part(row.entitled, row.received)
            found[row.account_id] = found.get(row.account_id, Part()).plus(part)
    return found, last
