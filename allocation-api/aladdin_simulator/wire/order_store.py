"""Event store of the orders: timelines in memory, rebuilt from the journal. Thread- and process-safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import msgspec
from msgspec.structs import replace

from aladdin_simulator.days.desk_days import DeskDays
from aladdin_simulator.journal import Entry, Journal
from aladdin_simulator.wire.fills import Fills, Timetable
from aladdin_simulator.wire.order_messages import Order
from aladdin_simulator.wire.order_rules import LIVE_STATUSES
from aladdin_simulator.wire.timeline import Timeline

Clock = Callable[[], datetime]
Watcher = Callable[[Timeline | None, Timeline], None]
"""Is told an order's former timeline, None for a new order, and its present one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_ENCODER = msgspec.json.Encoder()
_ORDER = msgspec.json.Decoder(Order)
_TIMETABLE = msgspec.json.Decoder(Timetable)
_DAYS = msgspec.json.Decoder(tuple[date, ...])


class OrderStore:
    """All orders of one simulator, each with its timeline, oldest first.

    Parameters
    ----------
    fills : Fills
        Computes what becomes of an order.
    days : DeskDays
        Says on which day a state trades.
    journal : Journal
        Keeps the changes; memory alone, or a file that other processes may share.
    first_order_id : int
        The id of the first order in the journal; later ones count up. A store that goes on with a journal
        skips an id for each second since the first order: it may be an older copy that was put back, and
        clients know orders that it has never seen.
    """

    def __init__(
        self, fills: Fills, days: DeskDays, journal: Journal, *, clock: Clock, first_order_id: int
    ) -> None:
        self._fills = fills
        self._days = days
        self._journal = journal
        self._clock = clock
        self._least_id = first_order_id
        self._last_id: int | None = None
        self._timelines: dict[str, Timeline] = {}
        self._watchers: list[Watcher] = []
        self.lock = threading.RLock()

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of every change from now on, under the lock."""
        self._watchers.append(watcher)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold all orders as they are, in every process, until the block ends."""
        with self.lock, self._journal.turn():
            self._read()
            yield

    def timelines(self) -> dict[str, Timeline]:
        """Return all timelines by order id, oldest first."""
        with self.lock:
            self._read()
            return dict(self._timelines)

    def timeline(self, order_id: str) -> Timeline | None:
        """Return an order's timeline, None if there is no such order; in a turn."""
        return self._timelines.get(order_id)

    def keep(self, order: Order) -> Order:
        """Store an order, whose future begins; a new one gets the next id. Once in a turn.

        It is on disk before it is seen.
        """
        if order.id is None:
            order = replace(order, id=str(max(self._least_id, (self._last_id or 0) + 1)))
        table = self._fills.timetable(order)
        states = (order, *self._fills.future_states(order, table))
        days = tuple(self._days.trade_day(state.modify_time) for state in states)
        last = states[-1]
        entry = Entry(
            order_id=order.id or "",
            days=_ENCODER.encode(days).decode(),
            ended=None if last.order_status in LIVE_STATUSES else (last.modify_time - _EPOCH) // _MICROSECOND,
            state=_ENCODER.encode(order),
            timetable=_ENCODER.encode(table),
            last=_ENCODER.encode(last),
        )
        self._journal.append(entry)
        self._apply(states, days)
        return order

    def _read(self) -> None:
        """Take over what other processes wrote, at first all that was written before."""
        entries = self._journal.news()
        if not entries:
            return
        now = (self._clock() - _EPOCH) // _MICROSECOND
        entries.sort(key=lambda entry: int(entry.order_id))
        if self._last_id is None:
            first = _ORDER.decode(entries[0].state)
            self._least_id = int(first.id or 0) + (self._clock() - first.entry_time) // _SECOND
        for order_id, group in groupby(entries, key=lambda entry: entry.order_id):
            changes = list(group)
            if order_id not in self._timelines and (ended := _ended(changes, now)):
                self._set(ended)
                continue
            for entry in changes:
                order = _ORDER.decode(entry.state)
                future = self._fills.future_states(order, _TIMETABLE.decode(entry.timetable))
                self._apply((order, *future), _DAYS.decode(entry.days))

    def _apply(self, states: tuple[Order, ...], days: tuple[date, ...]) -> None:
        order = states[0]
        before = self._timelines.get(order.id or "") or Timeline((), (), order.modify_time)
        self._set(before.touch(order, states[1:], days))

    def _set(self, timeline: Timeline) -> None:
        order_id = timeline.states[-1].id or ""
        before = self._timelines.get(order_id)
        self._timelines[order_id] = timeline
        self._last_id = max(self._last_id or 0, int(order_id))
        for watcher in self._watchers:
            watcher(before, timeline)


def _ended(changes: list[Entry], now: int) -> Timeline | None:
    """Return an order that has ended and lived on one day as its last state alone, which is quick to read."""
    ended = changes[-1].ended
    if ended is None or ended > now:
        return None
    days = {day for entry in changes for day in _DAYS.decode(entry.days)}
    if len(days) > 1:
        return None
    last = _ORDER.decode(changes[-1].last)
    return Timeline((last,), tuple(days), last.modify_time)
