"""The book after the trades of a blotter's earlier lines: what the next line is previewed on.

The vendor's book is read once for a blotter, and previews that nobody has committed yet are put on top of it,
as the vendor itself shows an order that is live (R18.1): a purchase takes its settlement amount of cash and
adds a holding that cannot be sold yet, a sale takes face. NAV stays: cash is exchanged for bonds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from app.core.numbers import CENT
from app.services.aladdin.cached_book import AccountReader
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.domain import exposures
from app.services.domain.book import AsOf, GroupMembers, Holding
from app.services.domain.positions import AccountPositions
from app.services.domain.side import Side

_ZERO = Decimal(0)


_METRICS: Mapping[str, Callable[[Holding], float | None]] = {
    "spread_duration": lambda holding: holding.spread_duration,
    "duration": lambda holding: holding.duration,
    "oas": lambda holding: holding.oas,
    "dts": exposures.dts,
}


@dataclass(slots=True)
class _Trades:
    """What earlier lines trade for one account: cash by settlement date, face as holdings by bond.

    Sums are kept up as trades come, so that a line costs the same however many are before it: `totals` are
    those of market value times metric, `missing` counts the holdings that have no such number.
    """

    cash: dict[date, Decimal] = field(default_factory=dict)
    holdings: dict[str, Holding] = field(default_factory=dict)
    by_issuer: dict[str, dict[str, None]] = field(default_factory=dict)
    market_value: Decimal = _ZERO
    totals: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_METRICS, 0.0))
    missing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_METRICS, 0))

    def pay(self, settlement: date, amount: Decimal) -> None:
        self.cash[settlement] = self.cash.get(settlement, _ZERO) + amount

    def hold(self, traded: Holding) -> None:
        held = self.holdings.get(traded.security_id)
        if held is not None:
            self._count(held, -1)
            traded = replace(
                traded,
                face=held.face + traded.face,
                settled_face=held.settled_face + traded.settled_face,
                market_value=(held.market_value or _ZERO) + (traded.market_value or _ZERO),
            )
        self._count(traded, 1)
        self.holdings[traded.security_id] = traded
        if traded.issuer_id is not None:
            self.by_issuer.setdefault(traded.issuer_id, {})[traded.security_id] = None

    def _count(self, holding: Holding, sign: int) -> None:
        value = holding.market_value or _ZERO
        if not value:
            return
        self.market_value += sign * value
        for name, of in _METRICS.items():
            metric = of(holding)
            if metric is None:
                self.missing[name] += sign
            else:
                self.totals[name] += sign * float(value) * metric

    def spendable(self, cash: Decimal, settlement: date) -> Decimal:
        """Return what of an account's cash a purchase may take that settles on this day.

        The least that is left from that day on (R18.2), so that none that settles later goes without.
        """
        left = cash + sum((paid for day, paid in self.cash.items() if day <= settlement), _ZERO)
        least = left
        for day in sorted(day for day in self.cash if day > settlement):
            left += self.cash[day]
            least = min(least, left)
        return least


class TradedPositions(AccountPositions):
    """An account with its trades, as they are until the next line trades.

    Each sum is that before them, which is computed once for a reading, and theirs, which is kept up.
    """

    _before: AccountPositions
    _trades: _Trades

    def __init__(self, before: AccountPositions, trades: _Trades, settlement: date) -> None:
        cash = None if before.cash is None else trades.spendable(before.cash, settlement)
        super().__init__(before.account_id, before.nav, cash, before.currency, before.reference_date)
        known: dict[str, Any] = {
            "_before": before,
            "_trades": trades,
            "market_value": before.market_value + trades.market_value,
            "unvalued": before.unvalued,  # every trade has a market value
            **{name: self._sum(name, before, trades) for name in _METRICS},
        }
        self.__dict__.update(known)
        # Put together for those who ask: the split asks for sums.
        del self.__dict__["holdings"]

    @cached_property
    def holdings(self) -> tuple[Holding, ...]:
        """The holdings before the trades, and those that they are."""
        return (*self._before.holdings, *self._trades.holdings.values())

    def of_security(self, security_id: str) -> Sequence[Holding]:
        """Return the holdings in one bond, in their order."""
        traded = self._trades.holdings.get(security_id)
        return (*self._before.of_security(security_id), *(() if traded is None else (traded,)))

    def of_issuer(self, issuer_id: str | None) -> Sequence[Holding]:
        """Return the holdings in all bonds of one issuer, in their order; an unknown issuer has none."""
        bonds = () if issuer_id is None else self._trades.by_issuer.get(issuer_id, ())
        return (*self._before.of_issuer(issuer_id), *(self._trades.holdings[bond] for bond in bonds))

    @staticmethod
    def _sum(name: str, before: AccountPositions, trades: _Trades) -> float | None:
        found: float | None = getattr(before, name)
        if found is None or before.nav is None or trades.missing[name]:
            return None
        return found + trades.totals[name] / float(before.nav)


class TradedBook:
    """The vendor's book as it was read first, and `after` the trades of previews.

    `read_at` is when the reading began. With `sales_fund_buys` the proceeds of a sale are cash for what
    settles on its settlement date or later, else for nothing. `on_reading` are called after each reading of
    positions, in the thread that reads.
    """

    def __init__(self, book: AccountReader, read_at: datetime, *, sales_fund_buys: bool) -> None:
        self._book = book
        self.read_at = read_at
        self.sales_fund_buys = sales_fund_buys
        self.on_reading: list[Callable[[], None]] = []
        self._members: dict[str, GroupMembers] = {}
        self._accounts: dict[str, AccountPositions] = {}
        self._reads: dict[tuple[tuple[str, ...], AsOf], tuple[AccountPositions, ...]] = {}
        self._trades: dict[str, _Trades] = {}

    def read_again(self, read_at: datetime) -> None:
        """Forget what was read, and keep the trades."""
        self.read_at = read_at
        self._members.clear()
        self._accounts.clear()
        self._reads.clear()

    def add(self, inputs: PreviewInputs, result: PreviewResult, *, counts_proceeds: bool = True) -> None:
        """Put the trades of a preview on the book; without `counts_proceeds` a sale funds nothing."""
        self._hold(inputs, result, 1)
        self._pay(inputs, result, 1, counts_proceeds=counts_proceeds)

    def take_back(self, inputs: PreviewInputs, result: PreviewResult, *, counted_proceeds: bool) -> None:
        """Take the trades of a preview off the book again."""
        self._hold(inputs, result, -1)
        self._pay(inputs, result, -1, counts_proceeds=counted_proceeds)

    def take_back_proceeds(self, inputs: PreviewInputs, result: PreviewResult) -> None:
        """Count the face of a sale as before, and its proceeds no more; nothing of a purchase."""
        if inputs.request.order.side is Side.SELL:
            self._pay(inputs, result, -1, counts_proceeds=True)

    def _hold(self, inputs: PreviewInputs, result: PreviewResult, sign: int) -> None:
        is_sale = inputs.request.order.side is Side.SELL
        for account_id, face, amount in _traded(result):
            traded = _holding(inputs, account_id, sign * face, sign * amount, is_sale=is_sale)
            self._trades.setdefault(account_id, _Trades()).hold(traded)

    def _pay(self, inputs: PreviewInputs, result: PreviewResult, sign: int, *, counts_proceeds: bool) -> None:
        if inputs.request.order.side is Side.BUY:
            sign = -sign
        elif not (self.sales_fund_buys and counts_proceeds):
            return
        for account_id, _, amount in _traded(result):
            self._trades.setdefault(account_id, _Trades()).pay(inputs.settlement_date, sign * amount)

    def group_members(self, group_ids: Sequence[str]) -> tuple[GroupMembers, ...]:
        """Return the accounts under each group, as they were read first."""
        missing = [group for group in group_ids if group not in self._members]
        if missing:
            self._members |= {found.group_id: found for found in self._book.group_members(missing)}
        return tuple(self._members[group] for group in group_ids)

    def positions(self, groups_or_accounts: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        """Return positions without trades, as they were read first: an account has one reading."""
        key = (tuple(sorted(set(groups_or_accounts))), as_of)
        if key not in self._reads:
            read = self._book.positions(groups_or_accounts, as_of)
            if as_of is AsOf.TRADES_AND_ORDERS:
                for told in self.on_reading:
                    told()
                read = tuple(self._accounts.setdefault(found.account_id, found) for found in read)
            self._reads[key] = read
        return self._reads[key]

    def after(self, positions: AccountPositions, settlement: date) -> AccountPositions:
        """Return an account's positions after the trades, with the cash for what settles on this day."""
        trades = self._trades.get(positions.account_id)
        return positions if trades is None else TradedPositions(positions, trades, settlement)


