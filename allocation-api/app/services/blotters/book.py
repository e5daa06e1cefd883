"""The book after the trades of a blotter's earlier lines: what the next line is previewed on.

The vendor's book is read once for a blotter, and previews that nobody has committed yet are put on top of it,
as the vendor itself shows an order that is live (R18.1): a purchase takes its settlement amount of cash and
adds a holding that cannot be sold yet, a sale takes face. NAV stays: cash is exchanged for bonds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from app.core.numbers import CENT
from app.services.aladdin.cached_book import AccountReader
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.domain.book import AsOf, GroupMembers, Holding
from app.services.domain.positions import AccountPositions
from app.services.domain.side import Side

_ZERO = Decimal(0)


@dataclass(slots=True)
class _Trades:
    """What earlier lines trade for one account: cash by settlement date, and face as holdings by bond."""

    cash: dict[date, Decimal] = field(default_factory=dict)
    holdings: dict[str, Holding] = field(default_factory=dict)

    def pay(self, settlement: date, amount: Decimal) -> None:
        self.cash[settlement] = self.cash.get(settlement, _ZERO) + amount

    def hold(self, traded: Holding) -> None:
        held = self.holdings.get(traded.security_id)
        if held is not None:
            traded = replace(
                traded,
                face=held.face + traded.face,
                settled_face=held.settled_face + traded.settled_face,
                market_value=(held.market_value or _ZERO) + (traded.market_value or _ZERO),
            )
        self.holdings[traded.security_id] = traded

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


@dataclass(frozen=True)
class TradedPositions(AccountPositions):
    """An account with its trades: each sum is that before them, which is computed once, and theirs."""

    before: AccountPositions = field(kw_only=True)
    trades: AccountPositions = field(kw_only=True)

    @cached_property
    def market_value(self) -> Decimal:
        """Total market value; holdings without one are left out."""
        return self.before.market_value + self.trades.market_value

    @cached_property
    def spread_duration(self) -> float | None:
        """Spread duration in years, None when a number is missing (R1.3)."""
        return _sum(self.before.spread_duration, self.trades.spread_duration)

    @cached_property
    def duration(self) -> float | None:
        """Option-adjusted duration in years, None when a number is missing (R1.3)."""
        return _sum(self.before.duration, self.trades.duration)

    @cached_property
    def oas(self) -> float | None:
        """Option-adjusted spread in basis points, None when a number is missing (R1.3)."""
        return _sum(self.before.oas, self.trades.oas)

    @cached_property
    def dts(self) -> float | None:
        """Duration times spread in years x basis points, None when a number is missing (R1.3)."""
        return _sum(self.before.dts, self.trades.dts)

    @cached_property
    def unvalued(self) -> tuple[str, ...]:
        """Security ids of the holdings without a market value: every trade has one."""
        return self.before.unvalued

    def of_security(self, security_id: str) -> Sequence[Holding]:
        """Return the holdings in one bond, in their order."""
        return (*self.before.of_security(security_id), *self.trades.of_security(security_id))

    def of_issuer(self, issuer_id: str | None) -> Sequence[Holding]:
        """Return the holdings in all bonds of one issuer, in their order; an unknown issuer has none."""
        return (*self.before.of_issuer(issuer_id), *self.trades.of_issuer(issuer_id))


def _sum(before: float | None, trades: float | None) -> float | None:
    return None if before is None or trades is None else before + trades


class TradedBook:
    """The vendor's book as it was read first, and `after` the trades of previews.

    `read_at` is when the reading began. With `sales_fund_buys` the proceeds of a sale are cash for what
    settles on its settlement date or later, else for nothing.
    """

    def __init__(self, book: AccountReader, read_at: datetime, *, sales_fund_buys: bool) -> None:
        self._book = book
        self.read_at = read_at
        self._sales_fund_buys = sales_fund_buys
        self._accounts: dict[str, AccountPositions] = {}
        self._reads: dict[tuple[tuple[str, ...], AsOf], tuple[AccountPositions, ...]] = {}
        self._trades: dict[str, _Trades] = {}

    def add(self, inputs: PreviewInputs, result: PreviewResult, *, counts_proceeds: bool = True) -> None:
        """Put the trades of a preview on the book; without `counts_proceeds` a sale funds nothing."""
        is_sale = inputs.request.order.side is Side.SELL
        for line in result.allocations:
            if not line.allocated_quantity:
                continue
            trades = self._trades.setdefault(line.account_id, _Trades())
            face, amount = Decimal(line.allocated_quantity), line.settlement_amount
            trades.hold(_holding(inputs, line.account_id, face, amount, is_sale=is_sale))
            if not is_sale:
                trades.pay(inputs.settlement_date, -amount)
            elif self._sales_fund_buys and counts_proceeds:
                trades.pay(inputs.settlement_date, amount)

    def group_members(self, group_ids: Sequence[str]) -> tuple[GroupMembers, ...]:
        """Return the accounts under each group."""
        return self._book.group_members(group_ids)

    def positions(self, groups_or_accounts: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        """Return positions without trades, as they were read first: an account has one reading."""
        key = (tuple(sorted(set(groups_or_accounts))), as_of)
        if key not in self._reads:
            read = self._book.positions(groups_or_accounts, as_of)
            if as_of is AsOf.TRADES_AND_ORDERS:
                read = tuple(self._accounts.setdefault(found.account_id, found) for found in read)
            self._reads[key] = read
        return self._reads[key]

    def after(self, positions: AccountPositions, settlement: date) -> AccountPositions:
        """Return an account's positions after the trades, with the cash for what settles on this day."""
        trades = self._trades.get(positions.account_id)
        if trades is None:
            return positions
        cash, traded = positions.cash, tuple(trades.holdings.values())
        return TradedPositions(
            account_id=positions.account_id,
            nav=positions.nav,
            cash=None if cash is None else trades.spendable(cash, settlement),
            currency=positions.currency,
            reference_date=positions.reference_date,
            holdings=positions.holdings + traded,
            before=positions,
            trades=AccountPositions(positions.account_id, positions.nav, holdings=traded),
        )


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
