"""Serves the simulator with gunicorn: one process with threads, whose memory holds batches and faults."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.errors import HaltServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 100
_GRACE_SECONDS = 5
_LOST = 4


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn around one simulator.

    Parameters
    ----------
    simulator : WSGI application
        Application to serve.
    host : str
        Address to listen on.
    port : int
        Port to listen on; 0 for any free one.
    announce : callable
        Called with the port once connections are accepted.
    keeps_orders : bool
        Whether orders outlive the process, so that a new one can replace it.
    """

    def __init__(
        self,
        simulator: WSGIApplication,
        host: str,
        port: int,
        announce: Callable[[int], None],
        *,
        keeps_orders: bool = False,
    ) -> None:
        self._simulator = simulator
        self._host = host
        self._port = port
        self._announce = announce
        self._keeps_orders = keeps_orders
        super().__init__()

    def load_config(self) -> None:
        """Pass our settings to gunicorn."""
        address = f"[{self._host}]" if ":" in self._host else self._host
        options: dict[str, Any] = {
            "bind": f"{address}:{self._port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "timeout": 0,
            "graceful_timeout": _GRACE_SECONDS,
            # No connection is closed unless a fault does so.
            "keepalive": 3600,
            # Lists of ids are sent in the query, so its length is not limited.
            "limit_request_line": 0,
            "control_socket_disable": True,
            "loglevel": "warning",
            "when_ready": self._ready,
            **({} if self._keeps_orders else {"pre_fork": _start_once}),
            "post_worker_init": _end_without_locks,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Return the application."""
        return self._simulator

    def _ready(self, arbiter: Any) -> None:
        self._announce(arbiter.LISTENERS[0].getsockname()[1])


def _start_once(_arbiter: Any, worker: Any) -> None:
    """Stop instead of restarting a server process that ended, since the orders in its memory are lost."""
    if worker.age > 1:
        sys.stderr.write("The simulator's server process ended and its orders are lost.\n")
        raise HaltServer("the serving process ended", _LOST)


def _end_without_locks(worker: Any) -> None:
    """Ignore SIGINT in the server process, and end on the parent's SIGQUIT without taking locks.

    Gunicorn's own handler takes a lock of the thread pool, which deadlocks if the interrupted thread holds
    it. An interrupt from the keyboard reaches both processes, and the parent stops its child.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, worker.handle_exit)
