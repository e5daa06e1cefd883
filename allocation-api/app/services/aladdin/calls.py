"""Runs calls to the vendor side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

CALL_THREADS = 16

X = TypeVar("X")
Y = TypeVar("Y")


class CallPool:
    """A few threads for single calls.

    What runs here must never use the pool itself: so whoever waits for it waits for calls that are being
    made, and nobody can wait for ever.

    Parameters
    ----------
    threads : int
        Calls beside those that run in the threads of the askers.
    """

    def __init__(self, threads: int = CALL_THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="aladdin")

    def run(self, call: Callable[[X], Y], items: Sequence[X]) -> list[Y]:
        """Return the answers in the order of the items; the first of them is asked in this very thread.

        Raises
        ------
        VendorError
            Of the first item in order that failed; what has not begun by then is not asked for any more.
        """
        if not items:
            return []
        rest = [self._pool.submit(call, item) for item in items[1:]]
        try:
            return [call(items[0]), *(answer.result() for answer in rest)]
        finally:
            for answer in rest:
                answer.cancel()
