"""Kinds of jobs, and the registry of those that this process can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from app.services.jobs.progress import Progress

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class JobKind(Generic[P]):
    """A kind of job: its name, as `<room>.<what>`, and the type of what it is asked for.

    A worker that dies or fails at a job has used an attempt; after `max_attempts` without a line in between
    the job has FAILED. After `timeout_seconds` since its first start it is given up. A job of an `urgent`
    kind is done first: a worker leaves another one for it after a line.
    """

    name: str
    payload: type[P]
    max_attempts: int = 3
    timeout_seconds: int = 3_600
    urgent: bool = False


class Handler(Generic[P]):
    """A kind with the work that does it; `work` returns a link to the result, or None.

    The work may be done again from `progress.done` on, by another worker: it stores its effects in
    `progress.advance` alone. An `AllocatorError` of the caller's (4xx) ends the job at once; after any other
    error it is tried again.
    """

    def __init__(self, kind: JobKind[P], work: Callable[[Progress, P], str | None]) -> None:
        self.kind = kind
        self._work = work
        # Here and not at the first job: msgspec must not inspect a class in two threads at once.
        self._decoder = msgspec.json.Decoder(kind.payload)

    def __call__(self, progress: Progress, payload: str) -> str | None:
        """Do a job and return the link to its result."""
        return self._work(progress, self._decoder.decode(payload))


class Handlers:
    """Registry of the kinds that this process can do, filled by the wiring."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler[Any]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the kinds."""
        return tuple(self._handlers)

    @property
    def urgent(self) -> tuple[str, ...]:
        """Names of the kinds that are done first."""
        return tuple(name for name, handler in self._handlers.items() if handler.kind.urgent)

    def add(self, handlers: Iterable[Handler[Any]]) -> None:
        """Register kinds; a name may be registered once.

        Raises
        ------
        ValueError
            When a kind of this name is there.
        """
        for handler in handlers:
            if handler.kind.name in self._handlers:
                raise ValueError(f"there are two kinds of jobs named {handler.kind.name}")
            self._handlers[handler.kind.name] = handler

    def of(self, name: str) -> Handler[Any]:
        """Return the handler of a kind."""
        return self._handlers[name]
