"""The orders of a period split again by another rule, with a ledger that runs along (R15.8).

What an order gave in all, and what accounts were entitled to of it, stay as they are recorded; the rule says
how it is shared. So the two sides differ by the rule alone, and each order adds up to zero on both. Each
order meets the book that the splits before it would have left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.core.errors import AllocatorError
from app.services.allocations import engine
from app.services.allocations.request import Parameters
from app.services.allocations.types import PreviewInputs
from app.services.domain.fairness import FairnessInputs, FairnessMode, LedgerState, entitlements
from app.services.fairness.contributions import Part
from app.services.kernels.allocation.registry import Method
from app.services.reports.fairness import ratio
from app.services.reports.ledger_views import AccountReplay, NotRecomputed, ReplayTotals
from app.services.reports.replayed_book import ReplayedBook
from app.services.reports.running_ledger import ZERO, EnteredOrder, Extremes, LedgerKey, RunningLedger

_NO_PART = Part()


@dataclass(frozen=True, slots=True)
class Rule:
    """How orders are split again; the weight (lambda) is for minimum dispersion, None as it was asked for."""

    mode: FairnessMode
    fairness_weight: float | None = None

    def parameters(self, asked: Parameters, method: Method) -> Parameters:
        """Return the parameters of a request under this rule."""
        if self.mode is FairnessMode.PER_ORDER:
            return replace(asked, fairness=self.mode, fairness_weight=None, max_dispersion_cost=None)
        if self.fairness_weight is None or method is not Method.MIN_DISPERSION:
            return replace(asked, fairness=self.mode)
        return replace(
            asked, fairness=self.mode, fairness_weight=self.fairness_weight, max_dispersion_cost=None
        )


@dataclass(slots=True)
class _Sums:
    """What one account was entitled to and received, as recorded and by the rule."""

    entitled: Decimal = ZERO
    recorded: Decimal = ZERO
    replayed: Decimal = ZERO


@dataclass(slots=True)
class _Side:
    """The ledger of one side of the comparison."""

    run: RunningLedger
    extremes: Extremes = field(default_factory=Extremes)

    def enter(self, order: EnteredOrder, owed: Mapping[str, Decimal], piece: int) -> None:
        self.run.enter(order, owed)
        for account_id in sorted(self.run.balances):
            self.extremes.see(self.run.peak(order, account_id, piece))


@dataclass(slots=True)
class _Book:
    """One ledger, recorded and replayed from the same balances."""

    recorded: _Side
    replayed: _Side
    accounts: dict[str, _Sums] = field(default_factory=dict)


@dataclass(slots=True)
class Replay:
    """Accumulates orders in order of date, those before the period first."""

    rule: Rule
    orders: int = 0
    recomputed: int = 0
    kept: int = 0
    not_recomputed: list[NotRecomputed] = field(default_factory=list)
    _moved: ReplayedBook = field(default_factory=ReplayedBook)
    _before: dict[LedgerKey, RunningLedger] = field(default_factory=dict)
    _books: dict[LedgerKey, _Book] = field(default_factory=dict)

    def add_before(self, order: EnteredOrder) -> None:
        """Enter an order from before the period."""
        self._before.setdefault(order.ledger, RunningLedger()).enter(order, order.owed)

    def add(self, order: EnteredOrder, inputs: PreviewInputs, piece: int) -> None:
        """Enter an order of the period on both sides; one that ended without a fill moves neither."""
        total = order.received
        if total == 0:
            return
        self.orders += 1
        book = self._book(order.ledger)
        received = self._received(order, inputs, total, book.replayed.run)
        owed, more = {}, {}
        for account_id in sorted({*order.parts, *received}):
            part = order.parts.get(account_id, _NO_PART)
            got = received.get(account_id, ZERO)
            owed[account_id] = part.entitled - got
            more[account_id] = got - part.received
            sums = book.accounts.setdefault(account_id, _Sums())
            sums.entitled += part.entitled
            sums.recorded += part.received
            sums.replayed += got
        self._moved.move(inputs, more)
        book.recorded.enter(order, order.owed, piece)
        book.replayed.enter(order, owed, piece)

    def _book(self, key: LedgerKey) -> _Book:
        if key not in self._books:
            start = self._before.get(key, RunningLedger())
            self._books[key] = _Book(_Side(start.copy()), _Side(start.copy()))
        return self._books[key]

    def _received(
        self, order: EnteredOrder, inputs: PreviewInputs, total: Decimal, run: RunningLedger
    ) -> Mapping[str, Decimal]:
        """Return what accounts receive by the rule; as recorded where it does not change the split."""
        recorded = {account: part.received for account, part in order.parts.items()}
        if inputs.request.is_instruction:
            self.kept += 1
            return recorded
        try:
            faces = _split(order, self._moved.inputs(inputs), self.rule, run)
        except AllocatorError as error:
            faces, reason = {}, error.detail
        else:
            reason = "by this rule nothing of it can be placed"
        if not any(faces.values()):
            found = NotRecomputed(order.order_id, order.allocation_id, order.business_date, reason)
            self.not_recomputed.append(found)
            return recorded
        self.recomputed += 1
        # A split of another total, because the order was filled in part or changed, counts in proportion.
        return faces if sum(faces.values(), ZERO) == total else entitlements(total, faces)

    def recorded(self) -> ReplayTotals:
        """Return what was recorded, in all."""
        nothing = sum(sums.entitled > 0 and sums.recorded == 0 for sums in self._sums())
        return _totals(nothing, Extremes.of_all(book.recorded.extremes for book in self._books.values()))

    def replayed(self) -> ReplayTotals:
        """Return what the rule makes of it, in all."""
        nothing = sum(sums.entitled > 0 and sums.replayed == 0 for sums in self._sums())
        return _totals(nothing, Extremes.of_all(book.replayed.extremes for book in self._books.values()))

    def account_ids(self) -> list[str]:
        """Return all accounts that have a line."""
        return sorted({account_id for book in self._books.values() for account_id in book.accounts})

    def accounts(self, names: Mapping[str, str | None]) -> tuple[AccountReplay, ...]:
        """Return a line for each account of each ledger, by scope, side and account id."""
        return tuple(
            AccountReplay(
                account_id=account_id,
                account_name=names.get(account_id),
                scope=key.scope_id,
                side=key.side,
                entitled=sums.entitled,
                recorded_received=sums.recorded,
                recorded_ratio=ratio(sums.recorded, sums.entitled),
                recorded_balance=book.recorded.run.balances.get(account_id, ZERO),
                replayed_received=sums.replayed,
                replayed_ratio=ratio(sums.replayed, sums.entitled),
                replayed_balance=book.replayed.run.balances[account_id],
            )
            for key, book in sorted(self._books.items())
            for account_id, sums in sorted(book.accounts.items())
        )

    def message(self) -> str:
        """Return what the rule would have changed, in one sentence."""
        rule = "per order" if self.rule.mode is FairnessMode.PER_ORDER else "by the ledger"
        replayed, recorded = self.replayed(), self.recorded()
        entitled = sum(sums.entitled > 0 for sums in self._sums())
        return (
            f"Had this been {rule}: {replayed.accounts_with_nothing} of {entitled} accounts would have had "
            f"nothing of what they were entitled to (recorded: {recorded.accounts_with_nothing}), and the "
            f"greatest balance would have been {replayed.greatest_pieces.pieces:.1f} pieces "
            f"(recorded: {recorded.greatest_pieces.pieces:.1f})."
        )

    def _sums(self) -> list[_Sums]:
        return [sums for book in self._books.values() for sums in book.accounts.values()]


def _split(order: EnteredOrder, inputs: PreviewInputs, rule: Rule, run: RunningLedger) -> dict[str, Decimal]:
    """Return face by account of an order that is split by the rule and the balances that run along."""
    request = inputs.request
    balances = run.carried(order.business_date, order.policy)
    state = LedgerState(order.ledger.scope_id, order.ledger.side, run.as_of, tuple(sorted(balances.items())))
    asked = replace(request, parameters=rule.parameters(request.parameters, request.method))
    made = replace(inputs, request=asked, fairness=FairnessInputs(order.policy, state), joint=None)
    return {row.account_id: Decimal(row.allocated_quantity) for row in engine.split(made).allocations}


def _totals(nothing: int, extremes: Extremes) -> ReplayTotals:
    return ReplayTotals(nothing, extremes.quantity, extremes.pieces)
