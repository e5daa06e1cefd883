"""Circuit breaker: stops calls to a vendor API that keeps failing, and probes it until it answers again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorError,
    VendorLoginRefused,
    VendorQuotaSpent,
    VendorSuspended,
    VendorThrottled,
    VendorUnavailable,
)

log = logging.getLogger(__name__)

MAX_FAILURES = 5
"""Failures in a row that open the breaker and suspend an API."""

SUSPENDED_SECONDS = 10.0

PROBE_RETRY_SECONDS = 1.0
"""`Retry-After` of calls that are refused while a probe is under way, whose end is not known."""


class Circuit(StrEnum):
    """State of a circuit breaker: calls pass, none does, or one alone finds out whether the API is back."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


@dataclass(frozen=True, slots=True)
class CircuitState:
    """State of a circuit breaker; of an open one also the seconds after which a call is let through."""

    circuit: Circuit
    retry_after: float | None = None


class CircuitBreaker:
    """Circuit breaker of one API: opens after several failures in a row, closes after one good probe.

    Closed, it lets calls through. Open, it fails them at once (`VendorSuspended`) for `suspended_seconds`.
    Half-open, it lets exactly one call through, the probe, whose outcome closes or reopens it; outcomes of
    calls that began before a change of state are ignored. Any answer but an HTTP 5xx or 408 counts as a
    success, a 429 included. Safe to share between threads.

    Parameters
    ----------
    name : str
        The API, for errors and logs.
    failures : int
        Failures in a row that open it.
    suspended_seconds : float
        Seconds for which it stays open.
    monotonic : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = MAX_FAILURES,
        suspended_seconds: float = SUSPENDED_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._limit = failures
        self._seconds = suspended_seconds
        self._monotonic = monotonic
        self._lock = Lock()
        self._failed = 0
        self._suspended_until: float | None = None
        self._probing = False
        self._generation = (
            0  # grows with every change of state, so that outcomes of earlier calls are ignored
        )

    def state(self) -> CircuitState:
        """Return the state as it is now."""
        with self._lock:
            if self._suspended_until is None:
                return CircuitState(Circuit.CLOSED)
            left = self._suspended_until - self._monotonic()
            return CircuitState(Circuit.OPEN, left) if left > 0 else CircuitState(Circuit.HALF_OPEN)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Guard one call, made inside this context, and count its outcome.

        Raises
        ------
        VendorSuspended
            While the breaker is open; nothing is sent.
        """
        generation = self._enter()
        answered: bool | None = None
        try:
            yield
            answered = True
        except VendorError as error:
            answered = _answered(error)
            raise
        finally:
            # However the call ended, a probe must free its place for the next one.
            self._leave(generation, answered)

    def _enter(self) -> int:
        with self._lock:
            if self._suspended_until is not None:
                left = self._suspended_until - self._monotonic()
                if left > 0 or self._probing:
                    raise VendorSuspended(
                        f"Aladdin's API {self._name} failed {self._failed} times in a row and is not called"
                        " for a few seconds. Try again later.",
                        retry_after=left if left > 0 else PROBE_RETRY_SECONDS,
                        extra={"api": self._name},
                    )
                self._probing = True
            return self._generation

    def _leave(self, generation: int, answered: bool | None) -> None:  # noqa: FBT001
        """Count an outcome; None, for a call that never reached the API, counts neither way."""
        with self._lock:
            if generation != self._generation:
                return
            probe, self._probing = self._probing, False
            if answered:
                self._failed = 0
                if probe:
                    self._suspended_until = None
                    self._generation += 1
                    log.warning("aladdin %s answers again: circuit breaker closed", self._name)
            elif answered is not None:
                self._failed += 1
                if self._failed >= self._limit:
                    self._suspended_until = self._monotonic() + self._seconds
                    self._generation += 1
                    log.error("aladdin %s: circuit breaker open after %d failures", self._name, self._failed)


def _answered(error: VendorError) -> bool | None:
    """Return whether the API answered, be it with an error; None when the call never reached it."""
    cause = error.__cause__ if isinstance(error, OrderOutcomeUnknown) else error
    if isinstance(cause, VendorQuotaSpent | VendorSuspended | VendorLoginRefused):
        return None
    return isinstance(cause, VendorThrottled) or not isinstance(cause, VendorUnavailable)
