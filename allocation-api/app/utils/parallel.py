"""Reads of one request that run side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Begin(Protocol):
    """Begins a read in another thread."""

    def __call__(self, read: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return what will come of it."""
        ...


@contextmanager
def side_by_side(pool: ThreadPoolExecutor) -> Iterator[Begin]:
    """Run reads in threads of a pool; a request that fails leaves none behind that has not begun.

    What nobody waits for any more would keep the threads from those who do.
    """
    begun: list[Future[Any]] = []

    def begin(read: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = pool.submit(read, *args, **kwargs)
        begun.append(future)
        return future

    try:
        yield begin
    finally:
        for future in begun:
            future.cancel()
