"""Retry, quota and circuit breaker around the vendor's wire; only reads are retried."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from tenacity import RetryCallState, Retrying, retry_if_exception

from app.services.aladdin.breaker import CircuitBreaker, CircuitState
from app.services.aladdin.errors import VendorError, VendorQuotaSpent, VendorSuspended, VendorUnavailable
from app.services.aladdin.operations import Api, Operation
from app.services.aladdin.quotas import Priority, Quotas
from app.services.aladdin.transport import Wire
from app.utils.words import counted

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
MAX_PAUSE_SECONDS = 5.0
"""Exponential backoff between the attempts of a read: the first pause, and the maximum."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Limits on the retries of one read.

    Parameters
    ----------
    attempts : int
        Attempts in all.
    seconds : float
        Latest start of an attempt, counted from the call; waiting for a quota counts. So a read takes at most
        this and the timeout of one attempt.
    quota_seconds : float
        Longest wait for a quota, so that many reads over quota do not hold many threads for long.
    """

    attempts: int
    seconds: float
    quota_seconds: float = math.inf


class ResilientWire:
    """Wire with retry, quotas and a circuit breaker per API.

    Reads wait for their operation's quota and are retried after errors that are `retryable`, within `policy`.
    Writes are sent at most once: over quota, or while the breaker is open, they fail with nothing sent. Wires
    of different priority share the quotas and have breakers of their own (bulkheads), so that failing
    reads of users do not suspend orders. Safe to share between threads.

    Parameters
    ----------
    wire : Wire
        Makes the calls.
    quotas : Quotas
        Rate limits of the operations.
    policy : RetryPolicy
        Limits on the retries of a read.
    priority : Priority
        Priority class of its calls: whether they may use the reserve of a quota.
    sleep, monotonic : callables
        Waiting, and seconds on a clock that only goes forward.
    uniform : callable
        Random number between two, for the jitter of pauses: threads that failed together retry at different
        times.
    """

    def __init__(
        self,
        wire: Wire,
        quotas: Quotas,
        policy: RetryPolicy,
        *,
        priority: Priority = Priority.ORDINARY,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._wire = wire
        self._quotas = quotas
        self._policy = policy
        self._priority = priority
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
        """Make one call, and retry a read; parameters and errors as for `Transport.call`.

        Raises
        ------
        VendorQuotaSpent
            When the quota has no room, for a read within the retry policy's time; nothing is sent.
        VendorSuspended
            While the API's circuit breaker is open; nothing is sent.
        """
        deadline = self._monotonic() + self._policy.seconds

        def once() -> T:
            with self._breakers[operation.api].passing():
                self._spend(operation, deadline)
                return self._wire.call(operation, decoder, item=item, params=params, body=body)

        if operation.writes:
            return once()
        return self._retrying(operation, deadline)(once)

    def circuits(self) -> Mapping[Api, CircuitState]:
        """Return the state of each API's circuit breaker."""
        return {api: breaker.state() for api, breaker in self._breakers.items()}

    def _spend(self, operation: Operation, deadline: float) -> None:
        until = min(deadline, self._monotonic() + self._policy.quota_seconds)
        while wait := self._quotas.spend(operation, self._priority):
            if operation.writes or self._monotonic() + wait > until:
                allowed = self._quotas.allowed(operation, self._priority)
                raise VendorQuotaSpent(
                    f"{operation.name}: our quota of {counted(allowed, 'call')} is used up. Try again later.",
                    retry_after=wait,
                    extra={"operation": operation.name},
                )
            self._sleep(wait + self._uniform(0, FIRST_PAUSE_SECONDS))

    def _retrying(self, operation: Operation, deadline: float) -> Retrying:
        def is_exhausted(state: RetryCallState) -> bool:
            late = self._monotonic() + state.upcoming_sleep > deadline
            return late or state.attempt_number >= self._policy.attempts

        def log_retry(state: RetryCallState) -> None:
            error = _failure(state)
            log.warning(
                "aladdin %s attempt %d failed with %s, retry in %.2f s",
                operation.name,
                state.attempt_number,
                getattr(error, "code", None),
                state.upcoming_sleep,
            )

        return Retrying(
            retry=retry_if_exception(_may_be_retried),
            wait=self._pause,
            stop=is_exhausted,
            before_sleep=log_retry,
            sleep=self._sleep,
            reraise=True,
        )

    def _pause(self, state: RetryCallState) -> float:
        backoff = min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (state.attempt_number - 1))
        error = _failure(state)
        retry_after = error.retry_after if isinstance(error, VendorUnavailable) else None
        return (retry_after or 0.0) + self._uniform(backoff / 2, backoff)


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _may_be_retried(error: BaseException) -> bool:
    # Not after a refusal of our own: the quota has been waited for, and an open breaker fails at once.
    is_ours = isinstance(error, VendorQuotaSpent | VendorSuspended)
    return isinstance(error, VendorError) and error.retryable and not is_ours
