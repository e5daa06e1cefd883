"""Concurrent reads of one request in a thread pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Begin(Protocol):
    """Submits a read to the pool."""

    def __call__(self, read: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return the future of its result."""
        ...


@contextmanager
def side_by_side(pool: ThreadPoolExecutor) -> Iterator[Begin]:
    """Run reads concurrently in a pool; those that have not begun when the block ends are cancelled.

    So a request that fails does not occupy threads with reads whose results it no longer needs.
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
