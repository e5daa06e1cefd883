"""The vendor's long-running operations: started by one call, then polled with backoff until they end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from app.services.aladdin import operations, order_wire, transport
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorError, VendorUnavailable
from app.services.aladdin.operations import Operation
from app.services.aladdin.transport import Wire

FIRST_WAIT_SECONDS, MAX_WAIT_SECONDS = 1.0, 10.0
"""Wait between two polls: doubled each time, up to the vendor's own client library's maximum."""

MAX_OPERATION_SECONDS = 300.0
"""Deadline for the end of an operation, as in the vendor's own client library."""

_OPERATION = msgspec.json.Decoder(order_wire.LongRunningAnswer)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finished(Generic[T]):
    """A long-running operation that has ended, with its response."""

    operation_id: str | None
    response: T


class LongRunning:
    """Starts a long-running operation that writes, exactly one call, and polls it until it ends.

    Parameters
    ----------
    wire : Wire
        Makes the calls.
    time_limit : float
        Seconds from the start after which polling stops.
    clock, sleep : callables
        Seconds on a clock that only goes forward, and waiting.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        time_limit: float = MAX_OPERATION_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wire = wire
        self._time_limit = time_limit
        self._clock = clock
        self._sleep = sleep

    def run(self, operation: Operation, body: bytes, decoder: msgspec.json.Decoder[T]) -> Finished[T]:
        """Send the call that starts the operation, once, and return its result.

        Raises
        ------
        OrderOutcomeUnknown
            When the operation may have been carried out, or a part of it, and no readable response came: an
            answer is lost, the operation fails as a whole, or it is not done in time. The `extra` has its
            `operation_id` as soon as the vendor has given one.
        VendorError
            Any other: nothing was started.
        """
        started = self._clock()
        answer = self._wire.call(operation, _OPERATION, body=body)
        operation_id = answer.id
        extra = {"operation_id": operation_id} if operation_id else {}
        if not answer.done:
            if not operation_id:
                raise transport.outcome_unknown(operation, "the answer has no operation id", extra)
            answer = self._wait(operation, operation_id, started + self._time_limit)
        if answer.error is not None:
            # Whether the items before the failure went through is not published.
            reason = f"the operation failed: {answer.error.message or 'no reason given'}"
            raise transport.outcome_unknown(operation, reason, {**extra, "vendor_code": answer.error.code})
        if not bytes(answer.response):
            raise transport.outcome_unknown(operation, "the operation has no response", extra)
        try:
            return Finished(operation_id, decoder.decode(answer.response))
        except msgspec.ValidationError as error:
            raise transport.outcome_unknown(operation, str(error), extra) from error

    def _wait(self, operation: Operation, operation_id: str, deadline: float) -> order_wire.LongRunningAnswer:
        """Poll the operation until it is done; polls that fail with a retryable error are repeated."""
        pause = FIRST_WAIT_SECONDS
        reason = "it is still running"
        while True:
            left = deadline - self._clock()
            if left <= 0:
                raise _unknown(
                    operation, operation_id, f"it did not end in {self._time_limit:g} s ({reason})"
                )
            self._sleep(min(pause, left))
            pause = min(2 * pause, MAX_WAIT_SECONDS)
            try:
                answer = self._wire.call(operations.LONG_RUNNING_OPERATION, _OPERATION, item=operation_id)
            except VendorError as error:
                if not error.retryable:
                    raise _unknown(operation, operation_id, error.detail) from error
                reason = error.detail
                if isinstance(error, VendorUnavailable) and error.retry_after is not None:
                    pause = max(pause, error.retry_after)
                continue
            if answer.done:
                return answer
            reason = "it is still running"


def _unknown(operation: Operation, operation_id: str, reason: str) -> OrderOutcomeUnknown:
    return transport.outcome_unknown(operation, reason, {"operation_id": operation_id})
