"""Waits for what another thread or process does."""

from __future__ import annotations

import time

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
