"""Waits for what another thread or process does."""

from __future__ import annotations

import time

MAX_WAIT_SECONDS = 60
POLL_SECONDS = 0.02


def until(said, what):
    """Ask again and again until there is something to say, and return it."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while time.monotonic() < deadline:
        found = said()
        if found:
            return found
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{what}: not within {MAX_WAIT_SECONDS} seconds")
