"""Reallocation plan: withdrawals first, deposits scaled to what they free, true to the cent.

What is wanted are the trades to the target that a minimum trade allows, what is planned those of them that
liquidity allows. Deposits that are not covered shrink in proportion. Withdrawals that are not needed shrink
where that saves most impact: with the square-root law the least costly withdrawals of a sum are proportional
to ADV / sigma^2, up to what each asset can give (water-filling), since their marginal impacts are equal then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.services.kernels.reallocation.impact import Market
from app.services.kernels.reallocation.utilization import Holding
from app.services.kernels.rebalancing.balance import in_cents


class PlanStatus(StrEnum):
    """How much of what is wanted is planned."""

    MATCHED = "MATCHED"
    """All of it."""

    PARTIAL = "PARTIAL"
    """A part of it, or it is not known whether more could be."""

    FAILED = "FAILED"
    """Nothing: liquidity does not allow any trade, or no trade reaches the minimum."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What limits the trades.

    Parameters
    ----------
    available : sequence of int or None
        Cents of each asset that can be traded, not below 0; None where that is not known, and nothing of it
        is planned.
    minimum : int
        Least cents of a trade.
    """

    available: Sequence[int | None]
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Trades by asset in cents: above 0 money goes in (a purchase), below 0 it comes out (a sale).

    Parameters
    ----------
    status : PlanStatus
    trades : tuple of int
        Purchases are sales plus `cash_used`; none is larger than what is wanted of the asset.
    wanted : tuple of int
        Trades to the target without limits of liquidity, those below the minimum left out.
    cash_used : int
        What the trades take of the free cash, from 0 to all of it.
    """

    status: PlanStatus
    trades: tuple[int, ...]
    wanted: tuple[int, ...]
    cash_used: int

    @property
    def total(self) -> int:
        """What is traded on both sides."""
        return sum(map(abs, self.trades))

    @property
    def shortfall(self) -> int:
        """What is wanted and not planned, on both sides."""
        return sum(map(abs, self.wanted)) - self.total


def plan(holdings: Sequence[Holding], limits: Limits, markets: Sequence[Market | None]) -> Plan:
    """Return the trades that bring holdings to their targets, as far as liquidity allows.

    Targets are worth what is held, and the free cash that is to be invested beside it.

    Parameters
    ----------
    markets : sequence of Market or None
        Of each asset, for its impact. Where that of a withdrawal is not known, withdrawals shrink in
        proportion.

    Raises
    ------
    ValueError
        When targets are worth less than what is held, or limits are below 0.
    """
    cash = sum(each.target - each.current for each in holdings)
    if cash < 0 or limits.minimum < 0 or any(each is not None and each < 0 for each in limits.available):
        raise ValueError("targets are worth what is held at least, and limits are not below 0")
    gaps = [each.target - each.current for each in holdings]
    wanted = _balanced(gaps, cash, limits.minimum, markets)
    within = [_within(gap, room or 0) for gap, room in zip(wanted, limits.available, strict=True)]
    trades = _balanced(within, cash, limits.minimum, markets)
    is_open = any(gap and room is None for gap, room in zip(wanted, limits.available, strict=True))
    return Plan(_status(trades, wanted, is_open=is_open), tuple(trades), tuple(wanted), sum(trades))


def _status(trades: Sequence[int], wanted: Sequence[int], *, is_open: bool) -> PlanStatus:
    if any(wanted) and trades == wanted:
        return PlanStatus.MATCHED
    return PlanStatus.PARTIAL if any(trades) or is_open else PlanStatus.FAILED


def _within(gap: int, room: int) -> int:
    return max(min(gap, room), -room)


def _balanced(gaps: Sequence[int], cash: int, minimum: int, markets: Sequence[Market | None]) -> list[int]:
    """Return the largest trades within gaps whose purchases are covered, and whose sales are needed.

    Trades below the minimum go one by one, the smallest first: without it others may be larger again.
    """
    left = list(gaps)
    while True:
        trades = _covered(left, cash, markets)
        small = [(abs(trade), at) for at, trade in enumerate(trades) if 0 < abs(trade) < minimum]
        if not small:
            return trades
        left[min(small)[1]] = 0


def _covered(gaps: Sequence[int], cash: int, markets: Sequence[Market | None]) -> list[int]:
    sales = [max(-gap, 0) for gap in gaps]
    buys = [max(gap, 0) for gap in gaps]
    if sum(buys) > sum(sales) + cash:
        buys = _scaled(buys, sum(sales) + cash)
    else:
        sales = _least_costly(sales, max(sum(buys) - cash, 0), markets)
    return [buy - sale for buy, sale in zip(buys, sales, strict=True)]


def _scaled(amounts: Sequence[int], total: int) -> list[int]:
    """Return the amounts in proportion with this sum, which is at most theirs; by largest remainders."""
    whole = sum(amounts)
    return in_cents([Fraction(each * total, whole) for each in amounts], total) if whole else list(amounts)


def _least_costly(amounts: Sequence[int], total: int, markets: Sequence[Market | None]) -> list[int]:
    """Return amounts up to these with this sum, which is at most theirs, and of the least impact."""
    if total == sum(amounts):
        return list(amounts)
    depths: list[Fraction] = []
    for amount, market in zip(amounts, markets, strict=True):
        if amount and market is None:
            return _scaled(amounts, total)
        depths.append(Fraction(0) if market is None else _depth(market))
    return in_cents(_filled(amounts, depths, total), total)


def _depth(market: Market) -> Fraction:
    return Fraction(market.daily_volume) / Fraction(market.daily_volatility) ** 2


def _filled(amounts: Sequence[int], depths: Sequence[Fraction], total: int) -> list[Fraction]:
    """Return min(amount, level x depth) for the level at which these add up to the total."""
    parts = [Fraction(0)] * len(amounts)
    traded = [at for at, amount in enumerate(amounts) if amount]
    left, open_depth = Fraction(total), sum((depths[at] for at in traded), Fraction(0))
    for at in sorted(traded, key=lambda at: amounts[at] / depths[at]):
        # The assets that fill up first are full at this level, all later ones are in proportion to depth.
        parts[at] = min(Fraction(amounts[at]), left * depths[at] / open_depth)
        left -= parts[at]
        open_depth -= depths[at]
    return parts
