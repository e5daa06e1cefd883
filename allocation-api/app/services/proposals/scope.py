"""The accounts that a proposal is about: their drift, their positions, and the groups that orders name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from app.core.errors import FieldError, InvalidRequest
from app.core.numbers import CENT
from app.services.accounts.positions import read_account
from app.services.aladdin.cached_book import BookReader
from app.services.domain.book import AsOf, Holding
from app.services.domain.positions import AccountPositions
from app.services.drift.book_types import BookDrift
from app.services.drift.errors import NoTargets
from app.services.drift.own_books import OwnBooks
from app.services.drift.target_types import CASH, TargetDimension, TargetScope
from app.services.proposals.types import LeftOut, LeftOutReason, ProposalRequest, ProposalScope
from app.services.visibility.visibility import Visibility

BASIS = AsOf.TRADES_AND_ORDERS
"""Positions as a preview sees them: today's trades and live orders count."""


@dataclass(frozen=True, slots=True)
class ScopeBook:
    """Accounts with targets and a NAV, and where they are; `left_out` are the others, with why."""

    groups: tuple[str, ...]
    books: tuple[BookDrift, ...]
    positions: Mapping[str, AccountPositions]
    left_out: tuple[LeftOut, ...]
    read_at: datetime

    @property
    def told_groups(self) -> frozenset[str]:
        """The groups that a proposal tells of: those of its orders, and those whose targets were used."""
        held = (drift.held for book in self.books for drift in book.drifts)
        return frozenset((*self.groups, *(each.scope_id for each in held if each.scope is TargetScope.GROUP)))

    def holdings(self) -> Mapping[str, Sequence[Holding]]:
        """Return what these accounts hold, by bond."""
        found: dict[str, list[Holding]] = {}
        for account in self.books:
            for held in self.positions[account.account_id or ""].holdings:
                found.setdefault(held.security_id, []).append(held)
        return found

    def aimed(self) -> Mapping[str, Decimal]:
        """Return what targets of single securities aim at above zero, in money, by bond."""
        found: dict[str, Decimal] = {}
        for drift in (drift for book in self.books for drift in book.drifts):
            if drift.held.dimension is not TargetDimension.SECURITY:
                continue
            aims = ((each.drift.asset_class, each.drift.target_value) for each in drift.classes)
            for name, money in aims:
                if name != CASH and money > 0:
                    found[name] = found.get(name, Decimal(0)) + money
        return found


class Scopes:
    """Reads what a proposal is about."""

    def __init__(self, book: BookReader, own_books: OwnBooks) -> None:
        self._book = book
        self._own_books = own_books

    def read(self, request: ProposalRequest, visible: Visibility) -> ScopeBook:
        """Return the accounts of a group, or one account, with their drift.

        Raises
        ------
        NotFound
            When there is no such account or group, or it is not visible.
        InvalidRequest
            Naming the group, when its accounts are in different currencies, or the amount, when it is as much
            as the accounts are worth.
        NoTargets, DataMissing
            As their drift.
        """
        if request.scope is ProposalScope.GROUP:
            drift = self._own_books.group(request.scope_id, BASIS, visible)
            read = self._book.positions([request.scope_id], BASIS)
            found = _book((request.scope_id,), drift.accounts, read, drift.timestamp)
            _check_currencies(found)
            return _able(found, request.amount)
        one = self._own_books.account(request.scope_id, BASIS, visible)
        positions = read_account(self._book, request.scope_id, BASIS)
        if one.smallest_group is None:
            raise NoTargets(
                f"The account {request.scope_id} is in no portfolio group, which orders are split over"
            )
        found = _book((one.smallest_group,), (one.book,), (positions,) if positions else (), one.timestamp)
        return _able(found, request.amount)


def _check_currencies(scope: ScopeBook) -> None:
    """Refuse accounts in different currencies: amounts, costs and turnovers are sums over all of them."""
    found = sorted({book.currency or "unknown" for book in scope.books})
    if len(found) > 1:
        message = (
            f"The accounts are in different currencies ({', '.join(found)}): ask for each account by itself, "
            "or for a group of one currency."
        )
        raise InvalidRequest.of(FieldError("scope_id", message))


def part_of(amount: Decimal, nav: Decimal, navs: Decimal) -> Decimal:
    """Return an account's part of cash to be raised: by NAV, rounded up to the cent (R20.2)."""
    return (amount * nav / navs).quantize(CENT, ROUND_CEILING)


def _able(scope: ScopeBook, amount: Decimal | None) -> ScopeBook:
    """Leave out accounts whose part of the amount, rounded up, is all that they are worth."""
    books = [(book, book.nav or Decimal(0)) for book in scope.books]
    if amount is None or not books:
        return scope
    worth, small = sum((nav for _, nav in books), Decimal(0)), []
    while True:
        navs = sum((nav for _, nav in books), Decimal(0))
        if amount >= navs:
            message = f"The accounts are worth {worth:,.2f}: less than that can be raised, in whole cents."
            raise InvalidRequest.of(FieldError("amount", message))
        over = [(book, nav) for book, nav in books if part_of(amount, nav, navs) >= nav]
        if not over:
            break
        small += [_small(book) for book, _ in over]
        books = [each for each in books if each not in over]
    return replace(scope, books=tuple(book for book, _ in books), left_out=(*scope.left_out, *small))


def _small(book: BookDrift) -> LeftOut:
    message = "Its part of the amount, rounded up to the cent, is all that it is worth."
    return LeftOut(book.account_id or "", LeftOutReason.TOO_SMALL, message)


def _book(
    groups: tuple[str, ...],
    books: tuple[BookDrift, ...],
    read: tuple[AccountPositions, ...],
    read_at: datetime,
) -> ScopeBook:
    positions = {each.account_id: each for each in read}
    kept, left_out = [], []
    for book in books:
        name = book.account_id or ""
        if book.drifts and name in positions and positions[name].cash is not None:
            kept.append(book)
        elif not book.drifts and book.nav is not None and book.nav > 0:
            left_out.append(
                LeftOut(name, LeftOutReason.NO_TARGETS, "No targets are in force for the account.")
            )
        else:
            left_out.append(
                LeftOut(
                    name, LeftOutReason.DATA_MISSING, "Aladdin has no NAV above zero, or no cash, for it."
                )
            )
    return ScopeBook(groups, tuple(kept), positions, tuple(left_out), read_at)
