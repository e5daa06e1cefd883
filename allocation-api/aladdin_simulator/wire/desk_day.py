"""The desk on its present day: the book as of the last close, replaced by the next when a close passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from aladdin_simulator.book import HUNDRED, Account, SimulatorBook, to_cents
from aladdin_simulator.calendar import last_close, settlement
from aladdin_simulator.days.desk_days import DeskDays
from aladdin_simulator.days.rolling import Trade, rolled
from aladdin_simulator.days.walk import PriceWalk
from aladdin_simulator.pricing import SETTLE_DAYS
from aladdin_simulator.wire.compliance import Compliance
from aladdin_simulator.wire.exposures import Exposures
from aladdin_simulator.wire.order_rules import SIGNS, OrderRules
from aladdin_simulator.wire.order_store import OrderStore
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.securities import Securities
from aladdin_simulator.wire.timeline import Timeline, fill_between


@dataclass(frozen=True, slots=True)
class DeskDay:
    """One day; `close_rows` keeps the encoded rows of accounts without orders, which never change on it."""

    book: SimulatorBook
    accounts: Mapping[str, Account]
    securities: Securities
    rules: OrderRules
    compliance: Compliance
    exposures: Exposures
    close_rows: dict[str, bytes] = field(default_factory=dict)


class Today:
    """Returns the present `DeskDay`. Thread-safe.

    Parameters
    ----------
    book : SimulatorBook
        The book at its first close.
    walk : PriceWalk
        Prices of later closes.
    days : DeskDays
        Says which close a moment's book is as of.
    """

    def __init__(
        self,
        book: SimulatorBook,
        walk: PriceWalk,
        days: DeskDays,
        store: OrderStore,
        portfolios: Portfolios,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._first = book
        self._walk = walk
        self._days = days
        self._store = store
        self._portfolios = portfolios
        self._clock = clock
        self._day: DeskDay | None = None
        store.watch(self._changed)

    def __call__(self) -> DeskDay:
        """Return the day, which is a new one if a close has passed."""
        as_of = max(self._days.close_before(self._clock()), self._first.as_of)
        with self._store.lock:
            if self._day is None or self._day.book.as_of != as_of:
                timelines = list(self._store.timelines().values())
                self._day = self._begun(as_of, timelines)
            return self._day

    def _begun(self, as_of: date, timelines: list[Timeline]) -> DeskDay:
        trades = (trade for timeline in timelines for trade in self._trades(timeline, as_of))
        book = rolled(self._first, self._walk, trades, as_of)
        exposures = Exposures(book.bond_by_cusip, as_of)
        for timeline in timelines:
            exposures.replace(None, timeline)
        return DeskDay(
            book=book,
            accounts={account.account_id: account for account in book.accounts},
            securities=Securities(book),
            rules=OrderRules(book, self._portfolios),
            compliance=Compliance(book),
            exposures=exposures,
        )

    def _changed(self, before: Timeline | None, timeline: Timeline) -> None:
        if self._day is not None:
            self._day.exposures.replace(before, timeline)

    def _trades(self, timeline: Timeline, as_of: date) -> Iterator[Trade]:
        """Yield what was booked of an order up to a close, day by day."""
        days = sorted({day for day in timeline.days if day <= as_of})
        for before, day in pairwise([date.min, *days]):
            order = timeline.settled(day)
            if order is None or not order.fill_amount:
                continue
            fill = fill_between(timeline.settled(before), order)
            cusip, sign = order.asset_id or "", SIGNS[order.transaction_type or ""]
            accrued = self._walk.accrued(cusip, last_close(day), order.settle_date)
            paid_per_face = sign * (fill.price + accrued) / HUNDRED
            settles = order.settle_date or settlement(day, SETTLE_DAYS)
            for ticker, face in fill.faces:
                yield Trade(settles, ticker, cusip, sign * face, to_cents(face * paid_per_face))
