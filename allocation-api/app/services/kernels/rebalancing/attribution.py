"""Attribution of a change of drift: what prices, trades and flows of money moved between two books.

Source: the usual holdings-based attribution. The move of the market is the face held at the start times the
change of the value of one unit of it; trades are the change of face at the value of a unit at the end; what
neither explains of the change of NAV is a flow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from app.services.kernels.rebalancing.drift import PERCENT, decimal

_ZERO = Fraction(0)
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Position:
    """A position in a class: face, and value with accrued interest; None is not known."""

    security_id: str
    asset_class: str
    face: Decimal
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Book:
    """One account at one time.

    Parameters
    ----------
    nav : Decimal
        Net asset value, above zero.
    cash : Decimal
        Cash, of the class `cash_class`.
    cash_class : str
        Name of the class of cash.
    positions : sequence of Position
        Each security once.
    targets : mapping of str to Decimal
        Target share of each class in percent of NAV.
    """

    nav: Decimal
    cash: Decimal
    cash_class: str
    positions: Sequence[Position]
    targets: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Causes:
    """What moved a class, in money or in percentage points: the sum is the whole move.

    `reclassified` are positions that went from one class to another, `rest` those without a value at one end.
    """

    market: Decimal
    trades: Decimal
    flows: Decimal
    reclassified: Decimal
    rest: Decimal


@dataclass(frozen=True, slots=True)
class ClassAttribution:
    """One class between two books.

    `points` and `targets` add up to the change of drift; `targets` is what a change of the target did. The
    contribution is to the account's return, in points; the return of the class, in percent of its value at
    the start, is None where that is not above zero.
    """

    asset_class: str
    value_before: Decimal
    value_after: Decimal
    drift_before: Decimal
    drift_after: Decimal
    money: Causes
    points: Causes
    targets: Decimal
    contribution: Decimal
    class_return: Decimal | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """All classes between two books; contributions of classes add up to `account_return`, in percent."""

    classes: tuple[ClassAttribution, ...]
    market: Decimal
    flows: Decimal
    account_return: Decimal


@dataclass(slots=True)
class _Moves:
    market: Fraction = _ZERO
    trades: Fraction = _ZERO
    flows: Fraction = _ZERO
    reclassified: Fraction = _ZERO
    rest: Fraction = _ZERO


_ByClass: TypeAlias = dict[str, _Moves]
_Rounding: TypeAlias = Callable[[Fraction], Fraction]


def attribute(before: Book, after: Book) -> Attribution:
    """Return what moved each class between two books of an account.

    Money is to the cent, points are exact: both add up to the change.

    Raises
    ------
    ValueError
        When a NAV is not above zero.
    """
    if before.nav <= 0 or after.nav <= 0:
        raise ValueError("NAVs are above zero")
    exact, shown = _moves(before, after, lambda value: value), _moves(before, after, _to_the_cent)
    market = sum((each.market for each in exact.values()), _ZERO)
    names = dict.fromkeys((*after.targets, *before.targets, *exact))
    classes = tuple(
        _class(name, before, after, exact.get(name, _Moves()), shown.get(name, _Moves()), market)
        for name in names
    )
    market_shown = sum((each.money.market for each in classes), Decimal(0))
    return Attribution(
        classes=classes,
        market=market_shown,
        flows=after.nav - before.nav - market_shown,
        account_return=decimal(market * PERCENT / Fraction(before.nav)),
    )


def _moves(before: Book, after: Book, rounded: _Rounding) -> _ByClass:
    """Return the money that each cause moved in each class, the move of the market of a position rounded."""
    found: _ByClass = {}
    old = {each.security_id: each for each in before.positions}
    new = {each.security_id: each for each in after.positions}
    traded = _ZERO
    for security_id in dict.fromkeys((*old, *new)):
        traded += _move(found, old.get(security_id), new.get(security_id), rounded)
    paid = _of(found, after.cash_class)
    paid.trades -= traded
    paid.flows += Fraction(after.cash) - Fraction(before.cash) + traded
    if before.cash_class != after.cash_class:
        _of(found, before.cash_class).reclassified -= Fraction(before.cash)
        paid.reclassified += Fraction(before.cash)
    return found


def _move(found: _ByClass, old: Position | None, new: Position | None, rounded: _Rounding) -> Fraction:
    """Add the moves of one position to its classes, and return what was paid for it."""
    one = old or new
    assert one is not None  # noqa: S101 - a security is held at one end at least
    begun, ended = _of(found, one.asset_class), _of(found, (new or one).asset_class)
    first, last = _value(old), _value(new)
    if not (_is_priced(old) and _is_priced(new)):
        begun.rest -= first
        ended.rest += last
        return _ZERO
    market = _ZERO
    if old is not None and new is not None and old.face and new.face:
        market = rounded(Fraction(old.face) * last / Fraction(new.face) - first)
    begun.market += market
    if begun is not ended:
        begun.reclassified -= first + market
        ended.reclassified += first + market
    trades = last - first - market
    ended.trades += trades
    return trades


def _class(
    name: str, before: Book, after: Book, exact: _Moves, shown: _Moves, market: Fraction
) -> ClassAttribution:
    worth = Fraction(before.nav), Fraction(after.nav)
    values = _class_value(before, name), _class_value(after, name)
    targets = [Fraction(book.targets.get(name, Decimal(0))) for book in (before, after)]
    drifts = [value * PERCENT / nav - t for value, nav, t in zip(values, worth, targets, strict=True)]
    share = values[0] / worth[0]
    of_nav = {"market": market, "flows": worth[1] - worth[0] - market}
    points = {
        cause: (money - share * of_nav.get(cause, _ZERO)) * PERCENT / worth[1]
        for cause, money in _each(exact)
    }
    return ClassAttribution(
        asset_class=name,
        value_before=decimal(values[0]),
        value_after=decimal(values[1]),
        drift_before=decimal(drifts[0]),
        drift_after=decimal(drifts[1]),
        money=Causes(**{cause: decimal(money) for cause, money in _each(shown)}),
        points=Causes(**{cause: decimal(value) for cause, value in points.items()}),
        targets=decimal(targets[0] - targets[1]),
        contribution=decimal(exact.market * PERCENT / worth[0]),
        class_return=decimal(exact.market * PERCENT / values[0]) if values[0] > 0 else None,
    )


def _each(moves: _Moves) -> Iterable[tuple[str, Fraction]]:
    return ((each.name, getattr(moves, each.name)) for each in fields(moves))


def _class_value(book: Book, name: str) -> Fraction:
    held = sum((_value(each) for each in book.positions if each.asset_class == name), _ZERO)
    return held + (Fraction(book.cash) if name == book.cash_class else _ZERO)


def _value(position: Position | None) -> Fraction:
    return _ZERO if position is None or position.value is None else Fraction(position.value)


def _is_priced(position: Position | None) -> bool:
    """Whether a unit of a position has a value; what is not held needs none."""
    if position is None:
        return True
    return position.value is not None and (position.face != 0 or position.value == 0)


def _of(found: _ByClass, name: str) -> _Moves:
    return found.setdefault(name, _Moves())


def _to_the_cent(value: Fraction) -> Fraction:
    return round(value, _CENTS)
