"""Balances of the fairness ledger are the sums of its entries, which are evidence; they are added up again.

One ledger is read at a time, so memory is bounded by its accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.core.numbers import number_text
from app.models import FairnessBalanceRow, FairnessEntryRow
from app.services.audit.breaks import Break, Damage

MAX_READINGS = 3
"""Readings of a ledger that differs, because a unit of work may end between its two queries."""

Ledger = tuple[str, str]
"""Scope id and side."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account is owed in face, and the business date that it was carried to."""

    face: Decimal
    as_of: date


def ledgers(session: Session) -> list[Ledger]:
    """Return all ledgers that have an entry or a balance."""
    entry, row = FairnessEntryRow, FairnessBalanceRow
    query = union(select(entry.scope_id, entry.side), select(row.scope_id, row.side))
    return sorted((scope_id, side) for scope_id, side in session.execute(query))


def summed(session: Session, ledger: Ledger) -> dict[str, Balance]:
    """Return the sums of a ledger's entries by account; its date is that of its latest entry."""
    entry = FairnessEntryRow
    query = select(entry.account_id, entry.amount, entry.business_date).where(
        entry.scope_id == ledger[0], entry.side == ledger[1]
    )
    faces: dict[str, Decimal] = {}
    latest = date.min
    for account_id, amount, day in session.execute(query).yield_per(1_000):
        faces[account_id] = faces.get(account_id, Decimal(0)) + amount
        latest = max(latest, day)
    return {account: Balance(face, latest) for account, face in faces.items()}


def wrong_balances(session: Session, only: Collection[Ledger] | None = None) -> Iterator[Break]:
    """Yield where a stored balance is not the sum of its entries, is missing, or has no entry.

    Of all ledgers, or of those in `only`.
    """
    for ledger in ledgers(session) if only is None else only:
        breaks: list[Break] = []
        for _ in range(MAX_READINGS):
            breaks = list(_breaks(ledger, summed(session, ledger), _stored(session, ledger)))
            if not breaks:
                break
        yield from breaks


def _stored(session: Session, ledger: Ledger) -> dict[str, Balance]:
    row = FairnessBalanceRow
    query = select(row.account_id, row.balance, row.as_of)
    found = session.execute(query.where(row.scope_id == ledger[0], row.side == ledger[1]))
    return {account: Balance(face, as_of) for account, face, as_of in found}


def _breaks(ledger: Ledger, sums: Mapping[str, Balance], stored: Mapping[str, Balance]) -> Iterator[Break]:
    for account in sorted({*sums, *stored}):
        if account not in stored:
            yield _break(
                Damage.ROW_REMOVED, ledger, account, "the balance of an account with entries is missing"
            )
        elif account not in sums:
            yield _break(Damage.ROW_INSERTED, ledger, account, "no entry is of the account with this balance")
        else:
            wanted, found = sums[account], stored[account]
            for column, said, is_now in (
                ("balance", number_text(wanted.face), number_text(found.face)),
                ("as_of", wanted.as_of.isoformat(), found.as_of.isoformat()),
            ):
                if said != is_now:
                    words = f"fairness_balances.{column} is not what the entries say"
                    yield _break(Damage.ROW_CHANGED, ledger, account, words, column, said, is_now)


def _break(
    damage: Damage,
    ledger: Ledger,
    account_id: str,
    message: str,
    column: str | None = None,
    recorded: str | None = None,
    found: str | None = None,
) -> Break:
    return Break(
        damage=damage,
        day=None,
        sequence=None,
        audit_id=None,
        message=message,
        table=FairnessBalanceRow.__tablename__,
        key={"scope_id": ledger[0], "side": ledger[1], "account_id": account_id},
        column=column,
        recorded=recorded,
        found=found,
    )
