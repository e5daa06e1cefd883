"""Checks that a webhook is from whom has the secret, and of now (R26.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from app.core.clock import Clock
from app.core.webhook_signature import signature
from app.services.events.errors import WebhookOff, WebhookRefused

MESSAGE_ID = re.compile(r"[!-~]{1,128}")
MAX_SIGNATURES = 10
"""Signatures of one webhook that are compared: a sender that changes its secret signs with both."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a webhook says of itself in its headers."""

    message_id: str
    timestamp: str
    signatures: str


class WebhookSignatures:
    """Verifies signatures in the form of Standard Webhooks, in constant time.

    A webhook that is repeated after the window is refused; within it, its id tells that it was stored.
    """

    def __init__(self, secret: str | None, window: timedelta, clock: Clock) -> None:
        self._secret = secret
        self._window = window
        self._clock = clock

    def check(self, signed: Signed, body: bytes) -> None:
        """Check a webhook.

        Raises
        ------
        WebhookOff
            When there is no secret.
        WebhookRefused
            When a header is missing, the time is not of now, or no signature holds.
        """
        if self._secret is None:
            raise WebhookOff("Webhooks are switched off: EVENT_WEBHOOK_SECRET is not set.")
        if not (MESSAGE_ID.fullmatch(signed.message_id) and re.fullmatch(r"[0-9]{1,12}", signed.timestamp)):
            raise WebhookRefused(
                "The headers webhook-id (1 to 128 printable characters), webhook-timestamp (seconds since "
                "1970) and webhook-signature are needed."
            )
        expected = signature(self._secret, signed.message_id, signed.timestamp, body).encode()
        given = signed.signatures.split()[:MAX_SIGNATURES]
        # All are compared, whichever holds.
        if not any([compare_digest(expected, each.encode()) for each in given]):  # noqa: C419
            raise WebhookRefused("The signature does not hold for this body, id and time.")
        if abs(self._clock().timestamp() - int(signed.timestamp)) > self._window.total_seconds():
            seconds = int(self._window.total_seconds())
            raise WebhookRefused(f"The time of the webhook is not within {seconds} seconds of now.")
