"""Thread pool for concurrent calls to the vendor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

MAX_CALL_THREADS = 16

X = TypeVar("X")
Y = TypeVar("Y")


class CallPool:
    """Thread pool that runs the calls of one read concurrently, free of deadlock.

    A call that runs in the pool must not use the pool itself; so each wait is for a call that makes
    progress.

    Parameters
    ----------
    threads : int
        Threads of the pool; the calling threads make calls of their own besides.
    """

    def __init__(self, threads: int = MAX_CALL_THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="aladdin")

    def run(self, call: Callable[[X], Y], items: Sequence[X]) -> list[Y]:
        """Return the answers in the order of the items; the first call runs in the calling thread.

        Raises
        ------
        VendorError
            Of the first item in order that failed; calls that have not begun by then are cancelled.
        """
        if not items:
            return []
        rest = [self._pool.submit(call, item) for item in items[1:]]
        try:
            return [call(items[0]), *(answer.result() for answer in rest)]
        finally:
            for answer in rest:
                answer.cancel()