def _traded(result: PreviewResult) -> Iterator[tuple[str, Decimal, Decimal]]:
    for line in result.allocations:
        if line.allocated_quantity:
            yield line.account_id, Decimal(line.allocated_quantity), line.settlement_amount


def _market_value(inputs: PreviewInputs, amount: Decimal) -> Decimal:
    """Return what a trade of this amount is worth at the market's price, as the vendor shows it."""
    price, market = inputs.price, inputs.market_price
    if market is None or market.clean == price.clean:
        return amount
    return (amount * (market.clean + inputs.accrued) / (price.clean + inputs.accrued)).quantize(CENT)


def _holding(
    inputs: PreviewInputs, account_id: str, face: Decimal, amount: Decimal, *, is_sale: bool
) -> Holding:
    """Return a trade as a holding: without a price, because what we ask for is no market."""
    security, risk, value = inputs.security, inputs.analytics, _market_value(inputs, amount)
    return Holding(
        account_id=account_id,
        security_id=security.security_id,
        issuer_id=security.issuer_id,
        face=-face if is_sale else face,
        settled_face=-face if is_sale else _ZERO,
        market_value=-value if is_sale else value,
        price=None,
        duration=risk.duration,
        spread_duration=risk.spread_duration,
        oas=risk.oas,
    )
