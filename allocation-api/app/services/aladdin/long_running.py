"""The vendor's long-running operations: started by one call, asked for until they are done."""

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

FIRST_WAIT, LONGEST_WAIT = 1.0, 10.0
"""Seconds between two looks at an operation: doubled each time, up to what the vendor's own kit waits."""

TIME_LIMIT = 300.0
"""Seconds after which an operation is no longer waited for; what the vendor's own kit takes."""

_OPERATION = msgspec.json.Decoder(order_wire.LongRunningAnswer)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """A long-running operation that has ended, with its response."""

    operation_id: str | None
    response: T


class LongRunning:
    """Starts an operation that writes, once, and waits for its end.

    Parameters
    ----------
    wire : Wire
        The way to the vendor.
    time_limit : float
        Seconds for which an operation is waited for.
    clock, sleep : callables
        Seconds that only grow, and waiting for some of them.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        time_limit: float = TIME_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wire = wire
        self._time_limit = time_limit
        self._clock = clock
        self._sleep = sleep

    def run(self, operation: Operation, body: bytes, decoder: msgspec.json.Decoder[T]) -> Ended[T]:
        """Send the call that starts the operation, once, and return the operation as it ended.

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
            return Ended(operation_id, decoder.decode(answer.response))
        except msgspec.ValidationError as error:
            raise transport.outcome_unknown(operation, str(error), extra) from error

    def _wait(self, operation: Operation, operation_id: str, deadline: float) -> order_wire.LongRunningAnswer:
        """Ask for the operation until it is done; a look that fails for the moment is repeated."""
        pause = FIRST_WAIT
        reason = "it is still running"
        while True:
            left = deadline - self._clock()
            if left <= 0:
                raise _unknown(operation, operation_id, f"the time to wait for it is over ({reason})")
            self._sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_WAIT)
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
