"""Reports on the fairness ledger: what accounts were entitled to and received, also by another rule."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from app.core.database import Database
from app.core.errors import FieldError, InvalidRequest
from app.services.accounts import reference
from app.services.audit.balances import wrong_balances
from app.services.domain.side import Side
from app.services.fairness.policies import FairnessPolicies
from app.services.reports.fairness_ledger import LedgerOverPeriod
from app.services.reports.fairness_replay import Replay, Rule
from app.services.reports.ledger_orders import LedgerOrders, before_ledger, with_inputs, with_parts
from app.services.reports.ledger_views import LedgerPeriod, LedgerReplay, LedgerReport
from app.services.reports.running_ledger import ZERO, EnteredOrder, Extremes
from app.services.visibility.visibility import Visibility

MAX_REPLAYED_ORDERS = 500
"""Orders that one replay splits again: some tenths of a second each by minimum dispersion."""


class LedgerReports:
    """Computes reports on the fairness ledger from its entries and from stored previews."""

    def __init__(self, database: Database, policies: FairnessPolicies, zone: ZoneInfo) -> None:
        """`zone` is the desk's: its days are those of a period."""
        self._database = database
        self._policies = policies
        self._zone = zone

    def report(self, period: LedgerPeriod, visible: Visibility) -> LedgerReport:
        """Return the visible ledgers over a period, from their entries, and where stored balances differ."""
        with self._database.read() as session:
            read = LedgerOrders.read(session, self._policies, period, visible)
            sides = (period.side,) if period.side else tuple(Side)
            breaks = tuple(wrong_balances(session, [(s, side) for s in read.scopes for side in sides]))
            older = before_ledger(session, period, visible, self._zone)
        before, within = _parted(read.orders, period)
        found = LedgerOverPeriod(period.date_from)
        for order in with_parts(self._database, before):
            found.add_before(order)
        for order, _, terms in with_inputs(self._database, within):
            found.add(order, terms)
        ledgers = found.ledgers()
        greatest = Extremes.of_all(Extremes(x.greatest_quantity, x.greatest_pieces) for x in ledgers)
        return LedgerReport(
            period=period,
            time_zone=self._zone.key,
            orders=found.orders,
            provisional=found.provisional,
            not_filled=found.not_filled,
            before_ledger=older,
            greatest_quantity=greatest.quantity,
            greatest_pieces=greatest.pieces,
            balance_sum=sum((ledger.balance_sum for ledger in ledgers), ZERO),
            policies=found.policies(),
            ledgers=ledgers,
            accounts=found.accounts(self._names(found.account_ids())),
            breaks=breaks,
        )

    def replay(self, period: LedgerPeriod, rule: Rule, visible: Visibility) -> LedgerReplay:
        """Return the visible orders of a period as recorded, and as another rule splits them.

        Raises
        ------
        InvalidRequest
            When the period has more orders than are split again at once.
        """
        with self._database.read() as session:
            read = LedgerOrders.read(session, self._policies, period, visible)
            older = before_ledger(session, period, visible, self._zone)
        before, within = _parted(read.orders, period)
        _check_bound(within)
        found = Replay(rule)
        for order in with_parts(self._database, before):
            found.add_before(order)
        for order, inputs, terms in with_inputs(self._database, within):
            found.add(order, inputs, terms.piece)
        return LedgerReplay(
            period=period,
            time_zone=self._zone.key,
            rule=rule.mode,
            fairness_weight=rule.fairness_weight,
            orders=found.orders,
            recomputed=found.recomputed,
            kept=found.kept,
            before_ledger=older,
            not_recomputed=tuple(found.not_recomputed),
            recorded=found.recorded(),
            replayed=found.replayed(),
            message=found.message(),
            accounts=found.accounts(self._names(found.account_ids())),
        )

    def _names(self, account_ids: Sequence[str]) -> dict[str, str | None]:
        with self._database.read() as session:
            known = reference.accounts(session, account_ids)
        return {account_id: account.account_name for account_id, account in known.items()}


def _check_bound(orders: Sequence[EnteredOrder]) -> None:
    if len(orders) > MAX_REPLAYED_ORDERS:
        message = (
            f"The period has {len(orders):,} orders, and at most {MAX_REPLAYED_ORDERS:,} are split again at "
            "once. Ask for a shorter period, one group or one side."
        )
        raise InvalidRequest.of(FieldError("date_to", message))


def _parted(
    orders: Sequence[EnteredOrder], period: LedgerPeriod
) -> tuple[list[EnteredOrder], list[EnteredOrder]]:
    """Return the orders before the period, and those within."""
    before = [order for order in orders if order.business_date < period.date_from]
    return before, list(orders[len(before) :])
