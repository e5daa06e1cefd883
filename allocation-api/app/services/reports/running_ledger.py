"""Balances of a fairness ledger order by order, each order with what it adds in the end (R15.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.services.domain.fairness import FairnessPolicy, carried
from app.services.domain.side import Side
from app.services.fairness.contributions import Part
from app.services.reports.ledger_views import NO_PEAK, Peak

ZERO = Decimal(0)


class LedgerKey(NamedTuple):
    """Scope id and side of a ledger."""

    scope_id: str
    side: Side


@dataclass(slots=True)
class EnteredOrder:
    """An order as the ledger has it: what it adds by account, all its corrections included."""

    order_id: str
    allocation_id: str
    ledger: LedgerKey
    policy: FairnessPolicy
    business_date: date
    entered_at: datetime
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def received(self) -> Decimal:
        """Face that its accounts received together."""
        return sum((part.received for part in self.parts.values()), ZERO)

    @property
    def owed(self) -> dict[str, Decimal]:
        """Face that accounts are owed by it."""
        return {account: part.owed for account, part in self.parts.items()}


@dataclass(slots=True)
class Extremes:
    """Largest balance so far by size: in face, and in pieces of the order after which it stood."""

    quantity: Peak = NO_PEAK
    pieces: Peak = NO_PEAK

    @classmethod
    def of_all(cls, many: Iterable[Extremes]) -> Extremes:
        """Return the largest of several ledgers."""
        found = cls()
        for each in many:
            found.see(each.quantity)
            found.see(each.pieces)
        return found

    def see(self, peak: Peak) -> None:
        """Take a balance into account; of equal ones the first stays."""
        if peak.quantity > self.quantity.quantity:
            self.quantity = peak
        if peak.pieces > self.pieces.pieces:
            self.pieces = peak


@dataclass(slots=True)
class RunningLedger:
    """Balances by account after an order, `as_of` its business date."""

    balances: dict[str, Decimal] = field(default_factory=dict)
    as_of: date | None = None

    def copy(self) -> RunningLedger:
        """Return a ledger that goes on from here by itself."""
        return RunningLedger(dict(self.balances), self.as_of)

    def carried(self, day: date, policy: FairnessPolicy) -> dict[str, Decimal]:
        """Return the balances as they are before an order on a day (R15.4)."""
        return dict(self.balances) if self.as_of is None else carried(self.balances, self.as_of, day, policy)

    def enter(self, order: EnteredOrder, owed: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """Enter an order by what accounts are owed by it; return the balances before it."""
        before = self.carried(order.business_date, order.policy)
        self.balances = {a: before.get(a, ZERO) + owed.get(a, ZERO) for a in {*before, *owed}}
        self.as_of = order.business_date
        return before

    def peak(self, order: EnteredOrder, account_id: str, piece: int) -> Peak:
        """Return the size of an account's balance after an order."""
        size = abs(self.balances[account_id])
        return Peak(
            quantity=size,
            pieces=float(size) / piece,
            scope=order.ledger.scope_id,
            side=order.ledger.side,
            account_id=account_id,
            business_date=order.business_date,
            order_id=order.order_id,
        )
