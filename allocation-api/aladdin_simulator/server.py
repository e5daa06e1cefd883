"""Serves the simulator with waitress: one process with threads, whose memory holds batches and faults."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from aladdin_simulator.front.fault_context import CONNECTION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

THREADS = 100
MAX_CONNECTIONS = 10_000
IDLE_SECONDS = 3600
MAX_HEADER_BYTES = 10_000_000
"""Lists of ids are sent in the query."""


class _Task(WSGITask):  # type: ignore[misc]
    """Request whose faults can reset its connection."""

    def get_environment(self) -> WSGIEnvironment:
        """Return the environment with the connection in it."""
        environ: WSGIEnvironment = super().get_environment()
        return {**environ, CONNECTION: self.channel.socket}


class _Channel(HTTPChannel):  # type: ignore[misc]
    """Connection with requests of that kind."""

    task_class = _Task


def serve(simulator: WSGIApplication, host: str, port: int, announce: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT.

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

    Raises
    ------
    OSError
        If the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=THREADS)
    server = create_server(
        simulator,
        sockets=[listener],
        threads=THREADS,
        connection_limit=MAX_CONNECTIONS,
        # No connection is closed unless a fault does so.
        channel_timeout=IDLE_SECONDS,
        max_request_header_size=MAX_HEADER_BYTES,
        asyncore_use_poll=True,
        # A fault that cuts the wire is such an error.
        log_socket_errors=False,
    )
    server.channel_class = _Channel
    # Both, because a shell starts what runs in its background deaf to SIGINT.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: sys.exit(0))
    announce(listener.getsockname()[1])
    server.run()
