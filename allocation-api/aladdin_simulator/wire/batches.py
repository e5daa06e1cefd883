"""Batches of orders, and the long-running operations by which their results are polled.

Orders are posted and cancelled at once, one by one; the operation is done a little later. Results come in
reverse, because the vendor does not guarantee the order of the request and a client must not rely on it.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, field

from aladdin_simulator.wire.messages import Message, not_found
from aladdin_simulator.wire.order_desk import OrderDesk
from aladdin_simulator.wire.order_messages import (
    CancelRequest,
    CancelResult,
    OrderInput,
    PostConfig,
    PostRequest,
    PostResult,
)
from aladdin_simulator.wire.order_store import Clock

OPERATION_TIME = timedelta(seconds=1)
"""Duration of an operation."""


class BatchPostRequest(Message, frozen=True, forbid_unknown_fields=True):
    """The body of `orders:batchPost`."""

    orders: Annotated[list[OrderInput], Meta(min_length=1, max_length=1000)]
    post_order_config: PostConfig | None = None


class BatchCancelRequest(Message, frozen=True, forbid_unknown_fields=True):
    """The body of `orders:batchCancel`."""

    requests: Annotated[list[CancelRequest], Meta(min_length=1, max_length=500)]


class BatchResponse(Message, frozen=True):
    """Results of the items; `type` is the vendor's response message."""

    type: str = field(name="@type")
    results: list[PostResult] | list[CancelResult]


class Operation(Message, frozen=True):
    """A long-running operation; its id contains a slash, as the vendor's may."""

    id: str
    done: bool
    response: BatchResponse | None = None


@dataclass(frozen=True, slots=True)
class _Running:
    due: datetime
    response: BatchResponse


class Batches:
    """Carries out batches and answers polls."""

    def __init__(self, desk: OrderDesk, *, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def post(self, request: BatchPostRequest, *, compliance_times_out: bool) -> Operation:
        """Post a batch of new orders and changes."""
        results = [
            self._desk.post(
                PostRequest(order=order, post_order_config=request.post_order_config),
                compliance_times_out=compliance_times_out,
            )
            for order in request.orders
        ]
        return self._start(BatchResponse(type="BatchPostOrdersResponse", results=results[::-1]))

    def cancel(self, request: BatchCancelRequest) -> Operation:
        """Cancel a batch of orders."""
        results = [self._desk.cancel(each) for each in request.requests]
        return self._start(BatchResponse(type="BatchCancelOrdersResponse", results=results[::-1]))

    def poll(self, operation_id: str) -> Operation:
        """Return an operation, with its results as soon as it is done.

        Raises
        ------
        WireFaultError
            404 for an unknown id.
        """
        with self._lock:
            running = self._running.get(operation_id)
        if running is None:
            raise not_found("NOT_FOUND", f"no operation {operation_id}")
        done = self._clock() >= running.due
        return Operation(id=operation_id, done=done, response=running.response if done else None)

    def taken(self, operation_id: str) -> int:
        """Return the number of items of a known operation that succeeded."""
        with self._lock:
            results = self._running[operation_id].response.results
        return sum(result.output is not None for result in results)

    def _start(self, response: BatchResponse) -> Operation:
        operation_id = f"operations/{uuid.uuid4()}"
        with self._lock:
            self._running[operation_id] = _Running(self._clock() + OPERATION_TIME, response)
        return Operation(id=operation_id, done=False)
