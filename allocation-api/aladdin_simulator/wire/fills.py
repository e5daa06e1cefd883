"""How an order moves on by itself: released, active, filled in a few steps, booked, or expired.

Nothing runs in the background. With every touch of an order the states that will follow are worked out ahead,
each with its moment, and whoever asks gets the last one whose moment has come.

The timetable of an order counts from its entry and depends on the seed and the order's id alone: when it
becomes active, and then some steps, each with a price and the part of the order that should be filled by
then. A change of the order leaves the timetable as it is; the steps that remain fill what is open then.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from msgspec.structs import replace

from aladdin_simulator.book import HUNDRED, Bond, exact
from aladdin_simulator.wire.order_messages import BUY, Detail, Order
from aladdin_simulator.wire.order_rules import (
    ACTIVE,
    BOOKED,
    COMPL_PENDING,
    EXPIRED,
    LIVE_STATUSES,
    OPEN,
    is_filled,
    status_of_trading,
)

COMPLIANCE_TIME = timedelta(seconds=30)
"""How long compliance takes after it timed out, where orders never fill; else a tenth of the fill time."""

LONGEST_FILL_SECONDS = 7 * 86_400

_DAY_ORDER = "Day"
_PRICE_LIMIT = "Price"
# Thousandths of the time that an order takes to fill.
_ACTIVE = (120, 180)
_STEPS = (220, 1000)
_STEP_COUNT = (3, 5)
# Fills come within a tenth of a per cent of the market price.
_PRICE_BAND = 100
_PRICE_UNIT = Decimal("0.0001")
_AVERAGE_UNIT = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class FillStep:
    """By `after` its entry `per_cent` of an order should be filled; what comes now, at `price` per 100."""

    after: timedelta
    per_cent: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Timetable:
    """When an order becomes active and in which steps it fills; the last step fills all of it."""

    active_after: timedelta
    steps: tuple[FillStep, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """All states of one order by `modify_time`: those that were, and those that will come by themselves.

    `touched` is when a client last touched the order.
    """

    states: tuple[Order, ...]
    touched: datetime

    def at(self, moment: datetime) -> Order:
        """Return the order as it is at a moment; before its entry, as it came in."""
        return self.states[max(0, self._count(moment) - 1)]

    def touch(self, order: Order, ahead: tuple[Order, ...]) -> Course:
        """Return the course after a client's touch: what was foreseen beyond it will not be."""
        past = self.states[: self._count(order.modify_time)]
        return Course((*past, order, *ahead), order.modify_time)

    def _count(self, moment: datetime) -> int:
        return bisect_right(self.states, moment, key=lambda state: state.modify_time)


class Fills:
    """Foresees the states of orders.

    Parameters
    ----------
    bonds : mapping
        By CUSIP; fills are whole increments of the bond as far as the slices are.
    fill_seconds : float
        The time from an order's entry until it is booked at the latest, 0 for never, at most a week. The
        first fill comes after more than a fifth of it.
    seed : int
        With the order's id it fixes the timetable.
    """

    def __init__(self, bonds: Mapping[str, Bond], *, fill_seconds: float, seed: int) -> None:
        if not 0 <= fill_seconds <= LONGEST_FILL_SECONDS:
            raise ValueError(f"fill_seconds: {fill_seconds} is not between 0 and {LONGEST_FILL_SECONDS}")
        self._bonds = bonds
        self._fill_time = timedelta(seconds=fill_seconds)
        self._seed = seed

    def ahead(self, order: Order) -> tuple[Order, ...]:
        """Return the states that follow an order's present one unless somebody touches it, oldest first."""
        if order.order_status not in LIVE_STATUSES:
            return ()
        end = _end_of_day(order)
        states = tuple(state for state in self._foreseen(order) if end is None or state.modify_time < end)
        last = states[-1] if states else order
        if end is None or last.order_status == BOOKED:
            return states
        return (*states, _moved(last, end, order_status=EXPIRED))

    def timetable(self, order: Order) -> Timetable:
        """Return the timetable of an order that has an id."""
        bond = self._bonds[order.asset_id or ""]
        rng = random.Random(f"fills {order.id} {self._seed}")
        active = rng.randint(*_ACTIVE)
        count = rng.randint(*_STEP_COUNT)
        moments = sorted(rng.sample(range(_STEPS[0], _STEPS[1] + 1), count))
        parts = [*sorted(rng.sample(range(10, 91), count - 1)), 100]
        prices = [_price(order, bond, rng.randint(-_PRICE_BAND, _PRICE_BAND)) for _ in range(count)]
        return Timetable(
            active_after=self._fill_time * active / 1000,
            steps=tuple(
                FillStep(self._fill_time * moment / 1000, part, price)
                for moment, part, price in zip(moments, parts, prices, strict=True)
            ),
        )

    def _foreseen(self, order: Order) -> Iterator[Order]:
        touched = resumed = order.modify_time
        if order.order_status == COMPL_PENDING:
            resumed = touched + (self._fill_time / 10 or COMPLIANCE_TIME)
            order = _moved(order, resumed, order_status=status_of_trading(order))
            yield order
        if not self._fill_time:
            return
        table = self.timetable(order)
        if order.order_status == OPEN:
            active = max(order.entry_time + table.active_after, resumed)
            order = _moved(order, active, order_status=ACTIVE, active_time=active)
            yield order
        passed = [step for step in table.steps if order.entry_time + step.after <= touched]
        # Where the time for all steps has passed while compliance was pending, the last one is still to come.
        coming = table.steps[len(passed) :] or table.steps[-1:]
        base, lot = order, self._bonds[order.asset_id or ""].increment
        before = passed[-1].per_cent if passed else 0
        for step in coming:
            moment = max(order.entry_time + step.after, order.modify_time)
            details = tuple(
                _filled(now, start, step.per_cent, before, lot, moment)
                for now, start in zip(order.order_details, base.order_details, strict=True)
            )
            if details != order.order_details:
                order = _with_fill(order, details, step.price, moment)
                yield order


