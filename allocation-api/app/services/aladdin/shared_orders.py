"""TTL cache over the vendor's orders, for those who only look at them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from app.services.aladdin.single_flight import SingleFlightCache
from app.services.domain.block_order import PostedOrder

MAX_ORDERS = 10_000
"""Orders in the cache."""


class OrderReader(Protocol):
    """Port through which services look orders up by the vendor's id."""

    def orders(self, ids: Sequence[str]) -> tuple[PostedOrder, ...]:
        """Return orders by id; those that the vendor does not show are absent."""
        ...


@dataclass(frozen=True, slots=True)
class SeenOrders:
    """Orders by id as the vendor shows them; those that it does not show are absent.

    `fresh` are the ids that were read by this very call. The others may be older than what is recorded here,
    so only a fresh state may be recorded.
    """

    posted: Mapping[str, PostedOrder]
    fresh: frozenset[str]


SeeOrders: TypeAlias = Callable[[Sequence[str]], SeenOrders]
"""Looks orders up by id."""


def unshared(orders: OrderReader) -> SeeOrders:
    """Return what reads every order anew."""

    def see(ids: Sequence[str]) -> SeenOrders:
        return SeenOrders({order.order_id: order for order in orders.orders(ids)}, frozenset(ids))

    return see


class SharedOrders:
    """TTL cache with single flight: all who look at an order within a moment share one read of it.

    A change of an order is never decided on these answers, which may be as old as the time to live. That the
    vendor does not show an order is cached, too.

    Parameters
    ----------
    orders : OrderReader
        Where answers come from.
    seconds : float
        Time to live of an answer; 0 caches none, and concurrent requests still share one read.
    timer : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self, orders: OrderReader, *, seconds: float, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._orders = orders
        self._cache: SingleFlightCache[str, PostedOrder | None] = SingleFlightCache(
            seconds=lambda _: seconds, size=MAX_ORDERS, timer=timer
        )

    def see(self, ids: Sequence[str]) -> SeenOrders:
        """Return orders by id, and which of them were read just now."""
        fresh: set[str] = set()

        def read(missing: Sequence[str]) -> dict[str, PostedOrder | None]:
            found = {order.order_id: order for order in self._orders.orders(missing)}
            fresh.update(missing)
            return {order_id: found.get(order_id) for order_id in missing}

        answers = self._cache.get(ids, read)
        posted = {order_id: order for order_id, order in answers.items() if order is not None}
        return SeenOrders(posted, frozenset(fresh))

    def forget(self) -> None:
        """Invalidate all answers, reads under way included, because an order was changed."""
        self._cache.forget()
