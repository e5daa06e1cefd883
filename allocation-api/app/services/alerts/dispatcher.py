"""Sends what is due, each channel in a thread of its own, so that a slow one delays nothing else (R21.6)."""

from __future__ import annotations

from threading import Event, Lock, Thread

import structlog

from app.core.jobs.embedded import join
from app.services.alerts.deliveries import Claim, Deliveries
from app.services.alerts.failures import SendFailed
from app.services.alerts.senders import Sender
from app.services.alerts.types import DeliveryError

MAX_AT_ONCE = 50
"""Messages that one run sends to a channel: the next run goes on."""

log = structlog.get_logger(__name__)


class Dispatcher:
    """Starts a thread for each channel with messages that are due, unless it has one, until `end`.

    All channels, and there are MAX_CHANNELS at most, may have theirs at a time: with fewer, those that hang
    would take the turns of the others. Workers of jobs do not do it: a receiver that hangs would hold one,
    and with it the blotters that wait for it. A thread holds no connection to the database while it sends.
    """

    def __init__(self, deliveries: Deliveries, sender: Sender) -> None:
        self._deliveries = deliveries
        self._sender = sender
        self._lock = Lock()
        self._busy: dict[str, Thread] = {}
        self._stopping = Event()

    def start_due(self) -> None:
        """Start sending what is due, and return at once."""
        for channel_id in self._deliveries.due_channels():
            with self._lock:
                if channel_id in self._busy or self._stopping.is_set():
                    continue
                thread = Thread(target=self._work, args=(channel_id,), name="alerts", daemon=True)
                self._busy[channel_id] = thread
            try:
                thread.start()
            except RuntimeError:  # there are too many threads
                self._done(channel_id)
                raise

    def end(self) -> None:
        """Begin no further message: one that is sent as its process ends would be sent again by another."""
        with self._lock:
            self._stopping.set()

    def join(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for all messages that are being sent."""
        with self._lock:
            threads = list(self._busy.values())
        join(threads, timeout)

    def _work(self, channel_id: str) -> None:
        try:
            for _ in range(MAX_AT_ONCE):
                if self._stopping.is_set():
                    return
                claim = self._deliveries.claim(channel_id)
                if claim is None or not self._send(claim):
                    return
        except Exception:  # the lease runs out, and the message is sent by the next run
            log.exception("alerts could not be sent", channel_id=channel_id)
        finally:
            self._done(channel_id)

    def _send(self, claim: Claim) -> bool:
        """Send one message; False where the channel is better left alone for a while."""
        if claim.terms is None or not claim.terms.enabled:
            return self._deliveries.cancelled(claim)
        if self._deliveries.is_exhausted(claim):
            words = "The process ended at each attempt; whether it was delivered is not known."
            return self._deliveries.failed(claim, SendFailed(DeliveryError.INTERRUPTED, words))
        try:
            self._sender.send(claim.terms, claim.message)
        except SendFailed as failure:
            log.warning(
                "an alert was not delivered",
                delivery_id=claim.delivery_id,
                attempt=claim.attempts,
                code=failure.code,
                reason=failure.reason,
            )
            self._deliveries.failed(claim, failure)
            return failure.code is DeliveryError.REFUSED
        return self._deliveries.sent(claim)

    def _done(self, channel_id: str) -> None:
        with self._lock:
            self._busy.pop(channel_id, None)
