"""One serving process: it builds the application after the fork, serves, and stops gracefully."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

import structlog

from app.core.config.server import ServerSettings
from app.server.http import HttpServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = structlog.get_logger(__name__)


class CannotStart(Exception):
    """The service cannot start for a reason that its operator can mend; the message says it in one line."""


@dataclass(frozen=True, slots=True)
class Program:
    """An application, and what to call before its process ends."""

    application: WSGIApplication
    close: Callable[[], None]


class Worker:
    """Serving process; `run` is called in it and returns its exit status.

    Parameters
    ----------
    settings : ServerSettings
        Limits, and number of threads.
    listener : socket
        Socket that all processes share.
    load : callable
        Builds the application; `CannotStart` is passed on.
    on_ready : callable
        Called once requests are served.
    parent_alive : int
        Descriptor of a pipe that ends with the parent.
    grace_seconds : float
        Time that requests in progress have at a stop.
    """

    def __init__(
        self,
        settings: ServerSettings,
        listener: socket.socket,
        load: Callable[[], Program],
        *,
        on_ready: Callable[[], None],
        parent_alive: int,
        grace_seconds: float,
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._load = load
        self._on_ready = on_ready
        self._parent_alive = parent_alive
        self._grace_seconds = grace_seconds

    def handle_signals(self) -> None:
        """Set the handlers of this process: SIGTERM ends it, until `run` makes that a graceful stop."""
        # An interrupt from the keyboard reaches all processes, and the parent stops its children.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGHUP, refuse_hangup)

    def run(self) -> int:
        """Serve until SIGTERM or the end of the parent."""
        # That many requests wait for a thread is a matter of metrics, not one line for each.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        program = self._load()
        server = HttpServer(
            program.application, self._listener, self._settings.connections, self._settings.threads
        )
        signal.signal(signal.SIGTERM, lambda _number, _frame: server.stop())
        server.watch(self._parent_alive, server.stop)
        self._on_ready()
        server.serve()
        in_time = server.drain(self._grace_seconds)
        program.close()
        if not in_time:
            log.error("requests in progress were given up", grace_seconds=self._grace_seconds)
            sys.stderr.flush()
            os._exit(1)
        return 0


def _end(_number: int, _frame: FrameType | None) -> None:
    # Nothing is in progress before the process serves, and an exception could be lost wherever it is raised.
    os._exit(0)


def refuse_hangup(_number: int, _frame: FrameType | None) -> None:
    """Say that SIGHUP does nothing, for settings are read once."""
    log.warning("SIGHUP is ignored: settings are read at the start, so restart the service")


def say(error: Exception) -> None:
    """Say in one line why the service cannot start."""
    print(f"Cannot start: {error}", file=sys.stderr, flush=True)  # noqa: T201
