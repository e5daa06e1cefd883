"""Simulated life of an order: released, active, filled in a few steps, booked, or expired.

Nothing runs in the background. Every change of an order computes its future states in advance, each with its
time, and a query returns the last state whose time has come.

The timetable of an order counts from its entry and depends only on the seed and the order's id: the time when
it becomes active, and a few steps, each with a price near the market's of its day and the part of the order
that should be filled by then. A change of the order does not change the timetable; the remaining steps fill
what is open by then. Order and timetable determine the future states, so the journal keeps just these.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
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
from aladdin_simulator.wire.timeline import AVERAGE_UNIT

COMPLIANCE_TIME = timedelta(seconds=30)
"""Duration of compliance that timed out, if orders never fill; else it is a tenth of the fill time."""

MAX_FILL_SECONDS = 7 * 86_400

_DAY_ORDER = "Day"
_PRICE_LIMIT = "Price"
# In thousandths of the fill time.
_ACTIVE = (120, 180)
_STEPS = (220, 1000)
_STEP_COUNT = (3, 5)
# Fill prices are within 0.1 % of the market price.
_PRICE_BAND = 100
_PRICE_UNIT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class FillStep:
    """Step of a timetable: at `after` from entry, `per_cent` of the order is filled, this part at `price`."""

    after: timedelta
    per_cent: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Timetable:
    """Times at which an order becomes active and fills; the last step fills all of it.

    Without steps it never fills. `compliance` is the duration of compliance that timed out.
    """

    compliance: timedelta = COMPLIANCE_TIME
    active_after: timedelta = timedelta()
    steps: tuple[FillStep, ...] = ()


PriceAt = Callable[[str, datetime], Decimal]
"""Returns the market price of a CUSIP at a moment."""


class Fills:
    """Computes the future states of orders.

    Parameters
    ----------
    bonds : mapping
        Bonds by CUSIP; fills are whole increments of the bond as far as the slices are.
    fill_seconds : float
        Longest time from an order's entry until it is booked, 0 for never, at most a week. The first fill
        comes after more than a fifth of it.
    seed : int
        Seed of the timetable, together with the order's id.
    price_at : callable or None
        Market price at a moment; by default the bond's own at any.
    """

    def __init__(
        self, bonds: Mapping[str, Bond], *, fill_seconds: float, seed: int, price_at: PriceAt | None = None
    ) -> None:
        if not 0 <= fill_seconds <= MAX_FILL_SECONDS:
            raise ValueError(f"fill_seconds: {fill_seconds} is not between 0 and {MAX_FILL_SECONDS}")
        self._bonds = bonds
        self._fill_time = timedelta(seconds=fill_seconds)
        self._seed = seed
        self._price_at: PriceAt = price_at or (lambda cusip, _moment: bonds[cusip].price)

    def future_states(self, order: Order, table: Timetable | None = None) -> tuple[Order, ...]:
        """Return the states after an order's present one, if no client changes it, oldest first.

        Parameters
        ----------
        table : Timetable or None
            The order's timetable; computed if left out.
        """
        if order.order_status not in LIVE_STATUSES:
            return ()
        end = _end_of_day(order)
        table = table or self.timetable(order)
        after = self._states_after(order, table)
        states = tuple(state for state in after if end is None or state.modify_time < end)
        last = states[-1] if states else order
        if end is None or last.order_status == BOOKED:
            return states
        return (*states, _moved(last, end, order_status=EXPIRED))

    def timetable(self, order: Order) -> Timetable:
        """Return the timetable of an order that has an id."""
        if not self._fill_time:
            return Timetable()
        rng = random.Random(f"fills {order.id} {self._seed}")
        active = rng.randint(*_ACTIVE)
        count = rng.randint(*_STEP_COUNT)
        moments = sorted(rng.sample(range(_STEPS[0], _STEPS[1] + 1), count))
        parts = [*sorted(rng.sample(range(10, 91), count - 1)), 100]
        steps = []
        for moment, part in zip(moments, parts, strict=True):
            after = self._fill_time * moment / 1000
            market = self._price_at(order.asset_id or "", order.entry_time + after)
            price = _price(order, market, rng.randint(-_PRICE_BAND, _PRICE_BAND))
            steps.append(FillStep(after, part, price))
        return Timetable(self._fill_time / 10, self._fill_time * active / 1000, tuple(steps))

    def _states_after(self, order: Order, table: Timetable) -> Iterator[Order]:
        touched = resumed = order.modify_time
        if order.order_status == COMPL_PENDING:
            resumed = touched + table.compliance
            order = _moved(order, resumed, order_status=status_of_trading(order))
            yield order
        if not table.steps:
            return
        if order.order_status == OPEN:
            active = max(order.entry_time + table.active_after, resumed)
            order = _moved(order, active, order_status=ACTIVE, active_time=active)
            yield order
        passed = [step for step in table.steps if order.entry_time + step.after <= touched]
        # If the time of all steps has passed while compliance was pending, the last one is still done.
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
    """Return a slice filled in whole lots up to its share of what was open at the start.

    `reach` and `before` are the parts of the order, in per cent, that are to be filled by now and by the
    start. At 100 the slice is full, even if it is not a whole number of lots.
    """
    quantity, booked = exact(start.quantity), exact(start.quantity_booked)
    target = quantity
    if reach < 100:
        target = booked + (quantity - booked) * (reach - before) // ((100 - before) * lot) * lot
    if target == exact(now.quantity_booked):
        return now
    return replace(now, quantity_booked=float(target), version=now.version + 1, modify_time=moment)


def _with_fill(order: Order, details: tuple[Detail, ...], price: Decimal, moment: datetime) -> Order:
    """Return the order after a fill; the average price is that of the whole block, to six decimals."""
    total = sum((exact(detail.quantity_booked) for detail in details), Decimal(0))
    had = exact(order.fill_amount)
    average = (exact(order.average_price) * had + price * (total - had)) / total
    return _moved(
        order,
        moment,
        order_status=BOOKED if is_filled(details) else ACTIVE,
        order_details=details,
        fill_amount=float(total),
        average_price=float(average.quantize(AVERAGE_UNIT, rounding=ROUND_HALF_EVEN)),
    )


def _price(order: Order, market: Decimal, offset: int) -> Decimal:
    """Return a price near the market's and never worse than the limit, since every order fills."""
    near = market * (HUNDRED * 1000 + offset) / (HUNDRED * 1000)
    price = max(_PRICE_UNIT, near.quantize(_PRICE_UNIT))
    if order.trading_limit_type != _PRICE_LIMIT or order.trading_limit_value is None:
        return price
    limit = exact(order.trading_limit_value)
    if order.transaction_type == BUY:
        return min(price, limit.quantize(AVERAGE_UNIT, rounding=ROUND_FLOOR))
    return max(price, limit.quantize(AVERAGE_UNIT, rounding=ROUND_CEILING))


def _end_of_day(order: Order) -> datetime | None:
    """Return the expiry of a day order: midnight (UTC) after its order date, or its last change if later."""
    if order.expiration_type != _DAY_ORDER:
        return None
    touched = order.modify_time.astimezone(UTC).date()
    last_day = min(max(order.order_date or touched, touched), date.max - timedelta(days=1))
    return datetime.combine(last_day + timedelta(days=1), time(), tzinfo=UTC)
