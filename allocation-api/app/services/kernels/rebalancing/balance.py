"""Balanced trades: purchases equal sales and free cash to the cent, and classes come back into their bands.

The least turnover that brings all classes between the edges of their bands is what each class needs by
itself, and the money that is left over or missing then: the trades of one class limit those of another by
that sum alone. What is over goes where most is missing, so that the largest drift that stays is as small as
can be (water-filling).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from app.services.kernels.rebalancing.drift import PERCENT, Sleeve, decimal, target_value

CENTS = 100


class Mode(StrEnum):
    """How far trades go."""

    FULL = "full"
    """Every class to its target."""

    TO_BAND = "to_band"
    """Classes that are out to the edge of their band, with the least turnover."""

    BUY_ONLY = "buy_only"
    """Free cash alone is spent, where most is missing; nothing is sold."""


@dataclass(frozen=True, slots=True)
class TradeRules:
    """What a trade must be: at least `minimum` in money, and whole units of the classes in `unit_price`."""

    minimum: Decimal = Decimal(0)
    unit_price: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trade:
    """Money to buy (above zero) or to sell (below) of a class, and its drift in points afterwards."""

    asset_class: str
    amount: Decimal
    drift_after: Decimal
    is_out_after: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """Trades of all classes, also of those that do not trade: purchases = sales + `spent`.

    `free_cash` is the portfolio's value less its holdings, in cents rounded down; `spent` is what the trades
    take of it. Where holdings are worth more than the portfolio, both are below zero: sales make up for it.
    """

    trades: tuple[Trade, ...]
    free_cash: Decimal
    spent: Decimal


def balance(
    sleeves: Sequence[Sleeve], portfolio_value: Decimal, mode: Mode, rules: TradeRules | None = None
) -> Balance:
    """Return the trades that bring a portfolio back.

    Trades are in whole cents. Rules for trades come last: a trade that they do not allow becomes smaller or
    is left out, and purchases that cannot be paid then shrink, from the least under-allocated class on.

    Parameters
    ----------
    sleeves : sequence of Sleeve
        The classes, whose targets sum to 100.
    portfolio_value : Decimal
        Money that the percentages are of, above zero.
    """
    whole = Fraction(portfolio_value)
    free = _floor((whole - sum(Fraction(each.value) for each in sleeves)) * CENTS)
    gaps = [(target_value(each, whole) - Fraction(each.value)) * CENTS for each in sleeves]
    bands = [Fraction(each.band) * whole * CENTS / PERCENT for each in sleeves]
    cents = {Mode.FULL: _full, Mode.TO_BAND: _to_band, Mode.BUY_ONLY: _buy_only}[mode](gaps, bands, free)
    cents = _by_rules(cents, sleeves, free, gaps, rules or TradeRules())
    trades = tuple(
        _trade(each, gap, band, amount, whole)
        for each, gap, band, amount in zip(sleeves, gaps, bands, cents, strict=True)
    )
    return Balance(trades, Decimal(free) / CENTS, Decimal(sum(cents)) / CENTS)


def _trade(sleeve: Sleeve, gap: Fraction, band: Fraction, cents: int, whole: Fraction) -> Trade:
    left = cents - gap
    return Trade(
        sleeve.asset_class,
        Decimal(cents) / CENTS,
        decimal(left * PERCENT / (whole * CENTS)),
        is_out_after=abs(left) > band,
    )


def _full(gaps: Sequence[Fraction], _bands: Sequence[Fraction], free: int) -> list[int]:
    return in_cents(gaps, free)


def _to_band(gaps: Sequence[Fraction], bands: Sequence[Fraction], free: int) -> list[int]:
    needed = [_needed(gap, band) for gap, band in zip(gaps, bands, strict=True)]
    return _shared(needed, gaps, free - sum(needed))


def _buy_only(gaps: Sequence[Fraction], _bands: Sequence[Fraction], free: int) -> list[int]:
    return _shared([0] * len(gaps), gaps, max(free, 0))


def _needed(gap: Fraction, band: Fraction) -> int:
    """Return the least trade that brings a class to the edge of its band, in cents away from zero."""
    beyond = abs(gap) - band
    if beyond <= 0:
        return 0
    cents = -_floor(-beyond)
    return cents if gap > 0 else -cents


def _shared(trades: Sequence[int], gaps: Sequence[Fraction], rest: int) -> list[int]:
    """Add purchases (or sales, where `rest` is below zero) of `rest` cents, most where most is missing."""
    sign = 1 if rest >= 0 else -1
    room = [sign * (gap - trade) for gap, trade in zip(gaps, trades, strict=True)]
    added = _filled(room, abs(rest))
    return [trade + sign * more for trade, more in zip(trades, added, strict=True)]


def _filled(room: Sequence[Fraction], amount: int) -> list[int]:
    """Share an amount so that the largest room that stays is as small as can be (water-filling)."""
    order = sorted((each for each in room if each > 0), reverse=True)
    if not order or not amount:
        return [0] * len(room)
    left, level = Fraction(amount), Fraction(0)
    for place, (upper, lower) in enumerate(pairwise([*order, Fraction(0)]), 1):
        step = (upper - lower) * place
        if step >= left:
            level = upper - left / place
            break
        left -= step
    parts = [max(each - level, Fraction(0)) for each in room]
    return in_cents(parts, min(amount, _floor(sum(parts, Fraction(0)))))


def in_cents(parts: Sequence[Fraction], total: int) -> list[int]:
    """Round to whole cents with this sum, by largest remainders; ties go to the earlier class."""
    down = [_floor(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda i: down[i] - parts[i])
    for i in order[: max(total - sum(down), 0)]:
        down[i] += 1
    return down


def _by_rules(
    cents: Sequence[int], sleeves: Sequence[Sleeve], free: int, gaps: Sequence[Fraction], rules: TradeRules
) -> list[int]:
    units = [_unit(rules, each.asset_class) for each in sleeves]
    minimum = int((rules.minimum * CENTS).to_integral_value(ROUND_CEILING))
    kept = [_allowed(amount, unit, minimum) for amount, unit in zip(cents, units, strict=True)]
    for i in sorted(range(len(kept)), key=lambda i: gaps[i]):
        over = sum(kept) - free
        if over <= 0:
            break
        if kept[i] > 0:
            kept[i] = _allowed(max(kept[i] - over, 0), units[i], minimum)
    return kept


def _unit(rules: TradeRules, asset_class: str) -> Decimal | None:
    price = rules.unit_price.get(asset_class)
    return None if price is None else price * CENTS


def _allowed(cents: int, unit: Decimal | None, minimum: int) -> int:
    """Return the largest trade up to this one that the rules allow."""
    size = abs(cents)
    if unit is not None:
        size = int((size // unit * unit).to_integral_value(ROUND_FLOOR))
    if size < minimum:
        return 0
    return size if cents > 0 else -size


def _floor(number: Fraction) -> int:
    return number.numerator // number.denominator
