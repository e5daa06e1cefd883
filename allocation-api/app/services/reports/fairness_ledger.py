"""The fairness ledger over a period, from the final contributions of orders in order of date (R15.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.services.allocations.types import ReasonCode
from app.services.domain.fairness import FairnessPolicy
from app.services.reports.fairness import ratio
from app.services.reports.ledger_views import (
    NO_PEAK,
    AccountLedger,
    LedgerTotals,
    LeftOut,
    NamedExclusion,
    Peak,
    PolicyVersion,
)
from app.services.reports.running_ledger import ZERO, EnteredOrder, Extremes, LedgerKey, RunningLedger


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What is known of an order beside its entries.

    `left_out` are accounts that were not eligible, with the reason of the preview; `excluded` are reasons
    that the request gave for accounts it kept out by name.
    """

    piece: int
    provisional: bool
    eligible: frozenset[str]
    left_out: Mapping[str, ReasonCode | None]
    excluded: Mapping[str, str]


@dataclass(slots=True)
class _Sums:
    """Running sums of one account in one ledger."""

    entitled: Decimal = ZERO
    received: Decimal = ZERO
    shortfall: Peak = NO_PEAK
    excess: Peak = NO_PEAK
    eligible: int = 0
    nothing: int = 0
    left_out: Counter[ReasonCode | None] = field(default_factory=Counter)
    excluded: list[NamedExclusion] = field(default_factory=list)

    def see(self, balance: Decimal, peak: Peak) -> None:
        if balance > 0 and peak.quantity > self.shortfall.quantity:
            self.shortfall = peak
        if balance < 0 and peak.quantity > self.excess.quantity:
            self.excess = peak


@dataclass(slots=True)
class _Book:
    """One ledger over the period: its balances, and sums by account."""

    run: RunningLedger = field(default_factory=RunningLedger)
    start: dict[str, Decimal] | None = None
    orders: int = 0
    extremes: Extremes = field(default_factory=Extremes)
    accounts: dict[str, _Sums] = field(default_factory=dict)

    def begin(self, day: date, policy: FairnessPolicy) -> None:
        if self.start is None:
            self.start = self.run.carried(day, policy)

    def of(self, account_id: str) -> _Sums:
        return self.accounts.setdefault(account_id, _Sums())


@dataclass(slots=True)
class LedgerOverPeriod:
    """Accumulates orders in order of date: those before the period make its first balances."""

    date_from: date
    orders: int = 0
    provisional: int = 0
    not_filled: int = 0
    _policies: dict[str, FairnessPolicy] = field(default_factory=dict)
    _last: dict[LedgerKey, FairnessPolicy] = field(default_factory=dict)
    _books: dict[LedgerKey, _Book] = field(default_factory=dict)

    def add_before(self, order: EnteredOrder) -> None:
        """Enter an order from before the period."""
        self._books.setdefault(order.ledger, _Book()).run.enter(order, order.owed)
        self._last[order.ledger] = order.policy

    def add(self, order: EnteredOrder, terms: OrderTerms) -> None:
        """Enter an order of the period; one that ended without a fill moves nothing (R15.5)."""
        if order.received == 0:
            self.not_filled += 1
            return
        book = self._books.setdefault(order.ledger, _Book())
        book.begin(self.date_from, order.policy)
        self.orders += 1
        book.orders += 1
        self.provisional += terms.provisional
        self._policies[order.policy.policy_id] = order.policy
        book.run.enter(order, order.owed)
        for account_id, part in order.parts.items():
            sums = book.of(account_id)
            sums.entitled += part.entitled
            sums.received += part.received
        for account_id, balance in sorted(book.run.balances.items()):
            peak = book.run.peak(order, account_id, terms.piece)
            book.of(account_id).see(balance, peak)
            book.extremes.see(peak)
        _count(book, order, terms)

    def policies(self) -> tuple[PolicyVersion, ...]:
        """Return the versions that orders of the period were made by, by number."""
        found = sorted(self._policies.values(), key=lambda policy: policy.version)
        return tuple(PolicyVersion(policy.policy_id, policy.version) for policy in found)

    def ledgers(self) -> tuple[LedgerTotals, ...]:
        """Return the ledgers that have an order in the period, by scope and side."""
        return tuple(
            LedgerTotals(
                scope=key.scope_id,
                side=key.side,
                orders=book.orders,
                entitled=sum((sums.entitled for sums in book.accounts.values()), ZERO),
                received=sum((sums.received for sums in book.accounts.values()), ZERO),
                balance_sum=sum(book.run.balances.values(), ZERO),
                greatest_quantity=book.extremes.quantity,
                greatest_pieces=book.extremes.pieces,
            )
            for key, book in sorted(self._books.items())
            if book.orders
        )

    def accounts(self, names: Mapping[str, str | None]) -> tuple[AccountLedger, ...]:
        """Return a line for each account of each ledger, by scope, side and account id."""
        return tuple(
            _line(key, account_id, sums, book, names.get(account_id))
            for key, book in sorted(self._closed())
            for account_id, sums in sorted(book.accounts.items())
        )

    def account_ids(self) -> Sequence[str]:
        """Return all accounts that have a line."""
        return sorted({account_id for _, book in self._closed() for account_id in book.accounts})

    def _closed(self) -> Iterable[tuple[LedgerKey, _Book]]:
        """Return the ledgers, those without an order in the period with their balances carried into it."""
        for key, book in self._books.items():
            if book.start is None:
                book.begin(self.date_from, self._last[key])
                book.run.balances = dict(book.start or {})
            for account_id, balance in (book.start or {}).items():
                if balance:
                    book.of(account_id)
        return self._books.items()


def _count(book: _Book, order: EnteredOrder, terms: OrderTerms) -> None:
    """Count for each account that the order was eligible for it, gave it nothing, or left it out."""
    for account_id in terms.eligible:
        sums = book.of(account_id)
        sums.eligible += 1
        part = order.parts.get(account_id)
        sums.nothing += part is None or part.received == 0
    for account_id, reason in terms.left_out.items():
        book.of(account_id).left_out[reason] += 1
    for account_id, words in terms.excluded.items():
        found = NamedExclusion(order.order_id, order.business_date, words)
        book.of(account_id).excluded.append(found)


def _line(key: LedgerKey, account_id: str, sums: _Sums, book: _Book, name: str | None) -> AccountLedger:
    start = (book.start or {}).get(account_id, ZERO)
    end = book.run.balances.get(account_id, ZERO)
    reasons = sorted(sums.left_out.items(), key=lambda pair: (-pair[1], pair[0] or ""))
    return AccountLedger(
        account_id=account_id,
        account_name=name,
        scope=key.scope_id,
        side=key.side,
        entitled=sums.entitled,
        received=sums.received,
        ratio=ratio(sums.received, sums.entitled),
        balance_start=start,
        carried=end - start - sums.entitled + sums.received,
        balance_end=end,
        greatest_shortfall=sums.shortfall,
        greatest_excess=sums.excess,
        orders_eligible=sums.eligible,
        orders_with_nothing=sums.nothing,
        orders_not_eligible=sum(sums.left_out.values()),
        not_eligible=tuple(LeftOut(reason, count) for reason, count in reasons),
        excluded=tuple(sums.excluded),
    )
