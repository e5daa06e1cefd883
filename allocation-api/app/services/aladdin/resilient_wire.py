"""How the vendor is treated: within its quotas, asked again with restraint, left alone when down."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from tenacity import RetryCallState, Retrying, retry_if_exception

from app.services.aladdin.breaker import CircuitBreaker
from app.services.aladdin.budgets import Budgets
from app.services.aladdin.errors import VendorError, VendorQuotaSpent, VendorSuspended, VendorUnavailable
from app.services.aladdin.operations import Api, Operation
from app.services.aladdin.transport import Wire

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
"""Seconds before a read is repeated; they double with each attempt."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a read is kept trying.

    Parameters
    ----------
    attempts : int
        In all.
    seconds : float
        None begins later than this after the first; waiting for a budget counts. So a read takes at most this
        and the time of one call.
    """

    attempts: int
    seconds: float


class ResilientWire:
    """The wire, used as its owner wants it to be; threads share it.

    Reads wait for their operation's budget and are repeated after errors that are `retryable`, as far as
    `patience` reaches. Writes are passed on once or not at all: what is over budget or meets a suspended API
    fails with nothing sent.

    Parameters
    ----------
    wire : Wire
        Makes the calls.
    budgets : Budgets
        What each operation may be used.
    patience : Patience
        With reads.
    sleep, monotonic : callables
        Waiting, and seconds on a clock that only goes forward.
    uniform : callable
        A random number between two: pauses differ, so that threads which failed together do not come back
        together.
    """

    def __init__(
        self,
        wire: Wire,
        budgets: Budgets,
        patience: Patience,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._wire = wire
        self._budgets = budgets
        self._patience = patience
        self._sleep = sleep
        self._monotonic = monotonic
        self._uniform = uniform
        self._breakers = {api: CircuitBreaker(api.name, monotonic=monotonic) for api in Api}

    def call(
        self,
        operation: Operation,
        decoder: msgspec.json.Decoder[T],
        *,
        item: str = "",
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> T:
        """Make one call, or several in the case of a read; parameters and errors as for `Transport.call`.

        Raises
        ------
        VendorQuotaSpent
            When the budget has no room, for a read within our patience; nothing is sent.
        VendorSuspended
            When the API has failed too often; nothing is sent.
        """
        until = self._monotonic() + self._patience.seconds

        def once() -> T:
            with self._breakers[operation.api].passing():
                self._spend(operation, until)
                return self._wire.call(operation, decoder, item=item, params=params, body=body)

        if operation.writes:
            return once()
        return self._retrying(operation, until)(once)

    def _spend(self, operation: Operation, until: float) -> None:
        while wait := self._budgets.spend(operation):
            if operation.writes or self._monotonic() + wait > until:
                raise VendorQuotaSpent(
                    f"{operation.name}: our quota of {operation.quota} calls is used up",
                    retry_after=wait,
                    extra={"operation": operation.name},
                )
            self._sleep(wait + self._uniform(0, FIRST_PAUSE))

    def _retrying(self, operation: Operation, until: float) -> Retrying:
        def over(state: RetryCallState) -> bool:
            late = self._monotonic() + state.upcoming_sleep > until
            return late or state.attempt_number >= self._patience.attempts

        def tell(state: RetryCallState) -> None:
            error = _failure(state)
            log.warning(
                "aladdin %s attempt %d: %s, again in %.2f s",
                operation.name,
                state.attempt_number,
                getattr(error, "code", None),
                state.upcoming_sleep,
            )

        return Retrying(
            retry=retry_if_exception(_may_be_repeated),
            wait=self._pause,
            stop=over,
            before_sleep=tell,
            sleep=self._sleep,
            reraise=True,
        )

    def _pause(self, state: RetryCallState) -> float:
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (state.attempt_number - 1))
        error = _failure(state)
        asked = error.retry_after if isinstance(error, VendorUnavailable) else None
        return (asked or 0.0) + self._uniform(longest / 2, longest)


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _may_be_repeated(error: BaseException) -> bool:
    # Our own refusals come after all the waiting that there is patience for, or instead of any.
    ours = isinstance(error, VendorQuotaSpent | VendorSuspended)
    return isinstance(error, VendorError) and error.retryable and not ours