def _moved(order: Order, moment: datetime, **changes: object) -> Order:
    return replace(
        order, **changes, version=order.version + 1, touch_count=order.touch_count + 1, modify_time=moment
    )


def _filled(now: Detail, start: Detail, reach: int, before: int, lot: int, moment: datetime) -> Detail:
    """Return a slice filled in whole lots up to its part of what was open at the start.

    `reach` and `before` are the parts of the order, in per cent, that should be filled by now and were to be
    filled by the start. At 100 the slice is full, whole lots or not.
    """
    quantity, booked = exact(start.quantity), exact(start.quantity_booked)
    target = quantity
    if reach < 100:
        target = booked + (quantity - booked) * (reach - before) // ((100 - before) * lot) * lot
    if target == exact(now.quantity_booked):
        return now
    return replace(now, quantity_booked=float(target), version=now.version + 1, modify_time=moment)


def _with_fill(order: Order, details: tuple[Detail, ...], price: Decimal, moment: datetime) -> Order:
    """Return the order with more filled; the average price is that of the whole block, to six decimals."""
    total = sum((exact(detail.quantity_booked) for detail in details), Decimal(0))
    had = exact(order.fill_amount)
    average = (exact(order.average_price) * had + price * (total - had)) / total
    return _moved(
        order,
        moment,
        order_status=BOOKED if is_filled(details) else ACTIVE,
        order_details=details,
        fill_amount=float(total),
        average_price=float(average.quantize(_AVERAGE_UNIT, rounding=ROUND_HALF_EVEN)),
    )


def _price(order: Order, bond: Bond, offset: int) -> Decimal:
    """Return a price near the market's, and never worse than the limit: the market always comes to it."""
    market = bond.price * (HUNDRED * 1000 + offset) / (HUNDRED * 1000)
    price = max(_PRICE_UNIT, market.quantize(_PRICE_UNIT))
    if order.trading_limit_type != _PRICE_LIMIT or order.trading_limit_value is None:
        return price
    limit = exact(order.trading_limit_value)
    if order.transaction_type == BUY:
        return min(price, limit.quantize(_AVERAGE_UNIT, rounding=ROUND_FLOOR))
    return max(price, limit.quantize(_AVERAGE_UNIT, rounding=ROUND_CEILING))


def _end_of_day(order: Order) -> datetime | None:
    """Return when a day order expires: midnight (UTC) after its order date, or its last touch if later."""
    if order.expiration_type != _DAY_ORDER:
        return None
    touched = order.modify_time.astimezone(UTC).date()
    last_day = min(max(order.order_date or touched, touched), date.max - timedelta(days=1))
    return datetime.combine(last_day + timedelta(days=1), time(), tzinfo=UTC)
