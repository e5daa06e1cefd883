"""Filter and results of the reports on the fairness ledger. Quantities are face.

A balance is what an account is owed in the ledger of a scope and side, negative where it has had too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.allocations.types import ReasonCode
from app.services.audit.breaks import Break
from app.services.domain.fairness import FairnessMode
from app.services.domain.side import Side


@dataclass(frozen=True, slots=True)
class LedgerPeriod:
    """Filter of ledgers, and the business dates of their orders, both inclusive; `None` does not filter."""

    date_from: date
    date_to: date
    group_id: str | None = None
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Peak:
    """Largest balance by size after an order; `pieces` are minimum pieces of that order.

    `quantity` is never negative. Without any balance it is 0, and there is no account and no order.
    """

    quantity: Decimal = Decimal(0)
    pieces: float = 0.0
    scope: str | None = None
    side: Side | None = None
    account_id: str | None = None
    business_date: date | None = None
    order_id: str | None = None


NO_PEAK = Peak()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Orders of which an account was not eligible for one reason; None where it had no weight alone."""

    reason_code: ReasonCode | None
    orders: int

    def __str__(self) -> str:
        return f"{self.reason_code or 'no weight'}: {self.orders}"


@dataclass(frozen=True, slots=True)
class NamedExclusion:
    """An order that a request kept an account out of by name, and the reason it gave."""

    order_id: str
    business_date: date
    reason: str

    def __str__(self) -> str:
        return f"{self.business_date} {self.order_id}: {self.reason}"


@dataclass(frozen=True, slots=True)
class AccountLedger:
    """One account in one ledger over a period.

    The balance at the end is that at the start, and what was carried (R15.4) and entitled, less what was
    received. Orders count that allocated something.
    """

    account_id: str
    account_name: str | None
    scope: str
    side: Side
    entitled: Decimal
    received: Decimal
    ratio: Decimal | None
    balance_start: Decimal
    carried: Decimal
    balance_end: Decimal
    greatest_shortfall: Peak
    greatest_excess: Peak
    orders_eligible: int
    orders_with_nothing: int
    orders_not_eligible: int
    not_eligible: tuple[LeftOut, ...]
    excluded: tuple[NamedExclusion, ...]


@dataclass(frozen=True, slots=True)
class LedgerTotals:
    """One ledger over a period; `balance_sum` adds up the balances at its end, 0 by construction."""

    scope: str
    side: Side
    orders: int
    entitled: Decimal
    received: Decimal
    balance_sum: Decimal
    greatest_quantity: Peak
    greatest_pieces: Peak


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A version of the fairness policy that orders of the period were made by."""

    policy_id: str
    version: int


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """The ledgers over a period. `provisional` of the orders may still change what accounts receive.

    `not_filled` ended without a fill and move nothing; `before_ledger` are older than the ledger. `breaks`
    are stored balances that are not the sums of their entries.
    """

    period: LedgerPeriod
    time_zone: str
    orders: int
    provisional: int
    not_filled: int
    before_ledger: int
    greatest_quantity: Peak
    greatest_pieces: Peak
    balance_sum: Decimal
    policies: tuple[PolicyVersion, ...]
    ledgers: tuple[LedgerTotals, ...]
    accounts: tuple[AccountLedger, ...]
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class AccountReplay:
    """One account in one ledger: what it was entitled to, and received as recorded and by the other rule."""

    account_id: str
    account_name: str | None
    scope: str
    side: Side
    entitled: Decimal
    recorded_received: Decimal
    recorded_ratio: Decimal | None
    recorded_balance: Decimal
    replayed_received: Decimal
    replayed_ratio: Decimal | None
    replayed_balance: Decimal


@dataclass(frozen=True, slots=True)
class NotRecomputed:
    """An order of which no split by the other rule is known, and why; it counts as it was recorded."""

    order_id: str
    allocation_id: str
    business_date: date
    reason: str


@dataclass(frozen=True, slots=True)
class ReplayTotals:
    """One side of the comparison: accounts that were entitled and got nothing, and the greatest balance."""

    accounts_with_nothing: int
    greatest_quantity: Peak
    greatest_pieces: Peak


@dataclass(frozen=True, slots=True)
class LedgerReplay:
    """The orders of a period as recorded, and as another rule splits them.

    `kept` have their recorded split, because they were split by stated weights or by a base of their own.
    """

    period: LedgerPeriod
    time_zone: str
    rule: FairnessMode
    fairness_weight: float | None
    orders: int
    recomputed: int
    kept: int
    before_ledger: int
    not_recomputed: tuple[NotRecomputed, ...]
    recorded: ReplayTotals
    replayed: ReplayTotals
    message: str
    accounts: tuple[AccountReplay, ...]
