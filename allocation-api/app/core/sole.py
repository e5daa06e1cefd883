"""File lock of the operating system: one process of a host holds it, and it ends with its process.

It tells for sure what a lease in the database cannot: whoever gets it knows that its former holder has ended.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

WAIT_SECONDS = 5.0
"""Longest wait for a process that is just ending: a restart begins the next one meanwhile."""

PAUSE_SECONDS = 0.1


def hold(file: Path, *, wait_seconds: float = WAIT_SECONDS) -> bool:
    """Take the lock of a file until this process ends; the file is made where it is missing, and stays.

    Returns
    -------
    bool
        False if another process holds it all the time.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)  # closed by the end of the process alone
    end = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                os.close(descriptor)
                return False
            time.sleep(PAUSE_SECONDS)
        else:
            return True
