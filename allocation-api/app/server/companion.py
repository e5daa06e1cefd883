"""Processes that the parent keeps beside the serving ones."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from app.server.worker import refuse_hangup

HANDLED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}


@dataclass(frozen=True, slots=True)
class Companions:
    """So many processes of one kind; `run` does their work, in each, until the event is set."""

    name: str
    count: int
    run: Callable[[Event], None]


def accompany(companions: Companions, parent_alive: int) -> None:
    """Do the work of a process beside the serving ones, until SIGTERM or the end of the parent.

    Parameters
    ----------
    parent_alive : int
        Descriptor of a pipe that ends with the parent.

    Raises
    ------
    CannotStart
        When the operator can mend what is wrong.
    """
    stopping = Event()
    # An interrupt from the keyboard reaches all processes, and the parent stops its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # In a thread: the handler may interrupt this one while it holds the lock of the event.
    signal.signal(signal.SIGTERM, lambda _number, _frame: Thread(target=stopping.set).start())
    signal.signal(signal.SIGHUP, refuse_hangup)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
    Thread(target=_await_end, args=(parent_alive, stopping), name="parent", daemon=True).start()
    companions.run(stopping)


def _await_end(descriptor: int, stopping: Event) -> None:
    os.read(descriptor, 1)
    stopping.set()
