"""Serves one simulator by gunicorn: a single process with threads, as orders live in its memory."""

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
        What to serve.
    host : str
        Address to listen on.
    port : int
        0 takes any free one.
    announce : callable
        Told the port once connections are accepted.
    """

    def __init__(
        self, simulator: WSGIApplication, host: str, port: int, announce: Callable[[int], None]
    ) -> None:
        self._simulator = simulator
        self._host = host
        self._port = port
        self._announce = announce
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        address = f"[{self._host}]" if ":" in self._host else self._host
        options: dict[str, Any] = {
            "bind": f"{address}:{self._port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "timeout": 0,
            "graceful_timeout": _GRACE_SECONDS,
            # A connection is broken only where a fault asks for it.
            "keepalive": 3600,
            # The vendor's lists of ids come in the query.
            "limit_request_line": 0,
            "control_socket_disable": True,
            "loglevel": "warning",
            "when_ready": self._ready,
            "pre_fork": _start_once,
            "post_worker_init": _end_without_locks,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Return what is served."""
        return self._simulator

    def _ready(self, arbiter: Any) -> None:
        self._announce(arbiter.LISTENERS[0].getsockname()[1])


def _start_once(_arbiter: Any, worker: Any) -> None:
    """Stop rather than start the serving process again: a new one would have forgotten every order."""
    if worker.age > 1:
        sys.stderr.write("The simulator's process ended, and its orders with it.\n")
        raise HaltServer("the serving process ended", _LOST)


def _end_without_locks(worker: Any) -> None:
    """End on an interrupt as on SIGTERM.

    Gunicorn's own handler takes a lock of the thread pool, and waits for ever where the thread that it
    interrupts holds it. An interrupt from the keyboard reaches both processes; the parent's word is enough.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, worker.handle_exit)
