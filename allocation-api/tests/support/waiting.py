"""Waits for what another thread or process does."""

from __future__ import annotations

import json
import time

BUSY = {"DESK_BUSY", "SERVICE_BUSY"}
MAX_WAIT_SECONDS = 60
POLL_SECONDS = 0.02


def until(said, what, seconds=MAX_WAIT_SECONDS, pause=POLL_SECONDS):
    """Ask again and again until there is something to say, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = said()
        if found:
            return found
        time.sleep(pause)
    raise AssertionError(f"{what}: not within {seconds} seconds")


def answered(send):
    """Send a request again while the service is busy with others, as a client does, and return the answer.

    On a machine that stands still for some seconds the one that waits is refused before the other is done.
    """

    def taken():
        answer = send()
        is_busy = answer.status_code == 503 and json.loads(answer.text)["code"] in BUSY
        return None if is_busy else answer

    return until(taken, "an answer that is not of a busy service")
