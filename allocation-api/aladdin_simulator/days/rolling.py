"""The book of a later close: all trades up to it are in the positions, coupons and redemptions in cash.

It is computed from the first book and all trades since, so that a day that was missed, a restart or a second
process cannot make a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from aladdin_simulator.book import HUNDRED, Account, Bond, Position, SimulatorBook, to_cents
from aladdin_simulator.calendar import settlement
from aladdin_simulator.days.walk import PriceWalk
from aladdin_simulator.pricing import SETTLE_DAYS_OF_CLOSE
from bonds.interest import payments
from bonds.terms import InterestUnknownError


@dataclass(frozen=True, slots=True)
class Trade:
    """What one account traded in one bond: `face` and `paid` are negative for a sale."""

    settles: date
    account_id: str
    cusip: str
    face: Decimal
    paid: Decimal


def rolled(first: SimulatorBook, walk: PriceWalk, trades: Iterable[Trade], as_of: date) -> SimulatorBook:
    """Return the book at a close.

    Parameters
    ----------
    first : SimulatorBook
        The book at its first close.
    trades : iterable
        All trades up to and including `as_of`.
    """
    if as_of <= first.as_of:
        return first
    by_account: dict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        by_account[trade.account_id].append(trade)
    flows = _Flows(first, as_of)
    bonds = {bond.cusip: bond for bond in walk.bonds(as_of)}
    accounts = tuple(
        _account(account, by_account.get(account.account_id, ()), flows, bonds) for account in first.accounts
    )
    return SimulatorBook(
        as_of=as_of, groups=first.groups, accounts=accounts, securities=tuple(bonds.values())
    )


class _Flows:
    """Coupons and redemptions of a book's bonds between two closes, by CUSIP.

    A coupon belongs to who holds the bond by settlement before its date. It is in cash as soon as the accrued
    interest of standard settlement no longer contains it, so that a NAV does not jump.
    """

    def __init__(self, first: SimulatorBook, as_of: date) -> None:
        after = settlement(first.as_of, SETTLE_DAYS_OF_CLOSE)
        until = settlement(as_of, SETTLE_DAYS_OF_CLOSE)
        self._coupons = {
            bond.cusip: found for bond in first.securities if (found := _coupons(bond, after, until))
        }
        self._redeemed = {bond.cusip for bond in first.securities if bond.maturity <= until}

    def cash(self, cusip: str, held: Decimal, trades: Iterable[Trade]) -> Decimal:
        """Return what one position has paid; `held` is its face at the first close."""
        paid = Decimal(0)
        face = held + sum((trade.face for trade in trades), Decimal(0))
        for day, per_hundred in self._coupons.get(cusip, ()):
            entitled = held + sum((trade.face for trade in trades if trade.settles < day), Decimal(0))
            paid += to_cents(entitled * per_hundred / HUNDRED)
        return paid + (face if cusip in self._redeemed else 0)

    def face(self, cusip: str, held: Decimal, trades: Iterable[Trade]) -> Decimal:
        """Return the face that is left of one position."""
        if cusip in self._redeemed:
            return Decimal(0)
        return held + sum((trade.face for trade in trades), Decimal(0))


def _coupons(bond: Bond, after: date, until: date) -> list[tuple[date, Decimal]]:
    """Return the coupons in (after, until], each per 100 of face; none where the terms do not tell them."""
    terms = replace(bond.terms, ex_dividend_days=0)  # who holds the bond over its ex-dividend date is paid
    start = after if terms.start is None else max(after, terms.start)
    try:
        return [(paid.day, paid.amount) for paid in payments(terms, start) if paid.day <= until]
    except InterestUnknownError:
        return []


def _account(account: Account, trades: Iterable[Trade], flows: _Flows, bonds: Mapping[str, Bond]) -> Account:
    by_bond: dict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        by_bond[trade.cusip].append(trade)
    held = {position.cusip: position.face for position in account.positions}
    cash, positions = account.cash, []
    for cusip in [*held, *sorted(by_bond.keys() - held.keys())]:
        traded, before = by_bond[cusip], held.get(cusip, Decimal(0))
        cash += flows.cash(cusip, before, traded) - sum((trade.paid for trade in traded), Decimal(0))
        if face := flows.face(cusip, before, traded):
            positions.append(Position(cusip, face))
    value = sum((bonds[each.cusip].market_value(each.face) for each in positions), Decimal(0))
    return replace(account, cash=cash, nav=cash + value, positions=tuple(positions))
