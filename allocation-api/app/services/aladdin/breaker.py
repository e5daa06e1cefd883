"""Stops asking an API of the vendor's that does not answer, and finds out when it does again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

FAILURES = 5
"""Failures in a row that suspend an API."""

SUSPENDED_SECONDS = 10.0

PROBE_SECONDS = 1.0
"""While a probe is under way its end is not known: others are asked to come back after this."""


class CircuitBreaker:
    """Lets calls to one API through until it fails several times in a row; threads share it.

    Then it is suspended: calls fail at once, until `suspended_seconds` have passed and one of them, the
    probe, is let through. Its outcome ends the suspension or begins another; calls that were under way before
    count no more. Any answer but an HTTP 5xx (and 408) shows that the API lives, a 429 too.

    Parameters
    ----------
    name : str
        The API, for errors and logs.
    failures : int
        Failures in a row that suspend it.
    suspended_seconds : float
        How long.
    monotonic : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = FAILURES,
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
        self._turn = 0  # grows with every suspension and return: calls from before are told by it

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Make one call inside this.

        Raises
        ------
        VendorSuspended
            Instead of making it; nothing is sent.
        """
        turn = self._enter()
        answered: bool | None = None
        try:
            yield
            answered = True
        except VendorError as error:
            answered = _answered(error)
            raise
        finally:
            # Whatever ended the call, a probe must not leave its place taken.
            self._leave(turn, answered)

    def _enter(self) -> int:
        with self._lock:
            if self._suspended_until is not None:
                left = self._suspended_until - self._monotonic()
                if left > 0 or self._probing:
                    raise VendorSuspended(
                        f"{self._name} failed {self._failed} times in a row and is not asked for the moment",
                        retry_after=left if left > 0 else PROBE_SECONDS,
                        extra={"api": self._name},
                    )
                self._probing = True
            return self._turn

    def _leave(self, turn: int, answered: bool | None) -> None:  # noqa: FBT001
        """Count an outcome: None is a call of which nothing can be learnt about the API."""
        with self._lock:
            if turn != self._turn:
                return
            probe, self._probing = self._probing, False
            if answered:
                self._failed = 0
                if probe:
                    self._suspended_until = None
                    self._turn += 1
                    log.warning("aladdin %s answers again", self._name)
            elif answered is not None:
                self._failed += 1
                if self._failed >= self._limit:
                    self._suspended_until = self._monotonic() + self._seconds
                    self._turn += 1
                    log.error("aladdin %s suspended after %d failures in a row", self._name, self._failed)


def _answered(error: VendorError) -> bool | None:
    """Say whether the API answered, however unhappily; None when it was not asked."""
    cause = error.__cause__ if isinstance(error, OrderOutcomeUnknown) else error
    if isinstance(cause, VendorQuotaSpent | VendorSuspended | VendorLoginRefused):
        return None
    return isinstance(cause, VendorThrottled) or not isinstance(cause, VendorUnavailable)
