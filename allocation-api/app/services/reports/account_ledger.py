"""What one account is owed in the fairness ledgers it is in, and the newest entries, from what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.core.database import Database
from app.core.errors import NotFound
from app.models import AllocationRow, FairnessBalanceRow, FairnessEntryRow
from app.services.accounts import reference
from app.services.allocations.grid import Grid
from app.services.allocations.store import stored_inputs
from app.services.domain.calendar import trade_date
from app.services.domain.fairness import FairnessPolicy, LedgerState
from app.services.domain.side import Side
from app.services.fairness.ledger import EntryKind, FairnessLedger
from app.services.fairness.policies import FairnessPolicies
from app.services.reports.running_ledger import LedgerKey
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


@dataclass(frozen=True, slots=True)
class OwedBalance:
    """What an account is owed in one ledger, in face and in minimum pieces of the ledger's last order.

    `bound` is the greatest balance of any account of the ledger, by size; all are carried to today.
    """

    ledger: LedgerKey
    as_of: date | None
    balance: Decimal
    pieces: float
    bound: Decimal
    bound_pieces: float


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry of an account in a ledger, in face."""

    ledger: LedgerKey
    kind: EntryKind
    order_id: str
    allocation_id: str
    policy_id: str
    business_date: date
    created_at: datetime
    entitled: Decimal
    received: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AccountBalances:
    """Balances of an account on a business date, by scope and side, and its newest entries first."""

    account_id: str
    business_date: date
    balances: tuple[OwedBalance, ...]
    entries: tuple[LedgerEntry, ...]


class AccountLedgers:
    """Reads the ledgers of one account; balances are carried to the desk's business date."""

    def __init__(
        self,
        database: Database,
        policies: FairnessPolicies,
        ledger: FairnessLedger,
        business_date: Callable[[], date],
    ) -> None:
        self._database = database
        self._policies = policies
        self._ledger = ledger
        self._business_date = business_date

    def ledger(self, account_id: str, limit: int, visible: Visibility) -> AccountBalances:
        """Return what the visible ledgers owe an account, and the newest `limit` entries of them.

        Raises
        ------
        NotFound
            When neither reference data nor a ledger knows the account, or it is not visible.
        """
        if not visible.account(account_id):
            raise _no_account(account_id)
        today = trade_date(self._business_date())
        with self._database.read() as session:
            keys = _ledgers(session, account_id, visible)
            if not keys and account_id not in reference.accounts(session, [account_id]):
                raise _no_account(account_id)
            policy = self._policies.in_force(session)
            entries = [entry for key in keys for entry in _entries(session, key, account_id, limit)]
            balances = [self._balance(session, key, account_id, policy, today) for key in keys]
        newest = sorted(entries, key=lambda e: (e.created_at, e.order_id, e.kind), reverse=True)
        return AccountBalances(account_id, today, tuple(balances), tuple(newest[:limit]))

    def _balance(
        self, session: Session, key: LedgerKey, account_id: str, policy: FairnessPolicy, today: date
    ) -> OwedBalance:
        state = self._ledger.state(session, key.scope_id, key.side, policy, today)
        owed = state.by_account
        bound = max(map(abs, owed.values()), default=Decimal(0))
        piece = _piece(session, state)
        balance = owed.get(account_id, Decimal(0))
        return OwedBalance(key, state.as_of, balance, float(balance) / piece, bound, float(bound) / piece)


def _no_account(account_id: str) -> NotFound:
    return NotFound(f"There is no account {account_id!r}")


def _ledgers(session: Session, account_id: str, visible: Visibility) -> list[LedgerKey]:
    """Return the ledgers that an account is in; all orders of one were asked for the same groups."""
    row = FairnessBalanceRow
    found = session.execute(select(row.scope_id, row.side).where(row.account_id == account_id))
    keys = sorted(LedgerKey(scope_id, Side(side)) for scope_id, side in found)
    if visible.limited:
        seen = set(_visible_scopes(session, {key.scope_id for key in keys}, visible))
        keys = [key for key in keys if key.scope_id in seen]
    return keys


def _visible_scopes(session: Session, scopes: Iterable[str], visible: Visibility) -> Iterable[str | None]:
    scope = AllocationRow.fairness_scope_id
    for ids in chunks(sorted(scopes), MAX_IDS_PER_QUERY):
        query = select(scope).distinct().where(scope.in_(ids), *rows.allocations(visible))
        yield from session.scalars(query)


def _entries(session: Session, key: LedgerKey, account_id: str, limit: int) -> Iterable[LedgerEntry]:
    row = FairnessEntryRow
    query = (
        select(row)
        .where(row.scope_id == key.scope_id, row.side == key.side, row.account_id == account_id)
        .order_by(row.business_date.desc(), row.created_at.desc(), row.order_id, row.sequence.desc())
        .limit(limit)
    )
    for found in session.scalars(query):
        yield LedgerEntry(
            ledger=key,
            kind=EntryKind(found.kind),
            order_id=found.order_id,
            allocation_id=found.allocation_id,
            policy_id=found.policy_id,
            business_date=found.business_date,
            created_at=found.created_at,
            entitled=found.entitled,
            received=found.received,
            amount=found.amount,
        )


def _piece(session: Session, state: LedgerState) -> int:
    """Return the minimum piece of the order that was entered last in a ledger."""
    row = FairnessEntryRow
    last = (
        select(row.allocation_id)
        .where(row.scope_id == state.scope_id, row.side == state.side)
        .order_by(row.business_date.desc(), row.created_at.desc(), row.order_id.desc())
        .limit(1)
    )
    allocation = session.get_one(
        AllocationRow, session.scalar(last), options=[undefer(AllocationRow.snapshot)], populate_existing=True
    )
    return Grid.of(stored_inputs(allocation)).piece
